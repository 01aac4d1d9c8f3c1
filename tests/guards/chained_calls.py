class B:
    def __init__(self):
        self.parts = []

    def add(self, x):
        self.parts.append(x)
        return self

    def done(self):
        return "".join(self.parts)


def f(n):
    out = []
    for i in range(n):
        out.append(B().add("a").add(str(i)).add("z").done())
    return out[-2:]


print(f(20))
