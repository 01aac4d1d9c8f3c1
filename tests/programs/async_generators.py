# Asynchronous generators, driven by hand.
import types


class Wait:
    def __init__(self, tag):
        self.tag = tag

    def __await__(self):
        got = yield self.tag
        return got


def run(coro):
    """Drives a coroutine, showing what it waits for."""
    waits = []
    value = None
    while True:
        try:
            waits.append(coro.send(value))
            value = len(waits)
        except StopIteration as stop:
            return waits, stop.value
        except BaseException as e:
            return waits, repr(e), repr(e.__context__), repr(e.__cause__)


async def numbers(n):
    for i in range(n):
        got = await Wait(f"w{i}")
        sent = yield (i, got)
        if sent is not None:
            yield ("sent", sent)


async def use():
    out = []
    async for x in numbers(3):
        out.append(x)
    else:
        out.append("else")
    return out


print(run(use()))


async def comprehensions():
    a = [x async for x in numbers(2)]
    b = {x[0]: x async for x in numbers(2) if x[0]}
    c = [y async for y in (x[0] async for x in numbers(3))]
    d = {await Wait("d") for _ in range(2)}
    return a, b, c, sorted(d)


print(run(comprehensions()))


async def asend():
    g = numbers(2)
    r = [await g.asend(None)]
    r.append(await g.asend("hello"))
    r.append(await g.asend(None))
    try:
        await g.asend(None)
    except StopAsyncIteration as e:
        r.append(repr(e))
    try:
        await g.__anext__()
    except StopAsyncIteration as e:
        r.append(repr(e))
    return r


print(run(asend()))


async def just_started():
    g = numbers(2)
    await g.asend(1)


print(run(just_started()))


def step(awaitable, method="send", *args):
    try:
        return "yield", getattr(awaitable, method)(*(args or ((None,) if method == "send" else ())))
    except StopIteration as e:
        return "return", e.value
    except BaseException as e:
        return "raise", repr(e)


# The awaitables' states.
g = numbers(2)
a = g.__anext__()
b = g.__anext__()
print(g.ag_running, g.ag_suspended, type(a).__name__, a.__await__() is a, iter(a) is a)
print(step(a), g.ag_running, g.ag_suspended, type(g.ag_await).__name__)
print(step(b))
print(step(b))
print(step(g.aclose()), step(g.athrow(ValueError)))
print(step(g.aclose(), "throw", ValueError), step(g.athrow(KeyError), "throw", ValueError))
print(step(a, "send", 7), g.ag_running, g.ag_suspended, g.ag_await)
print(step(a))
print(step(a, "throw", ValueError))
print(a.close())
c = g.asend(None)
print(c.close())
print(step(c))
print(step(g.__anext__()))

g = numbers(2)
a = g.asend(None)
print(next(a))
try:
    next(a)
except StopIteration as e:
    print("next", e.value)
t = g.athrow(ValueError("thrown"))
print(type(t).__name__, step(t))
print(step(t))
print(t.close())
print(step(g.athrow(ValueError)))


# aclose
async def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


async def cleaning(log):
    try:
        yield 1
        yield 2
    finally:
        log.append("begin")
        log.append(await Wait("cleanup"))
        log.append("end")


async def catching():
    while True:
        try:
            yield "next"
        except ValueError as e:
            yield ("caught", str(e))
        except KeyError:
            return


g = stubborn()
print(step(g.__anext__()))
c = g.aclose()
print(step(c), g.ag_running)
print(step(c))
log = []
g = cleaning(log)
print(step(g.__anext__()))
c = g.aclose()
print(step(c), log, g.ag_running)
print(step(g.__anext__()))
print(step(c, "send", "ok"), log, g.ag_running)
print(step(g.__anext__()), step(g.aclose()), step(g.athrow(ValueError)))
g = cleaning([])
print(step(g.aclose()), step(g.__anext__()))
g = cleaning(log)
step(g.__anext__())
c = g.aclose()
print(step(c, "send", 1))
print(step(c), step(c, "throw", KeyError("k")))
g = cleaning(log)
step(g.__anext__())
c = g.aclose()
step(c)
print(step(c, "close"), step(c, "close"))

