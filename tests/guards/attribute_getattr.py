class P:
    def __getattr__(self, name):
        if name == "bad":
            raise AttributeError(name)
        return len(name)


def f(p, n):
    s = 0
    for i in range(n):
        s += p.abc + p.defg
        if i == 20:
            p.abc = 100
    return s


print(f(P(), 30))
try:
    P().bad
except AttributeError as e:
    print(e)
