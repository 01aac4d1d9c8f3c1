def f(xs, y):
    out = ""
    for x in xs:
        out += "<"[: x < y] + "l"[: x <= y] + "="[: x == y] + "!"[: x != y] + ">"[: x > y] + "g"[: x >= y] + " "
    return out


print(f(range(-5, 6), 0), f(range(10, 22), 15), f([2**70, 1.5, True, 0.0], 1))
