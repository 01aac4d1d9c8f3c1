"""Classes, instances, attributes in place and in a dict, methods, properties, `super`, slots."""


def work():
    class Base:
        k = 3

        def __init__(self, x):
            self.x = x

        def m(self, y):
            return self.x + y * self.k

        @property
        def p(self):
            return [self.x, self.k]

    class Sub(Base):
        __slots__ = ("s",)

        def __init__(self, x, s):
            super().__init__(x)
            self.s = s

        def m(self, y):
            return super().m(y) - 1

        def __eq__(self, other):
            return self.x == other.x

        def __repr__(self):
            return f"Sub({self.x})"

    found = []
    for i in range(6):
        o = Sub(i, "s") if i % 2 else Base(i)
        for name in ("a", "b", "c"):
            setattr(o, name + str(i), i)
        o.__dict__["more"] = o.p
        found.append((o.m(i), o.p, sorted(vars(o))))
    return found, Sub(1, 2) == Sub(1, 3), Sub(4, 5)


for _ in range(4):
    try:
        result = work()
        break
    except MemoryError:
        pass
print(result)
