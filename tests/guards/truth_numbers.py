def f(xs):
    n = 0
    for x in xs:
        if x:
            n += 1
        n += 10 if not x else 100
    return n


print(f([0, 1, 2, -1] * 6), f([0.0, -0.0, 0.5, float("nan")] * 6), f([True, False] * 8), f([0, 0.0, False] * 5))
