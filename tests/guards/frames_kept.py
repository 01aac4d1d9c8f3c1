# A frame's object outlives its activation.
import sys

kept = []


def g(x):
    y = x + 1
    if x % 7 == 0:
        kept.append(sys._getframe())
    return y


def f(n):
    s = 0
    for i in range(n):
        s += g(i)
    return s


print(f(30), [(k.f_locals["x"], k.f_locals["y"], k.f_lineno) for k in kept])
