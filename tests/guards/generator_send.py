def g():
    total = 0
    while True:
        x = yield total
        if x is None:
            break
        total += x
    return total


def f(n):
    it = g()
    next(it)
    out = []
    for i in range(n):
        out.append(it.send(i))
    try:
        it.send(None)
    except StopIteration as e:
        out.append(e.value)
    return out


print(f(25))
