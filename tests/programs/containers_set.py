# Set operations, order of iteration, errors.
def show(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)


s = {1, 2, 3}
print(s, set(), frozenset(), frozenset([1]), {1, 1.0, True}, set("hello") == set("ehlo"), len(s), 2 in s, {*range(3), *[5]})
s.add(4); s.discard(1); s.discard(100); s.remove(2); print(s, s.pop() in (3, 4), len(s)); show(s.remove, 100); show(lambda: set().pop()); show(s.add, []); show(s.remove, [1]); show(s.discard, {}); show(lambda: [] in s); show(lambda: {1} in {frozenset([1])}); show(lambda: {[]}); show(s.remove, {1}); show(lambda: {{}}); show(s.discard, {1})
a, b = {1, 2, 3, 4}, {3, 4, 5}
print(a | b, a & b, a - b, a ^ b, a.union(b, [9]), a.intersection(b, [3]), a.difference(b, [1]), a.symmetric_difference([3, 9]), a.union(), a.intersection(), a.difference())
print(a < b, a <= a, a < a, {3} < a, a > {1}, a >= a, a == {4, 3, 2, 1}, a != b, a == frozenset(a), frozenset(a) == a, a.issubset([1, 2, 3, 4, 5]), a.issuperset([1]), a.isdisjoint([7]), a.isdisjoint(b), a == [1])
for op in ("|", "&", "-", "^", "<", "<=", ">", ">="):
    show(lambda: eval(f"a {op} [1]")); show(lambda: eval(f"a {op} frozenset([1])")); show(lambda: eval(f"frozenset([1]) {op} a"))
c = set(a); c |= {9}; c &= {1, 2, 9}; c -= {9}; c ^= {2, 7}; print(c); show(lambda: c.__ior__([1])); show(lambda: c.update([1], (2,), "a")); c.intersection_update([1, 2], [2]); print(c); c.difference_update([5]); c.symmetric_difference_update([5, 2]); print(c)
try: c |= [1]
except TypeError as e: print(e)
f = frozenset([1, 2]); show(lambda: f.add(1)); g = f; g |= {3}; print(g, f, hash(f) == hash(frozenset([2, 1])), {f: 1}[frozenset([2, 1])], type(f | {3}), type({3} | f)); show(hash, {1}); print(frozenset(f) is f, f.copy() is f, frozenset([1]) == {1})
show(set, 1); show(set, [[]]); show(frozenset, 1, 2); show(frozenset, a=1); show(lambda: {1}[0]); show(lambda: {1} + {2}); show(lambda: {1}.union(1)); show(lambda: {1}.foo); show(lambda: set.add({1})); show(lambda: {1}.add()); show(lambda: {1}.pop(1))
try:
    for x in a: a.add(x + 100)
except RuntimeError as e: print(e)
it = iter({1, 2}); print(it.__length_hint__(), sorted(it), list(it))
print([x for x in {i for i in range(10)}], {x // 2 for x in range(6)}, {(1, 2), (1, 2)}, {None, ...} == {..., None})
print(set(range(20)), set(range(0, 2000, 100)), {-1, -2, 0}, {2**61 - 1, 0, 1}, {1.5, 2.5, 0.1}, {100, 8, 16, 24, 32}, frozenset(range(5)))
x = {i * 7 % 13 for i in range(30)}; print(x); x.discard(5); x.add(50); x.add(5); print(x); x = set(range(50)); [x.discard(i) for i in range(0, 50, 3)]; print(x); x.update(range(100, 110)); print(x, x.copy(), set(x), x | {1000}, x - {1}, x & set(range(10)))
class S(set):
    def __init__(self, *a, z=0): super().__init__(*a); self.z = z
print(S([1], z=3), S([1], z=3).z, type(S([1]) | {2}), type(S([1]).copy()), S([1]) == {1}, S())
class F(frozenset):
    def __new__(cls, *a, z=0): return super().__new__(cls, *a)
print(F([1]), type(F([1]) | {2}), type(F([1]).copy()), hash(F([1])) == hash(frozenset([1])))
print({1}.__reduce__(), F([1]).__reduce__(), set.__class_getitem__(int), {1}.__contains__(1), set.union({1}, {2}), set[int])
class E:
    def __init__(s, v): s.v = v
    def __hash__(s): return 1
    def __eq__(s, o): return s.v == o.v
    def __repr__(s): return f"E{s.v}"
print({E(1), E(2), E(1)}, E(2) in {E(1), E(2)}, {E(1)} & {E(1), E(2)}, {E(1), E(2)} - {E(1)})
print({hash(frozenset(range(n))) for n in range(5)} == {hash(frozenset(range(n))) for n in range(5)}, hash(frozenset()), hash(frozenset([1, 2, 3])), hash(frozenset([0])))
