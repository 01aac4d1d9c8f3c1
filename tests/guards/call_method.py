class P:
    def __init__(self, x):
        self.x = x

    def add(self, k):
        self.x += k
        return self.x


def f(p, n, k):
    s = 0
    for i in range(n):
        s += p.add(k)
    return s


print(f(P(0), 20, 1), f(P(0), 20, 0.5), f(P(2**48 - 10), 15, 1))
p = P(0)
p.add = lambda k: 1000
print(f(p, 15, 1))
P.add = lambda self, k: 7
print(f(P(0), 15, 1))
