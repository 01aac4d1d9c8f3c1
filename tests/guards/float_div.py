def f(xs, y):
    out = []
    for x in xs:
        try:
            out.append(x / y)
        except ZeroDivisionError as e:
            out.append(str(e))
    return out


print(f([1.5, -1.5, 0.0, -0.0] * 4, 0.5), f([1.5] * 14, 0.0), f([1.5] * 14, -0.0), f([1.5, 2] * 5, 2))
