def f(s, keys):
    n = 0
    for k in keys:
        if k in s:
            n += 1
        if k not in s:
            n += 100
    return n


print(f({"a", "b"}, ["a", "c"] * 8), f({1, 2}, [1, 3] * 8), f(frozenset({1, 2}), [1, 3] * 8), f({1}, [1.0, None] * 3))
try:
    f({"a"}, ["a"] * 12 + [{}])
except TypeError as e:
    print(e)
