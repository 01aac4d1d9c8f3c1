class It:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


def f(n):
    s = 0
    for x in It(n):
        s += x
    return s


print(f(30), f(0))
del It.__next__
try:
    f(3)
except TypeError as e:
    print(e)
