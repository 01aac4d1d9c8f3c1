# Every operator on every pair of builtin values and of instances of their subclasses, with what is raised.
import operator
import sys
import zlib

SHOW = "--show" in sys.argv


class I(int):
    pass


class J(int):
    def __radd__(self, other):
        return "J.__radd__"

    def __rmul__(self, other):
        return "J.__rmul__"

    def __eq__(self, other):
        return "J.__eq__"

    def __gt__(self, other):
        return "J.__gt__"

    __hash__ = int.__hash__


class S(set):
    def __rand__(self, other):
        return "S.__rand__"

    def __ge__(self, other):
        return "S.__ge__"


class F(frozenset):
    pass


class L(list):
    def __add__(self, other):
        return "L.__add__"

    def __iadd__(self, other):
        return "L.__iadd__"


class T(tuple):
    def __add__(self, other):
        return "T.__add__"

    def __eq__(self, other):
        return "T.__eq__"

    __hash__ = tuple.__hash__


class X:
    def __radd__(self, other):
        return "X.__radd__"

    def __rmul__(self, other):
        return "X.__rmul__"

    def __rmod__(self, other):
        return "X.__rmod__"

    def __lt__(self, other):
        return "X.__lt__"

    def __repr__(self):
        return "X()"


MAKERS = [
    lambda: 0, lambda: 2**47, lambda: 2**63, lambda: 3**80, lambda: True,
    lambda: 2.5, lambda: None, lambda: I(6), lambda: J(2**70),
    lambda: {1, 2, 3}, lambda: frozenset([2, 3, 40]), lambda: set(), lambda: S([1, 2]), lambda: {(1, 2), 2},
    lambda: [1, 2], lambda: L([7]), lambda: (1, 2), lambda: (), lambda: T((5,)),
    lambda: "ab", lambda: "%s", lambda: b"ab", lambda: bytearray(b"z"), lambda: {1: 2}, lambda: range(3), X,
]

BINARY = ["add", "and_", "floordiv", "lshift", "matmul", "mul", "mod", "or_", "pow", "rshift", "sub", "truediv", "xor"]
COMPARISONS = ["lt", "le", "eq", "ne", "gt", "ge", "contains"]
SYMBOLS = dict(add="+", and_="&", floordiv="//", lshift="<<", matmul="@", mul="*", mod="%", or_="|", pow="**", rshift=">>", sub="-", truediv="/", xor="^",
               lt="<", le="<=", eq="==", ne="!=", gt=">", ge=">=")


def function(name, inplace):
    if name == "contains":
        body = "b in a"
    elif name in COMPARISONS:
        body = f"a {SYMBOLS[name]} b"
    else:
        body = f"a {SYMBOLS[name]} b"
    if inplace:
        text = f"def f(a, b):\n    a {SYMBOLS[name]}= b\n    return a"
    else:
        text = f"def f(a, b):\n    return {body}"
    space = {}
    exec(text, space)
    return space["f"]


def too_large(name, a, b):
    if name in ("lshift", "pow", "mul"):
        return any(isinstance(v, int) and abs(v) > 100 for v in (b,)) or name == "mul" and any(isinstance(v, int) and v > 100 for v in (a,))
    return False


def outcome(f, make_a, make_b):
    a, b = make_a(), make_b()
    try:
        r = f(a, b)
    except Exception as e:
        return f"{type(e).__name__}: {e}"
    return f"{type(r).__name__} {r!r} {'same' if r is a and not isinstance(r, (int, str, bytes, float, tuple)) else ''}"


def table(name, inplace):
    f = function(name, inplace)
    rows = []
    for make_a in MAKERS:
        row = []
        for make_b in MAKERS:
            if too_large(name, make_a(), make_b()):
                continue
            row.append(outcome(f, make_a, make_b))
            if SHOW:
                print(name, inplace, repr(make_a()), repr(make_b()), row[-1])
        rows.append("%08x" % zlib.crc32("\n".join(row).encode()))
    print(name, inplace, *rows)


for name in BINARY:
    table(name, False)
    if name in ("add", "and_", "mul", "or_", "sub", "xor", "mod"):
        table(name, True)
for name in COMPARISONS:
    table(name, False)
# The functions of `operator` go the same way.
print([outcome(operator.add, a, b) == outcome(function("add", False), a, b) for a in MAKERS[:8] for b in MAKERS[:8]].count(False))


# Hashes and identity.
print(hash((1, 2, 3)), hash((1, (2, True), 2.5)), hash(frozenset([1, 2, 3])), hash(2**70), hash(-1), hash((-1,)), hash(()))
for v in [[], {}, set(), (1, []), ((1, {}),)]:
    try:
        hash(v)
    except TypeError as e:
        print(e)

print([1, 2] * 3, 2 * [0], [[]] * 2, (1,) * 3, 0 * (1, 2), [1] * -1, "ab" * 2, 3 * b"x", [1] + [2], (1,) + (2,), () + (1,))
for f in ("[1] + (2,)", "(1,) + [2]", "'a' + 1", "b'a' + 'x'", "[1] * 2.0", "[1] * [2]", "{} | []", "{1} | [2]", "'%d' % 'x'", "1 << -1", "1 // 0", "1 % 0", "2**70 // 0",
          "2**70 % 0", "2**70 / 0", "1 / 0", "0 ** -1", "2**70 >> -1", "1 << 2**70"):
    try:
        print(eval(f))
    except Exception as e:
        print(type(e).__name__, e)

# Hashes of large ints, and bits of those that have no sign.
P = 2**61 - 1
print([hash(n) for n in (P, P - 1, P + 1, -P, 2 * P, P * P, P * P - 1, 2**64 - 1, 2**122, 2**125 + 7, -(2**200), 3**300, (1 << 640) - 1)])
print([hash(n) == n % P for n in (3**k for k in range(1, 400, 7))].count(False))
for a, b in [(2**64 - 1, 2**63), (2**64 - 1, 2**64 - 1), (2**130 + 5, 2**64 - 1), (3**90, 1), (1, 3**90), (2**100, 0), (2**64 - 1, -1), (-(2**64), 2**64 - 1)]:
    print(a & b, a | b, a ^ b, b & a, b | a, b ^ a)

# bytes.join of bytes and of what has their interface.
print(b"".join([b"a", b"bc", b""]), b"-".join((b"x", bytearray(b"y"), memoryview(b"z"))), bytearray(b", ").join([b"1", b"2"]), b"".join([]), b"".join(b"%d" % i for i in range(3)))
for items in ([b"a", "b"], [b"a", 5], 5, ["x"]):
    try:
        print(b"".join(items))
    except TypeError as e:
        print(e)


class Changes(bytes):
    pass


print(b"+".join([Changes(b"q"), b"r"]), len(b"abc"), sum(b"abc"), list(b"ab"), sorted(b"cab"), tuple(b"xy"), set(b"aa"), max(b"az"), ord(b"q"), b"a" + bytearray(b"b"), bytearray(b"a") + b"b")
try:
    ord(b"qq")
except TypeError as e:
    print(e)
