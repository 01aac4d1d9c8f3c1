# An int local that a loop makes a float.
def f(n, d):
    x = 0
    for i in range(n):
        x += d
        if i == 20:
            x = x * 0.5
    return x


print(f(40, 1), f(40, 0.25), f(5, 3), f(40, 2**50))
