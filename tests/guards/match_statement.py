class P:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def f(xs):
    out = []
    for x in xs:
        match x:
            case 0:
                out.append("zero")
            case int() if x > 5:
                out.append("big")
            case [a, b]:
                out.append((a, b))
            case [a, *rest]:
                out.append(rest)
            case {"k": v, **others}:
                out.append((v, others))
            case P(0, y=y):
                out.append(y)
            case P(a, b):
                out.append(a + b)
            case None | True:
                out.append("special")
            case _:
                out.append("other")
    return out


print(f([0, 7, 3, [1, 2], (1, 2, 3), {"k": 1, "l": 2}, P(0, 5), P(2, 3), None, True, "x"] * 14)[-11:])
