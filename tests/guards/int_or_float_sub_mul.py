def g(x, y):
    return (x - y) * (x * y)


def f(xs):
    return [g(x, x) + g(x, x - 1) for x in xs]


print(f([1, 2.5, 3, -0.5] * 15))
print(f([2**48 - 1, 1.0] * 10), f([True]))
