def g(a, b):
    return a + b


def f(n, at):
    s = 0
    for i in range(n):
        s += g(i, 1) if i != at else g(i)
    return s


print(f(20, 30))
try:
    f(20, 15)
except TypeError as e:
    print(e)
