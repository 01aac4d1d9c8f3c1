def f(n, m):
    s = 0
    for i in range(n):
        s = s + (i & m) + (-i & m)
    return s


print(f(40, 7), f(40, -8), f(20, 2**60 - 1), f(20, True))
