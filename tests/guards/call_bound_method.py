class P:
    def __init__(self):
        self.x = 0

    def bump(self, k=1):
        self.x += k
        return self.x


def f(g, n):
    s = 0
    for i in range(n):
        s += g() + g(2)
    return s


p = P()
print(f(p.bump, 20), f(P().bump, 20), f(lambda k=1: k, 15))
