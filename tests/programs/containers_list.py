# Methods of list, slices, mutation during iteration, errors.
def show(f, *a):
    try:
        print(repr(f(*a)))
    except BaseException as e:
        print(type(e).__name__, e)


x = [3, 1, 2]
x.append(4); x.extend((5, 6)); x.insert(0, 0); x.insert(-1, 99); x.insert(100, 7); x.insert(-100, -1)
print(x, x.pop(), x.pop(0), x.pop(-2), x, x.index(2), x.count(1), len(x))
show(lambda: x.index(1000)); show(lambda: x.remove(1000)); show(lambda: [].pop()); show(lambda: x.pop(100)); show(lambda: x.index(2, 5)); show(lambda: x.index(2, -100, 100))
show(lambda: x[100]); show(lambda: x["a"]); show(lambda: x[1.0]); show(lambda: x[None]); show(lambda: x.pop("a"))


def setitem(l, i, v):
    l[i] = v
    return l


def delitem(l, i):
    del l[i]
    return l


for i in (0, -1, 5, -6, slice(1, 3), slice(None, None, 2), slice(None, None, -1), slice(3, 1), slice(10, 20), slice(-100, 100), slice(4, None, -2)):
    print(i, end=" "); show(lambda: list(range(5))[i])
    show(setitem, list(range(5)), i, [10, 20]); show(setitem, list(range(5)), i, []); show(setitem, list(range(5)), i, 7); show(setitem, list(range(5)), i, "abc"); show(delitem, list(range(5)), i)
show(setitem, [1], slice(0, 1, 0), [1]); show(lambda: [1][::0]); show(setitem, [1], slice("a", 1), [1])
y = [1, 2, 3]; y[:] = y; print(y); y[1:1] = y; print(y); y[::2] = y[::2][::-1]; print(y)
show(lambda: [1] + (1,)); show(lambda: [1] * 2.0); show(lambda: [1] * -1); show(lambda: 2 * [1, 2]); show(lambda: [1] * "a"); show(lambda: [1] < 2); show(lambda: [1, 2] < [1, "a"])
z = [1]; z += (2, 3); z += "ab"; z *= 2; print(z)
show(lambda: z.__iadd__(1))
print([1, 2] == [1, 2.0], [1, 2] < [1, 3], [1] < [1, 2], [2] > [1, 2, 3], [] < [], [] <= [], [1, 2] != [1, 2])
nan = float("nan"); print([nan] == [nan], nan in [nan], [nan].count(nan), [nan].index(nan))
a = []; a.append(a); print(a, a == a); b = [a]; a2 = [1, a]; print(b, a2)
show(lambda: [a] < [a])
l = [1, 2, 3]
for v in l:
    if len(l) < 10: l.append(v * 2)
print(l)
l = [1, 2, 3, 4]
for v in l:
    l.remove(v)
print(l)
it = iter([1, 2, 3]); print(next(it), it.__length_hint__(), list(it), list(it)); l = [1, 2]; it = iter(l); list(it); l.append(3); print(list(it))
r = reversed([1, 2, 3]); print(next(r), r.__length_hint__(), list(r), list(r))
l = [1, 2, 3, 4]; r = reversed(l); next(r); del l[1:]; print(list(r))
l = [3, 1, 2]; print(l.sort(), l, l.sort(reverse=True), l, l.sort(key=lambda v: -v), l)
show(lambda: [1, "a"].sort()); show(lambda: [1, 2].sort(lambda a, b: 0)); show(lambda: [1].sort(key=1)); show(lambda: [1, 2].sort(key=len)); show(lambda: [1].sort(reverse="a")); show(lambda: sorted(1))
l = [(i % 3, i) for i in range(10)]; l.sort(key=lambda p: p[0]); print(l); l.sort(key=lambda p: p[0], reverse=True); print(l)


def mutate(v):
    l.append(v)
    return 0


l = [1, 2, 3]
show(lambda: l.sort(key=mutate)); print(sorted(l, key=str))


class Cmp:
    def __init__(self, v): self.v = v
    def __lt__(self, o): return self.v < o.v
    def __repr__(self): return f"C{self.v}"


print(sorted([Cmp(3), Cmp(1), Cmp(2)]), sorted([Cmp(3), Cmp(1), Cmp(2)], reverse=True), min(Cmp(2), Cmp(1)))
print(sorted(["b", "a", "é", "Z"]), sorted([1.5, 1, -2, True]), sorted([b"b", b"a"]), sorted([(1, "b"), (1, "a"), (0, "z")]), sorted([[2], [1, 2], []]), sorted({3: 1, 1: 2}), sorted("hello"))
show(lambda: sorted([1, None])); show(lambda: sorted([1j, 2j])); show(lambda: sorted([(1, 1j), (1, 2j)])); show(lambda: sorted([object(), 1]))
print([1, 2, 3].copy(), [1, 2].__len__(), [].__class__, list("ab"), list(range(3)), list({1: 2}), list(), [1, 2].__contains__(1), [1, [2, 3]] * 2)
show(lambda: list(1)); show(lambda: [].append()); show(lambda: [].append(1, 2)); show(lambda: [].extend(1)); show(lambda: [].insert(1)); show(lambda: [].insert("a", 1)); show(lambda: hash([])); show(lambda: [].foo); show(lambda: [].reverse(1)); show(lambda: list.append(1, 2)); show(lambda: list.append()); show(lambda: [].clear(1)); show(lambda: [].copy(1))
l = [1]; l.__init__([2, 3]); print(l); l.__init__(); print(l); print(list.__new__(list, 1, 2, a=3))


class L(list):
    def __init__(self, *a, k=0): super().__init__(*a); self.k = k


print(L([1], k=2), L([1], k=2).k, L([1]) + [2], type(L([1]) + [2]), type(L([1])[:]), type(L([1]).copy()), L([1]) == [1])
print(*[i for i in range(3)], [*range(2), *"ab", *{}], [*[], 1])
for f in ("__add__", "__mul__", "__rmul__", "__eq__", "__lt__", "__getitem__"):
    show(lambda: getattr([], f)(1.5))
m = [[0] * 2] * 2; m[0][0] = 1; print(m)
print(str([1, "a", b"b", None, 1.0, [], (), {}, {1}, set()]), f"{[1]!r:>5}", format([1]))
show(lambda: format([1], "5")); show(lambda: "%s %r" % ([1], [2])); show(lambda: [1].__format__("x"))
print([1, 2, 3].__reversed__(), end="\n") if False else print(type([].__reversed__()), type(iter([])))
print([].__doc__.split("\n")[0], list.append.__doc__, list.sort.__doc__.split("\n")[0])
import sys
print(list.__class_getitem__(int), list[int], L[int] if False else "")
del l[:]; print(l)
big = list(range(1000)); del big[::3]; print(len(big), big[:5], big[-5:]); big[::2] = [0] * len(big[::2]); print(big[:6]); show(setitem, big, slice(None, None, 2), [1])
big[5:10] = []; print(len(big)); del big[-1:-100:-7]; print(len(big)); big.reverse(); print(big[:3])
