"""A generator that a `for` goes through."""


def squares(n):
    for i in range(n):
        yield i * i % 1009


def setup():
    return ()


def f(n):
    total = 0
    for x in squares(n):
        total = (total + x) & 0xFFFF
    return total


COMPILED = f
