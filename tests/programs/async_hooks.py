# The hooks of an event loop, and what is warned about.
import gc
import sys
import warnings


async def agen():
    try:
        yield 1
    finally:
        log.append("finally")


def start(g):
    try:
        g.__anext__().send(None)
    except StopIteration as e:
        return e.value


log = []
first, last = [], []
print(sys.get_asyncgen_hooks())
sys.set_asyncgen_hooks(firstiter=lambda g: first.append(g.__name__), finalizer=lambda g: last.append(g))
g = agen()
print(first)
print(start(g), first)
a = g.aclose()
print(first, last)
a.close()
# Several, for the last one touched may live a little longer.
many = [agen() for _ in range(20)]
for g2 in many:
    start(g2)
del g2, g, many
gc.collect()
print(len(last) >= 10, log)
a = last.pop().aclose() if last else None
try:
    a.send(None)
except StopIteration as e:
    print("closed", log)


def failing(g):
    raise ValueError("hook")


sys.set_asyncgen_hooks(firstiter=failing)
g = agen()
for _ in range(2):
    try:
        print(start(g))
    except ValueError as e:
        print(repr(e))
for bad in (1, "x"):
    try:
        sys.set_asyncgen_hooks(bad)
    except TypeError as e:
        print(e)
sys.set_asyncgen_hooks(None, None)
print(sys.get_asyncgen_hooks() == (None, None))


async def coro():
    pass


def never():
    coro()


def never_sent():
    agen().asend(1)
    agen().aclose()
    agen().athrow(ValueError)
    agen().__anext__().close()


with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    never()
    gc.collect()
    never_sent()
    gc.collect()
print(sorted(str(x.message) for x in w), {x.category.__name__ for x in w})

unraisable = []
sys.unraisablehook = unraisable.append


def bad_close():
    try:
        yield
    finally:
        raise ValueError("in finally")


def drop():
    next(bad_close())


for _ in range(20):
    drop()
gc.collect()
print(len(unraisable) >= 10, {(repr(u.exc_value), u.err_msg[:60], u.object) for u in unraisable})
