class C:
    def __init__(self, swallow):
        self.swallow = swallow
        self.log = []

    def __enter__(self):
        self.log.append("in")
        return len(self.log)

    def __exit__(self, kind, value, tb):
        self.log.append(kind.__name__ if kind else "out")
        return self.swallow


def f(c, n, bad):
    s = 0
    for i in range(n):
        with c as x:
            s += x
            if i == bad:
                raise ValueError(i)
    return s


c = C(True)
print(f(c, 20, 13), c.log[-16:])
c = C(False)
try:
    f(c, 20, 13)
except ValueError as e:
    print(repr(e), len(c.log))
del C.__exit__
try:
    f(c, 3, 1)
except TypeError as e:
    print(e)
