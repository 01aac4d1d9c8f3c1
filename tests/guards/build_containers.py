def f(n):
    out = []
    for i in range(n):
        out.append((i, [i, i + 1], {i, 5}, {i: i, "k": [i]}, (), [], f"{i}-{i!r:>3}"))
    return out[-2:]


print(f(15))
