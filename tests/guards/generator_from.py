def inner(n):
    for i in range(n):
        yield i
    return n


def outer(n):
    s = 0
    for i in range(n):
        s += yield from inner(i)
    yield s


print(list(outer(8)), sum(outer(12)))
