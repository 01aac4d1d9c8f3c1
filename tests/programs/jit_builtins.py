# Operators, slices, iteration and methods of builtin types in compiled code, and guesses about them that fail.
import sys
import traceback


def where(e):
    return [f.lineno for f in traceback.extract_tb(e.__traceback__)][-1] - 1


# Large ints that begin small, and the other way round.
def powers(n, step):
    total, x = 1, 0
    for i in range(n):
        total = total * step + i
        x ^= total
        x |= total >> 3
        x -= total & 0xFFFFFFFFFFFFFFFF
        if x > total:
            x //= 7
        if i % 50 == 49:
            total %= 1000003
    return total, x


print(powers(400, 3), powers(400, -12345678901))


def divide(a, b):
    return a // b, a % b


for pair in [(2**70, 3), (-(2**70), 3), (2**200, 2**100 + 1), (-(2**200), 2**100 + 1), (2**200, -(2**190) - 1), (5, 2**80), (-5, 2**80), (2**128 - 1, 2**64)]:
    for _ in range(60):
        r = divide(*pair)
    print(r, r[0] * pair[1] + r[1] == pair[0])
for _ in range(300):
    r = divide(2**90 + _, _ + 1)
try:
    divide(2**90, 0)
except ZeroDivisionError as e:
    print(e)


# Operands of other types than those that were met.
def operate(a, b):
    c = a + b
    c += a
    return c


class L(list):
    def __add__(self, other):
        return "L.__add__"

    def __iadd__(self, other):
        return "L.__iadd__"


class N:
    def __add__(self, other):
        return 5

    def __radd__(self, other):
        return [6]


PAIRS = [([1], [2]), ((1,), (2,)), ("a", "b"), (2**60, 7), (7, 2**60), (b"x", b"y"), (True, 2**60), ([1], L([2])), (L([1]), [2]), ([1], N()), (N(), 2), (2**70, 0.5), ([1], (2,))]
for first, second in PAIRS:
    results = []
    for a, b in [(first, second)] * 70 + PAIRS:
        try:
            r = operate(a, b)
        except TypeError as e:
            r = str(e)
        results.append(r)
    print(results[69:])


def grow(n):
    a = b = []
    for i in range(n):
        a += [i]
        a *= 1
        if i % 97 == 0:
            a = a + [0] * 2
    return len(a), len(b), a[-3:], b is a


print(grow(300), grow(98))


def ordered(pairs):
    out = 0
    for a, b in pairs:
        if a < b:
            out += 3
        out = out * 2 + ((a < b) is True)
        out = out * 2 + (a == b)
        out = out * 2 + (a != b)
        out %= 1000000007
        if a >= b:
            out += 1
    return out


class O:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return NotImplemented if other.n > 5 else self.n == other.n

    def __lt__(self, other):
        return [] if self.n > other.n else [1]

    def __ge__(self, other):
        return self.n >= other.n

    __hash__ = None


KINDS = [
    [(2**60, 2**61), (2**60, 3), (-(2**80), 2**80), (4, 4)],
    [("a", "b"), ("b", "a"), ("a", "a"), ("", "\u20ac")],
    [((1, 2), (1, 3)), ((1,), (1, 2)), (("a", 1), ("a", 2)), ((1, 2.5), (1, 3.5)), ((), ())],
    [([1, 2], [1, 3]), ([1, [2]], [1, [2]]), (["x"], ["x"])],
    [({1, 2}, {1, 2, 3}), ({1}, {2}), (set(), set()), (frozenset([1]), {1}), ({(1, 2), 3}, {(1, 2), 3})],
    [(O(1), O(2)), (O(3), O(2)), (O(9), O(9))],
    [(1, 2.0), (2.0, 2), (True, 1)],
]
for kind in KINDS:
    print([ordered(kind * 80 + other * 3) for other in KINDS], end=" ")
print()


class E:
    def __init__(self, n, effect=None):
        self.n, self.effect = n, effect

    def __hash__(self):
        return self.n % 3

    def __eq__(self, other):
        if self.effect:
            self.effect()
        return isinstance(other, E) and self.n == other.n


def subsets(a, b, n):
    count = 0
    for _ in range(n):
        count += a <= b
        count += a < b
        count += b >= a
        count += a == b
    return count


e = [E(i) for i in range(9)]
print(subsets(set(e[:5]), set(e), 200), subsets({E(1), E(2)}, set(e), 100), subsets({1, 2}, {1, 2, 3.0}, 100), subsets({1.0, 2}, {1, 2}, 100))
loud = set(e)
for x in e:
    x.effect = loud.clear
