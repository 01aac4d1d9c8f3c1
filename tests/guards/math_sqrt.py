import math


def f(xs):
    s = 0.0
    for x in xs:
        s += math.sqrt(x)
    return s


print(f([4.0, 2.25] * 8), f([9, 16] * 8), f([4.0, 9] * 8), f([0.0, -0.0, float("inf")] * 5), f([float("nan")] * 3))
try:
    f([1.0] * 12 + [-1.0])
except ValueError as e:
    print(e)
try:
    f([1.0] * 12 + ["a"])
except TypeError as e:
    print(e)
math.sqrt = lambda x: 1
print(f([4.0] * 20))
del math.sqrt
try:
    f([4.0] * 20)
except AttributeError as e:
    print(e)
