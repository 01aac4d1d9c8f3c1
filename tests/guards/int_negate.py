def f(xs):
    s = 0
    for x in xs:
        y = x + 0
        s += -y
    return s


print(f(range(-20, 20)), f([-(2**48)] * 15), f([2**48 - 1] * 15), f([1.5, True, 2**80]))
