def f(n, step):
    s = []
    for k in range(n):
        for i in range(k, 20, step):
            s.append(i)
    return len(s), sum(s)


def g(a, b, steps):
    out = []
    for step in steps:
        out.append(len([i for i in range(a, b, step)]))
    return out


for step in (1, 3, 7, 100, 2**47, True):
    print(f(15, step))
print(f(15, -1), f(15, -(2**40)))
print(g(0, 100, [1, 2, 3] * 5 + [-1, 2**70, 5]), g(-(2**48), 2**48 - 1, [2**44 + k for k in range(15)]))
for step in (0, 1.5, None):
    try:
        f(15, step)
    except (ValueError, TypeError) as e:
        print(e)
try:
    g(0, 10, [1] * 15 + [0])
except ValueError as e:
    print(e)
