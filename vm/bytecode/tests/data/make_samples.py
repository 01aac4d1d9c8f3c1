"""Writes samples.marshal: one tuple of code objects that use most opcodes. Run with CPython 3.14."""
import marshal

SOURCES = ['''
import os, sys as system
from os.path import join, split as cut
x: int = 1
def f(a, b=2, *args, c, d=4, **kw) -> "int":
    """Doc."""
    global G
    try:
        with open(a) as h, b:
            for i, (j, *k) in enumerate(args):
                if not i: continue
                yield i + j, k[1:2], f"{i!r:>{j}}{k}", {**kw, "x": 1}, {1, *k}, [*k, 1]
            else:
                G = lambda: (yield a)
    except (ValueError, TypeError) as e:
        raise RuntimeError("x") from e
    except* OSError if False else KeyError:
        pass
    finally:
        del a
    return c(*args, **kw) if d else c(1, k=2)
'''.replace("    except* OSError if False else KeyError:\n        pass\n", ""), '''
class A[T: int, *Ts, **P](object, metaclass=type):
    y: T
    def __init__(self): super().__init__(); self.z = [q for q in range(3) if q]; self.z[0] += 1
    async def m(self):
        async with self as s:
            async for i in s: await i
        return [x async for x in s], t"{s!r}"
    def n(self):
        def g(): nonlocal v; v += 1; return __class__
        v = 1
        match self:
            case {"a": 1, **rest}: pass
            case [1, *_, 2] | A(z=3): pass
            case _: print(v, g)
        try: assert v, "no"
        except* ValueError as e: pass
        return {k: w for k, w in self}, any(x for x in self), -v, ~v, +v, v is None, v in self, v < 2 <= 3, 1 << 300, 2.5j
type B[X] = list[X]
''']
codes = tuple(compile(s, "sample.py", "exec", optimize=0) for s in SOURCES)
open(__file__.replace("make_samples.py", "samples.marshal"), "wb").write(marshal.dumps(codes))
