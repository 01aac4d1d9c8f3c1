class A:
    def go(self):
        return self.k() + 1


class B(A):
    def k(self):
        return 10


class C(A):
    def k(self):
        return 0.5


def f(xs):
    s = 0
    for i in range(120):
        s += xs[i % len(xs)].go()
    return s


print(f([B()]), f([B(), C()]))
A.go = lambda self: 1000
print(f([B(), C()]))
C.__bases__ = (B,)
del C.k, A.go
A.go = lambda self: self.k()
print(f([B(), C()]))
