def f(items):
    s = 0
    for i, x in enumerate(items):
        s += i * x
    return s


def g(items, start):
    out = []
    for pair in enumerate(items, start):
        out.append(pair)
    return out


def h(items):
    return [i + x for i, x in enumerate(items)], {x: i for i, x in enumerate(items)}


def outer(n):
    items = list(range(n))
    s = 0
    for k in range(n):
        for i, x in enumerate(items):
            if i == 3:
                items[i] = k
            s += i * x
    return s


def grows(n):
    items = [1]
    s = 0
    for i, x in enumerate(items):
        s += i + x
        if i < n:
            items.append(i)
    return s, items


print(f(list(range(20))), f(tuple(range(20))), f(range(20)), f([1.5] * 15), f({1: 2, 3: 4}), f(x for x in range(20)))
print(g([5] * 15, 3)[-2:], g(range(15), 2**48 - 8)[-2:], g("abc" * 6, True)[-2:], g([1] * 15, 2**70)[-1])
print(h(list(range(15))), outer(15), grows(20))
try:
    f(5)
except TypeError as e:
    print(e)
try:
    g([1] * 15, "a")
except TypeError as e:
    print(e)


def kept(n):
    e = enumerate(list(range(n)), 1)
    out = []
    for i, x in e:
        out.append((i, x))
        if x == 15:
            break
    out.append(next(e))
    out.append(e.__reduce__()[1][1])
    return out[-4:], list(e)[-1:]


print(kept(20))


def replaced(n):
    global enumerate
    out = 0
    for k in range(n):
        if k == 15:
            enumerate = lambda items: [(7, 7)]
        for i, x in enumerate((1, 2, 3)):
            out += i * x
    del enumerate
    return out


print(replaced(20))
