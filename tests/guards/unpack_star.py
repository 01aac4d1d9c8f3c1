def f(rows):
    out = []
    for a, *b, c in rows:
        out.append((c, b, a))
    return out


print(f([(1, 2, 3), [1, 2], "abcd"] * 5))
try:
    f([(1, 2)] * 12 + [(1,)])
except ValueError as e:
    print(e)
