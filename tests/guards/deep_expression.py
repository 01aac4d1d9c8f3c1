def f(xs):
    s = 0
    for x in xs:
        s += ((x + 1) * (x + 2) - (x + 3) * (x + 4)) // ((x % 5) + 1) + (x * (x + 1) * (x + 2)) % ((x & 7) + 1)
    return s


print(f(range(40)), f([0.5, 1] * 10) if False else f([2**20] * 13))
