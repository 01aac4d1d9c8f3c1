def f(a, n):
    out = []
    for i in range(n):
        out.append(a[i::2])
        out.append(a[::-1][i])
    return out[-2:]


print(f(list(range(15)), 15), f("hello world and so", 15))
