class V:
    def __neg__(self):
        return 100

    def __invert__(self):
        return 7


def f(x):
    return -x


def g(x):
    return ~x


out = []
for x in [1, 2.5, -3, 0, 0.0, -0.0] * 4 + [2**48 - 1, -(2**48), 2**70, True, V(), 1j]:
    out.append(f(x))
print(out)
out = []
for x in [1, -3, 0] * 5 + [2**48 - 1, -(2**48), 2**70, V()]:
    out.append(g(x))
print(out)
for f in (f, g):
    try:
        f("a")
    except TypeError as e:
        print(e)


def h(n):
    s = 0
    for k in range(n):
        x = k if k % 3 else k * 0.5
        s += -x
    return s


print(h(40))
