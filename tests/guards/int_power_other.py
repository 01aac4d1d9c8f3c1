def f(xs, y):
    out = []
    for x in xs:
        out.append(x**y)
    return out


print(f(range(1, 20), 4), f(range(1, 20), -1), f([1.5, 2.5] * 8, 3))
