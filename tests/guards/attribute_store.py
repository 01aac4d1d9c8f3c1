class P:
    def __init__(self):
        self.x = 0
        self.y = None


def f(p, n):
    for i in range(n):
        p.x = p.x + i
        p.y = [i]
    return p.x, p.y


print(f(P(), 20))
p = P()
del p.x
p.x = 0.5
print(f(p, 20))


class Q:
    x = 0

    def __setattr__(self, name, v):
        object.__setattr__(self, name, v if name == "y" else v + 1)


print(f(Q(), 15))
