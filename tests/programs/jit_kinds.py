# Loops that are compiled for the kinds of operands they have met, and then meet others.
import sys
from array import array

N = 1100


class Int(int):
    pass


class Str(str):
    def __eq__(self, other):
        return "odd"

    def __hash__(self):
        return str.__hash__(self)


class Falsy:
    def __init__(self, v):
        self.v = v

    def __bool__(self):
        return self.v


class Sized:
    def __len__(self):
        return 0


class Plain:
    pass


def truth(values):
    n = 0
    for v in values:
        if v:
            n += 1
        if not v:
            n += 1000
    return n


def truths():
    out = []
    kinds = [
        [1, 0, -5], [True, False], [0.0, -0.0, 1.5, float("nan")], ["", "a", "bc"], [[], [0]], [(), (0,)],
        [{}, {1: 2}], [None], [None, Plain()], [None, []], [Plain()], [Sized(), Falsy(True), Falsy(False)],
        [None, "x", 1.0, 0], [10**20, 0], [..., 1j, 0j],
    ]
    for kind in kinds:
        out.append(truth(kind * N))
    p = Plain()
    values = [p] * N
    out.append(truth(values))
    Plain.__bool__ = lambda self: False
    out.append(truth(values))
    del Plain.__bool__
    out.append(truth(values))
    return out


print(truths())


def fresh(source, name):
    # The same function once more, with feedback of its own.
    space = {"N": N}
    exec(source, space)
    return space[name]


ADD = """
def f(xs, ys):
    out = 0
    last = None
    for x, y in zip(xs, ys):
        last = x {op} y
        out += last
    return out, last
"""

PAIRS = {
    "ints": ([5, -7, 3], [2, 3, -4]),
    "floats": ([1.5, -2.5, 7.25], [0.5, 2.0, -3.5]),
    "int_float": ([5, -7, 3], [0.5, 2.0, -3.5]),
    "float_int": ([1.5, -2.5, 7.25], [2, 3, -4]),
}


def numbers():
    for op in "+", "-", "*", "/", "//", "%", "**":
        for first in PAIRS:
            for second in PAIRS:
                f = fresh(ADD.replace("{op}", op), "f")
                (a, b), (c, d) = PAIRS[first], PAIRS[second]
                if op == "**":
                    # No complex numbers here.
                    a, c = [abs(x) for x in a], [abs(x) for x in c]
                result = f(a * 400 + c * 400, b * 400 + d * 400)
                again = f(c * 2 + a, d * 2 + b)
                print(op, first, second, result, again)
                try:
                    f(a + [True, 2**60], b + [2, 3])
                    f(a + [1], b + [0])
                    f(a + ["x"], b + [()])
                except (TypeError, ZeroDivisionError) as e:
                    print(type(e).__name__, e)


numbers()


def powers():
    s = 0
    t = 0.0
    for i in range(N):
        s += i**2 + i**3 - (i % 40) ** (i % 5)
        t += (i / 7) ** 2 + (i / 7) ** 0.5 + float(i) ** -1 if i else 1.0
    out = []
    for base, exponent in [(2.0, 5000.0), (-8.0, 1 / 3), (0.0, -1.0), (float("inf"), 2.0), (float("nan"), 0.0),
                           (-0.0, 3.0), (1.0, float("nan")), (-2.0, 3.0), (-1.0, float("inf"))]:
        try:
            for i in range(N):
                x = (base if i == N - 1 else 1.5) ** exponent if i == N - 1 else 1.5**2.0
            out.append(x)
        except (OverflowError, ZeroDivisionError) as e:
            out.append(str(e))
    return s, t, out, 10**2, (2**24) ** 2, (2**24 + 1) ** 3


print(powers())


