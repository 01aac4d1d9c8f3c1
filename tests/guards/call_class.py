class P:
    def __init__(self, x, y=2):
        self.x = x
        self.y = y


def f(n, k):
    s = 0
    for i in range(n):
        p = P(i, k)
        q = P(y=k, x=i)
        s += p.x * p.y + q.x - P(1).y
    return s


print(f(20, 3), f(20, 0.5))


class Q:
    pass


def g(n):
    return len([Q() for i in range(n)])


print(g(20))
P.__init__ = lambda self, x, y=0: self.__dict__.update(x=1, y=1)
print(f(15, 3))
