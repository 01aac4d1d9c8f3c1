# Objects that compiled code makes itself, or does not make at all: tuples, instances, ranges, iterators.
import gc


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def plus(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def swap(self):
        self.x, self.y = self.y, self.x

    def both(self):
        return self.x, self.y


class Empty:
    pass


class Many:
    def __init__(self, n):
        self.a = n
        self.b = n + 1
        self.c = n + 2
        self.d = n + 3
        self.e = n + 4


def tuples(n):
    kept = []
    for i in range(n):
        t = (i, i + 1, "x")
        if i % 7 == 0:
            kept.append(t)
        a, b, c = t
        if a + 1 != b or c is not t[2]:
            print("wrong", t)
    return kept


def instances(n):
    p = Point(0, 0)
    one = Point(1, 2.5)
    for i in range(n):
        p = p.plus(one)
        p.swap()
        q = p
        q.x += 1
    return p.both(), q is p


def empties(n):
    kept = []
    for i in range(n):
        e = Empty()
        if i % 5 == 0:
            kept.append(e)
            e.late = i
    return [e.late for e in kept], len(set(map(id, kept))), [hasattr(e, "x") for e in kept]


def many(n):
    total = 0
    last = None
    for i in range(n):
        m = Many(i)
        total += m.a + m.b + m.c + m.d + m.e
        if i == n - 3:
            last = m
    return total, sorted(vars(last).items())


def leaves(n, at):
    # The guess about `y` fails where objects are alive that nobody has seen.
    out = []
    for i in range(n):
        p = Point(i, i + 1)
        t = (p, i)
        y = 1 if i != at else 1.5
        z = p.x + y
        if i == at:
            out.append((z, p.x, p.y, t[0] is p, t[1]))
    return out


def raises(n):
    seen = []
    for i in range(n):
        p = Point(i, n - i - 3)
        try:
            v = p.x // p.y
        except ZeroDivisionError as e:
            seen.append((i, p.both(), str(e)))
    return seen


def ranges(n):
    total = 0
    for i in range(n):
        for j in range(i):
            total += j
        for j in range(i, n):
            total -= j
        for j in range(n, i, -2):
            total += j * 2
        for j in range(i, n, 3):
            total ^= j
        r = range(i, n)
        if i == n - 2:
            print(r, len(r), list(r), r.start, r.stop, r.step)
    return total


def odd_ranges(stops):
    total = 0
    for stop in stops:
        for i in range(stop):
            total += i
            if i > 10:
                break
    return total


def left_iterator(n):
    # The inner loop is left in the middle and another goes on with its iterator.
    out = []
    for i in range(n):
        it = iter(range(i, i + 6))
        for x in it:
            if x % 4 == 3:
                break
        out.append((x, list(it)))
    return out[-6:]


def over_lists(lists):
    total = 0
    for items in lists:
        for x in items:
            total += x
        for x in items:
            if x == 3:
                items.append(50)
            if len(items) > 12:
                break
            total += x
    return total


def over_tuples(n):
    total = 0
    pairs = ((1, 2), (3, 4), (5, 6))
    for i in range(n):
        for a, b in pairs:
            total += a * b
        for x in (i, i + 1, i + 2):
            total += x
    return total


def shrinking(n):
    out = []
    for i in range(n):
        items = [1, 2, 3, 4, 5, 6]
        for x in items:
            items.pop()
            out.append(x)
    return len(out), out[-3:]


def exhausted(n):
    out = []
    for i in range(n):
        items = [i]
        it = iter(items)
        for x in it:
            pass
        items.append(9)
        for x in it:
            out.append(x)
    return out


class Holder:
    pass


def cycle(n):
    for i in range(n):
        a = Holder()
        b = Holder()
        a.other = b
        b.other = a
        if i == n - 1:
            print(a.other.other is a, b.other.other is b)


def linked(n):
    node = None
    for i in range(n):
        node = (i, node)
    total = 0
    while node:
        value, node = node
        total += value
    return total


def carried(n):
    # A new object in each turn, of which only the fields go on.
    a = Point(0, 1)
    for i in range(n):
        a = Point(a.y, (a.x + a.y) % 1000)
    return a.both()


def either(n):
    total = 0
    for i in range(n):
        if i % 3:
            p = Point(i, 1)
        else:
            p = Point(2, i)
        total += p.x * p.y
    return total


def several(x):
    if x % 2:
        return x, 1, 2
    return 3, x, 4


def results(n):
    total = 0
    for i in range(n):
        a, b, c = several(i)
        total += a * 100 + b * 10 + c
    return total


def captured(n):
    out = []
    for i in range(n):
        p = Point(i, i)
        f = lambda: p.x
        if i % 50 == 0:
            out.append(f)
    return [f() for f in out]


def identity(n):
    same = 0
    for i in range(n):
        p = Point(i, i)
        q = Point(i, i)
        r = p
        same += (p is q) * 100 + (p is r) + (p is not None) + (q is not p)
    return same


def collected(n):
    for i in range(n):
        p = Point([i], (i, i))
        if i % 40 == 0:
            gc.collect()
        if p.x[0] != i or p.y != (i, i):
            print("lost", i)
    return p.both()


def grown(n):
    # Another attribute, and another kind of value, in the middle.
    out = []
    for i in range(n):
        p = Point(i, "s" if i % 60 == 59 else i)
        if i % 50 == 49:
            p.z = i
            out.append(sorted(vars(p).items()))
        p.x = p.y
    return out


def recolour(n):
    for i in range(n):
        p = Point(i, i)
        if i == n // 2:
            p.__class__ = Many
            print(type(p).__name__, p.x)
            p = Point(0, 0)
        p.y += 1
    return p.y


N = 120
print(tuples(N))
print(instances(N))
print(empties(N))
print(many(N))
print(leaves(N, 90), leaves(N, 5))
print(raises(N))
print(ranges(30))
print(odd_ranges([3, True, 5, 2**70, 4, False] * 12))
print(left_iterator(40))
print(over_lists([[1, 2, 3], [4, 5], []] * 20))
print(over_tuples(N))
print(shrinking(30))
print(exhausted(30))
cycle(N)
print(linked(N))
print(carried(N))
print(either(N))
print(results(N))
print(captured(N))
print(identity(N))
print(collected(N))
print(grown(N))
print(recolour(N))

try:
    for i in range(100):
        for j in range("x" if i == 70 else 3):
            pass
except TypeError as e:
    print(i, e)
try:
    for i in range(100):
        for j in range(0, 9, 0 if i == 70 else 3):
            pass
except ValueError as e:
    print(i, j, e)
