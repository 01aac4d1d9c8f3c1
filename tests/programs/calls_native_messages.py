import itertools,sys
def t(f,*a,**k):
    try: print(f(*a,**k))
    except BaseException as e: print(type(e).__name__, e)
t(itertools.product, 0, repeat=1, foo=2)
t(ImportError, 0, name=1, path=2, name_from=3, foo=3)
t(min, 0, default=1, key=2, foo=3)
t(print, 0, sep=1, end=2, file=3, flush=4, foo=5)
t(round, 1.0, 1, foo=5)
t(set, a=1)
class S(set): pass
t(S, sequence=())
class FS(frozenset): pass
t(FS, sequence=())
t(str, b'x','utf-8','ignore',encoding='ascii')
t(str, b"x", "utf-8", encoding="ascii")
t(str, 1,1,1)
t(str, test=1)
t(str, "too", "many", "argu", "ments")
t(str, 1, "", "", 1)
t(str, b"x", "utf-8", "strict", errors="ignore")
f=sys._getframe()
for n in ('f_trace_lines','f_trace_opcodes'):
    t(setattr,f,n,1)
    t(delattr,f,n)
import math
t(math.nextafter,1.0,math.inf,steps=-1)
for a,b,s in ((1.0,-math.inf,3),(-1.0,1.0,0),(1.0,float('inf'),2**62),(1.0,-float('inf'),2**64), (-1.0,1.0,2**63),(1,-1,2**64-1)):
    t(lambda: math.nextafter(a,b,steps=s))
t(lambda: ("%x" % 3.14)); t(lambda: '%f'%'x'); t(lambda:'%x' % 'x'); t(lambda:'%*d' % ('a',1)); t(lambda:'%c' % 3.0); 
t(lambda: '%.2147483648f' % 1.0); t(lambda: '%.9999999999999999999f'%1.0);t(lambda: '%9999999999999999999999f'%1.0)
def f(**k): return k
t(lambda: f(**{1:3}, **{1:5}))
import _suggestions
class L(list): pass
t(_suggestions._generate_suggestions, L(), "")
t(__import__('_imp').get_frozen_object, "x", b"6\'\xd5Cu\x12")
from collections import deque
t(lambda: KeyError.__new__(ValueError)); t(lambda: ValueError.__new__(KeyError)); t(lambda: list.__new__(dict)); t(lambda: object.__new__(int)); t(lambda: set.__new__(frozenset)); t(lambda: BaseException.__new__(ValueError)); t(lambda: OSError.__new__(ValueError)); t(lambda: complex.__new__(float)); t(lambda: staticmethod.__new__(classmethod)); t(lambda: object.__new__(ValueError));t(lambda: object.__new__(dict)); t(lambda: dict.__new__(__import__('collections').OrderedDict)); t(lambda:dict.__new__(int));t(lambda:dict.__new__(3));t(lambda:dict.__new__())
class A: pass
t(lambda: float.__new__(A)); t(lambda: A.__new__(int)); t(lambda: LookupError.__new__(KeyError))
t(zip, strict=1, foo=2); t(map, print, [], strict=1, foo=2); t(AttributeError, 1, name=1,obj=2,foo=3);t(AttributeError, 1, foo=3); t(NameError, 1, name=1,foo=3);t(NameError, 1, foo=3); t(ImportError,1,foo=3); t(max,1,foo=2); t(min,foo=2);t(zip,foo=2); t(StopIteration,1,foo=2);t(__import__('itertools').zip_longest,fillvalue=1,foo=2);t(__import__('itertools').chain,foo=2);t(__import__('functools').partial,print,foo=2)
class Evil(str):
    def __str__(self):
        self.act()
        return 'x'
for cls, obj in ((UnicodeDecodeError, b'ab'), (UnicodeEncodeError, 'ab'), (UnicodeTranslateError, 'ab')):
    for act in ('del', 'none', 'num'):
        ev = Evil('utf-8')
        e = cls(obj, 0, 1, ev) if cls is UnicodeTranslateError else cls(ev, obj, 0, 1, 'r')
        def change():
            if act == 'del': del e.object
            elif act == 'none': e.object = None
            else: e.object = 3
        ev.act = change
        t(str, e)
for v in ("frozenset()", "0", "[]", "None"):
    t(exec, "globals()['__conditional_annotations__'] = %s\nx: int" % v, {})
class E:
    @property
    def __eq__(self): raise AttributeError('no')
class V:
    @property
    def __eq__(self): raise ValueError('no')
t(lambda: E() == E()); t(lambda: V() == V()); t(lambda: E() != 3)
