class C:
    def __contains__(self, k):
        return k > 3


def f(c, n):
    s = 0
    for i in range(n):
        s += i in c
    return s


print(f(C(), 30), f([1, 2], 20), f({5: 1}, 20))
