class A:
    def __init__(self, x):
        self.x = x

    def get(self, k):
        return self.x + k

    y = 3


class B(A):
    def __init__(self, x):
        super().__init__(x + 1)

    def get(self, k):
        return super().get(k) * 2 + super().y


def f(n):
    s = 0
    for i in range(n):
        s += B(i).get(i)
    return s


print(f(20))
A.get = lambda self, k: 100
print(f(15))
