"""Generators, `yield from`, coroutines, closures and comprehensions."""


def work():
    def count(n):
        for i in range(n):
            got = yield [i]
            if got:
                yield got

    def chain(n):
        total = yield from count(n)
        yield total
        yield from (i * i for i in range(n))

    async def inner(v):
        return [v]

    async def outer(n):
        found = []
        for i in range(n):
            found += await inner(i)
        return found

    def drive(c):
        try:
            c.send(None)
        except StopIteration as end:
            return end.value

    def adder(k):
        total = k

        def add(v):
            nonlocal total
            total += v
            return [total]
        return add

    g = count(5)
    sent = [next(g), g.send("a"), *g]
    add = adder(3)
    added = [add(i) for i in range(12)]
    return sent, list(chain(6)), drive(outer(9)), added[-1], {k: [v] for k, v in zip("abc", range(3))}, sum(x for [x] in count(20))


for _ in range(4):
    try:
        result = work()
        break
    except MemoryError:
        pass
print(result)
