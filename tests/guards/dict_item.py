def f(d, keys):
    s = 0
    for k in keys:
        s += d[k]
    return s


d = {"a": 1, "b": 2, 3: 4, 2**60: 5, (1, 2): 6, 1.0: 7}
print(f(d, ["a", "b"] * 12), f(d, [3, 1] * 8), f(d, ["a", 3, 2**60, (1, 2), True] * 3))
try:
    f(d, ["a"] * 12 + ["c"])
except KeyError as e:
    print(repr(e))
