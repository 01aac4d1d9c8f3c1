def g(a, b=10, c=100):
    return a + b + c


def f(n, at):
    s = 0
    for i in range(n):
        s += g(i) + g(i, 1) + g(i, 1, 2) + g(i, c=5)
        if i == at:
            g.__defaults__ = (0, 0)
    return s


print(f(20, 30), f(20, 15))
g.__defaults__ = None
try:
    f(3, 30)
except TypeError as e:
    print(e)
