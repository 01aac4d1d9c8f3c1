def f(xs):
    s = 0
    for x in xs:
        s += x % 8 + x % 7 + x % 1 + x % -5
    return s


print(f(range(-40, 40)), f([2**48 - 1, -(2**48)] * 10), f([2**49, 1.5, True]))
