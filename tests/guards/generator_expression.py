def f(n):
    out = []
    for i in range(n):
        out.append(sum(j * i for j in range(i)))
        out.append(any(j > 5 for j in range(i)))
    return out


print(f(15))
