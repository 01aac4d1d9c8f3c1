"""Calls with keywords in compiled code: in any order, with defaults between them, of methods of several classes, and
those that raise."""


def only(a, b=2, *, c=3):
    return a, b, c


def positional(a, b=20, c=30, /, d=40, e=50):
    return a * 10000 + b * 1000 + c * 100 + d * 10 + e


def plain(x, y=5, z=6):
    return x * 100 + y * 10 + z


class A:
    def m(self, p, q=7, r=8):
        return p * 100 + q * 10 + r


class B(A):
    def m(self, p=1, r=2, q=3):
        return (p * 100 + q * 10 + r) * 1000


class Point:
    def __init__(self, x, y=0, *, name=None):
        self.x, self.y, self.name = x, y, name


def calls(n):
    total = 0
    objects = [A(), B()]
    for i in range(n):
        total += plain(i, z=1) + plain(x=i) + plain(z=i, x=2) + plain(i, y=3, z=4)
        total += positional(1, d=i) + positional(1, 2, e=3) + positional(1, 2, 3, e=9, d=i)
        total += objects[i & 1].m(1, r=i) + objects[0].m(p=i)
        total += sum(only(1, c=i)) + Point(y=i, x=2).y + Point(1, name=i).name
    return total


def raises():
    a = A()
    for bad in (
        lambda: plain(1, x=2),
        lambda: plain(1, w=2),
        lambda: positional(a=1),
        lambda: plain(y=2),
        lambda: a.m(q=3),
        lambda: plain(1, 2, 3, z=3),
    ):
        seen = set()
        for i in range(20):
            try:
                bad()
            except TypeError as e:
                seen.add(str(e))
        print(seen)


def changes(n):
    """Defaults and code that change while the caller is hot."""
    total = []
    for i in range(n):
        if i == n // 2:
            plain.__defaults__ = (1, 1)
        if i == n - n // 4:
            plain.__code__ = (lambda y, x=1, z=2: (y, x, z)).__code__
        total.append(plain(z=3, x=1) if i < n - n // 4 else plain(y=3, x=1))
    print(total[0], total[n // 2], total[-1])


print(calls(1500))
raises()
changes(400)
