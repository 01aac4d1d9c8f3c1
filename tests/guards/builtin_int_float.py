def f(xs):
    s = 0
    for x in xs:
        s += int(x) + float(x)
    return s


print(f([1, 2, 3] * 5), f([1.5, -2.5] * 7), f([1, 2.5] * 7), f([1.5] * 12 + ["12", True, b"3"]))


class I(int):
    pass


def g(n):
    global int
    s = 0
    for k in range(n):
        s += int(k + 0.5)
        if k == 20:
            int = I
        if k == 25:
            del int
    return s, type(s)


print(g(30))
