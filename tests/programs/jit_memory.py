# What compiled loops remember of memory, and who changes it behind their back: aliases, calls, appends, other shapes.


class P:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Q:
    def __init__(self, y, x):
        self.y = y
        self.x = x


def alias_fields(p, q, n):
    t = 0
    for i in range(n):
        a = p.x
        q.x = a + i
        t += p.x - a
        q.y = t
        t += p.y & 3
    return t, p.x, p.y, q.x, q.y


one = P(1, 2)
print(alias_fields(one, one, 3000), alias_fields(P(1, 2), P(3, 4), 3000))
print(alias_fields(P(1, 2), Q(3, 4), 3000), alias_fields(one, Q(0, 0), 100))


def alias_lists(a, b, n):
    t = 0
    for i in range(n):
        x = a[3]
        b[3] = x + 1
        t += a[3] - x
        b[i % 4] = t
        t += a[0]
        t &= 0xFFFFF
    return t, a, b


same = [0] * 5
print(alias_lists(same, same, 3000), alias_lists([0] * 5, [1] * 5, 3000))


def append_while(n):
    a = []
    t = 0
    for i in range(n):
        a.append(i)
        t += len(a) + a[-1] + a[len(a) // 2]
    return t, len(a)


print(append_while(5000))


def comprehension(n):
    t = 0
    for i in range(n):
        b = [j * i for j in range(4)]
        t += b[3] + b[0]
    return t


print(comprehension(3000))

counter = 0


def bump():
    global counter
    counter += 1
    return counter


def globals_in_calls(n):
    t = 0
    for i in range(n):
        t += counter
        bump()
        t -= counter
        if i == n - 100:
            globals()["bump"] = lambda: 5
    return t, counter


print(globals_in_calls(3000))


def reshape(o):
    o.extra = 1


def grow(n):
    """The object's shape changes in a call in the middle."""
    t = 0
    for i in range(n):
        o = P(i, 1)
        t += o.x
        if i % 10 == 0:
            reshape(o)
        o.x = t & 7
        t += o.x + o.y
    return t


print(grow(3000))


def class_changes(n):
    class C:
        k = 1

        def m(self):
            return self.k

    o = C()
    t = 0
    for i in range(n):
        t += o.k + o.m()
        if i % 500 == 499:
            C.k += 1
        if i == n - 700:
            o.k = 100
        if i == n - 300:
            C.m = lambda self: -1
    return t


print(class_changes(4000))


def pop_in_loop(n):
    """The list loses its items while the loop holds its length."""
    a = list(range(n))
    t = 0
    i = 0
    try:
        while True:
            t += a[i]
            i += 1
            if i > n // 2:
                a.clear()
    except IndexError:
        return t, i, len(a)


print(pop_in_loop(4000))


def store_then_load(p, a, n):
    for i in range(n):
        p.x = i * 0.5
        p.y = p.x + p.x
        a[1] = p.y
        a[2] = a[1] + p.x
        p.x = a[2]
    return p.x, p.y, a


print(store_then_load(P(0, 0), [0, 0, 0], 4000), store_then_load(P("s", 0), [0, 0, 0, 9], 10))


def iterators(n):
    """One iterator, advanced in three places."""
    it = iter(range(n))
    out = 0
    for x in it:
        out += x
        for y in it:
            out -= y
            if y % 3 == 0:
                break
        out += next(it, 0) * 2
    return out, list(it)


print(iterators(10000))
