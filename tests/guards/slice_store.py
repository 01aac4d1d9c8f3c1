def f(a, n):
    for i in range(n):
        a[i : i + 1] = [i, i]
        a[:1] = ()
    return a


print(f([0] * 5, 20))
try:
    f((1,), 3)
except TypeError as e:
    print(e)
