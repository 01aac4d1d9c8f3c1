class D:
    def __get__(self, obj, kind):
        return obj.k + 1

    def __set__(self, obj, v):
        obj.k = v


class P:
    d = D()

    def __init__(self):
        self.k = 0


def f(p, n):
    s = 0
    for i in range(n):
        p.d = i
        s += p.d
    return s


print(f(P(), 30))
del D.__set__
p = P()
p.__dict__["d"] = 5
print(f(p, 15))
