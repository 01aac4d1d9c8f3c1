"""Lists of floats, read and written."""


def setup():
    return [0.5 * i for i in range(64)], [0.25 * i for i in range(64)]


def f(a, b, n):
    for i in range(n):
        j = i & 63
        a[j] = a[j] * 0.5 + b[j]
    return a[5]


COMPILED = f
