def f(xs, y):
    n = 0
    for x in xs:
        if x is None:
            n += 1
        if x is not None:
            n += 10
        if x is y:
            n += 100
        if x is not y:
            n += 1000
    return n


a = []
print(f([None, 1] * 8, None), f([a, []] * 8, a), f([True, False] * 8, True), f([..., None] * 4, ...))
