def f(n, x, y):
    for i in range(n):
        x = x * y
    return x


print(f(30, 1.0, 1.1), f(30, 1.0, -1e20), f(15, 0.0, float("inf")), f(20, -0.0, 2.0), f(20, 0.5, 2), f(20, 2, 0.5))
