def f(xs):
    s = 0.0
    for x in xs:
        y = x * 1.0
        s += -y
    return s, -s


print(f([0.5, -0.5, 1e300] * 5), f([0.0] * 13), f([1, True, 2**70]))
