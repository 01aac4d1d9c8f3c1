def f(a, n):
    for i in range(n):
        a[i] = i * 2
        a[-1] = i
    return a


print(f([0] * 30, 30), f({}, 12), f(bytearray(15), 15))
try:
    f([0] * 15, 20)
except IndexError as e:
    print(e)
try:
    f((1, 2), 2)
except TypeError as e:
    print(e)
