def f(parts):
    out = ""
    for p in parts:
        out = out + p + "-"
        out += p
    return out


print(f(["a", "b", ""] * 5), f(["ä", "→", "\U0001f40d"] * 5))
try:
    f(["a"] * 12 + [1])
except TypeError as e:
    print(e)
