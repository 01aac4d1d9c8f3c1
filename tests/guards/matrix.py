def f(a, b):
    n = len(a)
    c = [[0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            s = 0
            for k in range(n):
                s += a[i][k] * b[k][j]
            c[i][j] = s
    return c


print(f([[1, 2, 3]] * 3, [[4, 5, 6]] * 3), f([[0.5, 1]] * 2, [[2, 3]] * 2)[0], f([[2**40]], [[2**40]]))
