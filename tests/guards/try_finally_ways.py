def f(xs):
    out = []
    for x in xs:
        try:
            if x == 1:
                continue
            if x == 2:
                break
            if x == 3:
                return out
            if x == 4:
                raise ValueError(x)
        finally:
            out.append(x)
    return out


print(f([0, 1] * 10 + [2, 0]), f([0, 1] * 8 + [3, 0]))
try:
    f([0, 1] * 8 + [4])
except ValueError as e:
    print(e)
