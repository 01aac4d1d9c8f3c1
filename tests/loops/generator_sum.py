"""A generator that a builtin goes through."""


def squares(n):
    for i in range(n):
        yield i * i % 1009


def setup():
    return ()


def f(n):
    return sum(squares(n))


COMPILED = squares
