def f(a, b):
    s = 0
    for i in range(len(a)):
        for j in range(len(b)):
            s += a[i] * b[j]
        b[i % len(b)] = i
    return s


print(f(list(range(12)), [1, 2, 3]), f([0.5] * 12, [1, 2, 3]), f([1] * 5, []) if False else f([1] * 5, [7]))
