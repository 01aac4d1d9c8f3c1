class P:
    pass


def f(p, n):
    s = 0
    for i in range(n):
        p.x = i
        s += p.x
        del p.x
    return s


print(f(P(), 20))
try:
    del P().x
except AttributeError as e:
    print(e)
