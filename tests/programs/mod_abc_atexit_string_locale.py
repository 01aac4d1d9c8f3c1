import _abc
import atexit
import _string
import _locale
def e(f, *a, **k):
    try: print(f(*a, **k))
    except Exception as x: print(type(x).__name__, x)
class M(type):
    def __new__(m, name, bases, ns):
        c = super().__new__(m, name, bases, ns)
        _abc._abc_init(c)
        return c
    def register(c, s): return _abc._abc_register(c, s)
    def __instancecheck__(c, i): return _abc._abc_instancecheck(c, i)
    def __subclasscheck__(c, s): return _abc._abc_subclasscheck(c, s)
class A(metaclass=M):
    def f(self): pass
    f.__isabstractmethod__ = True
class B(A): pass
class C(A):
    def f(self): return 1
class D: pass
print(A.__abstractmethods__, B.__abstractmethods__, C.__abstractmethods__)
e(A); e(B); print(C().f(), isinstance(C(), A), isinstance(D(), A), isinstance(D(), A))
t = _abc.get_cache_token(); A.register(D); print(isinstance(D(), A), issubclass(D, A), _abc.get_cache_token() - t, issubclass(int, A))
e(A.register, 3); e(issubclass, 3, A); e(D.__class__, 1)
class S(metaclass=M):
    __abc_tpflags__ = 1 << 5
S.register(D)
match D():
    case [*_]: print('seq')
    case _: print('no')
class E(A): pass
e(E.register, A)
def f(*a, **k): print('exit', a, k)
atexit._clear(); atexit.register(f, 1, x=2); atexit.register(f); print(atexit._ncallbacks()); atexit._run_exitfuncs(); e(atexit.register); e(atexit.register, 3); atexit.register(f); atexit.unregister(f); print(atexit._ncallbacks())
print(list(_string.formatter_parser('a{b!r:>{w}}c{{}}{}')), _string.formatter_field_name_split('a.b[0][x]')[0], list(_string.formatter_field_name_split('0.b[0][x]')[1]))
e(_string.formatter_parser, 1)
print(_locale.setlocale(_locale.LC_NUMERIC), _locale.localeconv()['decimal_point'], _locale.strcoll('a', 'b'), _locale.nl_langinfo(_locale.RADIXCHAR)); e(_locale.setlocale, 0, 'xx_YY'); e(_locale.nl_langinfo, 12345678)
