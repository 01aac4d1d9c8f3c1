"""Generators and coroutines in compiled code: resumed, suspended, thrown into, closed, delegating, failing."""

import sys
import types


def count(n):
    for i in range(n):
        yield i
def evens(it):
    for x in it:
        if x % 2 == 0:
            y = yield x * 2
            if y: print("got", y)
def deleg(n):
    r = yield from count(n)
    yield ('r', r)
    return n
def tree(d):
    if d:
        yield from tree(d-1)
        yield d
        yield from tree(d-1)
def fails(n):
    for i in range(n):
        try:
            yield 10 // (3 - i % 5)
        except ZeroDivisionError as e:
            yield 'zero'
def closes(log):
    try:
        i = 0
        while True:
            yield i
            i += 1
    finally:
        log.append(i)
def main():
    t = 0
    for k in range(14):
        t += sum(count(20))
        t += sum(x*x for x in range(30))
        t += sum(evens(count(30)))
    print(t)
    for k in range(14):
        l = list(deleg(10))
    print(l)
    print(sum(tree(7)))
    print([x for x in fails(12)])
    for k in range(12):
        s = [x for x in fails(12)]
    print(s)
    log = []
    for k in range(14):
        for x in closes(log):
            if x > k: break
        del x
    import gc; gc.collect()
    print(sorted(log))
    g = evens(count(1000))
    next(g)
    for k in range(40): g.send(None)
    g.send('hello')
    print(g.gi_frame.f_lineno, g.gi_frame.f_locals['x'], next(g))
    try:
        g.throw(ValueError('v'))
    except ValueError as e:
        tb = e.__traceback__
        while tb:
            print(tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno)
            tb = tb.tb_next
    def bad(n):
        for i in range(n):
            yield i
        raise KeyError(n)
    for k in range(14):
        try:
            for x in bad(20): pass
        except KeyError as e:
            tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno)
        tb = tb.tb_next
    def stop(n):
        for i in range(n):
            yield i
        next(iter(()))
    for k in range(14):
        try:
            for x in stop(20): pass
        except RuntimeError as e:
            r = (repr(e), repr(e.__cause__))
    print(r)
    def rec(n):
        if n == 0: return
        for x in rec(n-1): yield x
        yield n
    print(sum(rec(60)))
    try:
        sys.setrecursionlimit(250)
        print(sum(rec(500)))
    except RecursionError as e: print(e)

class Steps:
    """An awaitable that suspends `n` times."""

    def __init__(self, n):
        self.n = n

    def __await__(self):
        total = 0
        for i in range(self.n):
            total += yield i
        return total


async def adds(n):
    total = 0
    for i in range(n):
        total += await Steps(i % 3)
    return total


def drives():
    for k in range(14):
        c = adds(12)
        got = []
        try:
            v = c.send(None)
            while True:
                got.append(v)
                v = c.send(len(got))
        except StopIteration as e:
            result = e.value
    print(got, result)


@types.coroutine
def pause():
    yield "pause"


async def agen(n):
    for i in range(n):
        yield i
        await pause()


async def consumes():
    for k in range(12):
        got = [x async for x in agen(8)]
    return got


def drives_async():
    c = consumes()
    pauses = 0
    try:
        while True:
            c.send(None)
            pauses += 1
    except StopIteration as e:
        print(pauses, e.value)


def kinds():
    """What a generator is sent and yields changes its kind while it is hot."""

    def average():
        total = count = 0
        value = yield None
        while True:
            total = total + value
            count += 1
            value = yield total / count if count % 7 else str(total)

    g = average()
    next(g)
    seen = [g.send(i) for i in range(40)]
    seen += [g.send(i / 2) for i in range(40)]
    seen += [g.send(2**60) for i in range(10)]
    print(seen[-12:], seen[30])


def looks():
    """A generator's frame is looked at, and its locals written, while it is suspended and while it runs."""

    def count(n):
        i = 0
        while i < n:
            me = sys._getframe()
            if i % 10 == 3:
                me.f_locals["i"] = i + 2
            yield i, me.f_back.f_code.co_name
            i += 1

    print([x for x in count(40)][-3:])
    g = count(1000)
    for k in range(100):
        next(g)
    g.gi_frame.f_locals["i"] = 990
    print(list(g)[-2:], g.gi_frame)


def again():
    """Resumed while it runs."""

    def me():
        for i in range(30):
            try:
                next(g)
            except ValueError as e:
                yield str(e)

    g = me()
    print(set(g))


main()
drives()
drives_async()
kinds()
looks()
again()
