def f(n):
    out = []
    for i in range(n):
        out.append(sorted({j % 5 for j in range(i)}))
    return out


print(f(15))
try:
    {x for x in [1] * 12 + [[]]}
except TypeError as e:
    print(e)
