# Operations that compiled code does itself for values of any kind: type(), is, isinstance of several classes, calls of what
# is not known; and what frames show of locals behind branches.
import sys


class Plain:
    pass


class Meta(type):
    def __instancecheck__(cls, v):
        return v == 3


class Odd(metaclass=Meta):
    pass


class Liar:
    @property
    def __class__(self):
        return int


class MyInt(int):
    pass


big = 1 << 62
VALUES = [0, 1, -1, big, 1 << 70, 1.5, float("nan"), True, None, ..., NotImplemented, "", "s", b"", (), [], {}, set(),
          Plain(), Liar(), MyInt(3), Plain, Meta, Odd, sys, len, [].append, range(3), MyInt]


def types(values):
    names = []
    for v in values:
        t = type(v)
        names.append(t.__name__)
        if type(v) is int or type(v) is MyInt:
            names.append("!")
    return names


for _ in range(40):
    result = types(VALUES)
print(result)


def identical(a, b):
    return a is b, a is not b


def pairs():
    x, y = 1 << 60, (1 << 59) * 2
    out = []
    for a, b in [(x, y), (x, x + 1), (1.5, 3.0 / 2), (None, None), (x, None), (None, x), ("a", "a"), ([], []), (2, 2.0),
                 (1 << 80, 1), (True, 1), (Plain, Plain), (Plain, Meta), (x, 1.5), (7, 7), (big, big)]:
        out.append(identical(a, b)[0])
        if identical(a, b)[0] == identical(a, b)[1]:
            out.append("wrong")
    return out


for _ in range(40):
    result = pairs()
# What of the ints and floats is CPython's own business is left out.
print(result[3:8], result[9:14], result[15])


def kinds(values):
    out = []
    for v in values:
        out.append(isinstance(v, (int, str)))
        out.append(isinstance(v, (Plain, float)))
        try:
            out.append(isinstance(v, (list, (dict, set), Odd)))
        except TypeError as e:
            out.append(str(e))
        try:
            out.append(isinstance(v, (int, 5)))
        except TypeError as e:
            out.append(str(e))
    return "".join("TF"[not o] if isinstance(o, bool) else "E" for o in out)


for _ in range(40):
    result = kinds(VALUES)
print(result)


def one(a, b=2, *rest, c=4):
    return a, b, rest, c


def two(a, b=[5]):
    return a, b


def three(a, b, c=7, d=8):
    return a, b, c, d


def deep(f, n):
    return 0 if n == 0 else 1 + f(f, n - 1)


def call(functions, *args):
    out = []
    for f in functions:
        try:
            out.append(f(*args) if len(args) > 3 else f(args[0]) if len(args) == 1 else f(args[0], args[1]))
        except TypeError as e:
            out.append(str(e))
    return out


for _ in range(40):
    result = [call([one, two, three, Plain, len, str, lambda x: x, two, one], 1),
              call([one, two, three, max, lambda x, y: x - y, one], 3, 4)]
print(result)
for _ in range(5):
    try:
        deep(deep, 10_000_000)
    except RecursionError as e:
        print(e)
two.__defaults__ = (9,)
print(call([two, one, two], 1))
two.__defaults__ = None
print(call([two, one, two], 1))


def seen():
    return dict(sys._getframe(1).f_locals)


def changed(**values):
    sys._getframe(1).f_locals.update(values)


def joins(n, what):
    out = []
    a = b = None
    for i in range(n):
        if i % 3 == 0:
            a = i
        elif i % 3 == 1:
            b = a
        else:
            c = i
        if what == "show" and i > n - 4:
            out.append(seen())
        elif what == "change" and i == n - 5:
            changed(a=100, b=200)
            out.append({"a": a, "b": b})
        if i % 5 == 4:
            del b
            b = i
        try:
            if i % 7 == 6:
                d = [][i]
        except IndexError as e:
            c = str(e)
    return [{k: v for k, v in o.items() if k != "out"} for o in out], a, b, c


for _ in range(30):
    joins(20, "none")
print(joins(20, "show"))
print(joins(20, "change"))
print(joins(60, "show"))
classes = [type(f"C{i}", (), {}) for i in range(300)]
table = {c: i for i, c in enumerate(classes)}
print(sum(table[c] for c in classes), all(hash(c) == object.__hash__(c) for c in classes))
nan = float("nan")
print(hash(nan) == object.__hash__(nan), nan in {nan})
