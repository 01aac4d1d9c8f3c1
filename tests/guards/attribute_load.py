class P:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def f(p, n):
    s = 0
    for i in range(n):
        s += p.x + p.y
    return s


print(f(P(1, 2), 20), f(P(0.5, 2), 20))
p = P(1, 2)
del p.y
try:
    f(p, 3)
except AttributeError as e:
    print(e)
p.z = 1
p.y = 5
print(f(p, 20))