def floor_and_rest(xs, y):
    out = []
    for x in xs:
        out.append((x // y, x % y))
    return out[-6:]


for y in (3.0, -3.0, 0.1, float("inf"), -float("inf"), float("nan"), 1e-300):
    print(y, floor_and_rest([0.0, -0.0] * 600 + [7.5, -7.5, 1e300, -1e-300, float("inf"), float("nan")], y))
try:
    floor_and_rest([1.0] * N, 0.0)
except ZeroDivisionError as e:
    print(e)


COMPARE = """
def f(xs, ys):
    n = 0
    for x, y in zip(xs, ys):
        n = n * 2 % 999983 + (x < y) + 2 * (x == y) + 4 * (x != y) + 8 * (x >= y)
    return n
"""


def compares():
    kinds = {
        "ints": [1, 2, 1, -3], "floats": [1.0, 2.5, float("nan"), -0.0], "both": [1, 1.0, 0, -0.0, 2.5, 10**13],
        "strings": ["a", "b", "ab", "a" + "b", "é", "\u20ac"], "tuples": [(1,), (1, 2), ()],
        "big": [2**60, 2**60 + 1, float(2**60)],
    }
    for first in kinds:
        for second in kinds:
            f = fresh(COMPARE, "f")
            xs = kinds[first] * 300
            ys = kinds[first][1:] * 300
            n = f(xs, ys)
            a = kinds[second]
            print(first, second, n, f(a * 3, a[::-1] * 3))
            try:
                print(f(xs[:4] + [2], ys[:4] + [None]))
            except TypeError as e:
                print(e)


compares()


def eq_kinds(values, other):
    n = 0
    for v in values:
        if v == other:
            n += 1
        if v != other:
            n += 1000
    return n


print(eq_kinds(["a", "b", "".join("a")] * 500 + [Str("a"), Str("c"), 5, None], "a"))


def lookups(d, keys):
    n = 0
    for k in keys:
        try:
            n += d[k]
        except KeyError as e:
            n += 1000000
        if k in d:
            n += 1
        if k not in d:
            n += 100
    return n


class Odd:
    # Equal to 7, with its hash, and counts who asks.
    asked = 0

    def __hash__(self):
        return hash(7)

    def __eq__(self, other):
        Odd.asked += 1
        return other == 7


print(lookups({i: i for i in range(50)}, list(range(60)) * 30))
print(lookups({str(i): i for i in range(50)}, [str(i) for i in range(60)] * 30))
mixed = {1: 1, "1": 2, True: 3, 2.0: 4, None: 5, (1,): 6, b"1": 7, 2**60: 8}
print(lookups(mixed, [1, "1", 2, 3, "x", 0] * 300 + [True, 1.0, None, (1,), b"1", 2**60, 2.5, Int(1), Str("1")]))
print(lookups({Odd(): 1, "a": 2}, [7, "a", 8] * 500), Odd.asked > 0)


class Missing(dict):
    def __missing__(self, key):
        return 7


print(lookups({1: 1}, [1] * N), lookups(Missing({1: 1}), [1, 2] * N))
try:
    lookups({1: 2}, [1] * N + [[]])
except TypeError as e:
    print(e)


def stores(d, keys):
    for i, k in enumerate(keys):
        d[k] = i
    return len(d), [v for k, v in (d.items() if isinstance(d, dict) else enumerate(d))][-3:]


print(stores({}, [i % 100 for i in range(N)]), stores({}, [str(i % 100) for i in range(N)]))
print(stores({Odd(): 1}, [7, 8] * 600), stores({}, [1, "1", True, 1.0, Str("1"), Int(1)] * 300)[0])
print(stores([0] * 5, [i % 5 for i in range(N)]))


class Log(dict):
    def __setitem__(self, k, v):
        dict.__setitem__(self, -k, v)


print(stores(Log(), [i % 7 for i in range(N)]))


def members(container, items):
    n = 0
    for x in items:
        n += x in container
        n += 10 * (x not in container)
    return n


for container in ([1, 2.0, "a", True], (3, "b", None), {1, "x", 2.5}, frozenset([4, "y"]), {"k": 1}, "abc", range(5),
                  b"abc", [Odd()], {Odd()}, (Str("q"), 1)):
    for items in ([1, 2, 3, 7] * 300, ["a", "q", "b"] * 400, [1, "a"] * 600):
        try:
            print(members(container, items), end=" ")
        except TypeError as e:
            print(type(e).__name__, end=" ")
    print()


def subscripts(seq, indexes):
    out = []
    for i in indexes:
        out.append(seq[i])
    return out[-4:], len(out)


LOTS = [0, 1, -1, 2, -3] * 300
for seq in ("aé€\U0001f600b", b"hello", bytearray(b"hello"), (1, 2, 3), [1, 2, 3], range(3, 30, 4)):
    print(subscripts(seq, LOTS))
    try:
        subscripts(seq, LOTS + [99])
    except IndexError as e:
        print(e)
for code in "bBhHiIlLqQfd":
    a = array(code, [1, 2, 100, 0, 7])
    print(code, subscripts(a, LOTS))
    try:
        subscripts(a, LOTS + [-6])
    except IndexError as e:
        print(e)
print(subscripts(array("q", [2**62, -(2**62), 2**47, -(2**48), 5]), LOTS))
print(subscripts(array("d", [float("nan"), float("inf"), -0.0, 1.5, 2.5]), LOTS))


STORE = """
def f(a, values):
    n = len(a)
    for i, v in enumerate(values):
        a[i % n] = v
        a[-1] = a[i % n]
    return a
"""


def array_stores():
    for code, odd in [("b", 200), ("B", -1), ("h", 40000), ("H", 1.5), ("i", 2**31), ("I", -5), ("l", 2**63),
                      ("q", 2**62), ("Q", -1), ("d", "x"), ("f", 5)]:
        a = array(code, range(7))
        f = fresh(STORE, "f")
        values = [i % 100 for i in range(N)] if code not in "df" else [i % 100 / 8 for i in range(N)]
        f(a, values)
        try:
            f(a, values[:5] + [odd])
        except (OverflowError, TypeError) as e:
            print(type(e).__name__, e)
        print(a)
    a = array("d", range(7))
    print(fresh(STORE, "f")(a, [1, 2.5, 3] * 500))
    b = bytearray(9)
    f = fresh(STORE, "f")
    print(f(b, [i % 256 for i in range(N)]))
    for odd in (256, -1, 1.0, True):
        try:
            print(f(b, [1, odd]))
        except (ValueError, TypeError) as e:
            print(e)
    del b[:3]
    print(f(b, [65, 66, 67] * 400))
    b.clear()
    try:
        f(b, [1])
    except ZeroDivisionError as e:
        print(e)


array_stores()


def unpacks(pairs):
    n = 0
    for p in pairs:
        a, b = p
        n += a - 2 * b
        [c] = [p]
        () = ()
    return n


class Pair(tuple):
    def __iter__(self):
        return iter((10, 20))


print(unpacks([(1, 2)] * N), unpacks([[1, 2]] * N), unpacks([(1, 2), [3, 4], Pair((5, 6)), range(2)] * 300))
for bad in ((1,), (1, 2, 3), [1], 5, {1: 2}):
    try:
        unpacks([(1, 2)] * N + [bad])
    except (ValueError, TypeError) as e:
        print(e)


def concats(parts):
    s = ""
    t = "é"
    for p in parts:
        s = s + p
        t += p
        if len(s) > 50:
            s = t = ""
    return s, t


print(concats(["ab", "€"] * 600 + ["\U0001f600", Str("z")]))
try:
    concats(["a"] * N + [1])
except TypeError as e:
    print(e)


def texts(values):
    n = 0
    for v in values:
        n += len(f"{v}:{v}")
    return n


print(texts([1, "a", -5] * 400), texts([1.5, None, (1,), Int(5), Str("x")] * 300))


class Many:
    def __init__(self, i):
        self.a = i
        self.b = 1
        self.c = 2
        self.d = 3
        self.e = 4
        self.f = 5
        self.g = 6
        self.h = 7
        self.i = 8
        self.j = 9
        self.k = 10
        self.l = i


class Grown:
    def __init__(self, i):
        self.x = i
        if i % 3 == 0:
            self.y = 1
        self.z = 2


def makes():
    n = 0
    for i in range(N):
        m = Many(i)
        n += m.a + m.l + m.k + m.b
        m.k = n % 7
        m.l += 1
        n += m.k + m.l
        g = Grown(i)
        g.w = 1
        n += g.x + g.z + getattr(g, "y", 0) + len(g.__dict__)
    return n


print(makes())


class Setter:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value * 2)


def class_changes():
    n = 0
    for i in range(N):
        p = Plain()
        p.q = i
        n += p.q
        if i == N // 2:
            Plain.__setattr__ = Setter.__setattr__
        if i == N // 2 + 20:
            del Plain.__setattr__
            Plain.q = property(lambda self: 5, lambda self, v: None)
        if i == N // 2 + 40:
            del Plain.q
    return n


print(class_changes())


class Consts:
    A = 1
    B = [2]


import math


def static_attributes():
    n = 0
    for i in range(N):
        n += Consts.A + Consts.B[0] + (math.pi > 3) + len(sys.path[:0])
        if i == 600:
            Consts.A = 5
        if i == 700:
            math.pi = 2
        if i == 800:
            math.pi = 3.14159
    return n


keep = math.pi
print(static_attributes())
math.pi = keep


def appends():
    out = []
    for i in range(N):
        out = [x for x in (i, i + 1, "s", None)]
        out += [y * 2 for y in range(i % 20)]
    return len(out), out[:5]


print(appends())


def signs(values):
    out = 0
    for v in values:
        w = v + 1
        out += -w + ~(v * 2) + (+w)
    return out


print(signs(range(N)), signs([2**47, -(2**48), 2**48 - 2] * 400))


def counters(n):
    def bump(k):
        nonlocal total
        total += k
        return total

    total = 0
    for i in range(n):
        bump(i)
        total -= 1
    return total


print(counters(N))


def slices(seq, bounds):
    out = []
    for a, b in bounds:
        out.append(seq[a:b])
    return out[:14], len(out)


BOUNDS = [(0, 2), (1, None), (None, -1), (-3, -1), (3, 1), (-99, 99), (None, None), (2, 2), (99, 100)]
for seq in ([1, 2, 3, 4], (1, 2, 3, 4), "aé€\U0001f600", "abcd", b"abcd", bytearray(b"abcd"), range(4), [], (), ""):
    print(slices(seq, BOUNDS * 130), slices(seq, BOUNDS * 130 + [(2**60, -(2**60)), (True, Int(2))])[0][-2:])
t = (1, 2, 3)
print(all(t[:] is t for i in range(N)), [1][0:1])
try:
    slices([1], BOUNDS * 130 + [("a", 1)])
except TypeError as e:
    print(e)


def digits():
    out = []
    for i in (0, 1, -1, 9, 10, -10, 99, 2**47, -(2**48), 2**48 - 1, 2**63, -(2**70), True) * 90:
        out.append(f"{i}{i}")
        out.append(str(i) + "|" + repr(i))
    return out[:26]


print(digits())


def joins():
    n = 0
    for i in range(N):
        a, b = "x" * (i % 3), "é€"[i % 2] * (i % 2)
        s = f"{a}{b}{a}-{i % 7}"
        n += len(s) + s.count("x") + len("".join([a, a, b])) + (s[:1] == "x")
    return n, s, "".join(["", ""]), "".join(["a", ""])


print(joins())


def generator_ends():
    def ends(n):
        for i in range(n):
            yield i
        return "value"

    def fails(n):
        for i in range(n):
            yield i
        raise KeyError(n)

    def stops(n):
        yield n
        raise StopIteration

    total, caught = 0, []
    for k in range(200):
        for x in ends(k % 9):
            total += x
        try:
            for x in fails(k % 9) if k % 50 else stops(k):
                total += x
        except (KeyError, RuntimeError) as e:
            total += len(str(e))
            if k % 50 == 0:
                caught.append((str(e), type(e.__cause__).__name__))
    g = ends(5)
    for x in g:
        if x == 2:
            break
    for x in g:
        total += x
    for x in g:
        total += 1000000

    def itself():
        for y in me:
            yield y

    me = itself()
    try:
        for x in me:
            pass
    except ValueError as e:
        caught.append(str(e))
    return total, caught


print(generator_ends())
