class A:
    def go(self, x):
        return x + 1


class B:
    def go(self, x):
        return x * 2


class C:
    def go(self, x):
        raise ValueError(x)


def f(xs, n):
    s = 0
    try:
        for i in range(n):
            s += xs[i % len(xs)].go(i)
            if i == 190:
                A.go = lambda self, x: 1000
    except ValueError as e:
        return s, str(e)
    return s


print(f([A(), B()], 200), f([A(), B(), B(), A()], 100), f([A(), B(), C()], 100))
