def ints(xs):
    s = 0
    for x in xs:
        s += max(0, min(255, x)) + max(x, 3, -x)
    return s


def floats(xs):
    s = 0.0
    for x in xs:
        s += max(0.5, x) - min(x, 1.5, -x)
    return s


def mixed(xs):
    out = []
    for x in xs:
        out.append((min(1, x), max(x, 1), min(x, 2, 1.0)))
    return out


print(ints([-5, 7, 300] * 6), floats([0.0, 1.0, 2.5] * 6), mixed([0.5, 1.0, 1.5] * 5)[-4:])
print(ints([1] * 12 + [True, 2**60, -(2**48)]), floats([1.0] * 12 + [float("nan"), 2, float("-inf")]))
print(mixed([1.0] * 12 + [1, True, -0.0]))
for f in (ints, floats, mixed):
    try:
        f([1.0] * 12 + ["a"])
    except TypeError as e:
        print(e)
