class P:
    __slots__ = ("x", "y")


def f(p, n):
    s = 0
    p.x = 0
    for i in range(n):
        p.x += i
        p.y = p.x
        s += p.y
        if i % 10 == 9:
            del p.y
    return s, p.x


print(f(P(), 30))
try:
    P().y
except AttributeError as e:
    print(e)
try:
    P().z = 1
except AttributeError as e:
    print(str(e)[:40])
