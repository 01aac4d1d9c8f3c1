# Scopes of comprehensions and generator expressions.
x = "module"
print([x for x in range(3)], x, {x: x for x in "ab"}, x, {x for x in "a"}, x, list(x for x in "q"), x)
def f(x):
    a = [x for x in range(x)]
    b = [y + x for y in a for x in (10,)]
    c = [lambda: x for x in range(3)]
    return a, b, [g() for g in c], x, sorted(locals())
print(f(3))
class C:
    x = "class"
    a = [x for _ in range(1)]
    b = [y for y in x]
    c = [[x, y] for y in x[:1]]
    d = list(x for _ in range(1))
    e = [z for z in (lambda: x)()] if True else 0
    f = {k: x for k in "a"}
    locs = [sorted(k for k in locals() if not k.startswith("_")) for i in range(1)]
print(C.a, C.b, C.c, C.d, C.e, C.f, C.locs)
print([[i * j for j in range(3)] for i in range(3)], [i for i in range(20) if i % 2 if i % 3], [(i, j) for i in range(3) for j in range(i)], [i for i, in [(1,)]], [a + b for a, *b, c in ["xyz"] for a, b in [(a, c)]])
def g():
    try: return [undefined_thing for _ in range(1)]
    except NameError as e: return str(e)
print(g())
def h():
    print([i for i in range(2)], "i" in locals()); i = 5; print([i for i in range(2)], i)
    r = [(lambda: i)() for i in range(2)]; return r, i
print(h())
def late():
    fs = [(lambda: n) for n in range(3)]; return [f() for f in fs]
print(late())
def exc():
    try: [1 / i for i in (1, 0)]
    except ZeroDivisionError as e: return e.__traceback__.tb_lineno - exc.__code__.co_firstlineno, e.__traceback__.tb_next
print(exc())
async def ag():
    for i in range(3): yield i
async def co():
    a = [i async for i in ag()]; b = {i: i async for i in ag() if i}; c = [j for j in [i async for i in ag()]]; d = [x async for x in (y async for y in ag())]; return a, b, c, d
try: co().send(None)
except StopIteration as e: print(e.value)
def gen():
    r = yield 1
    print("got", r)
g2 = gen(); next(g2)
try: g2.send(5)
except StopIteration: pass
print([*(y := [1, 2]), y], [y := i for i in range(3)] and y)
def nested():
    v = 1
    def inner(): nonlocal v; v += 1; return [v for _ in range(2)]
    return inner(), v
print(nested(), sum(i for i in range(5)), any(i > 3 for i in range(5)), all(i for i in range(5)), tuple(i for i in "ab"), max(i for i in (1, 5, 2)), dict((i, i) for i in "a"), sorted((-i for i in range(3)), key=lambda q: q))
def genexp_args(it): return (i for i in it)
try: genexp_args(5)
except TypeError as e: print(e)
ge = (i / 0 for i in range(2))
try: next(ge)
except ZeroDivisionError as e: print(e, e.__traceback__.tb_next.tb_frame.f_code.co_name)
print(ge.__name__, ge.__qualname__, list(ge))
class D:
    y = 1
    def m(self): return [self.__class__.__name__ for _ in range(1)], [__class__.__name__ for _ in range(1)], [super(D, self).__init__() for _ in range(1)], [super().__init__() for _ in range(1)]
print(D().m()); import sys
def frames(): return [sys._getframe().f_code.co_name for _ in range(1)], list(sys._getframe().f_code.co_name for _ in range(1))
print(frames())
def shadow():
    i = "outer"; l = [i for i in range(2)]
    try: [i for i in 1]
    except TypeError as e: print(e)
    return i, l, [locals().get("i") for k in range(1)]
print(shadow()); print([i for i in range(3) if (j := i) > 0], j)
