class Plain:
    pass


class Sized:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


class Bool:
    def __init__(self, b):
        self.b = b

    def __bool__(self):
        return self.b


def f(xs):
    n = 0
    for x in xs:
        if x:
            n += 1
    return n


print(f([Plain(), Plain()] * 8), f([Sized(0), Sized(1)] * 8), f([Bool(True), Bool(False)] * 8), f([Plain(), None] * 8))
Plain.__bool__ = lambda self: False
print(f([Plain(), Plain()] * 8))
try:
    f([Bool(1)] * 3)
except TypeError as e:
    print(e)
