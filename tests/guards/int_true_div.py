def f(xs, y):
    out = []
    for x in xs:
        try:
            out.append(x / y)
        except ZeroDivisionError as e:
            out.append(str(e))
    return out


print(f(range(-20, 20), 4), f(range(15), 0), f([2**80, 3.0, True], 2))
