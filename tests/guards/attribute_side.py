# More attributes than an object holds in place.
class P:
    pass


def make(k):
    p = P()
    for i in range(20):
        setattr(p, f"a{i}", i + k)
    return p


def f(p, n):
    s = 0
    for i in range(n):
        s += p.a0 + p.a19
        p.a18 = p.a17 + i
    return s, p.a18


print(f(make(0), 20), f(make(0.5), 20))
p = make(1)
del p.a19
try:
    f(p, 2)
except AttributeError as e:
    print(e)
