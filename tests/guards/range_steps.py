def f(r):
    s = 0
    for i in r:
        s = s * 3 % 10007 + i
    return s


print(f(range(40)), f(range(40, 0, -1)), f(range(0)), f(range(3, 50, 7)), f(range(50, -50, -9)))
print(f(range(2**48 - 20, 2**48 + 20)), f(range(-(2**48) + 15, -(2**48) - 15, -1)), f(range(2**63 - 15, 2**63 + 15)))
print(f([1, 2, 3] * 5), f((4, 5)))
