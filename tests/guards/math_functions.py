import math


def f(xs, ys):
    s = 0.0
    for x in xs:
        for y in ys:
            s += math.exp(x) + math.atan2(y, x) + math.hypot(x, y) + math.fabs(x) + math.pow(y, 2.0)
    return s


print(f([0.5, 1.5, -1.0] * 5, [2.0, 3.0]))
print(f([1, 2, 3] * 4, [2, 3]))
print(f([1.0, 2] * 6, [2.0, 3]))
for bad in [1e4, "a", float("nan"), float("-inf"), 10**400]:
    try:
        print(f([0.5] * 12 + [bad], [1.0, 2.0]))
    except (OverflowError, TypeError) as e:
        print(e)


def logs(xs):
    s = 0.0
    for x in xs:
        try:
            s += math.log(x)
        except ValueError as e:
            s += 100.0
    return s


print(logs([1.0, 2.0, 3.0] * 5), logs([1.0, 0.0, -1.0] * 7), logs([5, 6] * 6))
