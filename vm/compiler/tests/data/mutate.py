from __future__ import annotations
import os.path as p, sys
x: int = 1_000 + 0x1f - 1e-3j
@decorate(1)
def f[T: int](a, b: str = 'x', /, *args, c=2, **kw) -> T:
    """Doc."""
    global g
    with open(a) as h, b:
        for i, (j, *k) in enumerate(args):
            yield i + j, f"{i!r:>{j}}{k=}", {**kw, "x": 1}, {1, *k}, [*k, 1][1:2, ...]
        else:
            g = lambda q, *r: (yield q)
    try:
        return c if (n := len(a)) > 1 else d
    except (ValueError, TypeError) as e:
        raise RuntimeError("x") from e
    finally:
        del a, b[0], c.d
class A(B, metaclass=M):
    y = [z for z in range(3) if z if not z]
    async def m(self):
        async with self as s:
            async for i in s: await i
        match s:
            case {"a": 1, **rest} if rest: pass
            case [1, *_, -2] | A(z=3) as w: pass
            case _: print(t"{w}", b'\x00', sep='')
while x < 2 <= y and not z or w is not None: x += 1; continue
assert x, "no"
type L[X] = list[X]
