class A:
    pass


class B(A):
    pass


class M(type):
    def __instancecheck__(cls, x):
        return x == 5


class C(metaclass=M):
    pass


def f(xs, kind):
    n = 0
    for x in xs:
        n += isinstance(x, kind)
    return n


print(f([1, "a", True] * 6, int), f([A(), B(), 1] * 6, A), f([1, "a", 2.5] * 5, (int, str)), f([5, 6] * 7, C))
try:
    f([1] * 3, 5)
except TypeError as e:
    print(e)
