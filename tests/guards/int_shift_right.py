def f(xs, n):
    out = []
    for x in xs:
        try:
            out.append(x >> n)
        except ValueError as e:
            out.append(str(e))
    return out


print(f(range(-20, 20), 2), f([2**48 - 1, -(2**48)] * 6, 47), f([1, -1] * 8, 63), f([5, -5] * 8, 64))
print(f([5, -5] * 8, 100), f([5] * 15, -1), f([2**60] * 3, 3))
