# Methods of dict, views, order, mutation during iteration, errors.
def show(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)


d = {"a": 1, "b": 2}
print(d, d["a"], d.get("c"), d.get("c", 3), d.setdefault("c", 4), d.setdefault("a", 5), d.pop("c"), d.pop("c", None), d.popitem(), d, len(d), "a" in d)
show(lambda: d["x"]); show(lambda: d.pop("x")); show(lambda: {}.popitem()); show(lambda: d[[]]); show(lambda: {}[{}]); show(lambda: {[]: 1}); show(lambda: d.get([])); show(lambda: [] in d); show(lambda: d.pop()); show(lambda: d.get()); show(lambda: d.setdefault([])); show(lambda: d[(1, [])])
show(dict, 1); show(dict, [1]); show(dict, [(1,)]); show(dict, [(1, 2, 3)]); show(dict, ["ab", "cd"]); show(dict, [(1, 2)], a=3); show(dict, {1: 2}, **{"x": 1}); show(dict, 1, 2); show(dict, a=1, b=2); show(dict, None); show(dict, [[1, 2], {3, }]); show(dict, "ab"); show(dict, [None])
show(d.update, 1); show(d.update, [(1, 2)], z=1); print(d); show(d.update); show(d.update, {1: 3}, {2: 4}); d.update({"q": 1}.items()) ; print(d)
print(dict.fromkeys("abc"), dict.fromkeys([1, 2], 0), dict.fromkeys({1, }), dict.fromkeys({5: 6})); show(dict.fromkeys, 1); show(dict.fromkeys)
d = {i: i * i for i in range(5)}
del d[2]; d[2] = "back"; d[0] = "first stays"; print(d, list(d), list(d.values()), list(d.items()), list(reversed(d)), list(reversed(d.items())), list(reversed(d.values())))
k, v, i = d.keys(), d.values(), d.items()
print(k, v, i, len(k), len(v), len(i), 1 in k, (1, 1) in i, (1, 2) in i, 16 in v, k & {1, 2, 9}, k | {9}, k - {1}, k ^ {1, 9}, i & {(1, 1)}, k == {0, 1, 2, 3, 4}, k < {0, 1, 2, 3, 4, 5}, k.isdisjoint([7]), k.isdisjoint([1]), i.isdisjoint(i))
d[7] = 8; print(k, 7 in k, k.mapping, type(k.mapping)); show(lambda: k + k); show(lambda: v & v); show(lambda: k & 1); show(lambda: k & [1, 1, 2]); show(lambda: [1, 50] - k); show(lambda: hash(k)); show(lambda: k[0]); show(lambda: v == v); show(lambda: d.values() == d.values())
show(lambda: {1: []}.items() | {1})
for change in (lambda: d.__setitem__("new", 1), lambda: d.pop(7)):
    try:
        for key in d: change()
    except RuntimeError as e: print(e)
try:
    for key in d: d[key] = 0
    print("fine", d)
except RuntimeError as e: print(e)
def swap():
    for key in d: d.pop(key); d["s" + str(key)] = 1; 
try: swap()
except RuntimeError as e: print(e)
d = {1: 1, 2: 2}
it = iter(d); next(it); d.pop(2); d[3] = 3
show(next, it); show(next, it)
print({1: "a", 1.0: "b", True: "c"}, {0: 1, False: 2, 0.0: 3, -0.0: 4, 0j: 5}, {"a": 1} | {"b": 2}, {"a": 1} | {"a": 2}); show(lambda: {} | []); show(lambda: {} | 1); e = {"a": 1}; e |= [("b", 2)]; e |= {"c": 3}; print(e); show(lambda: e.__ior__(1)); show(lambda: e.__or__(1)); show(lambda: e.__ror__({1: 1}))
print({1: 2} == {1: 2.0}, {1: 2} != {1: 2}, {1: 2, 3: 4} == {3: 4, 1: 2}, {} == []); show(lambda: {} < {}); show(lambda: hash({})); show(lambda: {}.a); show(lambda: {} + {})
a = {}; a["self"] = a; print(a, a.items(), a.values())
nan = float("nan"); n = {nan: 1}; print(n[nan], n == {nan: 1})


