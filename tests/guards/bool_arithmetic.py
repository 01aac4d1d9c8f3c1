def f(xs):
    s = 0
    for x in xs:
        s += x
        s -= not x
    return s


print(f([True, False] * 10), f([1, 0] * 10), f([0.5, True]))
