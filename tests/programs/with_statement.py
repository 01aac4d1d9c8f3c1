# Context managers: order, exceptions, suppression, lookup on the class, asynchronous ones.
import contextlib
import sys


class CM:
    def __init__(self, name, suppress=False, enter=None, exit=None): self.name, self.suppress, self.enter, self.exit = name, suppress, enter, exit
    def __enter__(self):
        print("enter", self.name)
        if self.enter: raise self.enter
        return self.name.upper()
    def __exit__(self, t, v, tb):
        print("exit", self.name, t and t.__name__, v, tb is not None, sys.exception() is v)
        if self.exit: raise self.exit
        return self.suppress


def show(f):
    try:
        print(f.__name__, "->", f())
    except BaseException as e:
        print(f.__name__, type(e).__name__, e, "| context", repr(e.__context__), "| cause", repr(e.__cause__))


def plain():
    with CM("a") as a, CM("b") as b: return a, b
def suppressed():
    with CM("a", True): 1 / 0
    return "after"
def inner_raises():
    with CM("a"), CM("b"): raise KeyError("k")
def inner_suppresses():
    with CM("a"), CM("b", True): raise KeyError("k")
    return "fine"
def enter_raises():
    with CM("a"), CM("b", enter=ValueError("enter")): pass
def exit_raises():
    with CM("a"), CM("b", exit=ValueError("exit")): pass
def exit_replaces():
    with CM("a"), CM("b", exit=ValueError("exit")): raise KeyError("body")
def break_continue():
    r = []
    for i in range(4):
        with CM(f"l{i}"):
            if i == 1: continue
            if i == 2: break
            r.append(i)
    return r
def parenthesised():
    with (CM("a") as x, CM("b"), CM("c") as (p),): return x, p
def target():
    d = {}
    with CM("ab") as (d["x"], d["y"]): pass
    return d
def bad_target():
    with CM("abc") as (x, y): pass
def no_cm():
    with 1: pass
def no_exit():
    class E:
        def __enter__(self): pass
    with E(): pass
def on_instance():
    class E: pass
    e = E(); e.__enter__ = e.__exit__ = lambda *a: 1
    with e: pass
def async_one():
    class E:
        async def __aenter__(self): pass
        async def __aexit__(self, *a): pass
    with E(): pass
def sync_in_async():
    async def f():
        async with CM("a"): pass
    f().send(None)
def generator():
    @contextlib.contextmanager
    def cm(x):
        print("before")
        try: yield x
        except KeyError as e: print("caught", e)
        finally: print("finally")
    with cm(1) as v: print(v)
    with cm(2): raise KeyError("in body")
    with cm(3): raise ValueError("not caught")
def generator_twice():
    @contextlib.contextmanager
    def cm(): yield 1; yield 2
    with cm(): pass
def generator_none():
    @contextlib.contextmanager
    def cm():
        if False: yield
    with cm(): pass
def stack():
    with contextlib.ExitStack() as s:
        for n in "abc": s.enter_context(CM(n))
        s.callback(print, "callback"); s.push(lambda *a: print("pushed", a[0]))
        raise OSError("x")
def helpers():
    with contextlib.suppress(KeyError): {}[1]
    with contextlib.nullcontext(5) as x: pass
    class C:
        def close(self): print("closed")
    with contextlib.closing(C()): pass
    return x
def finally_order():
    try:
        with CM("a"):
            try: return "value"
            finally: print("inner finally")
    finally: print("outer finally")
def generator_inside():
    def g():
        with CM("g"): yield 1; yield 2
    for x in g(): break
    it = g(); next(it)
    try: it.throw(KeyError("t"))
    except KeyError as e: print("out", e)
    it = g(); next(it); it.close()
def exc_info():
    try: 1 / 0
    except ZeroDivisionError:
        with CM("in handler"): print(type(sys.exception()).__name__)
def asynchronous():
    class A:
        async def __aenter__(self): print("aenter"); return "v"
        async def __aexit__(self, *a): print("aexit", a[0]); return True
    async def f():
        async with A() as v: print(v); raise ValueError
        return "done"
    try: f().send(None)
    except StopIteration as e: return e.value
for f in (plain, suppressed, inner_raises, inner_suppresses, enter_raises, exit_raises, exit_replaces, break_continue, parenthesised, target, bad_target, no_cm, no_exit, on_instance, async_one, sync_in_async, generator, generator_twice, generator_none, stack, helpers, finally_order, exc_info, asynchronous):
    show(f)
