def f(pairs):
    s = 0
    for a, b in pairs:
        s += a * 10 + b
    return s


print(f([(1, 2), (3, 4)] * 8), f([[1, 2]] * 14), f({1: 2, 3: 4}.items()), f([{5: 1, 6: 2}] * 3))
for bad in ((1,), (1, 2, 3), 5):
    try:
        f([(1, 2)] * 12 + [bad])
    except (TypeError, ValueError) as e:
        print(e)
