# Keys of dicts and sets that need no Python to be hashed and compared, and those that do; dicts of derived classes.
from collections import Counter, OrderedDict, defaultdict, namedtuple

Point = namedtuple("Point", "x y")


class Plain:
    def __init__(self, n):
        self.n = n


class Keyed(Plain):
    calls = 0

    def __hash__(self):
        Keyed.calls += 1
        return hash(self.n)

    def __eq__(self, other):
        Keyed.calls += 1
        return isinstance(other, Keyed) and self.n == other.n


class Slow(tuple):
    def __eq__(self, other):
        return NotImplemented if not isinstance(other, tuple) else len(self) == len(other)

    def __hash__(self):
        return 7


class Upper(dict):
    def __getitem__(self, key):
        return dict.__getitem__(self, key.upper())

    def __contains__(self, key):
        return dict.__contains__(self, key.upper())

    def __setitem__(self, key, value):
        dict.__setitem__(self, key.upper(), value)


class Missing(dict):
    def __missing__(self, key):
        return ("missing", key)


def count(dict_, keys, n):
    found = 0
    for _ in range(n):
        for key in keys:
            if key in dict_:
                found += dict_[key]
    return found


big = 1 << 70
plain = [Plain(i) for i in range(4)]
kinds = {
    "ints": [1, 2, 3, -1, -2],
    "numbers": [1, 1.0, True, 0, False, 0.0, -0.0, 2.5],
    "big": [big, big + 1, float(big), (big,), (1 << 70,)],
    "pairs": [(1, 2), (2, 1), (-1, -2), (1, 2, 3), ()],
    "text": [("a", 1), ("a", "b"), "a", ("a",), b"a", (b"a",)],
    "nested": [(1, (2, (3, ("x",)))), (1, (2, (3, ("y",)))), ((((((((1,),),),),),),),)],
    "mixed": [(1, 2.0), (1.0, 2), (True, 2), (None, 1), (None, None), None, ...],
    "named": [Point(1, 2), (1, 2), Point(1, 3), Point(Point(0, 1), 2)],
    "objects": [*plain, (plain[0], plain[1]), (plain[1], plain[0]), Plain, len],
    "keyed": [Keyed(1), Keyed(2), (Keyed(1), 1), 1],
    "slow": [Slow((1, 2)), (1, 2), Slow((3, 4)), (3, 4)],
    "frozen": [frozenset([1, 2]), frozenset(), (frozenset([1]),)],
}
for name, keys in kinds.items():
    for make in dict, Counter, OrderedDict, lambda: defaultdict(int), Missing:
        d = make()
        for i, key in enumerate(keys):
            d[key] = i + 1
        print(name, type(d).__name__, len(d), count(d, keys, 60), list(d.values()))
    s = set(keys)
    print(name, "set", len(s), sum(1 for _ in range(60) for key in keys if key in s))
print("calls", Keyed.calls > 0)

u = Upper()
u["a"] = 1
u["B"] = 2
print(count(u, ["a", "A", "b", "c"], 60), sorted(u))


def missing(d, keys):
    out = []
    for key in keys:
        out.append(d[key])
    return out


d = Missing({1: "one", (1, 2): "pair"})
for _ in range(60):
    got = missing(d, [1, 2, (1, 2), (2, 1), None])
print(got)
dd = defaultdict(list)
for i in range(200):
    dd[i % 3, str(i % 2)].append(i)
print({k: len(v) for k, v in dd.items()})
c = Counter()
for i in range(300):
    c[Point(i % 4, 0)] += 1
print(c)


def errors(d, key):
    try:
        return d[key]
    except (KeyError, TypeError) as e:
        return f"{type(e).__name__}: {e}"


for _ in range(60):
    got = [errors({}, (1, [])), errors({}, (1, (2, 3))), errors(defaultdict(None), ((), ())), errors(Counter(), ([],))]
print(got)

# A method that is added later counts.
class Late(dict):
    pass


late = Late({(1, 2): "own"})
for _ in range(60):
    got = late[1, 2]
print(got)
Late.__getitem__ = lambda self, key: ("late", key)
print([late[1, 2] for _ in range(60)][-1])
del Late.__getitem__
print(late[1, 2])

# A class that gets its own equality later.
class Node:
    pass


nodes = [Node() for _ in range(5)]
seen = set()
for _ in range(60):
    for node in nodes:
        if node not in seen:
            seen.add(node)
print(len(seen), sum(node in seen for node in nodes))
Node.__eq__ = lambda self, other: True
Node.__hash__ = lambda self: 1
print(sum(node in seen for node in nodes) >= 0, len({Node(), Node(), Node()}))
nan = float("nan")
print(nan in {nan}, (nan, 1) in {(nan, 1): 0}, [nan] == [nan])
