# Frames with objects in hot code: tracebacks and f_back show the variables as they were when each function ended.
import sys


class Node:
    parent = None
    _document = None

    @property
    def document(self):
        try:
            return self._document or self.parent.document
        except AttributeError:
            return None

    def setup_child(self, child):
        child.parent = self
        if self.document:
            child.document = self.document
        return child


def build(n):
    a, b, c = Node(), Node(), Node()
    b.parent = a
    for _ in range(n):
        assert b.setup_child(c).parent is b
    return c.document


print(build(3000))


def fails(x):
    y = x * 2
    if y > 0:
        raise ValueError(y)
    return y


def catches(n):
    before = n + 1
    try:
        fails(n)
    except ValueError as e:
        caught = e
    after = before * 10
    before = -before
    return caught, after


def chain(e):
    found = []
    tb = e.__traceback__
    while tb:
        variables = {k: v for k, v in tb.tb_frame.f_locals.items() if k not in ("e", "caught")}
        found.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno, variables))
        tb = tb.tb_next
    return found


def outer(n):
    total = 0
    for i in range(1, n):
        e, after = catches(i)
        total += after
    mark = total
    return e, mark


e, mark = outer(2000)
print(mark, chain(e))
f = e.__traceback__.tb_frame.f_back
print(f.f_code.co_name, f.f_locals["i"], f.f_locals["total"], f.f_locals["mark"])
print(f.f_back is sys._getframe())


# A frame that is seen while it runs, and changed.
def peeps(store):
    store.append(sys._getframe(1))


def seen(n, store):
    a = n
    if n % 500 == 499:
        peeps(store)
    b = a + 1
    a = b * 2
    return a


def run(n):
    store, total = [], 0
    for i in range(n):
        total += seen(i, store)
    return store, total


store, total = run(2000)
print(total, [(f.f_locals["a"], f.f_locals["b"], f.f_locals["n"]) for f in store])


def changes():
    sys._getframe(1).f_locals["x"] = "changed"


def changed(n):
    x = n
    if n % 700 == 699:
        changes()
    return x


print([v for v in map(changed, range(2100)) if v == "changed"], [changed(i) for i in range(1395, 1401)])


# The same with generators, and a frame that outlives an exception caught two frames above.
def generates(n):
    for i in range(n):
        try:
            fails(i)
        except ValueError as e:
            last = e
        yield i
    return last


def consume(n):
    result = yield from generates(n)
    yield result


*_, e = consume(1500)
print(chain(e))


def deep(n):
    local = n * n
    return deep(n - 1) if n else fails(1)


def shallow(n):
    kept = None
    for i in range(n):
        try:
            deep(3)
        except ValueError as e:
            kept = e
    return kept


print(chain(shallow(1000))[1:])
