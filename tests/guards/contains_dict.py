def f(d, keys):
    n = 0
    for k in keys:
        if k in d:
            n += 1
        if k not in d:
            n += 100
    return n


print(f({"a": 1, "b": 2}, ["a", "c"] * 8), f({1: 1, 2: 2}, [1, 3] * 8), f({1: 1}, [1.0, None, (1,)] * 3))
try:
    f({"a": 1}, ["a"] * 12 + [[]])
except TypeError as e:
    print(e)
