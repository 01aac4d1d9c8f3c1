# Syntax trees: from sources with every kind of node, back to code objects, and the errors.
import ast
src = '''x = (y for y in z)
f(a for a in b)
f(a, (c for c in d), *e, k=1, **kw)
@dec
@dec2(1)
# comment
async def f(a, /, b: int=1, *args: str, c, d=2, **kw) -> int:
    """doc"""
    return a
@dec
class C[T: int = str, *Ts, **P](B, metaclass=M):
    x: int = 1
    (x): int
    a.b: int
if a:
    pass
elif b:
    pass
elif c: pass
else:
    q
s = 'a' "b" u"c"
u = u'x'
g = f'a{x!r:>{w}}b{y=}' 'c' f"{z}"
h = f"{x:abc}" 
i = f"""
{
 a + b
 }  {{lit}}
"""
t = t'hello {name!r:fmt} {a+b=}'
b = b'a' b'\\xff'
n = 0x10 + 1_000 + 99999999999999999999999 + 1.5e3 + 2j + 0o17
x[1:2, ::3, *a] = 1,
del (a), b.c, d[0]
with a as b, (c) as (d, e): pass
async def g():
    async with a: pass
    async for i in x: pass
    else: y
    return [i async for i in x if i if j]
try:
    pass
except* A as e:
    pass
try: a
except (A, B): b
except: c
else: d
finally: e
match x:
    case 1 | -1.5 | 1+2j | "s": pass
    case None | True: pass
    case [a, *_, b] if c: pass
    case {"k": v, **rest}: pass
    case C(1, x=2) as z: pass
    case a.b: pass
    case (a): pass
    case _: pass
    case (1, 2): pass
    case 1, *x: pass
import a.b as c, d
from . import x
from ..y import (z as w, v)
from m import *
type X[T] = list[T]
lambda x, *y, z=1, **k: (yield)
a if b else c
a < b <= c is not d not in e
not a and b or c
{**a, 1: 2}
{1, *b}
{a: b for a, b in c}
(x := 5)
global qq, rr
def nn(): 
    nonlocal x
    assert a, b
    raise E from F
    yield from x
    await z
x += 1
é = "ü" + y; z = 3
while 1: break
else: continue
...
a = b = c
print(f"{'a' 'b'}{x:{y}.{z}}")
x = \\
  1
f"{x!s}" f"{y}"
'a' f'b{x}c' 'd'
() ; (1,) ; 1, 2
'''
import sys


def t(f, *a, **k):
    try:
        print(repr(f(*a, **k))[:300])
    except BaseException as e:
        print(type(e).__name__, e)


