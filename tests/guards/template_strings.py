def f(n):
    out = []
    for i in range(n):
        t = t"a{i}b{i!r:>3}"
        out.append((t.strings, t.values, t.interpolations[1].conversion, t.interpolations[1].format_spec))
    return out[-1]


print(f(15))
