def make(i):
    C = type(f"C{i}", (), {"__init__": lambda self: setattr(self, f"a{i}", 1) or setattr(self, "x", i)})
    return C()


def f(xs):
    s = 0
    for i in range(200):
        s += xs[i % len(xs)].x
    return s


print(f([make(i) for i in range(4)]), f([make(i) for i in range(12)]))
