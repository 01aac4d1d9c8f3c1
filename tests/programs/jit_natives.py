# Native functions in compiled code: arithmetic where they are that, with everything that makes the guesses fail.
import math


def loop(f, values, turns=30):
    out = []
    for _ in range(turns):
        out = []
        for v in values:
            try:
                out.append(f(*v) if type(v) is tuple else f(v))
            except Exception as e:
                out.append(f"{type(e).__name__}: {e}")
    return out


def show(name, results):
    print(name, [(type(r).__name__, repr(r)) if not isinstance(r, str) else r for r in results])


floats = [0.0, 1.0, -0.0, 2.5, -2.5, 0.5, 1.5, -1.5, 1e300, -1e300, 1e-300, float("inf"), float("-inf"), float("nan")]
ints = [0, 1, -1, 7, 1 << 40, -(1 << 47), (1 << 48) - 1, -(1 << 48), 1 << 48, 1 << 70, -(1 << 70), True]


def sqrt(x):
    return math.sqrt(x)


def floor(x):
    return math.floor(x)


def ceil(x):
    return math.ceil(x)


def trunc(x):
    return math.trunc(x)


def sin(x):
    return math.sin(x)


def exp(x):
    return math.exp(x)


def log(x):
    return math.log(x)


def fabs(x):
    return math.fabs(x)


def power(x, y):
    return math.pow(x, y)


def atan2(x, y):
    return math.atan2(x, y)


def hypot(x, y):
    return math.hypot(x, y)


def fmod(x, y):
    return math.fmod(x, y)


def copysign(x, y):
    return math.copysign(x, y)


def to_int(x):
    return int(x)


def to_float(x):
    return float(x)


def nearest(x):
    return round(x)


def absolute(x):
    return abs(x)


def least(x, y):
    return min(x, y)


def greatest(x, y):
    return max(x, y)


def clamp(x):
    return max(0, min(255, x))


def middle(x, y, z):
    return min(x, y, z), max(x, y, z)


def both(x, y):
    q, r = divmod(x, y)
    return q, r


one = [sqrt, floor, ceil, trunc, sin, exp, log, fabs, to_int, to_float, nearest, absolute, clamp]
for f in one:
    show(f.__name__ + " floats", loop(f, floats))
    show(f.__name__ + " ints", loop(f, ints))
    show(f.__name__ + " others", loop(f, ["1.5", "x", None, [1], 1j, b"12"], 3))
    show(f.__name__ + " floats again", loop(f, floats))
pairs = [(x, y) for x in floats[::2] for y in floats[1::3]] + [(x, y) for x in ints[::3] for y in ints[1::3]]
pairs += [(1, 2.5), (2.5, 1), (-3, 2.0), (7.5, -2), ("a", 1), (0, 0), (0.0, -0.0), (-0.0, 0.0), (1, 1.0), (1.0, 1)]
for f in [power, atan2, hypot, fmod, copysign, least, greatest, both]:
    show(f.__name__, loop(f, pairs, 6))
    show(f.__name__ + " of floats", loop(f, [(2.5, 0.5), (3.0, 2.0), (0.25, 8.0)]))
    show(f.__name__ + " of ints", loop(f, [(2, 5), (3, 2), (-7, 2), (7, -2), (5, 0)]))
show("middle", loop(middle, [(1, 2, 3), (3, 2, 1), (2, 3, 1)]))
show("middle", loop(middle, [(1.0, 2.0, 3.0), (3.5, 2.5, 1.5), (2.0, math.nan, 1.0), (math.nan, 1.0, 2.0)]))
show("middle", loop(middle, [(1, 2.0, 3), (1, 1.0, True), (1.0, 1, True), ("a", "b", "c"), (1, "a", 2)]))

# Half way between two ints.
show("nearest", loop(nearest, [k + 0.5 for k in range(-6, 6)]))
show("floor", loop(floor, [k / 4 for k in range(-9, 9)]))
show("ceil", loop(ceil, [k / 4 for k in range(-9, 9)]))
edge = [2.0**47, 2.0**48 - 1.5, 2.0**48 - 1, 2.0**48, -(2.0**48), -(2.0**48) - 1, 2.0**63, 2.0**53 + 2, 2.0**1000]
for f in [floor, ceil, trunc, to_int, nearest]:
    show(f.__name__, loop(f, edge + [-x for x in edge]))


# Constants of a module, and what happens when they are changed.
def area(n):
    total = 0.0
    for k in range(n):
        total += math.pi * k
    return total


print(area(50))
saved = math.pi
math.pi = 3
print(area(50))
del math.pi
try:
    area(50)
except AttributeError as e:
    print(e)
math.pi = saved
math.new_name = 1
print(area(50))
saved = math.sqrt
results = []
for k in range(60):
    if k == 30:
        math.sqrt = lambda x: -x
    if k == 45:
        math.sqrt = saved
    results.append(math.sqrt(float(k * k)))
print(results)


class Fake:
    pi = 1

    @staticmethod
    def sqrt(x):
        return "fake"


results = []
real = math
for k in range(60):
    if k == 30:
        math = Fake
    if k == 45:
        math = real
    results.append((math.sqrt(k * 1.0), math.pi))
print(results)

# The builtins' names.
results = []
for k in range(60):
    if k == 30:
        int = lambda x: ("int", x)
        max = lambda *a: ("max", a)
    if k == 45:
        del int, max
    results.append((int(k + 0.5), max(k, 40)))
print(results)


# Natives of a fixed number of arguments.
def fixed(n):
    import random

    generator = random.Random(5)
    text = "a,b,c"
    items = []
    for k in range(n):
        items.append(generator.random() < 2)
        items.append("-".join(["x", "y", str(k)]))
        items.append(hash(k))
        items.append(text.upper().lower().count("a"))
        items.append(math.gcd(k, 12) + math.isqrt(k) + math.factorial(k % 10))
        items.append(callable(k))
        items.append(repr(k))
    items.reverse()
    return items


print(fixed(60)[:20], len(fixed(60)))


def wrong(n):
    out = set()
    for k in range(n):
        try:
            if k % 3 == 0:
                hash([])
            elif k % 3 == 1:
                math.isqrt(-k)
            else:
                "".join([k])
        except Exception as e:
            out.add(f"{type(e).__name__}: {e}")
    return sorted(out)


print(wrong(60))


def seen(n):
    x = 0
    for k in range(n):
        x = k
        names = sorted(locals())
    return names, x, sorted(locals())


print(seen(60))


class L(list):
    pass


def unbound(n):
    out = []
    for k in range(n):
        list.append(out, k)
        try:
            list.reverse((1, 2))
        except TypeError as e:
            message = str(e)
        list.reverse(out)
    return out[:5], message


print(unbound(60))
