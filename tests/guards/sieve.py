def f(n):
    p = [True] * n
    for i in range(2, n):
        if p[i]:
            for j in range(i * i, n, i):
                p[j] = False
    return sum(p[2:])


print(f(100), f(10))
