def f(text):
    d = {}
    for c in text:
        d[c] = d.get(c, 0) + 1
    for c in text:
        d[c] += 1
    return d


print(f("the quick brown fox jumps over the lazy dog"))
