def f(n, x, k):
    for i in range(n):
        x = x * k
    return x


print(f(30, 1, 1), f(30, 1, -1), f(60, 1, 2), f(70, -1, 3), f(20, 1.5, 2), f(5, "ab", 2))
