# `yield from` and `await` in hot code: what is sent, returned, thrown and raised goes through a chain of generators.
import sys
import warnings


class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def tree(numbers):
    if not numbers:
        return None
    i = len(numbers) // 2
    return Tree(tree(numbers[:i]), numbers[i], tree(numbers[i + 1:]))


def walk(t, times):
    total = 0
    for _ in range(times):
        for value in t:
            total += value
    return total


print(walk(tree(list(range(63))), 40))


# Values sent, and the result of the delegate.
def averager():
    total = count = 0
    while True:
        x = yield (total / count if count else None)
        if x is None:
            return total, count
        total += x
        count += 1


def grouper(results):
    while True:
        result = yield from averager()
        results.append(result)


results = []
g = grouper(results)
next(g)
for i in range(300):
    g.send(i)
    if i % 7 == 6:
        g.send(None)
print(len(results), results[:2], results[-1])


# Exceptions of the delegate, caught around the `yield from` in compiled code; and a delegate that is no generator.
def risky(n):
    for i in range(n):
        if i == 5:
            raise ValueError(n)
        yield i
    return "whole"


def careful(times):
    caught = 0
    for n in range(times):
        try:
            r = yield from risky(n % 9)
        except ValueError as e:
            caught += e.args[0]
            r = yield from [e.args[0]]
        finally:
            caught += 1
        yield r
    return caught


def drain(g):
    got = []
    while True:
        try:
            got.append(next(g))
        except StopIteration as e:
            return got, e.value


got, value = drain(careful(400))
print(len(got), got[:12], value)


# throw() reaches the innermost, also after the chain is hot.
def inner(log):
    n = 0
    while True:
        try:
            yield n
            n += 1
        except KeyError as e:
            log.append(("inner", e.args[0]))


def outer(log):
    try:
        yield from inner(log)
    except LookupError as e:
        log.append(("outer", str(e)))
        yield "over"


log = []
g = outer(log)
last = [next(g) for _ in range(300)][-1]
print(last, g.throw(KeyError("k")), next(g), g.throw(IndexError("i")), log)
try:
    next(g)
except StopIteration as e:
    print("stopped", e.value)


# Coroutines: awaited chains, results, exceptions, one that is awaited twice, one that is no awaitable.
async def fibonacci(n):
    if n <= 1:
        return n
    return await fibonacci(n - 1) + await fibonacci(n - 2)


def run(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as e:
        return e.value


print([run(fibonacci(n)) for n in range(16)])


class Pause:
    def __await__(self):
        got = yield "paused"
        return got


async def pauses(n):
    total = 0
    for i in range(n):
        total += await Pause()
    return total


def step_through(n):
    c = pauses(n)
    said = [c.send(None)]
    try:
        for i in range(n + 5):
            said.append(c.send(i))
    except StopIteration as e:
        return len(said), set(said), e.value


print(step_through(500))


async def again(c, how_often):
    return [await c for _ in range(how_often)]


async def wrong(x):
    return await x


for make in (lambda: again(fibonacci(3), 2), lambda: wrong(3)):
    for _ in range(250):
        try:
            run(make())
        except (RuntimeError, TypeError) as e:
            message = f"{type(e).__name__}: {e}"
    print(message)


# What has not begun takes nothing but None; what runs is not resumed.
def relay(receiver):
    sent = yield
    while True:
        try:
            sent = yield receiver.send(sent)
        except (TypeError, ValueError) as e:
            sent = yield f"{type(e).__name__}: {e}"


def echo():
    x = None
    while True:
        x = yield x


r = relay(echo())
next(r)
print([r.send(x) for x in (1, None, 2, 3)])
for _ in range(300):
    r.send(4)
print(r.send(5))


def itself():
    yield from me


me = itself()
try:
    next(me)
except ValueError as e:
    print(e)


# As deep as the limit allows, through compiled code.
def nested(n):
    if n:
        yield from nested(n - 1)
    else:
        yield "bottom"


for _ in range(300):
    list(nested(3))
print(list(nested(300)))
try:
    list(nested(10 ** 6))
except RecursionError as e:
    print("RecursionError", e)
depth = 0


def count(n):
    global depth
    depth = n
    yield from count(n + 1)


sys.setrecursionlimit(5000)
try:
    list(count(0))
except RecursionError:
    print(depth > 4900)
sys.setrecursionlimit(1000)

# A traceback has every generator of the chain.
def fails(n):
    if n:
        yield from fails(n - 1)
    else:
        yield 1
        raise OSError("at the bottom")


def lines(n):
    g = fails(n)
    next(g)
    try:
        next(g)
    except OSError as e:
        tb, found = e.__traceback__, []
        while tb:
            found.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno))
            tb = tb.tb_next
        return found


for _ in range(200):
    lines(4)
print(lines(4))

# Where coroutines come from, and those that nobody awaits.
sys.set_coroutine_origin_tracking_depth(2)


def make():
    return fibonacci(1)


def origins():
    c = make()
    origin = [name for _, _, name in c.cr_origin]
    c.close()
    return origin


for _ in range(200):
    origins()
print(origins())
sys.set_coroutine_origin_tracking_depth(0)
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    c = make()
    c.close()
    run(make())
    print(len(w))


# Finished generators are done with; unfinished ones are closed when they die.
closed = []


def guarded(n):
    try:
        for i in range(n):
            yield i
    finally:
        closed.append(n)


def use(n, take):
    g = guarded(n)
    for _, x in zip(range(take), g):
        pass
    return x


for _ in range(200):
    use(3, 10)
print(len(closed), set(closed))
