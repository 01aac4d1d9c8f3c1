def f(xs, y):
    out = ""
    for x in xs:
        out += "<"[: x < y] + "l"[: x <= y] + "="[: x == y] + "!"[: x != y] + ">"[: x > y] + "g"[: x >= y] + " "
    return out


nan = float("nan")
print(f([0.0, -0.0, 1.5, -1.5, nan, float("inf")] * 3, 0.0), f([0.5, nan] * 8, nan), f([1, True, 2**80], 1.0))
