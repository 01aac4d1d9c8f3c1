def f(xs):
    out = []
    for x in xs:
        out.append(f"{x}|{x!r}|{x!s:>6}|{x:>8}|{x!a}")
    return out


print(f([1, 2] * 8), f([1.5, "ä", True, 2**70] * 3), f(["a", "b"] * 8))
try:
    f([1] * 12 + [None])
except TypeError as e:
    print(e)
