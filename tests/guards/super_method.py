class A:
    def __init__(self):
        self.n = 0

    def go(self, k):
        self.n += k
        return self.n

    @classmethod
    def name(cls):
        return cls.__name__


class B(A):
    def __init__(self, m):
        super().__init__()
        self.m = m

    def go(self, k):
        return super().go(k) * self.m

    @classmethod
    def name(cls):
        return "B" + super().name()


class C(B):
    def go(self, k):
        return super(C, self).go(k) + 1


class Mixin(A):
    def go(self, k):
        return super().go(k) + 1000


class D(B, Mixin):
    pass


def f(objects):
    s = 0
    for o in objects:
        s += o.go(1)
    return s


print(f([B(2)] * 20), f([C(2)] * 20), f([B(1)] * 12 + [C(1), D(1)] * 3), f([B(k) for k in range(20)]))


def g(n):
    b = B(1)
    s = 0
    for k in range(n):
        s += b.go(k)
        if k == 15:
            A.go = lambda self, k: 10000
        if k == 20:
            b.__class__ = C
        if k == 23:
            B.__bases__ = (Mixin,)
        s += len(b.name())
    return s


print(g(30))


def h(n):
    global super
    out = []
    b = D(1)
    for k in range(n):
        if k == 20:
            super = lambda *a: real(*a) if a else real(Mixin, b)
        out.append(b.go(1))
    return out


real = super
print(h(25))
