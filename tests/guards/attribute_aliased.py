class P:
    def __init__(self):
        self.x = 0


def f(p, q, n):
    s = 0
    for i in range(n):
        p.x = p.x + 1
        q.x = q.x + 2
        s += p.x
    return s, p.x, q.x


p = P()
print(f(P(), P(), 20), f(p, p, 20))
