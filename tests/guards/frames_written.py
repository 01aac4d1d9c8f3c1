import sys


def poke(i):
    if i in (13, 17):
        sys._getframe(1).f_locals["s"] = 1000 + i
    return 1


def f(n):
    s = 0
    for i in range(n):
        s += 1
        poke(i)
        s += 1
    return s


print(f(20), f(10))
