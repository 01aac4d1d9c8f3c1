def f(xs, d):
    s = 0
    for x in xs:
        q, r = divmod(x, d)
        s += 3 * q + r
    return s


def g(xs, d):
    out = []
    for x in xs:
        out.append(divmod(x, d))
    return out


print(f([7, -7, 0] * 6, 3), f([7, -7] * 8, -4), g([5, -5] * 8, 3)[-2:], f([7.5, 2] * 8, 2), f([2**48 - 1] * 12, -1))
print(f([-(2**48)] * 12, -1), f([7] * 12 + [2**60, True, 2.5], 2))
for d in (0, 0.0, "a"):
    try:
        f([1] * 12, d)
    except (ZeroDivisionError, TypeError) as e:
        print(e)
