class P:
    def __init__(self, k):
        self.k = k

    def __call__(self, x, y=1):
        return self.k + x + y


def f(p, n):
    s = 0
    for i in range(n):
        s += p(i) + p(i, 2) + p(i, y=3)
    return s


print(f(P(1), 20), f(P(0.5), 20), f(lambda x, y=1: x, 15))
del P.__call__
try:
    f(P(1), 2)
except TypeError as e:
    print(e)
