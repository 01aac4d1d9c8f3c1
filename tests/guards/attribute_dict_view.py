# Somebody writes into the object's __dict__ meanwhile.
class P:
    def __init__(self):
        self.x = 1


def poke(p, i):
    if i == 17:
        p.__dict__["x"] = 1000
    if i == 19:
        p.__dict__ = {"x": 5}
    return 0


def f(p, n):
    s = 0
    for i in range(n):
        p.x += 1
        s += p.x + poke(p, i)
    return s


print(f(P(), 30))
