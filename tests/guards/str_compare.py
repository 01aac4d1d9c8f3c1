def f(words, w):
    n = 0
    for x in words:
        if x == w:
            n += 1
        if x != w:
            n += 100
        if x < w:
            n += 10000
    return n


print(f(["a", "b", "c"] * 6, "b"), f(["ä", "a" * 50] * 6, "a" * 50), f(["a", "b"] * 6, "".join(["", "b"])))
print(f([b"a", b"b"] * 6, b"b"))
try:
    f(["a"] * 12 + [1], "a")
except TypeError as e:
    print(e)
