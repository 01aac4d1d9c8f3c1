def f(xs, ys):
    out = []
    for x in xs:
        for y in ys:
            out.append(x and y)
            out.append(x or y)
            out.append(not x)
    return out


print(f([0, 1, 2], [3, 0, 5, 6]), f([None, "a", "", 0.0], [1, None, []]))
