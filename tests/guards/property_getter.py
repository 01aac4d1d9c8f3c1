class A:
    def __init__(self, x):
        self._x = x

    @property
    def x(self):
        return self._x

    @property
    def twice(self):
        return self.x * 2

    @property
    def bad(self):
        if self._x > 20:
            raise AttributeError("too large")
        return 1


class B(A):
    @property
    def x(self):
        return self._x + 1000


class C(A):
    def __getattr__(self, name):
        return name


def f(objects):
    s = 0
    for o in objects:
        s += o.x + o.twice
    return s


print(f([A(k) for k in range(20)]), f([A(1.5)] * 12 + [B(1)] * 3 + [A(2)]))


def g(n):
    a = A(1)
    s = 0
    for k in range(n):
        s += a.x
        if k == 15:
            A.x = property(lambda self: 100)
        if k == 20:
            A.x = 7
        if k == 25:
            A.__dict__["twice"].__init__(lambda self: 9)
        s += a.twice
    return s


print(g(30))
A.twice = 3


def h(cls, n):
    out = []
    for k in range(n):
        try:
            out.append(cls(k).bad)
        except AttributeError as e:
            out.append(str(e))
    return out


print(h(A, 25), h(C, 25))


def attribute_of_instance(n):
    a = A(1)
    s = 0
    for k in range(n):
        if k == 15:
            a.__dict__["x"] = 5
            a.other = 1
        s += a._x
        s += a.bad
    return s


print(attribute_of_instance(30))