g = catching()
print(step(g.__anext__()), step(g.athrow(ValueError("a"))), step(g.__anext__()))
print(step(g.athrow(KeyError)), step(g.__anext__()))
g = catching()
print(step(g.athrow(ValueError("early"))), step(g.__anext__()))
g = catching()
step(g.__anext__())
print(step(g.asend(None), "throw", ValueError("b")))
print(step(g.athrow(1)))


# athrow(GeneratorExit) lets what is awaited go on.
async def inner():
    try:
        await Wait("in")
    except GeneratorExit:
        return await Wait("in exit")


async def outer():
    yield await inner()


g = outer()
a = g.__anext__()
print(step(a))
print(step(g.aclose()))
print(step(a, "throw", GeneratorExit))


# StopIteration and StopAsyncIteration out of the body.
async def raises(e):
    yield 0
    raise e


for e in (StopIteration(1), StopAsyncIteration(2), ValueError(3)):
    g = raises(e)
    step(g.__anext__())
    try:
        g.__anext__().send(None)
    except BaseException as e:
        print(repr(e), repr(e.__cause__), repr(e.__context__))


# Attributes.
g = numbers(1)
print(repr(g)[:35], g.__name__, g.__qualname__, g.ag_code is numbers.__code__, g.ag_frame.f_code is g.ag_code)
g.__name__ = "x"
g.__qualname__ = "y.z"
print(repr(g)[:28], g.__name__, g.__aiter__() is g)
for bad in (1, None):
    try:
        g.__name__ = bad
    except TypeError as e:
        print(e)
step(g.aclose())
print(g.ag_frame, g.ag_await, g.ag_running, g.ag_suspended)
print(types.AsyncGeneratorType[int, str], isinstance(g, types.AsyncGeneratorType))
for make in (types.AsyncGeneratorType, type(g.asend(1).close.__self__)):
    try:
        make()
    except TypeError as e:
        print(e)


# anext()
class Counter:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.n:
            raise StopAsyncIteration
        self.n -= 1
        return await Wait(self.n)


async def use_anext():
    c = Counter(1)
    r = [await anext(c), await anext(c, "default")]
    g = numbers(1)
    r += [await anext(g), await anext(g, "default"), await anext(g, None)]
    try:
        await anext(g)
    except StopAsyncIteration as e:
        r.append(repr(e))
    return r


print(run(use_anext()))
w = anext(Counter(2), 5)
print(type(w).__name__, step(w), step(w, "throw", ValueError("v")), step(anext(Counter(0), 6), "send", None))
w = anext(numbers(2), 5)
print(step(w), step(w, "send", 3), step(w), w.close())
print(next(anext(numbers(1), 0)))


class BadNext:
    def __anext__(self):
        return 5


print(step(anext(BadNext(), 1)))
for bad in (1, BadNext):
    try:
        anext(bad)
    except TypeError as e:
        print(e)


async def loop_over(x):
    async for _ in x:
        pass


class BadIter:
    def __aiter__(self):
        return 1


class NextNotAwaitable:
    def __aiter__(self):
        return self

    def __anext__(self):
        return 5


for bad in (1, BadIter(), NextNotAwaitable()):
    print(run(loop_over(bad)))


# async with
class Manager:
    def __init__(self, suppress=False):
        self.suppress = suppress

    async def __aenter__(self):
        return await Wait("enter")

    async def __aexit__(self, kind, value, tb):
        await Wait(("exit", kind and kind.__name__))
        return self.suppress


async def with_manager(suppress, error):
    async with Manager() as a, Manager(suppress) as b:
        if error:
            raise error
        return a, b
    return "suppressed"


print(run(with_manager(False, None)))
print(run(with_manager(True, ValueError("x"))))
print(run(with_manager(False, ValueError("x"))))


async def agen_with():
    async with Manager() as m:
        yield m
        yield m + 1


async def use_agen_with():
    g = agen_with()
    async for x in g:
        break
    await g.aclose()
    g = agen_with()
    r = [await anext(g)]
    await g.aclose()
    return x, r


print(run(use_agen_with()))


# An asynchronous generator that is iterated by another.
async def chain(*gs):
    for g in gs:
        async for x in g:
            yield x


async def use_chain():
    return [x async for x in chain(numbers(1), chain(numbers(1), numbers(2)))]


print(run(use_chain()))
