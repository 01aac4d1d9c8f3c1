def f(a, b):
    s = 0
    for x, y in zip(a, b):
        s += x * y
    return s


def g(a, b, c):
    out = []
    for t in zip(a, b, c):
        out.append(t)
    return out


def outer(n):
    a, b = list(range(n)), (1.5,) * n
    s = 0
    for k in range(n):
        for x, y in zip(a, b):
            s += x * y
        for x, y in zip(b, range(k)):
            s -= y
    return s


print(f(list(range(20)), list(range(20))), f(range(20), (2,) * 30), f([1.5] * 20, range(15)), f({1: 2}, [3]))
print(f(range(0, 2**50, 2**46), [1] * 30), f([], [1]), f([1], []))
print(g(range(15), [1] * 14, "abcdefghijklmnop")[-1], g(range(15), [1] * 16, (2,) * 20)[-1], outer(15))


def shared(n):
    it = iter(list(range(n)))
    out = []
    for x, y in zip(it, it):
        out.append((x, y))
    return out


def left(n):
    a, b = iter(list(range(n))), iter([1] * 12)
    z = zip(a, b)
    out = 0
    for x, y in z:
        out += x
    return out, next(a), next(b, "none"), next(z, "none")


def strict(n):
    out = 0
    for x, y in zip(range(n), [1] * n, strict=True):
        out += x
    try:
        for x, y in zip(range(n), [1] * (n - 1), strict=True):
            out += x
    except ValueError as e:
        return out, str(e)


def one(n):
    out = 0
    for (x,) in zip(range(n)):
        out += x
    for t in zip():
        out += 1
    for a, b, c, d in zip(range(n), range(n), range(n), range(n)):
        out += d
    return out


print(shared(30), left(20), strict(20), one(20))
print([x + y for x, y in zip([1] * 15, range(15))])
for bad in (5, None):
    try:
        f([1] * 15, bad)
    except TypeError as e:
        print(e)


def wrong_count(n):
    out = 0
    try:
        for x, y in zip([1] * n, [2] * n, [3] * n):
            out += 1
    except ValueError as e:
        return out, str(e)


print(wrong_count(15))
