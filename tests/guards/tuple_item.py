def f(t, n):
    s = 0
    for i in range(n):
        s += t[i % 3] + t[-1]
    return s


print(f((1, 2, 3), 30), f((0.5, 1, 2), 20), f([1, 2, 3], 20))
try:
    f((1, 2), 20)
except IndexError as e:
    print(e)
