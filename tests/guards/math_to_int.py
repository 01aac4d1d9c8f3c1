import math


def f(xs):
    out = 0
    for x in xs:
        out += math.floor(x) * 1000 + math.ceil(x) * 100 + math.trunc(x) * 10 + int(x) + round(x)
    return out


print(f([0.5, -0.5, 1.5, -1.5, 2.5, 7.25, -7.75] * 3))
print(f([1, 2, -3] * 5))
for bad in [1e20, -(2.0**48), 2.0**49, 10**20, True, float("inf"), float("nan"), "7", None]:
    try:
        print(f([0.5] * 12 + [bad] + [1.5] * 3))
    except (OverflowError, TypeError, ValueError) as e:
        print(e)
