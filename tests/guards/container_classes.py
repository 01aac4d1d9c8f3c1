class I:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        for k in range(self.n):
            if k == 30:
                raise ValueError("30")
            yield k


def f(n, items):
    out = []
    for k in range(n):
        a, b, c = list(), set(), dict()
        a.append(k)
        b.add(k)
        c[k] = a
        out.append((len(a), len(b), len(c), len(list(items)), len(tuple(items)), len(set(items))))
        t = (1, 2)
        assert tuple(t) is t and list(t) is not list(t)
    return out[-1], list(items)[:3], tuple(items)[:3], sorted(set(items))[:3]


print(f(15, [3, 1, 2, 1]), f(15, "abca"), f(15, {1: 2, 3: 4}), f(15, I(5)), f(15, range(9)))
for bad in (5, [[1]], I(40)):
    try:
        f(15, bad)
    except (TypeError, ValueError) as e:
        print(e)


def g(n):
    global list, set
    out = []
    for k in range(n):
        out += [list((k,)), set([k])]
        if k == 12:
            list, set = tuple, frozenset
    del list, set
    return out[-6:], out[:2]


print(g(15))
