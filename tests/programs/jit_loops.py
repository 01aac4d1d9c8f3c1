# Loops that are compiled, and what makes them fall back: every printed line must be as the interpreter has it.
import sys


def int_sum(n):
    s = 0
    for i in range(n):
        s += i * i
    return s


print(int_sum(5000), int_sum(10), int_sum(0))


def overflow(n):
    x = 1
    for _ in range(n):
        x = x * 3 + 1
    return x


print(overflow(60), overflow(200) % 10**9)


def mixed(values):
    total = 0
    for i in range(len(values)):
        total = total + values[i]
    return total


ints = list(range(3000))
print(mixed(ints))
floats = [i / 4 for i in range(3000)]
print(mixed(floats))
print(mixed(ints + floats + [True, 2**70]))
try:
    mixed(ints + ["x"])
except TypeError as e:
    print(e, sys.exc_info()[2].tb_next.tb_frame.f_locals["i"], sys.exc_info()[2].tb_next.tb_lineno)


def index_error(a):
    i = 0
    try:
        while True:
            a[i] = a[i] + 1
            i += 1
    except IndexError as e:
        return i, str(e), sum(a)


print(index_error(list(range(4000))))


def negative(a):
    s = 0
    for i in range(-len(a), 0):
        s = s * 3 % 1000 + a[i]
    return s


print(negative(list(range(2500))))


def division(n):
    out = []
    for i in range(n, -n, -1):
        try:
            out.append((7 * i) // (i % 5) + 7 % (i - 3))
        except ZeroDivisionError as e:
            out.append(str(e))
    return out


r = division(2000)
print(len(r), r[:12], r[-12:], sum(x for x in r if type(x) is int))


def shifts(n):
    x = 1
    seen = []
    for i in range(n):
        x = (x << (i % 7)) ^ (x >> 3) & 0xFFFF | i
        if i % 500 == 0:
            seen.append(x)
            x = i
    return seen


print(shifts(3000))
try:
    for k in range(3000):
        1 >> (2990 - k)
except ValueError as e:
    print(k, e)


def floats_and_nan(n):
    x = 0.5
    nan = float("nan")
    count = 0
    for i in range(n):
        x = x * 1.0001 - i / 3.0
        if x > nan or x != x or nan == nan:
            count += 1
        if -x <= 2.0:
            count += 2
    return repr(x), count


print(floats_and_nan(3000))


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def step(self, dx):
        self.x += dx
        return self.x


def attributes(n):
    p = Point(0, 1.5)
    for i in range(n):
        p.x = p.x + i
        p.y = p.y * 1.001
        p.step(1)
    return p.x, repr(p.y)


print(attributes(3000))


def shape_changes(n):
    log = []
    p = Point(1, 2)
    for i in range(n):
        if i == 1500:
            p = type("Other", (Point,), {"x": property(lambda self: 40, lambda self, v: log.append(v))})(0, 0)
        if i == 1600:
            p = Point(5, 6)
            p.z = 1
        if i == 1700:
            del p.y
        p.x = p.x + 1
        try:
            log.append(p.y) if i % 400 == 0 else None
        except AttributeError as e:
            log.append(str(e))
            break
    return p.x, log[:3], len(log), log[-1]


print(shape_changes(3000))
CONSTANT = 2


def global_changes(n):
    global CONSTANT
    s = 0
    for i in range(n):
        s += CONSTANT * len("ab")
        if i == n // 2:
            CONSTANT = 3
        if i == n // 2 + 10:
            globals()["len"] = lambda x: 10
    del globals()["len"]
    CONSTANT = 2
    return s


print(global_changes(4000), global_changes(4000))


def class_changes(n):
    p = Point(0, 0)
    s = 0
    for i in range(n):
        s += p.step(1) if i % 2 else 0
        if i == n // 2:
            Point.step = lambda self, dx: -1
    return s


original = Point.step
print(class_changes(4000))
Point.step = original


def written_from_outside(n):
    def poke():
        sys._getframe(1).f_locals["x"] = 100000

    x = 0
    for i in range(n):
        x += 1
        if i == n - 10:
            poke()
    return x


print(written_from_outside(3000))


def seen_from_outside(n):
    def look():
        f = sys._getframe(1)
        return f.f_locals["x"], f.f_locals["i"], f.f_lineno - f.f_code.co_firstlineno

    x = 0
    seen = []
    for i in range(n):
        x += 2
        if i % 997 == 996:
            seen.append(look())
    return seen


print(seen_from_outside(5000))


def unbound(n):
    for i in range(n):
        if i > n - 3:
            del late
        if i != n - 2:
            late = i
    return late


try:
    unbound(3000)
except UnboundLocalError as e:
    print(e)


def nested(n):
    return [[i * j for j in range(n) if (i + j) % 3] for i in range(n)]


print(sum(map(sum, nested(70))))


def generator(n):
    a, b = 0, 1
    for _ in range(n):
        yield a
        a, b = b, (a + b) % 1000007


print(sum(generator(5000)), list(generator(5)))


def raises_inside(n):
    caught = 0
    for i in range(n):
        try:
            if i % 3 == 0:
                raise KeyError(i)
            {}[i]
        except KeyError as e:
            caught += e.args[0]
    return caught


print(raises_inside(4000))


def big_range():
    out = []
    for i in range(2**48 - 1200, 2**48 + 1200):
        if i % 600 == 0 or i == 2**48:
            out.append(i)
    return out


print(big_range())
total = 0
for i in range(3000):
    total += i
    if total > 4400000:
        break
else:
    total = -1
print(i, total)
n = 0
while n < 5000:
    n += 3
    if n == 2001:
        n = 2.5
print(n)


def strings(n):
    s = ""
    d = {}
    for i in range(n):
        s += "ab"[i % 2]
        d[s[-3:]] = d.get(s[-3:], 0) + 1
        t = (i, s is None, not s, i in d)
    return len(s), sorted(d.items()), t


print(strings(2000))


def unpack(pairs):
    s = 0
    for a, (b, c) in pairs:
        s += a * b - c
    return s


print(unpack([(i, (i + 1, 2)) for i in range(2500)]))
try:
    unpack([(1, (2, 3))] * 2000 + [(1, 2)])
except TypeError as e:
    print(e)


def recurse(n):
    depth = 0
    for _ in range(1):
        if n:
            depth = recurse(n - 1)
    return depth + 1


print(recurse(300))


def deep(n):
    for _ in range(3):
        return deep(n + 1)


try:
    deep(0)
except RecursionError as e:
    print(e)
