def f(n):
    a, b, c = 1, 2.5, "x"
    d = {"k": [1, 2]}
    for i in range(n):
        a, b, c = b, c, a
        d["k"][0] += 1
        d["k"][1], d["k"][0] = d["k"]
    return a, b, c, d


print(f(20), f(14))
