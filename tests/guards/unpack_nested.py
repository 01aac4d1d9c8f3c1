def f(rows):
    out = []
    for i, (a, [b, c]) in enumerate(rows):
        x, y, z = c, b, a
        x, y = y, x
        out.append((i, x, y, z))
    return out


print(f([(1, [2, 3])] * 14), f([[1, (2, 3)], "a" + "b", (4, "xy")] if False else [[1, (2, 3)], (4, "xy")]))
