def f(n):
    a = [1, 2]
    out = []
    for i in range(n):
        out.append([*a, i, *range(i % 3)])
        out.append({*a, *"ab"} - {"a"} - {"b"})
        out.append({**{"a": i}, "b": 1, **{"a": 2}})
        out.append((*a, *a))
    return out[-4:]


print(f(15))
try:
    for i in range(15):
        [*(a := 5 if i == 13 else [i])]
except TypeError as e:
    print(e)
