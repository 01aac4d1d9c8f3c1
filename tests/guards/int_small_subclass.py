class I(int):
    def __add__(self, other):
        return I(int(self) + other + 100)


def f(xs):
    s = 0
    for x in xs:
        s = x + s
    return s, type(s).__name__


print(f(range(30)), f([I(1), 2, I(3)] * 8), f(range(30)))
