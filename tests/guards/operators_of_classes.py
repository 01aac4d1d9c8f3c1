class V:
    def __init__(self, x):
        self.x = x

    def __add__(self, o):
        return V(self.x + (o.x if isinstance(o, V) else o))

    def __radd__(self, o):
        return V(o * 10 + self.x)

    def __mul__(self, o):
        return NotImplemented

    def __lt__(self, o):
        return self.x < o.x

    def __eq__(self, o):
        return self.x == o.x

    def __matmul__(self, o):
        return (self.x, o.x)


def f(n):
    v = V(0)
    k = 0
    for i in range(n):
        v = v + V(i) + 1
        v = 2 + v
        k += v < V(100)
        k += v == V(3)
        v += 1
    return v.x, k, v @ V(1)


print(f(20))
try:
    for i in range(15):
        V(1) * V(2) if i == 13 else V(1)
except TypeError as e:
    print(e)
