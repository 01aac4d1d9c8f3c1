def f(xs, n):
    out = []
    for x in xs:
        try:
            out.append(x << n)
        except ValueError as e:
            out.append(str(e))
    return out


print(f(range(-20, 20), 2), f([1, -1, 2, -2] * 4, 47), f([1, 0, -1] * 5, 48), f([1, -1] * 8, 64))
print(f([5] * 15, -1), f([2**60] * 3, 3), f([True] * 3, 3))
