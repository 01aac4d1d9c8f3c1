def f(n, m):
    s = m
    for i in range(n):
        s ^= i * 37
    return s


print(f(40, 7), f(40, -8), f(20, 2**60 - 1), f(20, True))
