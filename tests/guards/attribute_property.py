class P:
    def __init__(self, x):
        self._x = x

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, v):
        if v == 17:
            raise ValueError("no 17")
        self._x = v


def f(p, n):
    s = 0
    for i in range(n):
        p.x = i
        s += p.x
    return s


print(f(P(0), 15))
try:
    f(P(0), 25)
except ValueError as e:
    print(e)
P.x = 5
print(f(P(0), 15))
