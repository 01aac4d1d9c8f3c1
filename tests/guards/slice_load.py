def f(s, n):
    out = []
    for i in range(n):
        out.append(s[i : i + 2])
        out.append(s[:i])
        out.append(s[-2:])
    return out[-4:], len(out)


print(f("hello world", 12), f([1, 2, 3] * 5, 15), f((1, 2, 3) * 5, 15), f(b"hello world", 12), f(range(20), 12))
