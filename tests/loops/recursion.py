"""A function that calls itself."""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def setup():
    return ()


def f(n):
    return fib(min(n.bit_length() * 3 // 2, 70))


COMPILED = fib
