def count(n):
    for i in range(n):
        got = yield i
        if got: yield got * 2
    return "end"

def delegate(n):
    result = yield from count(n)
    yield result
    yield from [1, 2]

def cleanup():
    try:
        while True:
            try: yield 1
            except ValueError: yield 2
    finally:
        seen.append("closed")

seen = []
list(delegate(3)), sum(count(4)), [*count(2)], dict(zip("ab", count(2)))
g = delegate(2)
next(g), g.send(5), next(g, None)
g = cleanup()
next(g), g.throw(ValueError), g.close()
pairs = ((a, b) for a in range(3) for b in range(a))
list(pairs)

class Awaitable:
    def __await__(self):
        return (yield 3)

async def work(n):
    value = await Awaitable()
    async with Context() as c:
        async for i in ticks(n):
            if i == 1: continue
            seen.append(i)
    return value, c, [i async for i in ticks(2)], {i: i async for i in ticks(2) if i}

class Context:
    async def __aenter__(self): return self
    async def __aexit__(self, *args): return False

async def ticks(n):
    for i in range(n):
        yield i

def run(coroutine):
    value = None
    for _ in range(20):
        try: coroutine.send(value)
        except StopIteration as stop: return stop.value
        value = 7
run(work(3))
async def failing():
    try: await work(1)
    except* ValueError: pass
    finally: seen.append(1)
c = failing()
try: c.send(None); c.throw(ValueError(1))
except BaseException: pass
c.close()
