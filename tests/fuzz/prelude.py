"""What the programs of generate.py begin with."""
# What programs begin with. A fork server runs it once for all of them.
SHARED = '''\
import math
import sys
from array import array
NAN, INF = float("nan"), float("inf")
LOG = []


def show(v, depth=3):
    if isinstance(v, (list, tuple)):
        return type(v).__name__ + "(" + ", ".join([show(x, depth - 1) for x in v[:30]]) + ") of %d" % len(v)
    if isinstance(v, dict):
        return "{" + ", ".join([show(k) + ": " + show(x, depth - 1) for k, x in list(v.items())[:12]]) + "} of %d" % len(v)
    if isinstance(v, Base):
        inside = sorted((k, show(x, depth - 1)) for k, x in state(v).items()) if depth > 0 else "..."
        return type(v).__name__ + str(inside)
    if isinstance(v, (int, float, str, bytes, bytearray, array)) or v is None:
        return repr(v)[:200]
    return type(v).__name__


def state(v):
    found = {}
    for k in ("x", "y", "z", "w"):
        try:
            found[k] = object.__getattribute__(v, k)
        except AttributeError:
            pass
    return found


class Base:
    def __repr__(self):
        return type(self).__name__


def run(f, *args):
    try:
        print(f.__name__, show(f(*args)))
    except Exception as e:
        lines = []
        tb = e.__traceback__.tb_next
        while tb:
            lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
            tb = tb.tb_next
        print(f.__name__, type(e).__name__, str(e)[:300], lines[:5], len(lines))
    if LOG:
        print(len(LOG), LOG[:30], LOG[-3:])
        LOG.clear()


'''
PRELUDE = '''\
def peek(*names):
    f = sys._getframe(1)
    LOG.append((f.f_code.co_name, f.f_lineno, [k + "=" + show(v) for k, v in sorted(f.f_locals.items())]))
    if f.f_back.f_code.co_name != "run":
        LOG.append([k + "=" + show(v) for k, v in sorted(f.f_back.f_locals.items()) if k != "peeked"])
    return 1


def poke(name, value, depth=1):
    f = sys._getframe(depth)
    if name in f.f_locals:
        f.f_locals[name] = value
    return 1


class Guard:
    def __init__(self, swallow):
        self.swallow = swallow

    def __enter__(self):
        return 3

    def __exit__(self, kind, value, tb):
        LOG.append(kind.__name__ if kind else "fine")
        return self.swallow and kind is not None and issubclass(kind, ArithmeticError)
'''


ASYNCHRONOUS = '''\
class Turns:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.n -= 1
        if self.n < 0:
            raise StopAsyncIteration
        return self.n

    def __await__(self):
        yield self.n
        return self

    async def __aenter__(self):
        return await self

    async def __aexit__(self, *of):
        return False


def drive(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as end:
        return end.value


'''
