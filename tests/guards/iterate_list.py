def f(xs):
    s = 0
    for x in xs:
        s += x
        if x == 13:
            xs.append(100)
    return s


print(f(list(range(30))), f([0.5] * 20), f([]), f([13]))
