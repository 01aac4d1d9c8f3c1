# Generators: send, throw, close, delegation, attributes.
import types


def attempt(f, *args):
    try:
        return f(*args)
    except StopIteration as e:
        return "stop", e.value
    except BaseException as e:
        return type(e).__name__, str(e), repr(e.__cause__), repr(e.__context__)


def echo():
    got = None
    while True:
        try:
            got = yield got
        except ValueError as e:
            got = ("caught", str(e))
        if got == "end":
            return "value"


g = echo()
print(attempt(g.send, 1))
print(next(g), g.send(2), g.throw(ValueError("x")), g.throw(ValueError), attempt(g.send, "end"))
print(attempt(g.send, "end"), attempt(next, g), attempt(g.send, None), g.close(), attempt(g.throw, KeyError(1)))
g = echo()
print(attempt(g.throw, KeyError(1)), attempt(next, g))
g = echo()
next(g)
print(attempt(g.throw, StopIteration(3)))
g = echo()
print(attempt(g.throw, StopIteration(3)))
for bad in (1, int, "x"):
    print(attempt(echo().throw, bad))
print(attempt(echo().throw))
print(attempt(echo().throw, ValueError, ValueError("v"), 3))


class Failing(Exception):
    def __init__(self):
        raise KeyError("in init")


g = echo()
next(g)
print(attempt(g.throw, Failing))


# close()
def closing(how):
    try:
        yield 1
    except GeneratorExit:
        if how == "yield":
            yield 2
        if how == "return":
            return "closed"
        if how == "raise":
            raise ValueError("in close")
        if how == "stop":
            raise StopIteration
        raise


for how in ("yield", "return", "raise", "stop", "again"):
    g = closing(how)
    print(g.close(), g.gi_frame)
    g = closing(how)
    next(g)
    print(how, attempt(g.close), attempt(g.close))


# Delegation
def sub():
    try:
        x = yield "a"
        y = yield ("b", x)
        return ("result", y)
    except KeyError as e:
        yield "sub caught"
        return "after"
    finally:
        log.append("sub done")


def delegate(it):
    r = yield from it
    yield ("from", r)
    return "end"


log = []
g = delegate(sub())
print(g.gi_yieldfrom, next(g), type(g.gi_yieldfrom), g.send(1), g.send(2), g.gi_yieldfrom, attempt(next, g), log)
g = delegate(sub())
next(g)
print(g.throw(KeyError), next(g), attempt(next, g))
g = delegate(sub())
next(g)
print(attempt(g.throw, ValueError("v")), attempt(next, g))
log = []
g = delegate(sub())
next(g)
print(g.close(), log, attempt(next, g))
g = delegate(sub())
next(g)
print(attempt(g.throw, GeneratorExit), log)
print(list(delegate(iter("xy"))), list(delegate([])), list(delegate({1: 2})))
print(attempt(next, delegate(5)))


class It:
    def __init__(self):
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration("It's value")
        return self.n

    def send(self, v):
        return ("sent", v)

    def throw(self, *args):
        return ("thrown", args)

    def close(self):
        log.append("It closed")


g = delegate(It())
print(next(g), g.send(5), g.throw(ValueError), next(g), next(g), next(g), attempt(next, g))
g = delegate(It())
next(g)
log = []
g.close()
print(log)


class NoMethods:
    def __iter__(self):
        return self

    def __next__(self):
        return 1


g = delegate(NoMethods())
next(g)
print(attempt(g.send, 1))
g = delegate(NoMethods())
next(g)
print(attempt(g.throw, ValueError("direct")))
g = delegate(NoMethods())
next(g)
print(g.close())


class BadClose(NoMethods):
    def close(self):
        raise ValueError("bad close")


g = delegate(BadClose())
next(g)
print(attempt(g.close))


# Deep chains
def chain(n):
    if n:
        r = yield from chain(n - 1)
    else:
        r = yield "bottom"
    return (r or 0) + 1


g = chain(50)
print(next(g), attempt(g.send, 100))
g = chain(50)
next(g)
print(attempt(g.throw, ValueError("deep")))


# Re-entry
def reenter():
    yield attempt(next, me[0])
    yield attempt(me[0].throw, ValueError)
    yield attempt(me[0].close)
    yield (me[0].gi_running, me[0].gi_suspended)


me = []
me.append(reenter())
print(list(me[0]))


# StopIteration in the body
def raising():
    yield 1
    raise StopIteration("mine")


def nexting():
    yield next(iter(()))


g = raising()
next(g)
print(attempt(next, g))
print(attempt(next, nexting()))
print(attempt(list, (next(iter(())) for _ in "x")))


# Exceptions being handled are a generator's own.
import sys


def handling():
    try:
        raise ValueError("inner")
    except ValueError:
        yield repr(sys.exception())
        yield repr(sys.exception())
    yield repr(sys.exception())


g = handling()
print(next(g), sys.exception())
try:
    raise KeyError("outer")
except KeyError:
    print(next(g), repr(sys.exception()))
    print(next(g), repr(sys.exception()))


def reraiser():
    try:
        yield
    except ValueError:
        yield 1
        raise


g = reraiser()
next(g)
try:
    raise KeyError("ctx")
except KeyError:
    g.throw(ValueError("v"))
print(attempt(next, g))


# Attributes
g = echo()
print(g.__name__, g.__qualname__, g.gi_code is echo.__code__, g.gi_frame.f_lineno - echo.__code__.co_firstlineno)
print(g.gi_running, g.gi_suspended, repr(g)[:24])
next(g)
print(g.gi_running, g.gi_suspended, g.gi_frame.f_locals, g.gi_frame.f_lineno - echo.__code__.co_firstlineno)
g.close()
print(g.gi_running, g.gi_suspended, g.gi_frame, g.gi_yieldfrom)
e = (x for x in range(3))
print(e.__name__, e.__qualname__, list(e), type(e) is types.GeneratorType)
print(types.GeneratorType[int], attempt(types.GeneratorType))
print(attempt(lambda: (x for x in 5)))
a, *b = (i * i for i in range(5) if i % 2 == 0)
print(a, b, sum(x for x in range(10)), max((x, -x) for x in range(4)), "".join(str(i) for i in range(3)))
print([(i, j) for i in range(3) for j in (k for k in range(i))])
print(iter(e) is e, hasattr(e, "__next__"), g.__iter__() is g)
