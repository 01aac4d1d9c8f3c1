def f(items, y):
    out = []
    for x in items:
        out.append(x * y)
    return out


print(f(range(20), 2**40))
print(f([2**47, -(2**47), 2**32, -(2**32), 2**24] * 4, 2**32))
print(f([2**47, -(2**47), 1, -1] * 5, -2))
