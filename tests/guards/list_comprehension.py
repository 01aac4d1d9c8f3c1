def f(n):
    out = []
    for i in range(n):
        out.append([j * i for j in range(i) if j % 2])
    return out


print(f(15))
i = "kept"
print([i for i in range(30)][-1], i)
