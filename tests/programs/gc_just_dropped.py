# What a function has just let go is gone after `gc.collect()`: no word that is left over by chance keeps it.
# (What runs more than once does so as a copy: in the JIT's eager modes all that runs twice is compiled, and compiled code keeps
# values on the native stack.)
import gc
import types
import weakref
from collections import deque


class C:
    def __init__(self, *values):
        self.values = values


class Old:
    __slots__ = ("a", "__weakref__")


class L(list):
    pass


class D(dict):
    pass


class S(set):
    pass


def copied(function):
    return types.FunctionType(function.__code__.replace(), globals())


def report(name, ref):
    print(name, ref() is None)


def instance():
    x = C()
    r = weakref.ref(x)
    x = None
    gc.collect()
    report("instance", r)


def deleted():
    x = C(1, 2)
    r = weakref.ref(x)
    del x
    gc.collect()
    report("deleted", r)


def slots():
    x = Old()
    x.a = x
    r = weakref.ref(x)
    x = 1
    gc.collect()
    report("slots", r)


def cycle():
    a, b = C(), C()
    a.other, b.other = b, a
    r, s = weakref.ref(a), weakref.ref(b)
    del a, b
    gc.collect()
    report("cycle 1", r)
    report("cycle 2", s)


def subclass(kind):
    x = kind()
    r = weakref.ref(x)
    del x
    gc.collect()
    report(kind.__name__, r)


def subclasses():
    for kind in L, D, S:
        copied(subclass)(kind)


def generator():
    def numbers(held):
        yield 1
        yield held

    x = C()
    g = numbers(x)
    next(g)
    r, s = weakref.ref(x), weakref.ref(g)
    del x
    gc.collect()
    print("held by a generator", r() is not None)
    del g
    gc.collect()
    report("generator", s)
    report("its argument", r)


def suspended():
    # The generator's frame lives on; what it has dropped does not.
    def drops():
        x = C()
        r = weakref.ref(x)
        [x, [x, (x, {"x": x})]]
        del x
        yield r

    g = drops()
    r = next(g)
    gc.collect()
    report("dropped by a suspended generator", r)
    print(list(g))


def inside():
    def drops():
        x = C()
        r = weakref.ref(x)
        f = [x, r, (x, x)]
        del x, f
        gc.collect()
        yield r() is None

    print("dropped in a running generator", list(drops()))


def closure():
    x = C()

    def inner():
        return x

    inner()
    r, s = weakref.ref(x), weakref.ref(inner)
    x = None
    gc.collect()
    report("cell's content", r)
    del inner
    gc.collect()
    report("closure", s)


def exception():
    class E(Exception):
        pass

    try:
        x = C()
        r = weakref.ref(x)
        raise E(x)
    except E as e:
        s = weakref.ref(e)
        x = None
        gc.collect()
        print("held by the exception", r() is not None)
    gc.collect()
    report("exception", s)
    report("its argument", r)


def traceback():
    def fail(n):
        x = C(n)
        refs.append(weakref.ref(x))
        if n:
            fail(n - 1)
        raise ValueError(n)

    refs = []
    try:
        fail(3)
    except ValueError:
        gc.collect()
        print("held by the traceback", [r() is not None for r in refs])
    gc.collect()
    print("traceback", [r() is None for r in refs])


def container(make):
    x = C()
    r = weakref.ref(x)
    held = make([x, 1])
    del x
    gc.collect()
    print("held", r() is not None)
    del held
    gc.collect()
    report("container", r)


def own_iterator(make):
    x = C()
    r = weakref.ref(x)
    held = make([x, 1])
    x.iterator = iter(held)
    del x, held
    gc.collect()
    report("iterator in its own container", r)


def view(kind):
    x = C()
    r = weakref.ref(x)
    d = {x: x}
    v = kind(d)
    next(iter(v))
    x.view = v
    del x, d, v
    gc.collect()
    report("view", r)


def containers():
    for make in (list, tuple, deque, set, frozenset, iter, lambda it: {1: it[0]}, lambda it: zip(it, it)):
        copied(container)(make)
    for make in (set, list, deque, tuple, dict.fromkeys):
        copied(own_iterator)(make)
    for kind in dict.keys, dict.values, dict.items:
        copied(view)(kind)


def from_list():
    items = [C(i) for i in range(5)]
    refs = [weakref.ref(x) for x in items]
    items.pop()
    gc.collect()
    print("popped", [r() is None for r in refs])
    items[1:3] = []
    gc.collect()
    print("cut out", [r() is None for r in refs])
    items.clear()
    gc.collect()
    print("cleared", [r() is None for r in refs])


