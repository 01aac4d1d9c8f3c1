def f(parts):
    out = []
    for p in parts:
        out.append(p * 2)
        out.append("%s|" % p)
    return out


print(f(["a", "bc"] * 8), f([1, 2.5] * 3))
