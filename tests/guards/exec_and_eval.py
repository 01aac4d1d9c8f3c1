def f(n):
    s = 0
    for i in range(n):
        s += eval("i * 2")
        d = {"x": i}
        exec("x += 1", d)
        s += d["x"]
    return s, locals()["s"]


print(f(20))
