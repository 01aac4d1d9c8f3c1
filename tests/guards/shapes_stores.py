class A:
    pass


class B:
    def __init__(self):
        self.z = 0


def f(n):
    out = 0
    for i in range(n):
        p = A() if i % 2 else B()
        p.x = i
        p.y = i + 1
        p.x = p.y + p.x
        out += p.x
    return out, sorted(p.__dict__)


print(f(200))
