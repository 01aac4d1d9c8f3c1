# Fields that compiled loops hold as values: what the objects hold when the loop is left, by whatever way.
import sys


class Acc:
    def __init__(self, a, b=0):
        self.a = a
        self.b = b


def count(acc, n):
    i = 0
    while i < n:
        acc.a += i
        if i % 5 == 0:
            acc.b = acc.a
        i += 1
    return acc.a, acc.b


print(count(Acc(0), 4000), count(Acc(0.5), 4000), count(Acc(2**48 - 3000000), 4000), count(Acc(2**70), 10))


def fails(acc, items):
    """Each exit must write the fields first."""
    try:
        for x in items:
            acc.a = acc.a + x
            acc.b = acc.b + 1
            acc.a = acc.a * 1
    except TypeError as e:
        return str(e), acc.a, acc.b
    return acc.a, acc.b


print(fails(Acc(0), [1] * 3000), fails(Acc(0), [1] * 3000 + [None]), fails(Acc(0), [1] * 3000 + [0.5, 2**80]))


def unset(acc, n):
    del acc.b
    try:
        for i in range(n):
            acc.a = i
            if i == n - 2:
                acc.b += 1
    except AttributeError as e:
        return str(e), acc.a, hasattr(acc, "b")
    return acc.a


print(unset(Acc(1, 2), 3000), unset(Acc(1, 2), 1))


def objects(acc, n):
    """Heap objects in the fields: the collector must see them."""
    out = 0
    for i in range(n):
        acc.a = (i, acc.b)
        acc.b = acc.a if i % 100 == 0 else i
        out += len(acc.a)
    return out, acc.a, acc.b


print(objects(Acc(0), 4050))


def nested(acc, n):
    for i in range(n):
        for j in range(5):
            acc.a += j
        acc.b += acc.a
    return acc.a, acc.b


print(nested(Acc(0), 3000), nested(Acc(0.0, 0.0), 3000), nested(Acc(1), 0))


def two(x, y, n):
    """The same object under two names: nothing may be held."""
    for i in range(n):
        x.a += 1
        y.a += 2
        x.b = y.a
    return x.a, x.b, y.a


both = Acc(0)
print(two(both, both, 3000), two(Acc(0), Acc(0), 3000))


def iterator(n, stop):
    it = iter(range(n))
    s = 0
    for i in it:
        s += i
        if i == stop:
            break
    rest = next(it, "end")
    return s, rest, sum(it)


print(iterator(5000, 3000), iterator(5000, 9999), iterator(5000, 4999), iterator(10, 3))


def iterator_fails(a):
    it = iter(range(0, 100000, 3))
    try:
        s = 0
        for i in it:
            s += a[i]
    except IndexError:
        return s, i, next(it), it.__length_hint__()


print(iterator_fails([1] * 9001), iterator_fails([1.5] * 10))


def backwards(n):
    s = 0
    for i in range(n, -n, -7):
        s = s * 3 + i & 0xFFFF
    return s, i


print(backwards(20000), backwards(1), backwards(-1) if False else None)


def huge(n):
    """A range at the end of what fits a machine word."""
    out = []
    for k in range(2):
        s = 0
        for i in range(2**63 - 5 - n, 2**63 - 5, 1):
            s ^= i
        out.append(s)
        s = 0
        for i in range(2**48 - n, 2**48 + n):
            s ^= i
        out.append(s)
    return out


print(huge(3000))


def seen(acc, n):
    """Somebody looks at the object through the frame."""
    got = []
    for i in range(n):
        acc.a += 1
        if i % 1000 == 999:
            got.append(sys._getframe().f_locals["acc"].a)
        acc.b += acc.a
    return got, acc.b


print(seen(Acc(0), 4000))


def swap(p, n):
    for i in range(n):
        p.a, p.b = p.b, p.a + p.b & 0xFFFF
    return p.a, p.b


print(swap(Acc(0, 1), 5000))
