def f(xs, ys):
    out = []
    for x in xs:
        for y in ys:
            try:
                out.append(x % y)
            except ZeroDivisionError as e:
                out.append(str(e))
    return out


print(f([7, -7, 0, 2**48 - 1, -(2**48)], [2, -2, 3, -1, 1]))
print(f([7, -7, 0, -(2**48), 1.5], [2, 0, -1, 0.5]))
