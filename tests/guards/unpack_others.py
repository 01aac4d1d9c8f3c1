def f(rows):
    s = ""
    for a, b in rows:
        s += a + b
    return s


print(f(["ab", "cd"] * 8), f([{"a": 1, "b": 2}] * 14), f([("x", "y")] * 14), f(iter([["p", "q"]] * 3)))
try:
    f(["ab"] * 13 + ["abc"])
except ValueError as e:
    print(e)