def from_deque():
    d = deque(C(i) for i in range(4))
    refs = [weakref.ref(x) for x in d]
    d.popleft().values
    d.rotate(1)
    del d[-1]
    gc.collect()
    print("deque", [r() is None for r in refs])


def from_dict():
    d = {i: C(i) for i in range(4)}
    refs = [weakref.ref(x) for x in d.values()]
    d.pop(0)
    d[1] = None
    d.popitem()
    gc.collect()
    print("dict", [r() is None for r in refs])
    d = weakref.WeakValueDictionary()
    d["a"] = held = C()
    d["b"] = C()
    gc.collect()
    print("weak values", sorted(d))
    del held
    gc.collect()
    print("weak values", sorted(d))


def argument():
    def callee(x):
        r = weakref.ref(x)
        x = None
        gc.collect()
        return r

    report("argument of a Python function", callee(C()))

    class Takes:
        def __init__(self):
            x = C(self)
            self.ref = weakref.ref(x)
            del x
            gc.collect()
            self.gone = self.ref() is None

        def method(self, x, *, y):
            refs = weakref.ref(x), weakref.ref(y)
            del x, y
            gc.collect()
            return [r() is None for r in refs]

    print("local variable of an initialiser", Takes().gone)
    print("arguments of a method", Takes().method(C(), y=C()))


def result():
    def make():
        return C(C(), [C()])

    refs = [weakref.ref(make()), weakref.ref(make().values[0]), weakref.ref(make().values[1][0])]
    gc.collect()
    print("results", [r() is None for r in refs])


def deep(n):
    # The stacks, value and native, are dirtied further up.
    if n:
        return [deep(n - 1), C(n)]
    return [sorted([C(i) for i in range(20)], key=lambda c: c.values)]


def after_depth():
    held = deep(30)
    refs = []
    while True:
        refs += [weakref.ref(x) for x in held if isinstance(x, C)]
        if not isinstance(held[0], list):
            break
        held = held[0]
    x = held = None
    gc.collect()
    print("after depth", len(refs), all(r() is None for r in refs))


def finalizers():
    seen = []

    class F:
        def __init__(self, name):
            self.name = name
            self.me = self

        def __del__(self):
            seen.append(self.name)

    x = F("f")
    r = weakref.ref(x, lambda _: seen.append("callback"))
    weakref.finalize(x, seen.append, "finalize")
    del x
    gc.collect()
    print("finalizers", sorted(seen), r() is None)


def by_name():
    x = C()
    r = weakref.ref(x)
    del x
    gc.collect(generation=2)
    report("with a keyword", r)


def ten_more(refs):
    refs += [weakref.ref(x) for x in map(C, range(10))]
    gc.collect()
    print("loop", sum(r() is None for r in refs))


def in_loop():
    refs = []
    for i in range(5):
        copied(ten_more)(refs)


def coroutine():
    async def wait(x):
        await asynchronous(weakref.ref(x))

    class asynchronous:
        def __init__(self, r):
            self.r = r

        def __await__(self):
            yield self.r

    c = wait(C())
    r = c.send(None)
    gc.collect()
    print("held by a coroutine", r() is not None)
    c.close()
    del c
    gc.collect()
    report("coroutine", r)


for test in (instance, deleted, slots, cycle, subclasses, generator, suspended, inside, closure, exception, traceback,
             containers, from_list, from_deque, from_dict, argument, result, after_depth,
             finalizers, by_name, in_loop, coroutine):
    test()

x = C()
r = weakref.ref(x)
x = None
gc.collect()
report("at module level", r)

# Natives that call `gc.collect` keep what they hold.
print(list(map(lambda i: (gc.collect(), [i, C(i).values])[1], range(3))))
print(all(type(n) is int for n in map(gc.collect, [0, 1, 2])))
print([str(n).isdigit() for n in map(gc.collect, [0, 1, 2])])
print(sorted([C(3), C(1), C(2)], key=lambda c: (gc.collect(), c.values[0])[1])[0].values)


class Index:
    def __index__(self):
        gc.collect()
        return 0


print(type(gc.collect(Index())), [10, 20][Index()])
gc.callbacks.append(lambda phase, info: gc.collect(0) if info["generation"] else None)
print(type(gc.collect()), type(gc.collect(1)))
gc.callbacks.clear()
