class A:
    def go(self, i):
        if i == 15:
            A.go = lambda self, i: 1000
        return i


def f(p, n):
    s = 0
    for i in range(n):
        s += p.go(i)
    return s


print(f(A(), 20))
