def f(xs):
    n = 0
    for x in xs:
        if x:
            n += 1
        while x:
            n += 10
            break
    return n


print(f([[], [1]] * 8), f([(), (1,)] * 8), f([{}, {1: 2}] * 8), f(["", "a", "ä"] * 6), f([set(), {1}, b"", b"a"] * 4))
