def f(n, m):
    s = 0
    for i in range(n):
        for j in range(m):
            for k in range(3):
                s += i * j - k
            if j == 7:
                break
        else:
            s += 1000
    return s


print(f(12, 6), f(6, 12), f(0, 3), f(3, 0))
