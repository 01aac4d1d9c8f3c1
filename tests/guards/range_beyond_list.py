def f(a, n):
    s = 0
    for i in range(n):
        s += a[i]
    return s


print(f([1] * 50, 50), f([2.5] * 50, 40))
for n in (51, 60):
    try:
        f([1] * 50, n)
    except IndexError as e:
        print(e)
