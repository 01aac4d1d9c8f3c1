def f(xs):
    a, b = 0, 1
    for x in xs:
        a, b = b, a + x
        if isinstance(a, float):
            a = int(a)
    return a, b


print(f([1] * 20), f([0.5] * 20), f([1, 0.5, 2**60] * 6), f([True] * 14))
