def f(n):
    out = []
    for i in range(n):
        if (y := i * 2) > 10 and 0 < y < 30 <= n:
            out.append(y)
        a = b = c = i
        out.append(a + b + c)
    return out[-4:], y


print(f(30), f(12))
