"""A builtin that calls back."""


def key(x):
    return (x * 7919) % 10007


def setup():
    return (list(range(300)),)


def f(items, n):
    first = 0
    for i in range(n // 300 + 1):
        first = sorted(items, key=key)[i % 300]
    return first


COMPILED = key
