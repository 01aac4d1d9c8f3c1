class A:
    def __init__(self):
        self.x = 1


class B:
    def __init__(self):
        self.y = 2
        self.x = 3


def f(xs):
    s = 0
    for i in range(150):
        p = xs[i % len(xs)]
        s += p.x
        p.x = s % 7
    return s


print(f([A(), B()]), f([A()]), f([B(), A(), B()]))
