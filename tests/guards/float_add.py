def f(n, x, step):
    for i in range(n):
        x = x + step
    return x


print(f(30, 0.0, 0.1), f(30, 1e308, 1e307), f(15, 0.0, float("nan")), f(15, -0.0, -0.0), f(20, 0.5, 1), f(20, 1, 0.5))
