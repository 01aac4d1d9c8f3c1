import builtins


def f(n):
    s = 0
    for i in range(n):
        s += abs(-i)
        if i == 20:
            builtins.abs = lambda x: 1000
    return s


keep = abs
print(f(30))
builtins.abs = keep
print(f(30))
