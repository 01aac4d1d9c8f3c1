def f(pairs, n):
    s = 0
    for i in range(n):
        a, b = pairs[i % len(pairs)]
        s += a * 3 - b
    return s


either = [(1, 2), [3, 4], (5, 6), [7, 8]]
print(f(either, 60))
print(f([(1, 2), [3, 4], (5, 6.5)], 40))
for odd in ([1, 2, 3], (1,), "ab", {1: 2, 3: 4}, iter((9, 8)), 5, []):
    try:
        print(f([*either, odd], 20))
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
