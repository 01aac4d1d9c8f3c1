# Sets whose elements take part in what is done with them, and the order of what is built.


class S(set):
    pass


class F(frozenset):
    pass


class K:
    def __init__(self, n, act=None):
        self.n, self.act = n, act

    def __hash__(self):
        return self.n % 4

    def __eq__(self, other):
        if self.act is not None:
            act, self.act = self.act, None
            act()
        return isinstance(other, K) and self.n == other.n

    def __repr__(self):
        return f"K({self.n})"


def names(s):
    return sorted(k.n for k in s)


for name, f in [("and", lambda a, b: a & b), ("or", lambda a, b: a | b), ("sub", lambda a, b: a - b), ("xor", lambda a, b: a ^ b),
                ("le", lambda a, b: a <= b), ("eq", lambda a, b: a == b), ("disjoint", lambda a, b: a.isdisjoint(b))]:
    a, b = {K(i) for i in range(6)}, {K(i) for i in range(3, 9)}
    r = f(a, b)
    print(name, r if isinstance(r, bool) else names(r))
    for who in range(3):
        a, b = [K(i) for i in range(6)], [K(i) for i in range(3, 9)]
        sa, sb = set(a), set(b)
        victim = (sa, sb)[who % 2]
        (a + b)[4 + who].act = victim.clear
        try:
            r = f(sa, sb)
            print(name, who, r if isinstance(r, bool) else len(r) <= 9)
        except Exception as e:
            print(name, who, type(e).__name__, e)


class Bad:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        raise ValueError("eq")


for f in (lambda a, b: a & b, lambda a, b: a | b, lambda a, b: a - b, lambda a, b: a ^ b, lambda a, b: a <= b, lambda a, b: a == b, lambda a, b: a < b):
    try:
        print(f({1, 2}, {Bad(), 5}))
    except ValueError as e:
        print("ValueError", e)

# Order: what is built from what.
big = set(range(0, 4000, 7))
print(list(big & set(range(100)))[:9], list(big - set(range(0, 4000, 14)))[:9], list(big | {1, 2, 3})[:9], list(big ^ set(range(50)))[:9])
small = frozenset((i % 7, -i) for i in range(20))
print(list(small), list(small - {(1, -1)}), list(small & {(2, -2), (3, -3), 5}), list(small | {1, 2, (3,)}), list(small ^ {1, 2, (4, -4)}))
removed = set(range(20))
for i in range(0, 20, 3):
    removed.discard(i)
print(list(removed - {1, 2}), list(removed | {100}), list(removed & set(range(30))), removed == set(removed), removed <= set(range(20)))
print({1, 2} == {1.0, True + 1}, {1, 2} <= {1.0, 2.0, 3}, {"a"} & {"a", 1}, frozenset([1, 2]) == {2, 1}, {(1, 2), (3, 4)} & {(3, 4), (5,)})
print(frozenset([1, 2]) | {3}, {3} | frozenset([1]), S([1]) | {2}, F([1]) - {2}, type(S([1]) - {2}).__name__)

# Iteration over a set that changes.
for change in (lambda s: s.add(99), lambda s: s.clear(), lambda s: (s.discard(3), s.add(77))):
    s, seen = {1, 2, 3, 4}, []
    try:
        for v in s:
            seen.append(v)
            change(s)
            if len(seen) > 20:
                break
        print("ended", seen)
    except RuntimeError as e:
        print(e, seen)
