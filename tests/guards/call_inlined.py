def add(a, b):
    return a + b


def f(n, k):
    s = 0
    for i in range(n):
        s = add(s, add(i, k))
    return s


print(f(20, 1), f(20, 0.5), f(20, 2**48))
try:
    f(20, "a")
except TypeError as e:
    print(e)
