# Checks that compiled loops leave out, at the numbers where they are needed after all.
SMALL = 2**48


def up_to(start, n, step):
    """Sums near the largest int that compiled code holds."""
    i = start
    turns = 0
    last = None
    while i < n:
        last = i
        i += step
        turns += 1
    return i, last, turns


print(up_to(SMALL - 3000, SMALL - 1, 1), up_to(SMALL - 3000, SMALL, 1), up_to(SMALL - 3000, SMALL + 5, 1))
print(up_to(SMALL - 3001, SMALL - 1, 7), up_to(-SMALL - 2000, -SMALL + 2000, 3), up_to(2**63 - 2000, 2**63 + 3, 1))


def down_to(start, n, step):
    i = start
    turns = 0
    while i > n:
        i = i - step
        turns += 1
    return i, turns


print(down_to(-SMALL + 3000, -SMALL, 1), down_to(-SMALL + 3000, -SMALL - 4, 1), down_to(3000, -1, 7))


def unequal(start, n):
    """The end is left out by a test for equality: it says nothing about size."""
    i = start
    while i != n:
        i += 1
    return i


print(unequal(SMALL - 2500, SMALL + 2), unequal(0, 3000))


def both_ways(n):
    i = 0
    seen = 0
    direction = 1
    for _ in range(n):
        i += direction
        if i > 5:
            direction = -1
        if i < -5:
            direction = 1
        seen = seen * 7 + i & 0xFFFFFF
    return i, seen


print(both_ways(5000))


def indexed(a, r):
    t = 0
    i = None
    try:
        for i in r:
            t = t * 3 + a[i] & 0xFFFFFF
    except IndexError as e:
        return t, i, str(e)
    return t, i


data = list(range(4000))
print(indexed(data, range(4000)), indexed(data, range(4001)), indexed(data, range(3999, -1, -1)))
print(indexed(data, range(3999, -4001, -1)), indexed(data, range(3999, -4002, -1)), indexed(data, range(-4000, 4000)))
print(indexed(data, range(0, 4000, 3)), indexed(data, range(1, 5000, 7)), indexed(data, range(0)), indexed([], range(3)))
print(indexed(tuple(data), range(4002)), indexed(data, range(3999, -2, -1)), indexed(data, range(-1, 3000)))
print(indexed(data, range(2**48 - 10, 2**48 + 10)), indexed(data, iter(range(5, 4010))))


def shrinks(n):
    a = list(range(n))
    t = 0
    try:
        for i in range(len(a)):
            t += a[i]
            if i % 3 == 0:
                a.pop()
    except IndexError:
        return t, i, len(a)


print(shrinks(4000))


def grows(n):
    a = [1]
    i = 0
    while i < len(a):
        if len(a) < n:
            a.append(a[i] + i & 0xFFFF)
        i += 1
    return i, sum(a)


print(grows(4000))


def midpoint(a, x):
    low, high = 0, len(a)
    while low < high:
        middle = (low + high) // 2
        if a[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low


print([midpoint(data, x) for x in (-1, 0, 1, 1999, 3999, 4000)], sum(midpoint(data, x) for x in range(-5, 4005)))


def masks(n):
    a = [0] * 16
    for i in range(n):
        a[i & 15] += i
        a[i % 7] -= 1
        a[-(i & 7) - 1] += 1
        a[(i >> 3) % 16] += i // 5
    return a


print(masks(5000))


def sieve(n):
    flags = [True] * n
    for i in range(2, n):
        if flags[i]:
            for k in range(i * i, n, i):
                flags[k] = False
    return sum(flags)


print(sieve(20000))


def triangle(n):
    """The inner loop's bounds are the outer one's counters."""
    t = 0
    a = list(range(n))
    for i in range(n):
        for j in range(i, n, 5):
            t += a[j] - a[j - i]
        for j in range(i - 3, i):
            t += a[j]
    return t


print(triangle(300))
