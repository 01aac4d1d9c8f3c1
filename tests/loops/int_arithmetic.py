"""Int arithmetic that stays small."""


def setup():
    return (7,)


def f(x, n):
    for i in range(n):
        x = (x * 1103 + i) % 65521 ^ 5
    return x


COMPILED = f
