# Loops in loops, compiled: rotation, guards moved to a loop's start, values that change their type between turns.
import sys


def zero_turns(n, m):
    """The inner loop often does not run: what is moved out of it must not be wanted then."""
    t = 0
    j = "unset"
    last = None
    for i in range(n):
        limit = m if i % 3 == 0 else None
        j = 0
        while limit is not None and j < limit:
            t += i * j
            last = j
            j += 1
    return t, j, last


print(zero_turns(3000, 4), zero_turns(3000, 0), zero_turns(0, 3))


def inner_types(rows):
    """Rows of ints, floats, strings: a guard at the inner loop's start fails now and then."""
    out = []
    for row in rows:
        s = row[0]
        i = 1
        while i < len(row):
            s = s + row[i]
            i += 1
        out.append(s)
    return out


rows = [[1, 2, 3]] * 1500 + [[1.5, 2.5, 3.5]] * 300 + [["a", "b"]] * 200 + [[1, 2.5]] * 200 + [[2**70, 1]] * 5
got = inner_types(rows)
print(len(got), got[0], got[1500], got[1800], got[2000], got[-1], sum(map(len, map(str, got))))


def scalar(a, n):
    """`a` is guarded before the loops."""
    t = 0
    i = 0
    while i < n:
        k = 0
        while k < 3:
            t = t + a
            k += 1
        i += 1
    return t


print(scalar(2, 2000), scalar(0.5, 2000), scalar(True, 2000), scalar(2**60, 2000))
try:
    scalar(None, 2000)
except TypeError as e:
    f = sys.exc_info()[2].tb_next.tb_frame
    print(e, f.f_locals)


def jumps(n):
    """continue, break and else in nests."""
    found = []
    skipped = 0
    for i in range(2, n):
        for d in range(2, i):
            if d * d > i:
                found.append(i)
                break
            if i % d == 0:
                break
            if d % 2 == 0:
                skipped += 1
                continue
            skipped += 2
        else:
            found.append(-i)
    return sum(found), len(found), skipped


print(jumps(3000))


def triple(n):
    """Three levels, with what is the same in each."""
    a = [[i * 10 + j for j in range(n)] for i in range(n)]
    t = 0
    x = 0.0
    for i in range(n):
        for j in range(n):
            for k in range(n):
                t += a[i][k] * a[k][j]
                x += a[i][k] * 0.5
    return t, x, i, j, k


print(triple(30))


def shrinking(n):
    """The list becomes shorter while the inner loop runs."""
    a = list(range(n))
    t = 0
    try:
        while True:
            i = 0
            while i < 5:
                t += a[i]
                i += 1
            a.pop()
    except IndexError as e:
        return t, i, len(a), str(e)


print(shrinking(4000))


def unbound(n):
    try:
        for i in range(n):
            for j in range(i - n + 1):
                k = j
            if i == n - 2:
                try:
                    k
                except UnboundLocalError as e:
                    print(e)
        return i, k
    except NameError as e:
        return str(e)


print(unbound(3000), unbound(1), unbound(0))


def swap(n):
    """Parameters that pass each other round the loop."""
    a, b, c = 1, 2.5, 3
    for i in range(n):
        a, c = c, a
        while c > 2:
            c -= 1
            b, a = b + 1, a
        c += 2
    return a, b, c


print(swap(4000))


def overflow_inside(n):
    """An int that grows beyond 49 bits in the inner loop, after the outer one was compiled."""
    x = 1
    t = 0
    for i in range(n):
        y = x
        for j in range(8):
            y = y * 3 + i
        t = t + y
        if i > n - 60:
            x = x * 3
    return t


print(overflow_inside(3000))


class Stop(Exception):
    pass


def raising(n):
    t = 0
    for i in range(n):
        try:
            for j in range(5):
                t += j
                if i % 7 == 3 and j == 2:
                    raise Stop(i)
        except Stop as e:
            t += e.args[0] % 2
    return t, i, j


print(raising(4000))
