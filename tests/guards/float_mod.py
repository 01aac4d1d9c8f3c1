def f(xs, y):
    out = []
    for x in xs:
        try:
            out.append(x % y)
        except ZeroDivisionError as e:
            out.append(str(e))
    return out


print(f([1.75, -1.75, 0.0, -0.0, 7.25] * 4, 0.5), f([1.75] * 14, -0.5), f([1.5] * 14, 0.0), f([9, 2.5] * 5, 2.0))
