def f(xs, y):
    out = []
    for x in xs:
        try:
            out.append(x**y)
        except (ZeroDivisionError, OverflowError) as e:
            out.append(str(e))
    return out


print(f([1.5, 2.0, 0.25] * 5, 2.0), f([4.0, 2.0] * 8, 0.5), f([-4.0] * 14, 0.5), f([0.0] * 14, -1.0))
print(f([1e200] * 14, 2.0), f([4, 9] * 7, 0.5), f([float("nan")] * 3, 0.0))
