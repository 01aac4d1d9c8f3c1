"""Writes tests/data/syntax_errors.txt from CPython 3.14: what it says about wrong programs. Run with that Python and its tests.

Tab-separated, backslashes escaped: mode, source, class, message, line, column, end line, end column.
"""
import doctest, os, sys, warnings

MORE = r'''
a b|x=1\na b\nc|(a,\n|if 1:\npass|if 1:\n|"abc|"""abc\n|  a|if 1:\n    a\n  b\n|f()=1|f() += 1|if x = 1: pass|if 1\n  pass|def f(:
return|a = 1 +|1 1|x = )|(]|for x in y\n a|class A\n pass|None = 1|del f()|f(a for a in b, c)|f(a=1, b)|f(**a, *b)|def f(a=1, b): pass
print 1|import|from x import|else: 1|x = [1,\n2|f'{a'|f'{}'|f'}'|é b|0777|1a|0x|1_|a?|a = $|\\ a|"\\x"|b"é"|"\\N{foo}"|"\\u12"|try: pass\n
with a as f(): pass|async x|lambda x=1, y: 1|a:b:c|(a, b): int|x = yield = 1|a=1;;|raise x from|\ta\n|if 1:\n\ta\n        b\n|for 1 in x: pass
[x for 1 in y]|a = b = 1 = c|{1:2, 3}|{**a for x in y}|case 1: pass|match x:\n case 1: pass\n foo|def f():\n|while 1:\nx|with a:\nx|class A:\nx|try:\nx
def f(x, x): pass|x=1\nglobal x|nonlocal x|break|continue|await x|yield|from __future__ import foo|x=1\nfrom __future__ import annotations|*a|*a = 1
a, b += 1|f(x y)|[a b]|(a b)|{a b}|x = 5 if y|import a.b as c.d|from . import *, a|def f():\n  from a import *|a not b|a = b.|if True:\n  x\n y|not
pass a|x = "abc\n|x = f'abc\n|if a:\n    pass\nelif b\n    pass|@\ndef f(): pass|f(a.b=1)|f(True=1)|f(1=2)|(yield) = 1|a = *b|print(a|foo(1, 2
d = {'a': 1\nx = 2|def f(a, *): pass|def f(**a, b): pass|def f(*a, *b): pass|x++|x = 1 2|except: pass|elif x: pass|a <> b|exec "x"|class f(a b): pass
with open(x) as f, : pass|try: pass\nexcept: pass\nexcept A: pass|True = 1|"a" b|x = {1, 2: 3}|'\\|if (a:\n pass|if x:\n  a\n else:\n  b|while True print(1)
def f()\n  return 1|def f:\n  pass|for i in range(3) print(i)|x = (1, 2|y = [1, 2)|print('hi'|name = 'it's'|if x == 1\n    y|return = 1|class = 3|1 = x|"a" = 1
f(x) = 2|a + b = c|x = = 1|x == 1 = y|for in x: pass|import os.|from os import (a, b|lambda|def 1f(): pass|x = 1 if|a = [1, 2, 3|if a: b else: c
try:\n  a\nexcept\n  b|try:\n  a\nfinally\n  b|else:\n  a|else\n  a|with a\n  b|async def f()\n pass|x = 'a' 'b|a = {1: 2, 3: }|a = {1: 2, : 3}|a = {1:}
print "hello"|print x, y|raise A, B|f(a, b=1, c)|f(a for b in c, d)|class A(:\n pass|def f(a b): pass|def f(a, a): pass|x = "\xa0|a = 1\xa0+ 2|“x”|a = 5 €
x = 1 if 1 else return 2|x = 1 if 1 else import a|def f(/): pass|lambda /: None|def f(*, /, a): pass|import (os, sys)|from x import None|for x if n:\n pass|x: int = y = 1
def g(): yield from (), 1|def g(): f(yield from (), 1)|from t import x,try, and 3|lambda (None,): None|match x:\n case 0+0: pass|match x:\n case 0j+0: pass|1e+|1.0e+_1
f"\\xZZ"|f"a{x}b\\N{NOPE}{y}"|f"""abc\ndef\\xZZ"""|"\\N{DELTA"|b"\\x0"|if(a={x: for x in {}}): pass|f(**a, *)|(x for x in y z)|[x for a.b if c]|f(a, (b)=1)|f(a, b.c=1, d)
if 1:\n pass\nelse: pass\nelif 2: pass|while 1:\n pass\nelse:\n if 1:\n  pass\n elif 2: pass\nelif 3: pass|lambda a, *: 0|lambda *, **k: 0|import a, b.c from d|type A[] = int|def f[]: pass
with (a as b.c, d as 1): pass|match x:\n case [1 as a.b]: pass|if x and y.z = 1: pass|while not x[0] = 1: pass|{**a for b in c}|{a: b, *c}|x = {1: 2, **a, 3}|if 1:\n  if 2:\nx
'''
CASES = [("exec", eval('"""' + s.replace('"', '\\"').replace("\\\\\"", '\\"') + '"""')) for s in MORE.strip("\n").replace("\n", "|").split("|")]
CASES += [("eval", s) for s in ("", "a = 1", "1 +", "x y", "(", "pass", "a; b")]
CASES += [("single", s) for s in ("a=1\nb=2", "if 1:\n a\nb", "x = (", "def f():\n")]


def doctests():
    from test import test_syntax, test_exceptions
    for module in (test_syntax,):
        for test in doctest.DocTestFinder(recurse=False).find(module):
            for example in test.examples:
                if example.exc_msg and "Error" in example.exc_msg:
                    yield "single", example.source


def escape(s):
    return s.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


warnings.simplefilter("ignore")
out = open(os.path.join(os.path.dirname(__file__), "../tests/data/syntax_errors.txt"), "w")
for mode, source in CASES + list(doctests()):
    try:
        compile(source, "<string>", mode, dont_inherit=True)
    except SyntaxError as e:
        row = (mode, source, type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset)
        out.write("\t".join(escape(str(f)) for f in row) + "\n")
