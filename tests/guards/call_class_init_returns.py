class P:
    def __init__(self, x):
        self.x = x
        return None if x < 15 else x


def f(n):
    s = 0
    for i in range(n):
        s += P(i).x
    return s


print(f(15))
try:
    f(20)
except TypeError as e:
    print(e)
