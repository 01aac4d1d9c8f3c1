class S:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


def f(xs):
    s = 0
    for x in xs:
        s += len(x)
    return s


print(f([[], [1]] * 8), f(["a", (1, 2), {1: 2}, {1}, b"abc", range(5)] * 3), f([S(3)] * 13))
for bad in (5, S(-1)):
    try:
        f([[1]] * 12 + [bad])
    except (TypeError, ValueError) as e:
        print(e)
