def f(a, n):
    s = 0
    for i in range(n):
        s += a[i] + a[-1]
    return s


print(f(list(range(30)), 30), f([0.5] * 30, 20), f((1, 2, 3) * 10, 20))
try:
    f([1] * 15, 16)
except IndexError as e:
    print(e)
print(f({i: i for i in range(-1, 15)}, 15))
