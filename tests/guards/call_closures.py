def make(k):
    def g(x):
        nonlocal k
        k += 1
        return x + k

    return g


def f(g, n):
    s = 0
    for i in range(n):
        s += g(i)
    return s


a, b = make(1), make(0.5)
print(f(a, 20), f(b, 20), f(a, 20), f(lambda x: x, 15))
