class C:
    def __init__(self):
        self.d = {}

    def __getitem__(self, i):
        return self.d.get(i, i)

    def __setitem__(self, i, v):
        self.d[i] = v

    def __delitem__(self, i):
        del self.d[i]


def f(c, n):
    s = 0
    for i in range(n):
        s += c[i]
        c[i] = i * 2
        s += c[i]
        if i % 2:
            del c[i]
    return s


print(f(C(), 30), f({i: 1 for i in range(20)}, 20))
