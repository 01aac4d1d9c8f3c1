def f(a):
    n = len(a)
    for i in range(n):
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a


print(f([5, 3, 9, 1, 7, 2, 8]), f([0.5, -1, 3, 2.5]), f(list("sorting")))
