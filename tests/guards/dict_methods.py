def f(d, keys):
    s = []
    for k in keys:
        s.append(d.get(k))
        s.append(d.get(k, 7))
        s.append(d.setdefault(k, 5))
        d[k] += 1
    return s, d


class K:
    def __init__(self, v):
        self.v = v

    def __repr__(self):
        return f"K({self.v})"

    def __hash__(self):
        return hash(self.v)

    def __eq__(self, other):
        return self.v == (other.v if type(other) is K else other)


class D(dict):
    def get(self, k, default=0):
        return "D"


print(f({}, [1, 2, 3, 1] * 4))
print(f({"a": 1}, ["a", "b"] * 8))
print(f({}, [1] * 12 + [1.0, True, K(1), (1, 2), 2**70]))
print(f({K(1): 3}, [1] * 15))
print(f(D(), [1] * 15))
try:
    f({}, [1] * 12 + [[]])
except TypeError as e:
    print(e)
