# Annotations: lazy, as PEP 649 has it; type parameters and aliases.
import annotationlib
from annotationlib import Format, get_annotations


def show(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)


def f(a: int, b: "text", *args: later, c: later.attr = 1, **kw: list[later]) -> undefined | None: pass
print(callable(f.__annotate__), f.__annotate__.__name__, f.__annotate__.__qualname__)
show(lambda: f.__annotations__); show(get_annotations, f, format=Format.STRING)
class later: attr = "attr"
undefined = int
show(lambda: f.__annotations__); print(f.__annotations__ is f.__annotations__)
show(lambda: f.__annotate__(1)); show(lambda: f.__annotate__(2)); show(lambda: f.__annotate__(5)); show(lambda: f.__annotate__("x"))
f.__annotations__ = {"a": 1}; print(f.__annotations__, f.__annotate__); f.__annotate__ = lambda format: {"z": format}; print(f.__annotations__); f.__annotations__ = None; print(f.__annotations__); del f.__annotations__; print(f.__annotations__, f.__annotate__)
show(lambda: setattr(f, "__annotate__", 1)); show(lambda: setattr(f, "__annotations__", 1)); show(lambda: delattr(f, "__annotate__"))
class C:
    x: int = 1
    y: "str"
    z: missing
    if True: w: float
    if False: never: float
    def m(self) -> "C": pass
    __private: int
    (paren): int = 2
show(lambda: C.__annotations__); show(get_annotations, C, format=Format.STRING); None
missing = bytes
show(lambda: C.__annotations__); print(C.__annotate__.__qualname__, "__annotations__" in C.__dict__, sorted(k for k in C.__dict__ if "annot" in k))
class D(C): pass
print(D.__annotations__, D.__annotate__)
class E:
    def g(self, x: E) -> E: return x
    y: E
    T = int
    def h(self, t: T) -> T: pass
print(E.g.__annotations__, E.__annotations__, E.h.__annotations__)
a: int = 5
b: later
c: "not evaluated" = 1
for i in range(2):
    loop: print("annotation runs")
print(__annotate__(1)); print(sorted(__annotations__)) if False else None
def local():
    x: print("never") = 1
    y: undefined_too
    (z): int = 3
    return x, z, sorted(locals())
print(local())
def outer(T):
    def inner(x: T, y: later) -> T: pass
    return inner
print(outer(int).__annotations__, outer(str).__annotations__)
def g[T: int, *Ts, **P, U = str](x: T, *a: *Ts, k: Callable[P, U] = None) -> T: return T, Ts, P, U
print(g.__type_params__, [p.__name__ for p in g.__type_params__], g.__type_params__[0].__bound__, g.__type_params__[3].__default__, g(1), g.__type_params__[0].__constraints__)
Callable = dict
print(g.__annotations__)
class G[T, U: (int, str) = int](list[T]):
    x: T
    def m[V](self, a: T, b: V) -> U: return T, V
    class Inner[W]: t: T; w: W
print(G.__type_params__, G.__parameters__, G.__orig_bases__, G[int], G[int, str], G.__annotations__, G().m(1, 2), G.m.__annotations__, G.Inner.__annotations__, G.__mro__[1:]); show(lambda: G[int, str, float]); show(lambda: G.__type_params__[1].__constraints__)
type A = int | str
type B[K, V = int] = dict[K, V]
type R = list[R]
type L = undefined_name
print(A, A.__value__, A.__name__, A.__type_params__, B[str], B[str, int], B.__value__, B[str].__value__ if hasattr(B[str], "__value__") else "", R.__value__, type(A), A.__module__, A | None, list[A]); show(lambda: L.__value__); show(lambda: A()); show(lambda: A[int]); show(lambda: B[1, 2, 3]); show(lambda: isinstance(1, A)); show(lambda: setattr(A, "__value__", 1)); show(lambda: A.nope)
undefined_name = 7; print(L.__value__)
def bound[T: undefined_bound](): return T
show(lambda: bound().__bound__)
undefined_bound = complex; print(bound().__bound__, repr(bound()), bound().__infer_variance__)
try: exec("def q[T](T): pass\nclass Z[T]: T = 1\ndef r[T]():\n  T = 2\n  return T\nprint(r(), Z.T)")
except BaseException as e: print(type(e).__name__, e)
x = "module"
class S:
    x = "class"
    def t[T: x](self): return T
    y: x
print(S().t().__bound__, S.__annotations__)
def default(a: int = 1, /, b: str = "x", *, c: float): pass
print(default.__annotations__, (lambda q: q).__annotations__, (lambda q: q).__annotate__, len.__annotations__ if hasattr(len, "__annotations__") else "none")
from typing import get_type_hints, NamedTuple, TypedDict
class N(NamedTuple): a: int; b: "str" = "d"
class TD(TypedDict, total=False): k: int
print(N(1), N.__annotations__, TD.__annotations__, TD(k=1), get_type_hints(f), get_type_hints(E), N._field_defaults)
import dataclasses
@dataclasses.dataclass(order=True)
class DC: a: int; b: list = dataclasses.field(default_factory=list); c: "str" = "c"; d: dataclasses.InitVar[int] = 3; e: int = dataclasses.field(default=9, repr=False, compare=False)
print(DC(1), DC(1) == DC(1), DC(1) < DC(2), dataclasses.asdict(DC(1)), dataclasses.fields(DC)[1].name, DC.__match_args__, dataclasses.replace(DC(1), a=5)); show(DC); show(lambda: dataclasses.make_dataclass("M", ["x", ("y", int, 5)])(1))
@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FD: a: int = 1
show(lambda: FD(2)); show(lambda: setattr(FD(a=2), "a", 3)); print(FD(a=4), hash(FD(a=4)) == hash(FD(a=4)), FD.__slots__, hasattr(FD(), "__dict__"))
