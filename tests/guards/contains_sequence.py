def f(s, keys):
    n = 0
    for k in keys:
        if k in s:
            n += 1
        if k not in s:
            n += 100
    return n


print(f(["a", "b"], ["a", "c"] * 8), f((1, 2), [1, 3] * 8), f([1, 2.5, None], [1.0, 2.5, None, True] * 4))
print(f("hello", ["h", "ell", "x"] * 5), f(range(5), [1, 9] * 7))
