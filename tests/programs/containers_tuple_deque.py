# tuple, and the containers of collections.
from collections import deque, namedtuple, OrderedDict, defaultdict, Counter, ChainMap, UserDict, UserList, UserString
def show(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)


t = (1, 2, 3, 2)
print(t, (), (1,), t[0], t[-1], t[1:3], t[::-1], t + (4,), t * 2, 0 * t, len(t), t.count(2), t.index(2), t.index(2, 2), 2 in t, t < (1, 3), t == (1, 2, 3, 2), hash((1, 2)) == hash((1, 2)), hash(()), hash((1, "a"[:0])) == hash((1, "")))
show(t.index, 9); show(t.index, 1, 1); show(lambda: t[9]); show(lambda: t["a"]); show(lambda: t + [1]); show(lambda: t * 1.5); show(lambda: hash(([],))); show(tuple, 1); show(tuple, 1, 2); show(tuple, a=1); show(lambda: t.foo); show(lambda: t.__setitem__); show(lambda: () < 1); show(lambda: t.count()); show(tuple.__new__); show(tuple.__new__, int)
def st(): t[0] = 1
def dt(): del t[0]
show(st); show(dt)
print(tuple("abc"), tuple([1, 2]), tuple(t) is t, t[:] is t, tuple() is (), (*t, *"x"), 1 * (1, 2) == (1, 2), hash((1, 2, 3)), hash((0,)), hash((-1, -2)), hash((1.5, 2**70, None is None)))
class T(tuple):
    def __new__(cls, *a): return super().__new__(cls, a)
print(T(1, 2), type(T(1) + (2,)), type(T(1)[:]), T(1) == (1,), repr(T()), T(1, 2)[1])
d = deque([1, 2, 3], maxlen=4); d.append(4); d.append(5); d.appendleft(0); print(d, d.maxlen, len(d), d[0], d[-1], d.pop(), d.popleft(), d); d.extend([7, 8, 9]); print(d); d.extendleft([1, 2]); print(d); d.rotate(1); print(d); d.rotate(-2); print(d); d.insert(1, "x") if len(d) < 4 else show(d.insert, 1, "x"); d.reverse(); print(d, d.count(8), d.index(d[1])); 0; show(d.index, 100); show(d.remove, 100); show(lambda: d[10]); show(lambda: deque().pop()); show(lambda: deque().popleft()); show(deque, 1); show(deque, [], -1); show(deque, [], "a"); show(lambda: hash(d)); show(lambda: d["a"]); show(lambda: d[1:2]); show(lambda: d + [1])
print(d + deque([5]), d * 2, deque([1, 2]) * 2, deque([1]) == deque([1]), deque([1]) < deque([2]), deque([1]) == [1], deque("ab"), list(reversed(deque("ab"))), deque([1, 2, 3]).copy(), 2 in deque([1, 2])); d.clear(); print(d, bool(d)); d.maxlen if True else 0
def dm(): d.maxlen = 3
show(dm); d = deque([1, 2, 3]); d[1] = 20; del d[0]; print(d); d.insert(1, "i"); d.insert(-100, "f"); d.insert(100, "l"); print(d); d.remove("i"); print(d); d += [1]; print(d); d *= 2; print(d); r = deque(); r.append(r); print(r)
try:
    for x in d: d.append(1)
except RuntimeError as e: print(e)
P = namedtuple("P", "x y"); p = P(1, y=2); print(p, p.x, p[1], p._asdict(), p._replace(x=5), P._fields, P._make([3, 4]), p == (1, 2), P.__doc__, P.x.__doc__, repr(P), isinstance(p, tuple), p.__match_args__, P.__new__.__defaults__); show(P, 1); show(P, 1, 2, 3); show(P._make, [1]); show(lambda: p._replace(z=1)); show(namedtuple, "A", "x x"); show(namedtuple, "A", "def"); show(namedtuple, "A", "_a"); show(namedtuple, "1A", "a"); print(namedtuple("A", "x x def _z 1", rename=True)._fields, namedtuple("D", "a b c", defaults=[1, 2])(0)); show(lambda: setattr(p, "x", 1)); show(lambda: setattr(p, "q", 1))
class PP(namedtuple("B", ["a", "b"])):
    def s(self): return self.a + self.b
print(PP(1, 2).s(), PP(1, 2), PP(b=1, a=2)._replace(a=9)); a, b = PP(5, 6); print(a, b)
o = OrderedDict([("a", 1), ("b", 2), ("c", 3)]); o.move_to_end("a"); print(o, list(o), o.popitem(), o.popitem(last=False), o, o == OrderedDict(c=3), o == {"c": 3}); o["z"] = 1; o.move_to_end("z", last=False); print(o, list(reversed(o)), OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), o | {"q": 1}, OrderedDict.fromkeys("ab")); show(o.move_to_end, "nope"); show(OrderedDict().popitem); show(o.pop, "no"); print(o.pop("no", 5), repr(OrderedDict()), o.copy(), o.keys(), o.values(), o.items())
dd = defaultdict(list); dd["a"].append(1); print(dd, dd["b"], dd.get("c"), "c" in dd, dd.default_factory, defaultdict(None, a=1), defaultdict(int, {"z": 1})["y"]); show(lambda: defaultdict()["x"]); show(defaultdict, 1); dd.default_factory = lambda: 5; print(dd["q"], dd.copy() == dd, type(dd | {}))
c = Counter("abracadabra"); print(c, c.most_common(2), c["z"], sum(c.values()), c + Counter(a=1), c - Counter(a=4), c & Counter(a=2, z=1), c | Counter(z=1), Counter(a=-1) + Counter(), +Counter(a=-1, b=1), -Counter(a=-1), list(Counter(b=2, a=1).elements()), c.total()); c.update("aa"); c.subtract("b"); print(c, Counter(a=1) == Counter(a=1, b=0), Counter(a=1) <= Counter(a=2)); del c["nope"]; 
m = ChainMap({"a": 1}, {"a": 2, "b": 3}); print(m, m["a"], m["b"], len(m), list(m), m.new_child({"c": 1}), m.parents, dict(m)); m["b"] = 9; print(m.maps); show(lambda: m["zz"]); show(lambda: m.pop("zz"))
print(UserDict(a=1), UserList([1, 2]) + [3], UserString("abc").upper(), UserList([3, 1]), UserDict({"a": 1}) | {"b": 2})


def augmented_errors():
    """What can't be appended or multiplied in place says so in the sequence's words."""
    for left in ((1,), "a", b"a", [1]):
        for right in (1, None, 1.5):
            for operator in ("+=", "*=", "+", "*"):
                try:
                    exec(f"x = left; x {operator} right", {"left": left, "right": right})
                except TypeError as e:
                    print(operator, e)


augmented_errors()
