import math
import types

m = types.ModuleType("m")
m.x = 1


def f(n):
    s = 0
    for k in range(n):
        s += math.pi * k + m.x
        if k == 20:
            m.x = 2
        if k == 25:
            m.y = 3
            m.x = 2.5
    return s


print(f(30))
print(f(30))
del m.x
m.__getattr__ = lambda name: 7
try:
    print(f(20))
except AttributeError as e:
    print(e)


class M(types.ModuleType):
    @property
    def x(self):
        return 1000

    @x.setter
    def x(self, v):
        pass


m.x = 5


def g(n):
    s = 0
    for k in range(n):
        s += m.x
        if k == 20:
            m.__class__ = M
    return s


print(g(30))
