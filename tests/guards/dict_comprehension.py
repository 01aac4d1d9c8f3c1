def f(n):
    out = []
    for i in range(n):
        out.append({j: j * i for j in range(i)})
    return out[-3:]


print(f(15))
try:
    {x: 1 for x in [1] * 12 + [[]]}
except TypeError as e:
    print(e)
