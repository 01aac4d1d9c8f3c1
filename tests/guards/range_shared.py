# Somebody else takes from the loop's iterator.
def f(n):
    it = iter(range(n))
    out = []
    for i in it:
        out.append(i)
        if i % 5 == 3:
            out.append(next(it, None))
        if i > 30:
            break
    return out, list(it)[:3]


print(f(50), f(10))
