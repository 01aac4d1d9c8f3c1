def f(xs):
    s = 0
    for x in xs:
        y = x & 0xFF
        s += ~y
    return s


print(f(range(-20, 20)), f([2**80, True]))
