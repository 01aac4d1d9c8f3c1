import sys


def poke(i):
    if i == 17:
        sys._getframe(1).f_locals["y"] = 500
        sys._getframe(2).f_locals["s"] = 10000
    return 1


def g(i):
    y = i
    poke(i)
    return y


def f(n):
    s = 0
    for i in range(n):
        s += g(i)
    return s


print(f(25))
