import functools
import sys


def key(x):
    if x == 99:
        raise ValueError("key of 99")
    return -x


def pair(x, y=1):
    return x % 3, y


def several(*args, **kw):
    return len(args), args[0]


def f(items, by):
    return (
        sorted(items, key=by)[:3],
        max(items, key=by),
        min(items, key=by),
        list(map(by, items))[:3],
        list(filter(by, items))[:3],
        functools.reduce(lambda a, b: a + b, map(by, items)) if by is key else None,
    )


items = list(range(20))
for by in (key, lambda x: (x & 7) * 1.5, pair, several, abs, str):
    print(f(items, by))
for by in (key, lambda x, y: x, lambda: 1):
    try:
        print(f(items + [99], by))
    except (ValueError, TypeError) as e:
        print(e)


def deep(n):
    return 0 if n == 0 else 1 + max([n - 1], key=lambda x: deep(x)) * 0 + deep(n - 1) if n < 3 else n


def frames(n):
    names = set()

    def by(x):
        names.add(sys._getframe(1).f_code.co_name)
        return x

    for _ in range(n):
        sorted([3, 1, 2], key=by)
    return names


def recursive(x):
    return sorted([x, x + 1], key=recursive)


def generator(x):
    yield x


print(deep(10), frames(20), [type(g).__name__ for g in map(generator, range(15))][-1])
try:
    recursive(1)
except RecursionError as e:
    print("too deep")


def changes(n):
    def by(x):
        return x

    out = []
    for k in range(n):
        out.append(sorted([1, 2, 3], key=by))
        if k == 15:
            by.__code__ = (lambda x: -x).__code__
        if k == 18:
            by.__defaults__ = (1,)
    return out[10:]


print(changes(20))
