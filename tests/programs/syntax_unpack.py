# Assignment, unpacking, deletion; and what is no syntax.
def show(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)


def run(code, **ns):
    try:
        exec(code, ns)
        ns.pop("__builtins__", None)
        print(code.replace("\n", "; "), "->", {k: v for k, v in ns.items() if not callable(v)})
    except BaseException as e:
        print(code.replace("\n", "; "), "->", type(e).__name__, e)


for code in ("a, b = 1, 2", "a, b = b, a = 1, 2", "[a, b] = 'xy'", "(a, (b, c)) = 1, (2, 3)", "a, *b = 1, 2, 3", "*a, b = 1, 2, 3", "a, *b, c = 1, 2", "*a, = 'abc'", "a, b = 1", "a, b = 1,", "a, b = 1, 2, 3", "a, *b, c = 1,", "a, b = {1: 2, 3: 4}", "a, b = iter([1, 2])", "a, b = iter([1])", "a, b, *c = iter([1])", "a = b = c = []", "() = []", "[] = ()", "() = 1", "() = [1]", "for a, (b, *c) in [(1, (2, 3, 4))]: pass", "a, b = (i for i in range(2))", "a, b = (i for i in range(9))", "x = 1, *[2, 3], *'ab'", "x = [*range(3), *{}]", "x = {*'aab'} == set('ab')", "x = {**{'a': 1}, 'b': 2}", "*a, *b = 1", "*a = [1]", "a, b += 1", "(a) = 1", "(a, b) = [1, 2]", "d = {}; d['k'], l = 1, 2", "l = [0, 0]; l[0], l[1] = 5, 6", "i = 0; a = [1, 2]; i, a[i] = 1, 9", "x: int = 5", "x: int", "(x): int = 5", "x.y: int = 5", "a, b: int", "x = y: int = 1", "x = yield", "x = (y := 5)", "x = y := 5", "(x := 1, 2)", "x = [y := 1, y ** 2]", "print(a := 1)", "[(i := j) for j in range(3)]", "[i := 0 for i in range(3)]", "def f(): [(z := j) for j in range(3)]; return z\nx = f()", "del a", "a = 1; del a, ", "a = b = 1; del (a, b)", "a = [1, 2, 3]; del a[0], a[0]", "del 1", "del f()", "del (a, 1)", "1 = x", "f() = 1", "None = 1", "True = 1", "x + 1 = 2", "'a' = 1", "[1, 2] = x", "(a, 1) = x", "a if b else c = 1", "lambda: 0 = 1", "{1: 2} = x", "f'{x}' = 1", "... = 1", "-x = 1", "a and b = 1", "a < b = 1", "__debug__ = 1", "x = *a", "x = *a,", "f(**a, *b)", "f(a=1, 2)", "f(a=1, a=2)", "f(**a, b)", "def f(a, a): pass", "def f(a=1, b): pass", "def f(*, **k): pass", "def f(*): pass", "def f(a, *, b, *c): pass", "def f(a, /, b, /): pass", "def f(**k, a): pass", "lambda a, a: 1", "return 1", "yield 1", "await x", "break", "continue", "for x in y: pass\nelse: break", "async def f(): yield from x", "def f(): await x", "class C: return 1", "nonlocal x", "from __future__ import nope", "from x import *, y", "def f(): from x import *", "import a.b as c.d", "x = 5 5", "if x = 1: pass", "else: pass", "try: pass", "try: pass\nexcept: pass\nexcept E: pass", "try: pass\nexcept* E: pass\nexcept F: pass", "with x as 1: pass", "for 1 in x: pass", "print 'x'", "exec 'x'", "a b", "(a b)", "[a b]", "{a b}", "{1, 2: 3}", "x = {", "x = (", "x = ]", "x = (]", "'abc", '"""abc', "0777", "1_", "1__0", "0b2", "0xg", "1e", "1.2.3", "1a", "a$b", "a?b", "é = 1", "x\n  y", "  x", "if x:\npass", "def f():\npass", "\tx", "if 1:\n\tx\n        y", "a\\ b", "match x:\n case 1: pass\n case _: pass", "match x:\n case _: pass\n case 1: pass", "match x:\n case a | b: pass", "match x:\n case a, a: pass", "match x:\n case {**a, 'b': 1}: pass", "match x:\n case C(a=1, 2): pass", "match x:\n case C(a=1, a=2): pass", "match x:\n case -a: pass", "match x:\n case *a, *b: pass", "type X = int", "type X[T] = list[T]", "type X[T, T] = 1", "def f[T: int](): pass", "class C[T, *Ts, **P]: pass", "def f[T=int, S](): pass", "type X = yield", "try:\n  pass\nfinally:\n  return", "while 1:\n try: pass\n finally: break"):
    run(code)