tree = ast.parse(src)
print(ast.dump(tree, include_attributes=True))
print(ast.unparse(tree))
print(ast.dump(ast.parse("a; b", mode="single")), ast.dump(ast.parse("a", mode="eval")))
m=ast.Module(body=[],type_ignores=[]); print(compile(m, 'f', 'exec').co_consts)
# errors
t(compile, ast.Name('x'), 'f','exec')
t(compile, ast.Module(body=[ast.Expr(ast.Name('x',ast.Load()))],type_ignores=[]), 'f','exec')
t(compile, ast.Expression(ast.Constant(1,lineno=1,col_offset=0)), 'f','exec')
t(compile, ast.Expression(ast.Name('x',ast.Store(),lineno=1,col_offset=0)), 'f','eval')
t(compile, ast.Expression(1), 'f','eval')
t(compile, ast.Expression(None), 'f','eval')
e=ast.Expression(ast.BinOp(ast.Constant(1),ast.Add(),ast.Constant(2))); ast.fix_missing_locations(e); print(eval(compile(e,'f','eval')))
del e.body.op; t(compile,e,'f','eval')
e.body.op=5; t(compile,e,'f','eval')
x=ast.parse('1+2',mode='eval'); x.body.left='a'; t(compile,x,'f','eval')
x=ast.parse('f(a)'); x.body[0].value.args=5; t(compile,x,'f','exec')
x=ast.parse('f(a)'); x.body[0].value.args=[None]; t(compile,x,'f','exec')
x=ast.parse('a=1'); x.body[0].targets=[]; t(compile,x,'f','exec')
x=ast.parse('import a'); x.body[0].names=[]; t(compile,x,'f','exec')
x=ast.parse('if a: pass'); x.body[0].body=[]; t(compile,x,'f','exec')
x=ast.parse('a'); x.body[0].value.id=5; t(compile,x,'f','exec')
x=ast.parse('a'); x.body[0].value.id='None'; t(compile,x,'f','exec')
x=ast.parse('a'); x.body[0].value.lineno='x'; t(compile,x,'f','exec')
x=ast.parse('a'); x.body[0].value.end_lineno=0; t(compile,x,'f','exec')
x=ast.parse('1'); x.body[0].value.value=[1]; t(compile,x,'f','exec')
x=ast.parse('1'); x.body[0].value.value=(1,2.5,'x',b'y',None,True,...,frozenset({1}),3j,10**40); print(eval(compile(ast.Expression(x.body[0].value),'f','eval')))
x=ast.parse('a < b'); x.body[0].value.ops=[]; t(compile,x,'f','exec')
x=ast.parse('x: int'); x.body[0].simple=1; x.body[0].target=ast.parse('a.b').body[0].value; t(compile,x,'f','exec')
x=ast.parse('try: a\nfinally: b'); x.body[0].finalbody=[]; t(compile,x,'f','exec')
x=ast.parse('{1:2}'); x.body[0].value.keys=[]; t(compile,x,'f','exec')
x=ast.parse('lambda a=1:0'); x.body[0].value.args.args=[]; t(compile,x,'f','exec')


def same(a, b):
    names = ("co_code", "co_names", "co_varnames", "co_flags", "co_name", "co_qualname", "co_firstlineno", "co_stacksize",
             "co_freevars", "co_cellvars", "co_exceptiontable", "co_linetable")
    return all(getattr(a, n) == getattr(b, n) for n in names) and all(
        same(x, y) if isinstance(x, type(a)) else repr(x) == repr(y) for x, y in zip(a.co_consts, b.co_consts))


good = src.replace("    await z\n", "").replace("lambda x, *y, z=1, **k: (yield)\n", "").replace("    nonlocal x\n", "").replace("T: int = str", "T: int").replace("from m import *\n", "").replace("continue\n", "pass\n").replace("    case _: pass\n", "    case 7: pass\n").replace("    case (a): pass\n", "").replace("{1, *b}\n", "{1, *b}\n")
print(same(compile(good, "f", "exec", dont_inherit=True), compile(ast.parse(good), "f", "exec", dont_inherit=True)))
x = 5
value = "v"
print([i.expression for i in t"{ x }{x !r}{ (x) :>3}{ x = }{x=!r:5}{x  }".interpolations])
print(ast.literal_eval("[1, {2: (3, -4.5)}, 'x', {b'y'}, 1+2j, None]"))
t(ast.literal_eval, "a")
t(ast.parse, "a b")
t(ast.parse, "\0")
t(compile, ast.parse("return 1"), "f", "exec")


class Doubler(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.copy_location(ast.Constant(node.value * 2), node)


print(eval(compile(Doubler().visit(ast.parse("1 + 2 * 3", mode="eval")), "", "eval")))
n = ast.parse("x = 1").body[0]
print(n.targets[0].ctx is ast.parse("y = 1").body[0].targets[0].ctx, isinstance(n.value, ast.Constant), n.lineno, n.end_col_offset)
print(ast.get_source_segment("a = (b +\n c)", ast.parse("a = (b +\n c)").body[0].value))
print(ast.get_docstring(ast.parse("def f():\n    \'\'\'doc\n    more\'\'\'").body[0]))
t(compile, ast.parse("a"), "f", "eval")
print(type(compile(ast.parse("a"), "f", "exec", ast.PyCF_ONLY_AST)))
deep = "-" * 60 + "1"
print(eval(compile(ast.parse(deep, mode="eval"), "", "eval")))
