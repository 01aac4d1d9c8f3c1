def f(values):
    s = set()
    n = 0
    for v in values:
        s.add(v)
        n += len(s)
    return n, sorted(map(str, s))


class K:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        return True

    def __str__(self):
        return "K"


print(f([1, 2, 3] * 8), f(["a", "b"] * 8), f([1] * 12 + [1.0, True, (1, 2), 2**70, None]))
print(f([K()] + [1] * 15), f([1] * 15 + [K()]), f(range(40)))
try:
    f([1] * 12 + [[]])
except TypeError as e:
    print(e)
