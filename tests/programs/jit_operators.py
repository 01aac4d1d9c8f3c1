# Operators of user classes in compiled code: methods that are inlined, refuse, raise, change, and are left half way.
import sys
import traceback


class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        if not isinstance(other, Vec):
            return NotImplemented
        return Vec(self.x - other.x, self.y - other.y)

    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)

    def __truediv__(self, k):
        return Vec(self.x / k, self.y / k)

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __repr__(self):
        return f"Vec({self.x}, {self.y})"


class Right:
    def __init__(self, v):
        self.v = v

    def __radd__(self, other):
        return ("radd", other, self.v)

    def __rsub__(self, other):
        return ("rsub", str(other), self.v)


class Sub(Vec):
    def __radd__(self, other):
        return ("sub first", str(other))


class Never:
    def __add__(self, other):
        return NotImplemented

    def __mul__(self, other):
        return self.refuse(other)

    def refuse(self, other):
        return NotImplemented if other > 90 else other


def chain(n):
    p = Vec(0, 0)
    step = Vec(1, 0.5)
    for i in range(n):
        p = (p + step * 2 - step) / 1
    return p


def dots(n):
    total = 0
    a = Vec(1, 2)
    for i in range(n):
        b = Vec(i, -i)
        total += a @ b + (a + b) @ (b - a)
    return total


def changes(n, at, other):
    out = []
    a = Vec(1, 2)
    for i in range(n):
        b = other if i == at else Vec(i, i)
        try:
            r = a - b
            if i >= at - 1 and i < at + 2:
                out.append(str(r))
        except TypeError as e:
            out.append(str(e))
    return out


def adds(n, at, other):
    out = []
    a = Vec(1, 2)
    for i in range(n):
        b = other if i == at else a
        try:
            r = a + b
        except AttributeError as e:
            r = str(e)
        if i == at:
            out.append(str(r))
    return out


def in_place(n):
    v = Vec(1, 1)
    w = v
    for i in range(n):
        v += w
        v -= w
        v *= 1
    try:
        v -= 3
    except TypeError as e:
        print(e)
    return v, v is w


def never(n):
    errors = 0
    text = set()
    x = Never()
    for i in range(n):
        try:
            x + i
        except TypeError as e:
            errors += 1
            text.add(str(e))
    return errors, text


def sometimes(n):
    out = []
    x = Never()
    for i in range(n):
        try:
            out.append(x * i)
        except TypeError as e:
            out.append(str(e))
    return out[88:94]


def big(n):
    # The ints inside outgrow what fits in place.
    v = Vec(1, 3)
    for i in range(n):
        v = v + v
    return v


def raising(n):
    lines = []
    a = Vec(1, 2)
    for i in range(n):
        b = Vec("s" if i == n - 1 else i, 0)
        try:
            c = a + b
        except TypeError:
            lines = [(f.name, f.line) for f in traceback.extract_tb(sys.exc_info()[2])]
    return lines


class Frames:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        if other == 70:
            f = sys._getframe()
            return f.f_code.co_name, f.f_back.f_code.co_name, f.f_locals["other"], sorted(f.f_back.f_locals)
        return self.n + other


def frames(n):
    out = None
    a = Frames(3)
    for i in range(n):
        r = a + i
        if i == 70:
            out = r
    return out


class Later:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return self.v + other


def replaced(n):
    out = []
    a = Later(1)
    for i in range(n):
        if i == 60:
            Later.__add__ = lambda self, other: "new"
        if i == 70:
            Later.__iadd__ = lambda self, other: Later(7)
        if i == 80:
            del Later.__add__
        b = a
        try:
            r = a + i
            b += i
        except TypeError as e:
            r = str(e)
        if i in (59, 60, 61, 69, 70, 71, 79, 80, 81):
            out.append((r, b if not isinstance(b, Later) else b.v))
    return out


def deep(v, n):
    return v if n == 0 else deep(v + v, n - 1) - v


N = 120
print(chain(N))
print(dots(N))
print(changes(N, 77, 3), changes(N, 77, Right(5)), changes(N, 77, Sub(1, 1)), changes(N, 77, None))
print(adds(N, 90, Right(6)), adds(N, 90, Sub(2, 2)), adds(N, 90, 4))
print(in_place(N))
print(never(N))
print(sometimes(N))
print(big(N))
print(raising(N))
print(frames(N))
print(replaced(N))
print(deep(Vec(1, 2), 60))
