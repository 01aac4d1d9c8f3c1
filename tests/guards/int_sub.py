def f(n, x, step):
    for i in range(n):
        x = x - step
    return x


print(f(40, 0, 3), f(40, -(2**48) + 60, 3), f(40, 2**48 - 60, -3), f(20, 0, 0.5), f(20, 2**70, True))
