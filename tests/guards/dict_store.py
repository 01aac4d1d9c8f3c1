def f(d, keys):
    n = 0
    for k in keys:
        d[k] = n
        n += 1
    return d


print(f({}, ["a", "b", "c"] * 8), f({}, range(20)), f({}, ["a", 1, 1.0, True, (1,), None] * 3))
try:
    f({}, ["a"] * 12 + [[]])
except TypeError as e:
    print(e)
