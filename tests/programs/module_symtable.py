# _symtable and symtable.
import _symtable, symtable
src='''
import os
x = 1
def f(a, b: int = 2, *c, d, **e):
    global g
    y = [i for i in a]
    def h():
        nonlocal y
        return y + x + a
    (yield)
    return lambda z: z + b
class C[T](object):
    attr: int = x
    def m(self): return __class__, attr
    async def n(self): await x
type A[U] = list[U]
print(undefined)
z: int
'''
t=_symtable.symtable(src,'f','exec')
def show(t,ind=0):
    print(' '*ind, t.name, t.type, t.lineno, t.nested, sorted(t.symbols.items()) if 0 else list(t.symbols.items()), t.varnames, [x for x in dir(t) if x[0]!='_'])
    for c in t.children: show(c,ind+2)
show(t)
print(type(t), isinstance(t.id, int), repr(t)[:19], [n for n in dir(_symtable) if n[0]!='_'])
def e(*a):
    try: print(_symtable.symtable(*a).name)
    except Exception as x: print(type(x),x)
e(); e('a','b'); e('a b','f','exec'); e('a','f','x'); e(1,'f','exec'); e('a',1,'exec'); e('return','f','exec'); e('a','f',1)

top = symtable.symtable(src, "f", "exec")
f = top.get_children()[1]
print(f, f.get_parameters(), f.get_locals(), f.get_globals(), f.get_frees(), f.get_nonlocals(), f.is_optimized(), f.has_children())
for s in f.get_symbols():
    print(s, s.is_parameter(), s.is_local(), s.is_global(), s.is_declared_global(), s.is_free(), s.is_assigned(), s.is_referenced(), s.is_annotated())
c = top.lookup("C").get_namespaces()
print(c, top.lookup("x").is_namespace(), top.get_type(), top.get_lineno())
outer = symtable.symtable("def o(x):\n class A:\n  x = x\n  def m(self): return x\n  __p = 1\n", "f", "exec").get_children()[0]
print([sorted(t._table.symbols.items()) for t in [outer] + outer.get_children()])
