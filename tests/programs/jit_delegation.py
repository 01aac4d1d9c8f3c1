"""`yield from` and `await` through several generators: values, sent ones, results, exceptions, and who sees what meanwhile."""
import asyncio
import inspect
import sys
import types


class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def tree(items):
    if not items:
        return None
    half = len(items) // 2
    return Tree(tree(items[:half]), items[half], tree(items[half + 1:]))


for _ in range(30):
    total = sum(x * i for i, x in enumerate(tree(range(200))))
print(total)


# Results of every kind, and what was sent.
def innermost(n):
    got = []
    for i in range(n):
        got.append((yield i))
    return got


def through(depth, n):
    if depth == 0:
        return (yield from innermost(n))
    result = yield from through(depth - 1, n)
    return result + [depth]


def drive(depth, n):
    g = through(depth, n)
    out = [next(g)]
    try:
        while True:
            out.append(g.send(out[-1] * 2))
    except StopIteration as stop:
        return out, stop.value


for _ in range(600):
    result = drive(5, 4)
print(result)


# Exceptions from the innermost, caught half way up; thrown in; closing.
log = []


def raising(n):
    try:
        yield n
        if n % 3 == 0:
            raise ValueError(n)
        return n
    finally:
        log.append(("finally", n))


def middle(n):
    try:
        result = yield from raising(n)
    except ValueError as e:
        log.append(("caught", e.args, sys.exception() is e))
        yield "after"
        result = -n
    log.append(("exception", sys.exception()))
    return result


def outer(n):
    yield (yield from middle(n))
    yield (yield from middle(n + 1))


for _ in range(300):
    log.clear()
    out = [list(outer(n)) for n in range(4)]
print(out)
print(log)

for _ in range(300):
    log.clear()
    g = outer(2)
    got = [next(g)]
    try:
        got.append(g.throw(KeyError("in")))
    except KeyError as e:
        got.append(repr(e))
    g = outer(3)
    next(g)
    got.append(g.throw(ValueError("thrown")))
    g.close()
    got.append(inspect.getgeneratorstate(g))
print(got, log)


# Who looks at the frames meanwhile.
def looks(depth):
    yield "start"
    frame = sys._getframe()
    seen = []
    while frame is not None and frame.f_code.co_name in ("looks", "waits"):
        seen.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_lasti, sorted(frame.f_locals)))
        frame = frame.f_back
    yield seen
    for g in generators:
        seen.append((g.gi_running, g.gi_suspended, inspect.getgeneratorstate(g), g.gi_yieldfrom))
    yield seen
    try:
        next(generators[0])
    except ValueError as e:
        yield e
    try:
        generators[1].send(None)
    except ValueError as e:
        yield e


def waits(depth):
    if depth:
        inner = waits(depth - 1)
    else:
        inner = looks(depth)
    generators.insert(0, inner)
    mark = depth
    yield from inner
    return mark


for _ in range(400):
    generators = []
    g = waits(2)
    generators.append(g)
    out = list(g)
for x in out:
    print(repr(x))

for _ in range(400):
    generators = []
    g = waits(2)
    next(g), next(g)
    states = [(x.gi_running, x.gi_suspended, x.gi_frame.f_lasti, x.gi_frame.f_back, x.gi_yieldfrom is not None) for x in generators]
    # One in the middle is resumed by itself.
    part = next(generators[1])[-1][:3]
    rest = list(g)
print(states, part, rest[:1] == [], len(rest))


# Locals written from below.
def writer():
    yield 1
    sys._getframe(1).f_locals["told"] = [object(), "told"]
    yield 2
    yield 3


def told():
    told = None
    yield from writer()
    yield told[1]


def outermost():
    yield from told()


for i in range(400):
    out = list(outermost())
    if i % 50 == 0:
        import gc
        gc.collect()
print(out)


# Tracebacks.
def fails(n):
    yield n
    1 / 0


def f(n):
    yield from fails(n)


def h(n):
    yield from f(n)


for _ in range(400):
    try:
        list(h(1))
    except ZeroDivisionError as e:
        tb, lines = e.__traceback__, []
        while tb:
            lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno, tb.tb_lasti))
            tb = tb.tb_next
print(lines[1:])


# The limit of recursion holds.
def deep(n):
    if n:
        yield from deep(n - 1)
    else:
        yield "bottom"
        yield "again"


for _ in range(30):
    out = list(deep(900))
try:
    list(deep(1100))
except RecursionError as e:
    out.append(str(e))
print(out)


# Coroutines.
@types.coroutine
def pause(v):
    return (yield v)


async def leaf(n):
    total = 0
    for i in range(n):
        total += await pause(i)
    if n == 7:
        raise LookupError(n)
    return total


async def level(depth, n):
    if depth == 0:
        return [await leaf(n)]
    try:
        return (await level(depth - 1, n)) + [depth]
    except LookupError as e:
        return [repr(e)]


def run(coroutine):
    sent, out = None, []
    try:
        while True:
            v = coroutine.send(sent)
            out.append(v)
            sent = v + 1
    except StopIteration as stop:
        return stop.value, out


for _ in range(500):
    out = [run(level(4, n)) for n in (0, 1, 3, 7)]
print(out)


async def gathers(depth):
    if depth == 0:
        await asyncio.sleep(0)
        return 1
    return sum(await asyncio.gather(*(gathers(depth - 1) for _ in range(3))))


print(asyncio.run(gathers(5)))


async def numbers(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i


async def consumes(n):
    total = 0
    async for i in numbers(n):
        total += i
    async with asyncio.timeout(30):
        total += await leaf_of(n)
    return total


async def leaf_of(n):
    await asyncio.sleep(0)
    return n


async def main():
    return [await consumes(n) for n in range(60)][-1]


print(asyncio.run(main()))


# Tracing that begins below.
events = []


def traces():
    yield 1
    sys.settrace(lambda frame, event, arg: events.append((event, frame.f_code.co_name)))
    yield 2
    sys.settrace(None)
    yield 3


def a():
    yield from traces()


def b():
    yield from a()


for _ in range(400):
    events.clear()
    out = list(b())
print(out, events)


# Events that are wanted while the generators wait: each of them yields.
def profiles(start, stop):
    yield 1
    start()
    yield 2
    stop()
    yield 3


def c(*given):
    yield from profiles(*given)


def d(*given):
    yield from c(*given)


def monitor(events_wanted):
    sys.monitoring.use_tool_id(3, "test")
    for event in (sys.monitoring.events.PY_YIELD, sys.monitoring.events.PY_RESUME):
        sys.monitoring.register_callback(3, event, lambda code, *rest, event=event: events.append((event, code.co_name, rest[1:])))
    sys.monitoring.set_events(3, events_wanted)


def profile(frame, event, arg):
    if not event.startswith("c_"):
        events.append((event, frame.f_code.co_name, arg))


wanted = sys.monitoring.events.PY_YIELD | sys.monitoring.events.PY_RESUME
for start, stop in [
    (lambda: sys.setprofile(profile), lambda: sys.setprofile(None)),
    (lambda: monitor(wanted), lambda: sys.monitoring.free_tool_id(3)),
]:
    for _ in range(400):
        events.clear()
        out = list(d(start, stop))
    for event in events:
        print(event)
    print(out)
