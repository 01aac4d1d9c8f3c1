# Properties, super(), __call__ and bound methods in compiled code: what their frames look like, and what changes under
# them.
import sys
import traceback


class Point:
    count = 0

    def __init__(self, x, y):
        self._x, self._y = x, y

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, v):
        self._x = v

    @property
    def norm(self):
        return self.x * self.x + self._y * self._y

    @property
    def caller(self):
        return sys._getframe(1).f_code.co_name, sys._getframe().f_lineno - sys._getframe().f_code.co_firstlineno

    @property
    def fails(self):
        if self._x > 25:
            raise ValueError(f"x is {self._x}")
        return 1

    @property
    def missing(self):
        return self.nothing


def sums(n):
    p = Point(1, 2.5)
    s = 0
    for k in range(n):
        s += p.x + p.norm
        p.x = k
    return s


def callers(n):
    p = Point(1, 2)
    return {p.caller for k in range(n)}, {q.caller for q in [p] * n}


def failing(n):
    out = []
    for k in range(n):
        p = Point(k, 0)
        try:
            out.append(p.fails)
        except ValueError as e:
            tb = traceback.extract_tb(e.__traceback__)
            out.append((str(e), [(f.name, f.lineno) for f in tb]))
    return out[24:28]


def attribute_errors(n):
    out = set()
    for k in range(n):
        try:
            Point(1, 2).missing
        except AttributeError as e:
            out.add((str(e), e.name, len(traceback.extract_tb(e.__traceback__))))
    return out


class Lazy(Point):
    def __getattr__(self, name):
        return "lazy " + name


def lazies(n):
    return {Lazy(1, 2).missing for k in range(n)}, {Lazy(k, 2).x for k in range(5)}


class Deep:
    def __init__(self, depth):
        self.depth = depth

    @property
    def down(self):
        return 0 if self.depth == 0 else 1 + Deep(self.depth - 1).down


for _ in range(30):
    sums(20)
print(sums(60), callers(60), failing(30), attribute_errors(40), lazies(40), Deep(50).down)
try:
    Deep(100000).down
except RecursionError as e:
    print("RecursionError")


# super()
class A:
    made = 0

    def __init__(self, *args):
        A.made += 1

    def name(self, k):
        return f"A{k}"

    def who(self):
        return sys._getframe(1).f_code.co_qualname

    def fails(self, k):
        if k > 25:
            raise KeyError(k)
        return k

    value = 5


class B(A):
    def __init__(self, k):
        super().__init__(k)
        self.k = k

    def name(self, k):
        return "B" + super().name(k)

    def who(self):
        return super().who()

    def fails(self, k):
        try:
            return super().fails(k)
        finally:
            self.k = k

    def values(self):
        return super().value


class C(B):
    def name(self, k):
        return "C" + super().name(k) + super(B, self).name(k)

    value = 7


def supers(n):
    out = set()
    objects = [B(1), C(2), C(3)]
    for k in range(n):
        for o in objects:
            out.add(o.name(k % 3))
            out.add(o.who())
            out.add(o.values())
            try:
                o.fails(k)
            except KeyError as e:
                out.add((str(e), tuple(f.name for f in traceback.extract_tb(e.__traceback__))))
    return sorted(map(str, out)), [o.k for o in objects]


for _ in range(5):
    result = supers(30)
print(result, A.made)


class Other(A):
    def name(self, k):
        return "O" + super().name(k)


B.__bases__ = (Other,)
print(supers(28))
Other.name = lambda self, k: "changed"
print(supers(3)[0][:4])


# Closures and bound methods as values.
def bound(n):
    out = []
    append, extend, pop = out.append, out.extend, out.pop
    p = Adder(3)
    add, call = p.add, p
    for k in range(n):
        append(add(k))
        append(call(k))
        extend((1, 2))
        pop()
    return sum(out), len(out), p.total


class Adder:
    def __init__(self, k):
        self.k, self.total = k, 0

    def add(self, v):
        self.total += v
        return v + self.k

    def __call__(self, v, w=1):
        self.total += w
        if v == 1000:
            raise ValueError("call")
        return sys._getframe(1).f_code.co_name == "bound"


for _ in range(5):
    print(bound(50), end=" ")
print()


def call_raises(n):
    a = Adder(1)
    for k in range(n):
        a(k)
    a(1000, w=2)
    return a


try:
    call_raises(1000)
    call_raises(2000)
except ValueError as e:
    print([(f.name, f.line) for f in traceback.extract_tb(e.__traceback__)])


def frees(n):
    import gc
    import weakref

    class Held:
        def go(self):
            return 1

    go = Held().go
    s = 0
    for k in range(n):
        s += go()
    r = weakref.ref(go.__self__)
    del go
    gc.collect()
    return s, r() is None


print(frees(50))