print(subsets({E(4)}, loud, 3), len(loud))


# Slices: bounds and containers change under way.
def cut(v, i, j, k):
    return v[i:j], v[i:], v[:j], v[::k], v[i:j:k]


class S(str):
    def __getitem__(self, key):
        return f"S[{key}]"


CONTAINERS = [list(range(9)), tuple(range(9)), "abcdefghi", b"abcdefghi", bytearray(b"abcdefghi"), range(9), S("abc"), "a\u20acb"]
for first in CONTAINERS:
    for v in [first] * 70 + CONTAINERS:
        r = cut(v, 1, 5, 2)
    r = cut(first, -3, None, -1), cut(first, 2**70, -(2**70), -(2**65)), cut(first, True, False, 3)
    print(r)
    for bad in [(1.5, 2, 1), (1, 2, 0), ("a", 2, 1)]:
        try:
            print(cut(first, *bad))
        except (TypeError, ValueError) as e:
            print(e)


def paste(v, i, j, w):
    v[i:j] = w
    v[i:j:1] = w
    return v


for w in [[1, 2], (3,), "xy", range(2), [], {5: 6}, iter([7, 8])]:
    for _ in range(150):
        r = paste([0] * 5, 1, 3, w)
    print(r, end=" ")
print()
for args in [([0] * 5, -2, None, [9]), ([0] * 5, None, None, []), ((1, 2), 0, 1, [1]), ("ab", 0, 1, "x"), ([0] * 3, 0, 1, 5), ([0] * 3, 1.5, 2, [1]), (bytearray(b"abc"), 0, 1, b"xyz"), ({}, 0, 1, 2)]:
    try:
        print(paste(*args))
    except TypeError as e:
        print(e, where(e) - paste.__code__.co_firstlineno)


def rotations(n):
    p = list(range(7))
    for i in range(n):
        k = i % 6
        p[: k + 1] = p[k::-1]
        p[k:] = p[-1 : k - 8 : -1] + p[k:k]
        p[2:2] = p[0:0]
    return p


print(rotations(500))


def itself(n):
    p = [1, 2, 3]
    for _ in range(n):
        p[1:2] = p
        p[3:] = p[:0]
    return p


print(itself(200))


# Sets that are iterated.
def total(s):
    n = 0
    for x in s:
        n += x
    return n


for _ in range(100):
    r = total({1, 2, 3, 40}), total(frozenset(range(20))), total(set())
print(r, total([1, 2]), total((4, 5)), total({7: 8}), total(range(4)))


def changed(s, at):
    seen = 0
    try:
        for x in s:
            seen += 1
            if seen == at:
                s.add(1000 + seen)
    except RuntimeError as e:
        return str(e), seen, where(e) - changed.__code__.co_firstlineno
    return seen


for at in [0] * 100 + [3]:
    r = changed(set(range(10)), at)
print(r)


# Methods with optional arguments.
def methods(v, s, d):
    v.insert(0, v.pop(1))
    v.insert(len(v), v.pop())
    parts = s.split(",")
    parts += s.split(",", 1)
    parts.append(s.replace("a", "b", 1))
    parts.append(s.strip("x").find("c", 1))
    parts.append(d.pop("missing", 7))
    parts.append(s.encode("utf-8"))
    parts.append("-".join(sorted(s)))
    parts.append(sum(v, 5))
    parts.append(int(s[2:3] or "0", 16))
    return parts


for _ in range(150):
    r = methods([1, 2, 3], "a,b,cx", {})
print(r)
for args in [([1], "a", {}), ([1, 2], 5, {}), ([1, 2], "a,b,c", {"missing": 8}), ([1, "x"], "a", {}), ([1, 2], "a,zz", {})]:
    try:
        print(methods(*args))
    except Exception as e:
        print(type(e).__name__, e, where(e) - methods.__code__.co_firstlineno)


def wrong(v):
    try:
        v.insert(1)
    except TypeError as e:
        return str(e)


def wrong_too(v):
    try:
        return v.pop(0, 1)
    except TypeError as e:
        return str(e)


for _ in range(150):
    r = wrong([1]), wrong_too([1])
print(r)


def depth():
    return sys._getframe().f_lineno


def key(x):
    frame = sys._getframe(1)
    return -x if frame.f_code.co_name in ("by_key", "key") else x


def by_key(v):
    a = 1
    v.sort()
    b = max(v, default=0), max(v[0], 2), min(v[0], 1, -1)
    a += 1
    return sorted(v, key=key), b, a


for _ in range(150):
    r = by_key([3, 1, 2])
print(r)
