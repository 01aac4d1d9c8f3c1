class P:
    def __init__(self, x):
        if x == 15:
            raise ValueError(x)
        self.x = x


def f(n):
    s = 0
    for i in range(n):
        try:
            s += P(i).x
        except ValueError as e:
            s += 1000
    return s


print(f(20))
