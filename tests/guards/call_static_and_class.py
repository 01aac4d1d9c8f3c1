class P:
    n = 5

    @staticmethod
    def s(x):
        return x + 1

    @classmethod
    def c(cls, x):
        return cls.n + x


def f(p, n):
    t = 0
    for i in range(n):
        t += p.s(i) + p.c(i) + P.s(i) + P.c(i)
    return t


print(f(P(), 20))
P.n = 0.5
print(f(P(), 15))
