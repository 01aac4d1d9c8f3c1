class A:
    def go(self):
        return 1


class B:
    def go(self):
        return 100


def f(p, n, at):
    s = 0
    for i in range(n):
        s += p.go()
        if i == at:
            p.__class__ = B
    return s


print(f(A(), 20, 30), f(A(), 20, 15), f(B(), 15, 30))
