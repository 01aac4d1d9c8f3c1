# `[]`, comparisons and isinstance of user classes in compiled code: methods that are inlined and called, results that are
# not what was guessed, classes that change on the way.
import sys


class Grid:
    def __init__(self, w, h):
        self.w, self.h = w, h
        self.data = [0] * (w * h)

    def index(self, x, y):
        if 0 <= x < self.w and 0 <= y < self.h:
            return y * self.w + x
        raise IndexError((x, y))

    def __getitem__(self, at):
        x, y = at
        return self.data[self.index(x, y)]

    def __setitem__(self, at, v):
        x, y = at
        self.data[self.index(x, y)] = v


def fill(g, n):
    for y in range(n):
        for x in range(n):
            g[x, y] = x * y + g[x - 1 if x else 0, y]
    return sum(g.data)


g = Grid(40, 40)
print(fill(g, 40), fill(g, 40))
for n in (41,):
    try:
        print(fill(g, n))
    except IndexError as e:
        tb = e.__traceback__
        names = []
        while tb:
            names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
            tb = tb.tb_next
        print(repr(e), names)


# A store whose method returns something, looks at its caller, raises.
class Odd:
    def __init__(self):
        self.seen = []

    def __setitem__(self, i, v):
        if i % 500 == 7:
            self.seen.append((i, sys._getframe(1).f_code.co_name, sys._getframe(1).f_lineno))
        if v == "no":
            raise ValueError(i)
        return "ignored"

    def __getitem__(self, i):
        if i == 900:
            self.seen.append(sys._getframe(1).f_locals["i"])
        return i if i != 901 else "text"


def odd(o, n, bad):
    t = 0
    for i in range(n):
        o[i] = "no" if i == bad else i
        v = o[i]
        t += v if isinstance(v, int) else len(v)
    return t


o = Odd()
print(odd(o, 1000, None), o.seen)
try:
    odd(o, 1000, 950)
except ValueError as e:
    print(repr(e), e.__traceback__.tb_next.tb_lineno)


# Both are replaced while the loop runs.
def changing(o, n):
    out = []
    for i in range(n):
        o[i] = i
        v = o[i]
        if i == n - 5:
            Odd.__getitem__ = lambda self, i: -i
        if i == n - 3:
            Odd.__setitem__ = lambda self, i, v: out.append(("set", i, v))
        if i > n - 8:
            out.append(v)
    return out


print(changing(Odd(), 3000))


# Comparisons.
class Version:
    def __init__(self, major, minor):
        self.major, self.minor = major, minor

    def __lt__(self, other):
        if not isinstance(other, Version):
            return NotImplemented
        if self.major != other.major:
            return self.major < other.major
        return self.minor < other.minor

    def __eq__(self, other):
        return isinstance(other, Version) and self.major == other.major and self.minor == other.minor

    def __le__(self, other):
        # Not a bool.
        return [] if self > other else [1]

    def __gt__(self, other):
        return other < self


class Other:
    def __gt__(self, other):
        return "yes"

    def __eq__(self, other):
        return NotImplemented


def compare(a, b, n):
    lt = eq = le = ne = 0
    for i in range(n):
        if a < b:
            lt += 1
        if a == b:
            eq += 1
        if a <= b:
            le += 1
        if a != b:
            ne += 1
        a.minor = i % 7
    return lt, eq, le, ne


a, b = Version(1, 0), Version(1, 4)
print(compare(a, b, 2000), a < Other(), a == Other(), a == 3, a <= b)
try:
    compare(a, 3, 10)
except TypeError as e:
    print(e)


def mixed(values, n):
    out = []
    for i in range(n):
        v = values[i % len(values)]
        r = a < v
        if i >= n - len(values):
            out.append(r)
    return out


print(mixed([b], 2000), mixed([b, b, Other()], 2001))


# The right operand's class is a subclass that has its own method: it comes first.
class Sub(Version):
    def __gt__(self, other):
        return "sub"


print(mixed([b, Sub(1, 9)], 2000), mixed([Sub(1, 9)], 2000))


# isinstance, of classes with and without anything odd.
class Proxy:
    @property
    def __class__(self):
        return Version


class Meta(type):
    def __instancecheck__(cls, v):
        return v == "x"


class Checked(metaclass=Meta):
    pass


def kinds(values, n):
    counts = [0] * 7
    for i in range(n):
        v = values[i % len(values)]
        for k, c in enumerate((int, tuple, Version, Sub, Checked, object, (str, Other))):
            if isinstance(v, c):
                counts[k] += 1
    return counts


def one(v, n):
    t = 0
    for i in range(n):
        t += isinstance(v, Version) * 2 + isinstance(v, (int, tuple))
        if isinstance(i, int):
            t += 1
        if isinstance(v, tuple):
            t += 10
    return t


print(kinds([1, (2,), a, Sub(0, 0), Proxy(), "x", Other()], 700))
for v in 1, (2,), a, Sub(0, 0), Proxy(), "x", Other(), True, 2.5, None, int, sys:
    print(one(v, 400), end=" ")
print()
for v in Other(), a, Other():
    print(one(v, 400), end=" ")


class Plain:
    pass


class Says:
    @property
    def __class__(self):
        return tuple


class Late(Plain):
    pass


late = Late()
print(one(late, 400), end=" ")
Late.__bases__ = (Says,)
print(one(late, 400), end=" ")
Late.__bases__ = (Plain,)
print(one(late, 400), end=" ")
Late.__getattribute__ = lambda self, name: Version if name == "__class__" else 0
print(one(late, 400))
