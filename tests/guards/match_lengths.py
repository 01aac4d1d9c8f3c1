def f(xs):
    n = 0
    for x in xs:
        match x:
            case []:
                k = 1
            case [_]:
                k = 10
            case [1, *_, 2]:
                k = 100
            case _:
                k = 1000
        n += k
    return n


print(f([[], [1], [1, 2], (1, 5, 2), "ab", [3, 4], range(3)] * 4))
