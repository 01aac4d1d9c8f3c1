def f(xs):
    s = 0
    for x in xs:
        s += x**2 + x**3
    return s


print(f(range(-20, 20)), f([2**20] * 12), f([1.5, 2**60, True]))
