def g(x):
    return x + 1


def f(n, at):
    s = 0
    for i in range(n):
        s += g(i)
        if i == at:
            g.__code__ = (lambda x: x * 100).__code__
    return s


print(f(20, 30), f(20, 15), f(20, 30))
