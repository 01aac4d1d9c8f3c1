class V:
    def __init__(self, x):
        self.x = x

    def __neg__(self):
        return V(-self.x)

    def __invert__(self):
        return V(~self.x)

    def __pos__(self):
        return V(+self.x + 1)


def f(v, n):
    for i in range(n):
        v = -v
        v = ~v
        v = +v
    return v


print(f(V(3), 20).x, f(3, 20))
try:
    f("a", 3)
except TypeError as e:
    print(e)
