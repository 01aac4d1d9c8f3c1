def f(xs):
    n = 0
    for x in xs:
        if x:
            n += 1
        if not x:
            n += 100
    return n


print(f([None] * 15), f([None, 1, 0] * 8), f([None, [], [1]] * 6), f([None, "a", ""] * 6), f([None, 0.5] * 8))
