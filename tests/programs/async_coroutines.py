# Coroutines, driven by hand.
import sys
import types
import warnings


class Wait:
    def __init__(self, tag):
        self.tag = tag

    def __await__(self):
        return (yield self.tag)


def attempt(f, *args):
    try:
        return f(*args)
    except StopIteration as e:
        return "stop", e.value
    except BaseException as e:
        return type(e).__name__, str(e), repr(e.__cause__), repr(e.__context__)


async def leaf(log):
    try:
        return ("leaf", await Wait("w"))
    except ValueError as e:
        log.append(repr(e))
        return await Wait("recover")
    finally:
        log.append("finally")


async def middle(log):
    r = await leaf(log)
    return ("middle", r)


async def top(log):
    return ("top", await middle(log), await middle(log))


log = []
c = top(log)
print(c.cr_await, c.cr_running, c.cr_suspended, c.cr_frame is not None, c.cr_origin)
print(c.send(None), c.cr_await.__name__, c.cr_await.cr_await.__name__, type(c.cr_await.cr_await.cr_await).__name__)
print(c.cr_suspended, c.send(1), attempt(c.send, 2), log)
print(attempt(c.send, None), attempt(c.throw, ValueError), c.close(), c.cr_frame, c.cr_await, c.cr_suspended)
log = []
c = top(log)
c.send(None)
print(c.throw(ValueError("thrown")), log, c.send("r"), log)
print(attempt(c.throw, KeyError("k")), log)
log = []
c = top(log)
c.send(None)
print(c.close(), log, c.close())
c = top([])
print(attempt(c.send, 1), c.close())
c = top([])
print(attempt(c.throw, ValueError("early")), attempt(c.send, None))


async def ignores():
    try:
        await Wait("x")
    except GeneratorExit:
        await Wait("y")


c = ignores()
c.send(None)
print(attempt(c.close))
c.close()


# Awaited twice, reentered
async def await_it(x):
    return await x


c = middle([])
a, b = await_it(c), await_it(c)
a.send(None)
print(attempt(b.send, None))
a.close()
print(attempt(await_it(c).send, None))


async def self_await():
    await me


me = self_await()
print(attempt(me.send, None))

# What can't be awaited
for bad in (1, "x", [], (i for i in ())):
    print(attempt(await_it(bad).send, None))


class BadAwait:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        return self.v


async def empty():
    pass


warnings.simplefilter("ignore")
for bad in (1, empty(), None):
    print(attempt(await_it(BadAwait(bad)).send, None))
print(await_it(BadAwait(iter([1, 2]))).send(None))
print(attempt(await_it(BadAwait(iter([]))).send, None))


class BadEnter:
    async def __aexit__(self, *a):
        pass

    def __aenter__(self):
        return 5


class BadExit:
    async def __aenter__(self):
        pass

    def __aexit__(self, *a):
        return 5


class NoExit:
    async def __aenter__(self):
        pass


async def enter(cm):
    async with cm:
        pass


for bad in (BadEnter(), BadExit(), NoExit(), 5):
    print(attempt(enter(bad).send, None))


# The wrapper that __await__ gives
c = leaf([])
w = c.__await__()
print(type(w).__name__, iter(w) is w, next(w), attempt(w.send, 5), attempt(next, w), w.close())
c = leaf([])
w = c.__await__()
w.send(None)
print(w.throw(ValueError("t")), w.close(), attempt(w.throw, ValueError))


def plain(x):
    return (yield from x)


print(attempt(next, plain(empty())))
print(attempt(list, plain(empty().__await__())))


# Iterable coroutines
@types.coroutine
def old(x):
    got = yield x
    r = yield from leaf([])
    return ("old", got, r)


print(old.__code__.co_flags & 0x100 != 0, type(old(1)).__name__)
c = await_it(old(1))
print(c.send(None), c.send(2), attempt(c.send, 3))


@types.coroutine
def returns_coroutine():
    return empty()


print(attempt(await_it(returns_coroutine()).send, None))


@types.coroutine
def returns_object():
    return 5


print(returns_object())


# StopIteration in the body
async def raises(e):
    raise e


for e in (StopIteration(1), StopAsyncIteration(2), ValueError(3)):
    print(attempt(raises(e).send, None))

# Attributes
c = leaf([])
print(c.__name__, c.__qualname__, c.cr_code is leaf.__code__, repr(c)[:26])
c.__name__ = "n"
c.__qualname__ = "q"
print(c.__name__, repr(c)[:21], types.CoroutineType[int, int, int])
print(attempt(types.CoroutineType), attempt(iter, c), hasattr(c, "__next__"))
c.close()
sys.set_coroutine_origin_tracking_depth(1)
c = empty()
print(len(c.cr_origin), c.cr_origin[0][1:])
sys.set_coroutine_origin_tracking_depth(0)
c.close()


# Coroutines that yield values through several kinds of delegation
class Iter:
    def __init__(self, n):
        self.n = n

    def __await__(self):
        return iter(range(self.n))


async def mixed():
    a = await Iter(2)
    b = await Wait("w")
    return a, b


c = mixed()
print(c.send(None), c.send(None), c.send(None), attempt(c.send, 9))
c = mixed()
c.send(None)
print(attempt(c.send, 5))


async def gather():
    return [await Wait(i) for i in range(3)], {k: await Wait(k) for k in "ab"}, [await empty() async for _ in agen()]


async def agen():
    yield 1


c = gather()
print([c.send(i or None) for i in range(5)], attempt(c.send, 5))


async def try_finally():
    try:
        await Wait(1)
    finally:
        await Wait(2)


c = try_finally()
c.send(None)
print(c.throw(KeyError("k")), attempt(c.send, None))


async def star(*args, **kw):
    return await args[0](*args[1:], **kw)


print(attempt(star(star, star, leaf, []).send, None))
