import sys


def look():
    f = sys._getframe(1)
    return f.f_code.co_name, f.f_lineno, dict(f.f_locals), f.f_back.f_code.co_name


def g(x):
    y = x * 2
    r = look()
    return r if x == 17 else y


def f(n):
    out = []
    for i in range(n):
        out.append(g(i))
    return out[-4:]


print(f(20))
