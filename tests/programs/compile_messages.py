import warnings
def t(src,mode='exec',**k):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        try:
            compile(src,'f',mode,**k); r='ok'
        except SyntaxError as e: r=('SE',e.msg,e.lineno,e.offset,e.end_lineno,e.end_offset)
    print(repr(src)[:60], r, [(x.lineno,str(x.message)) for x in w])
for s in ("1 + 2", "\n1 + 2", "1 + 2\n", "1 + 2\n\n", "1 + 2\t\t\n", "1 + 2\t\t\n        ", "1 + 2 # one", "1; 2","def f():\n   pass","while False:\n   pass","if x:\n   f(x)","if x:\n   f(x)\nelse:\n   g(x)","class T:\n   pass","c = '''\na=1\nb=2\nc=3\n'''", "async def f():\n  pass","with a as b:\n  a=1","async with Lock() as l:\n    a = 1"):
    t(s,'single',flags=0x2000)
for s in """[(1, 2) (3, 4)]
[(x, y) (3, 4)]
[[1, 2] (3, 4)]
[{1, 2} (3, 4)]
[{1: 2} (3, 4)]
[[i for i in range(5)] (3, 4)]
[{i for i in range(5)} (3, 4)]
[(i for i in range(5)) (3, 4)]
[{i: i for i in range(5)} (3, 4)]
[f"{x}" (3, 4)]
["abc" (3, 4)]
[b"abc" (3, 4)]
[... (3, 4)]
[t"{x}" (3, 4)]
[t"x={x}" (3, 4)]
[{1, 2} [i, j]]
[(lambda x, y: x) [i, j]]
[123 [i, j]]
[t"{x}" [i, j]]
[t"x={x}" [i, j]]
[[1, 2] [(lambda x, y: x)]]
[[1, 2] [f"{x}"]]
[[1, 2] [t"{x}"]]
[[1, 2] [3, 4]]
[[1, 2] [...]]
[(lambda x, y: x) (3, 4)]""".split('\n'): t(s)
for s in ("(*x),y = 1, 2","(((*x))),y = 1, 2","z,(*x),y = 1, 2, 4","z,(*x) = 1, 2","((*x),y) = 1, 2","(*x)","f((*x))", "print((*x))","x = (*y)", "(*x) + 1", "def f(): (yield bar) = y","(yield) = 1","x = (yield) = 1","class A[**P: int]: pass","def f[**P: int](): pass","type A[*Ts: int] = 1","class A[*Ts: int]: pass", "class A[**P: (int,str)]: pass","for x im n:\n pass","exec {1:(foo.)}","if 1:\n  exec {1:(foo.)}","0is x","1in x","0or x","0 if 1else 2","1_000if x else 1", "1if 2else 3"): t(s)
for s in ("def f(): pass", "if x:\n  f(x)\nelse: g(x)", "if x: pass\n", "def f(): pass\n", "1\n2", "def f():\n\n  pass", "class A:\n\tx = 1"):
    t(s, 'single')
for s in ("def f(): pass","def f():\n  pass","if x:\n  f(x)\nelse: g(x)","class A: x=1  "):
    for fl in (0,0x200,0x4200):
        try: compile(s,'f','single',flags=fl); print(repr(s),fl,'ok')
        except SyntaxError as e: print(repr(s),fl,type(e).__name__,e.msg,e.lineno,e.offset,e.end_lineno,e.end_offset,repr(e.text))
