# Unpacking that meets tuples and lists at one place, and then what is neither.
class Two:
    def __iter__(self):
        return iter((10, 20))


def unpack(items, n):
    total = 0
    for _ in range(n):
        for item in items:
            a, b = item
            total += a * 2 + b
    return total


def many(x, n):
    for _ in range(n):
        a, b, c = x
        a, b, c = x
        c, b, a = x
    return a, b, c


def changed(items, n):
    out = []
    for i in range(n):
        a, b = items
        items[0] = b
        items[1] = a
        c, d = items
        out.append((a, b, c, d))
    return out[-1], len(out)


def one(x):
    (a,) = x
    return a


def errors(x):
    try:
        a, b = x
    except (ValueError, TypeError) as e:
        return f"{type(e).__name__}: {e}"
    return a, b


print(unpack([(1, 2), (3, 4)], 300))
print(unpack([[1, 2], [3, 4]], 300))
print(unpack([(1, 2), [3, 4]], 300))
print(unpack([(1, 2), [3, 4], Two(), "ab"[:0] or {5: 1, 6: 2}], 300))
print(many((1, 2, 3), 300), many([1, 2, 3], 300), many((4, 5, 6), 300), many("xyz", 300))
print(changed([1, 2], 301))
for _ in range(300):
    got = one((1,)), one([2])
print(got)
for _ in range(300):
    got = [errors(x) for x in ((1, 2), [1, 2], (), [], (1,), [1, 2, 3], 5, "ab", None, {1, 2, 3} - {3})]
print(got)
shrinking = [1, 2, 3]
for _ in range(3):
    print(errors(shrinking))
    shrinking.pop()
