class S(str):
    def __add__(self, other):
        return S("<" + str(self) + str(other) + ">")


def f(x, parts):
    for p in parts:
        x = x + p
    return x


print(f("", ["a"] * 12), f(S(""), ["a", "b"] * 3), f("", ["a"] * 12 + [S("b")] + ["c"] * 3))
