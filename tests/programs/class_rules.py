# Classes' smaller rules.
import gc
import sys
import types
import warnings


def attempt(function, *args):
    try:
        print(repr(function(*args)))
    except Exception as e:
        print(type(e).__name__, e)


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    type("Keys", (), {1: 2})
    print([str(w.message) for w in caught])
fromkeys = dict.__dict__["fromkeys"]
for args in ((None, None), (42,), (None, 42), (None, int), (None, dict)):
    attempt(lambda: fromkeys.__get__(*args)([1]))


class H:
    __slots__ = ["b", "a"]


class I:
    __slots__ = ["a", "b"]


class L(H):
    __slots__ = ["e"]


class M(I):
    __slots__ = ["e"]


def assign(value, cls):
    value.__class__ = cls
    return type(value).__name__


attempt(assign, H(), I)
attempt(assign, L(), M)


class Cell:
    __slots__ = ["__classcell__"]

    def __init__(self):
        super().__init__()


print(Cell.__dict__["__classcell__"], hasattr(Cell(), "__classcell__"))
attempt(type, "A\udcdcB", (), {})
attempt(type, "A", (), {"__doc__": "x\udcdcy"})


class A[T]:
    pass


A.__type_params__ = "whatever"
print(A.__type_params__, "__firstlineno__" in A.__dict__)
A.__module__ = "other"
print("__firstlineno__" in A.__dict__)


class Own(type):
    def mro(cls):
        return (B,)


class B:
    pass


attempt(lambda: Own("C", (), {}))
mod = types.ModuleType("mod")
mod.mod = len
attempt(mod)
attempt(iter, int | A)
attempt(lambda: "x".split(maxsplt=1))
print([gc.is_tracked(v) for v in ((), (1, "a"), ([],), int, A, object(), [], 1, "s", None)])
print(sorted(gc.get_referents([1, 3, 5])), sys.getrefcount(None) > 2**31)
attempt(lambda: exec("pass", closure=()))


class Missing:
    def __getattr__(self, name):
        raise AttributeError


try:
    Missing().blech
except AttributeError as e:
    print(e.name, type(e.obj).__name__)


def f():
    sys._getframe().f_locals["y"] = 2
    proxy = sys._getframe().f_locals
    print(locals()["y"], type(proxy)(sys._getframe()).keys(), reversed(proxy))
    attempt(lambda: proxy[[]])


f()
print(sum([1j, 1, 10e100j, 1j, 1.0, -10e100j]), sum([1.0, 10**100, 1.0, -(10**100)]))
e = ImportError("test", name="name", path="path")
e.__init__()
print(e.args, e.msg, e.name, e.path)
code = (lambda x, y, *, z=1, w=1: g(1, a=2)).__code__
print(code.replace(co_name="other").co_name, hash(code) == hash(code.replace(co_posonlyargcount=2, co_kwonlyargcount=0)))
with warnings.catch_warnings():
    warnings.simplefilter("error", SyntaxWarning)
    try:
        compile("\nassert (1, 'x')", "<s>", "exec")
    except SyntaxError as e:
        print(e.msg, e.lineno, e.offset)


class Base:
    value = 1


class Odd(type):
    def mro(cls):
        return (cls, Base, object)


class Weird(metaclass=Odd):
    pass


print(Weird.value, end=" ")
Base.value = 2
print(Weird.value, Base.__subclasses__())
for source in ("[*x for x in y]", "{**x for x in y}", "# coding: iso8859-15\n'\xa4'".encode("latin1")):
    try:
        print(ascii(eval(source)))
    except SyntaxError as e:
        print(e.msg, e.offset)
