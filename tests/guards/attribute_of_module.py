import math


def f(n):
    s = 0
    for i in range(n):
        s += math.pi > 3
        if i == 20:
            math.pi = 2
    return s


keep = math.pi
print(f(30))
math.pi = keep
print(f(15))
