def f(d, n):
    s = 0
    for i in range(n):
        s += d.get(i, 1)
        d[i] = s
        if i == 15:
            d["x"] = 5
        if i in d:
            s += 1
    return s, len(d)


print(f({}, 30), f({1: 2.5}, 20))
