def f(xs, k):
    s = 0.5
    for x in xs:
        s = s + x * k - x / 2.0 + (k - x)
    return s


print(f(range(30), 3), f(range(30), 3.5), f([0.25, 1, 2**60] * 3, 2))
