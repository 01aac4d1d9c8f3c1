def f(a):
    out = []
    for i in range(-len(a), len(a)):
        out.append(a[i])
    return out


print(f(list(range(12))), f("abcdefgh" * 2), f(tuple(range(9))))
for i in (12, -13):
    try:
        [[1] * 12 for _ in range(12)][0][i]
    except IndexError as e:
        print(e)