class H:
    def __init__(self, h, eq=True): self.h, self.e = h, eq
    def __hash__(self): return self.h
    def __eq__(self, o):
        if isinstance(self.e, Exception): raise self.e
        return self.e
    def __repr__(self): return f"H{self.h}"


x = {H(1): "one"}; print(x[H(1)], x.get(H(2)), x.get(1)); x[H(1, False)] = 2; print(len(x)); bad = H(1, ValueError("eq"))
show(lambda: x[bad]); show(lambda: x.setdefault(bad, 1)); show(lambda: bad in x); show(lambda: {bad: 1, H(1): 2})


class BadHash:
    def __hash__(self): return "x"


class Neg:
    def __hash__(self): return -1


class Big:
    def __hash__(self): return 2**100
show(lambda: {BadHash(): 1}); print(hash(Neg()), hash(Big()) == hash(2**100)); show(lambda: {type("N", (), {"__hash__": None})(): 1})


class Missing(dict):
    def __missing__(self, k): return f"missing {k}"


m = Missing(a=1); print(m["a"], m["b"], m.get("b"), "b" in m, m); show(lambda: m[[]])
class M2(dict): __missing__ = None
show(lambda: M2()[1])
class KeysOnly:
    def keys(self): return ["a", "b"]
    def __getitem__(self, k): return k * 2
print(dict(KeysOnly()), {**KeysOnly()}, dict(**KeysOnly())); show(lambda: {**1}); show(lambda: {**[(1, 2)]}); show(lambda: dict(**{1: 2})); show(lambda: (lambda **k: k)(**{1: 2})); show(lambda: (lambda **k: k)(**{"a": 1}, **{"a": 2})); show(lambda: (lambda **k: k)(**1)); show(lambda: (lambda **k: k)(a=1, **{"a": 2}))
print({**{"a": 1}, "b": 2, **{"a": 3}}, {k: v for k, v in zip("ab", (1, 2))}, {x: y for x in range(3) if x for y in (x * 2,)})
big = {i: str(i) for i in range(100)}
for i in range(0, 100, 2): del big[i]
print(len(big), list(big)[:5], big[99]); big.clear(); print(big, len(big))
c = {1: [2]}; c2 = c.copy(); c2[1].append(3); print(c, type(c2), c2 is c)
print(type(iter({})), type(iter({}.items())), type(reversed({})), iter({1: 2}).__length_hint__(), dict[int, str], {}.__class__)
order = {}
for s in "the quick brown fox jumps over the lazy dog": order[s] = order.get(s, 0) + 1
print(order); print(sorted(order.items(), key=lambda p: (-p[1], p[0]))[:3], max(order, key=order.get))
for meth in ("get", "pop", "setdefault", "update", "keys", "popitem", "clear", "copy", "__getitem__", "__contains__"): show(lambda: getattr(dict, meth)(1, 2, 3, 4)); show(lambda: getattr({}, meth)(1, 2, 3, 4)); show(getattr(dict, meth))
show(lambda: {}.get(key=1)); show(lambda: {}.pop(k=1)); show(lambda: {}.keys(1)); show(lambda: dict.fromkeys(iterable=[1]))
import types
p = types.MappingProxyType({"a": 1}); print(p, p["a"], p | {"b": 1}, len(p), list(p), p == {"a": 1}, p.get("z"), p.copy(), hash(types.MappingProxyType(frozenset())) if False else ""); show(lambda: p.__setitem__("a", 1)); show(lambda: p["z"]); show(types.MappingProxyType, 1); show(lambda: hash(p)); 
def st(): p["b"] = 1
show(st)
