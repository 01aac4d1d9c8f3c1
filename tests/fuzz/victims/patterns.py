class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y

def kind(value):
    match value:
        case 0 | 1 | -1: return "small"
        case int() as n if n > 10: return "large", n
        case float(x): return x
        case "text" | b"bytes": return value
        case [] | (): return "empty"
        case [1, *rest]: return rest
        case [a, b, _]: return a, b
        case {"a": x, "b": [y, *_], **others}: return x, y, others
        case {"k": None}: return "none"
        case Point(0, y=y): return y
        case Point(x, y) if x == y: return "diagonal"
        case Point(x=Point(x=z)): return z
        case None | True: return "singleton"
        case (1.5 | 2 + 3j): return "number"
        case str(): return "str"
        case _: return "other"

for value in (0, 11, 5, 2.5, "text", "x", [], (1, 2, 3), [4, 5, 6], {"a": 1, "b": [2, 3], "c": 4}, {"k": None}, Point(0, 3),
              Point(2, 2), Point(Point(7, 1), 1), None, True, 2 + 3j, object, range(3), bytearray(b"x"), {}):
    kind(value)

name = "Brolga"; width = 10
f"{name:>{width}} {name!r} {width:#x} {3.14159:.2f} {name=}", t"{name!s:>5} and {width}" t"tail"
a, (b, *c), d = 1, "xyz", 4
[a, b], *rest = [1, 2], 3
a = b = c = 0
a += 1; a -= 2; a *= 3; a //= 2; a **= 2; a |= 1; a &= 7; a ^= 2; a <<= 1; a >>= 1
