def f(a, start, n):
    s = 0
    for i in range(start, n):
        s = s * 2 % 1009 + a[i]
    return s


print(f(list(range(20)), 0, 20), f(list(range(20)), -20, 20), f(list(range(20)), -5, 5))
try:
    f(list(range(20)), -21, 5)
except IndexError as e:
    print(e)
