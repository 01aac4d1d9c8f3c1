class Direction:
    UP = 1
    STEP = 0.5
    names = ["a", "b"]

    def plus(self, k):
        return k + self.UP

    @staticmethod
    def static(k):
        return k * 2

    @classmethod
    def of(cls, k):
        return cls.UP + k


class Sub(Direction):
    def plus(self, k):
        return Direction.plus(self, k) * 10


def f(n):
    s = 0
    o = Sub()
    for k in range(n):
        s += Direction.UP + Direction.STEP * k + len(Direction.names) + Direction.static(k) + Direction.of(k) + o.plus(k)
        if k == 12:
            Direction.UP = 100
        if k == 15:
            Direction.static = lambda k: 7
        if k == 18:
            Direction.STEP = 2
            Sub.UP = 5
        if k == 20:
            Direction.plus = lambda self, k: 1
    return s


print(f(25))


class Meta(type):
    @property
    def UP(cls):
        return 9


class Other(metaclass=Meta):
    UP = 1
    DOWN = 2


def g(n):
    s = 0
    for k in range(n):
        s += Other.UP + Other.DOWN
        if k == 12:
            Meta.DOWN = property(lambda cls: 50)
        if k == 15:
            del Meta.DOWN
        if k == 18:
            del Other.DOWN
            Other.DOWN = 3
    return s


print(g(25))
