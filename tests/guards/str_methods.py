def f(texts, part):
    s = []
    for t in texts:
        s.append(t.startswith(part))
        s.append(t.endswith(part))
        s.append(part in t)
        s.append(part not in t)
        s.append(str(t))
    return s


class S(str):
    def startswith(self, part):
        return "S"

    def __contains__(self, part):
        return "yes"

    def __str__(self):
        return "text of S"


print(f(["abc", "cab", "x"] * 4, "ab"), f(["äb\u20acc"] * 12, "\u20ac"), f(["a"] * 12 + [S("a")], "a"))
print(f(["abc"] * 12, "")[-5:], f(["abc"] * 12, S("a"))[-5:])
for part in (1, None, ("a", "b")):
    try:
        print(f(["abc"] * 12, part))
    except TypeError as e:
        print(e)


def g(values):
    n = []
    for v in values:
        n.append(str(v))
    return n


print(g([1, 2.5, "a"] * 5), g([1] * 12 + [True, None, 2**80, S("b"), [1]]))
