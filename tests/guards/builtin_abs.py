class V:
    def __abs__(self):
        return 100


def f(xs):
    s = 0
    for x in xs:
        s += abs(x)
    return s


print(f([1, -1] * 8), f([0.5, -0.5, -0.0] * 5), f([-(2**48)] * 13), f([V(), True, 2**70, 3 + 4j]))
try:
    f([1] * 12 + ["a"])
except TypeError as e:
    print(e)
