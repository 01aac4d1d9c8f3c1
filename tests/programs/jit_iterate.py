# enumerate and zip in compiled code: what they leave behind, and what changes under them.
import sys


def total(items):
    s = 0
    for i, x in enumerate(items):
        s += i * x
    return s


def products(a, b):
    s = 0
    for x, y in zip(a, b):
        s += x * y
    return s


def three(a, b, c):
    return [x + y + z for x, y, z in zip(a, b, c)], {i: x for i, x in enumerate(a)}, {(i, x) for i, x in enumerate(b, 2)}


class L(list):
    def __iter__(self):
        return iter([9] * 3)


for turn in range(30):
    r = [
        total(list(range(10))), total((1.5, 2.5)), total(range(5, 50, 7)), total([]), total(L([1, 2])),
        products([1, 2, 3], (4, 5, 6)), products(range(10), range(5)), products([1.5] * 4, [2] * 9), products([], []),
    ]
print(r)
for turn in range(20):
    r = three([1, 2, 3], (4, 5, 6, 7), range(3))
print(r)


def nested(n):
    rows = [[i * j for j in range(n)] for i in range(n)]
    s = 0
    for i, row in enumerate(rows):
        for j, v in enumerate(row):
            if i < j:
                s += v
        for (j, v), w in zip(enumerate(row), row):
            s -= j * v * w
    return s


print(nested(30))


def changes(n):
    items = list(range(n))
    out = []
    for i, x in enumerate(items):
        if i % 7 == 3:
            del items[i]
        if i % 5 == 1:
            items.append(x * 2 if x < 100 else 0)
        out.append(x)
        if i > 200:
            break
    return len(out), sum(out), len(items)


print(changes(50))


def kept(n):
    e = enumerate(range(n), start=-5)
    z = zip([1] * n, e)
    for a, (i, x) in z:
        if x == n // 2:
            break
    return i, x, next(e), next(z), list(z)[-1], list(e)


print(kept(60), kept(10))


def one_iterator(n):
    it = iter(list(range(n)))
    return [(a, b, c) for a, b, c in zip(it, it, it)], list(it)


print(one_iterator(20))


def raises(n):
    out = []
    for k in range(n):
        try:
            for i, x in enumerate([1, 2, k]):
                out.append(10 // (x - 20))
        except ZeroDivisionError as e:
            out.append((i, x, str(e)))
    return out[-20:]


print(raises(30))


def unequal(n):
    out = []
    for k in range(n):
        try:
            for a, b in zip([1, 2], [3, 4, 5], strict=True):
                out.append(a + b)
        except ValueError as e:
            out.append(str(e))
        try:
            for a, b in zip([(1, 2)], [3], [4]) if k % 2 else zip([1], [2]):
                out.append((a, b))
        except ValueError as e:
            out.append(str(e))
    return out[-6:]


print(unequal(30))


def first_ends(n):
    a, b = iter([1] * n), iter([2] * n)
    s = 0
    for x, y in zip(a, b):
        s += x + y
    rest = iter([5] * (n + 3))
    for x, y in zip([1] * n, rest):
        s += y
    taken = iter([5] * (n + 3))
    for x, y in zip(taken, [1] * n):
        s += x
    return s, list(a), list(b), list(rest), list(taken)


print(first_ends(40))


def large(n):
    s = 0
    for i, x in enumerate([1] * n, 2**48 - n // 2):
        s += i
    for i, x in enumerate([1] * n, 2**62):
        s += i
    for a, b in zip(range(2**48 - 10, 2**48 + 10), range(2**62, 2**62 + 20)):
        s += a + b
    return s


print(large(40), large(40))


def frame(n):
    seen = set()
    for i, x in enumerate(range(n)):
        seen.add(tuple(sorted(sys._getframe().f_locals)))
        if i == 30:
            sys._getframe().f_locals["x"] = 1000
            seen.add(x)
    return sorted(map(str, seen))


print(frame(40))


def gone(n):
    for i, x in enumerate(list(range(n))):
        pass
    try:
        for i, x in enumerate(n):
            pass
    except TypeError as e:
        return i, x, str(e)


print(gone(40))
