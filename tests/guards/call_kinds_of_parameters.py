def g(a, /, b, *args, c=3, **kw):
    return a + b + len(args) + c + len(kw)


def f(n):
    s = 0
    for i in range(n):
        s += g(i, 1) + g(i, b=2) + g(i, 1, 2, 3) + g(i, 1, c=5, d=6) + g(*(i, 1), **{"z": 1})
    return s


print(f(20))
try:
    for i in range(15):
        g(1, 2, **({"c": 1} if i != 13 else {"b": 1}))
except TypeError as e:
    print(e)
