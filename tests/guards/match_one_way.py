# One jump back for all cases.
class P:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def f(xs):
    out = []
    for x in xs:
        r = "other"
        match x:
            case [a, b]:
                r = a, b
            case {"k": v, **rest}:
                r = v, rest
            case P(0, y=y):
                r = y
            case P(a, b) if a > 1:
                r = a + b
        out.append(r)
    return out


print(f([[1, 2], (1, 2, 3), {"k": 1, "l": 2}, P(0, 5), P(2, 3), P(1, 1), "ab", {}] * 3))


class Bad:
    __match_args__ = ("x", "x")


try:
    f([1] * 14 + [Bad()])
    match Bad():
        case Bad(1, 2):
            pass
except AttributeError as e:
    print(e)
