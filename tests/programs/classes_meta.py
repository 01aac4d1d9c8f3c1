# Classes: metaclasses, descriptors, slots, properties, super, special methods, errors.
def show(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        print("prepare", name, bases, kw)
        return {"injected": 1}
    def __new__(mcs, name, bases, ns, **kw):
        print("new", name, sorted(k for k in ns if not k.startswith("__")), kw)
        return super().__new__(mcs, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw):
        print("init", name, kw); super().__init__(name, bases, ns)
    def __call__(cls, *a, **k):
        print("call", cls.__name__, a, k); return super().__call__(*a, **k)
    def __instancecheck__(cls, o): return o == "magic" or super().__instancecheck__(o)
    def __subclasscheck__(cls, o): return o is int or super().__subclasscheck__(o)
    def __getattr__(cls, n): return f"meta {n}"
    def __len__(cls): return 7
    def __iter__(cls): return iter("abc")
    def __contains__(cls, x): return x == 1
    def __getitem__(cls, k): return f"[{k}]"
    def __repr__(cls): return f"<{cls.__name__}!>"
    def __add__(cls, o): return "added"
    @property
    def prop(cls): return "meta prop"


class A(metaclass=Meta, flag=True):
    x = 1
    def __init__(self, v=0): self.v = v


print(A, A.injected, A.foo, len(A), list(A), 1 in A, A["k"], A + 1, A.prop, A(3).v, isinstance("magic", A), issubclass(int, A), type(A), A.__class__, bool(A))
show(lambda: A().foo); show(lambda: A().prop); show(lambda: len(A()))
class B(A): pass
print(type(B), B.__mro__, B.__bases__, A.__subclasses__())
class M2(type): pass
show(lambda: M2("C", (A,), {})); show(lambda: type("D", (A, int), {})); show(lambda: type("E", (int, str), {})); show(lambda: type("F", (bool,), {})); show(lambda: type("G", (type(None),), {})); show(lambda: type("H", (object, A), {})); show(lambda: type("I", (A, A), {})); show(lambda: type("J", (1,), {})); show(lambda: type("K")); show(lambda: type("L", ())); show(lambda: type(1, (), {})); show(lambda: type("M", [], {})); show(lambda: type("N", (), [])); show(lambda: type("O\0", (), {})); show(lambda: type("P", (), {"__slots__": 1})); show(lambda: type("Q", (), {"__qualname__": 1})); show(lambda: type("R", (), {}, x=1)); show(lambda: type(1)); show(lambda: type()); show(lambda: type(1, 2, 3, 4))
class X: pass
class Y(X): pass
class Z(X): pass
class W(Y, Z): pass
print([c.__name__ for c in W.__mro__], W.mro() == list(W.__mro__)); show(lambda: type("Bad", (X, Y), {})); show(lambda: type("Bad2", (type("P1", (Y, Z), {}), type("P2", (Z, Y), {})), {}))
def wm(): W.__mro__ = ()
show(wm)
class Init:
    subs = []
    def __init_subclass__(cls, /, tag=None, **kw): super().__init_subclass__(**kw); cls.tag = tag; Init.subs.append(cls.__name__)
class I1(Init, tag="t"): pass
class I2(I1): pass
print(I1.tag, I2.tag, Init.subs); show(lambda: type("I3", (Init,), {}, bad=1)); show(lambda: type("I4", (), {}, bad=1))
class Named:
    def __set_name__(self, owner, name): print("set_name", owner.__name__, name); self.name = name
    def __get__(self, o, t=None): return self if o is None else f"got {self.name}"
class Holder: a = Named(); b = Named(); c = [Named()]
print(Holder().a, Holder.a.name)
class BadName:
    def __set_name__(self, owner, name): raise ValueError("bad")
show(lambda: type("BN", (), {"q": BadName()}))
class Data:
    def __get__(self, o, t=None): return ("get", o is None)
    def __set__(self, o, v): print("set", v)
    def __delete__(self, o): print("delete")
class NonData:
    def __get__(self, o, t=None): return "nondata"
class D: data = Data(); non = NonData()
d = D(); print(d.data, D.data, d.non); d.data = 5; del d.data; d.__dict__["data"] = "shadow"; d.__dict__["non"] = "own"; print(d.data, d.non, vars(d)); d.non = 3; print(d.non); del d.non; print(d.non); show(lambda: delattr(d, "non")); D.data = 1; print(D.data, d.data)
class SetOnly:
    def __set__(self, o, v): o.__dict__["s"] = v * 2
class E: s = SetOnly()
e = E(); e.s = 4; print(e.s, type(E().s).__name__); show(lambda: delattr(e, "s"))
class Slots:
    __slots__ = ("a", "b", "__private")
    def __init__(self): self.a = 1; self.__private = 2
s = Slots(); print(s.a, s._Slots__private, Slots.a, Slots.__slots__, hasattr(s, "__dict__")); show(lambda: s.b); show(lambda: setattr(s, "c", 1)); del s.a; show(lambda: s.a); show(lambda: delattr(s, "a")); show(lambda: vars(s)); show(lambda: s.__weakref__)
class SubSlots(Slots): __slots__ = ["c", "__dict__"]
ss = SubSlots(); ss.c = 1; ss.z = 2; print(ss.c, ss.z, ss.__dict__, ss.a)
show(lambda: type("BadS", (), {"__slots__": ["a"], "a": 1})); show(lambda: type("BadS2", (), {"__slots__": ["1a"]})); show(lambda: type("BadS3", (int,), {"__slots__": ["a"]})); show(lambda: type("BadS4", (), {"__slots__": ["__dict__", "__dict__"]})); show(lambda: type("BadS5", (Slots, type("T", (), {"__slots__": ["q"]})), {})); show(lambda: type("BadS6", (), {"__slots__": "abc"}).abc); show(lambda: type("BadS7", (tuple,), {"__slots__": ["a"]}))
class Prop:
    def __init__(self): self._x = 1
    @property
    def x(self): "doc x"; return self._x
    @x.setter
    def x(self, v): self._x = v
    @x.deleter
    def x(self): del self._x
    @property
    def ro(self): return self.missing_thing
    wo = property(None, lambda s, v: None)
p = Prop(); p.x = 5; print(p.x, Prop.x.__doc__, Prop.x.fget.__name__, Prop.x.__name__); del p.x; show(lambda: p.x); show(lambda: setattr(p, "ro", 1)); show(lambda: delattr(p, "ro")); show(lambda: p.ro); show(lambda: p.wo); show(lambda: property(1, 2, 3, 4, 5)); show(lambda: Prop.x.__set__(1, 2))
class GA:
    def __getattribute__(self, n):
        if n == "boom": raise AttributeError("boom!")
        if n == "val": raise ValueError("v")
        return object.__getattribute__(self, n)
    def __getattr__(self, n): return f"fallback {n}"
    def __setattr__(self, n, v): print("setattr", n, v); object.__setattr__(self, n, v)
    def __delattr__(self, n): print("delattr", n); object.__delattr__(self, n)
    def __dir__(self): return ["z", "b", 1] if False else ["z", "b"]
g = GA(); g.q = 1; print(g.q, g.boom, g.other, dir(g)); show(lambda: g.val); show(lambda: delattr(g, "none")); del g.q; show(lambda: getattr(g, 1)); show(lambda: setattr(g, 1, 2)); show(lambda: hasattr(g, 1)); show(lambda: getattr(1, "zz", "dflt")); show(lambda: getattr()); show(lambda: hasattr(1))
class Base:
    def m(self): return "base"
    @classmethod
    def c(cls): return f"cbase {cls.__name__}"
    @staticmethod
    def s(): return "sbase"
    def __eq__(self, o): return "eq"
class Child(Base):
    def m(self): return "child " + super().m() + super(Child, self).m()
    @classmethod
    def c(cls): return "child " + super().c()
    @staticmethod
    def s(): return "child " + super(Child, Child).s()
    def no(self): return super().nope
    def f(): return super().m()
    def g(self):
        def inner(): return super().m()
        return inner()
    def h(self): del self; return super().m()
print(Child().m(), Child.c(), Child().c(), Child.s(), super(Child, Child()).m(), super(Child, Child).c()); show(Child().no); show(Child.f); show(Child().g); show(Child().h); show(lambda: hash(Base())); show(lambda: super()); show(lambda: super(1)); show(lambda: super(int, "a")); show(lambda: super(int, 1, 2)); show(lambda: repr(super(Child, Child()))[:30]); show(lambda: super(Child)); show(lambda: super(Child, Base()).m())
print(Base() == 1, Base() != 1, (1).__eq__(2.0), object() == object(), Base.__hash__)
class Call:
    def __call__(self, *a, **k): return a, k
    def __bool__(self): return False
    def __len__(self): return 5
    def __index__(self): return 2
    def __int__(self): return 3
    def __float__(self): return 2.5
    def __complex__(self): return 1j
    def __round__(self, n=None): return ("round", n)
    def __trunc__(self): return "trunc"
    def __floor__(self): return "floor"
    def __ceil__(self): return "ceil"
    def __neg__(self): return "neg"
    def __invert__(self): return "inv"
    def __abs__(self): return "abs"
    def __divmod__(self, o): return ("divmod", o)
    def __rdivmod__(self, o): return ("rdivmod", o)
    def __pow__(self, o, m=None): return ("pow", o, m)
    def __matmul__(self, o): return "mm"
    def __rmatmul__(self, o): return "rmm"
    def __imatmul__(self, o): return "imm"
    def __reversed__(self): return iter("rev")
    def __length_hint__(self): return 4
    def __format__(self, s): return f"fmt {s}"
    def __bytes__(self): return b"by"
    def __contains__(self, x): return x
    def __missing__(self, k): return k
    def __class_getitem__(cls, k): return (cls.__name__, k)
import math, operator
c = Call(); print(c(1, a=2), bool(c), len(c), [1, 2, 3][c], int(c), float(c), complex(c), round(c), round(c, 1), math.trunc(c), math.floor(c), math.ceil(c), -c, ~c, abs(c), divmod(c, 1), divmod(1, c), c ** 2, pow(c, 2, 3), c @ 1, 1 @ c, list(reversed(c)), operator.length_hint(c), f"{c:x}", bytes(c), 1 in c, 0 in c, Call[int], hex(c), bin(c), range(c)); c @= 1; print(c); show(lambda: +Call()); show(lambda: Call() < 1); show(lambda: Call() + 1); show(lambda: 1 + Call()); show(lambda: Call() | 1); show(lambda: Call()[1]); show(lambda: iter(Call())); show(lambda: Call().x)
class Bad:
    def __bool__(self): return 1
    def __len__(self): return -1
    def __iter__(self): return 1
    def __index__(self): return "x"
    def __contains__(self, x): raise KeyError
    def __hash__(self): return "h"
    def __repr__(self): return 1
    def __next__(self): return 1
class Bad2:
    def __len__(self): return "x"
    def __bool__(self): raise ValueError
    def __index__(self): return True
for f in (lambda: bool(Bad()), lambda: len(Bad()), lambda: iter(Bad()), lambda: [1][Bad()], lambda: 1 in Bad(), lambda: hash(Bad()), lambda: repr(Bad()), lambda: list(Bad()), lambda: len(Bad2()), lambda: not Bad2(), lambda: int(Bad()), lambda: [1, 2][Bad2()], lambda: "abc"[Bad()], lambda: range(Bad()), lambda: "a" * Bad(), lambda: [0] * Bad2()): show(f)
print(X.__name__, X.__qualname__, X.__module__, X.__doc__, X.__dict__.keys() >= {"__module__"}, X.__flags__ & 512, int.__flags__ & 512); X.__name__ = "Renamed"; print(X, X.__name__); X.__qualname__ = "Q.R"; print(X); show(lambda: setattr(X, "__name__", 1)); show(lambda: setattr(int, "x", 1)); show(lambda: delattr(X, "__name__")); show(lambda: setattr(X, "__bases__", ())); show(lambda: delattr(X, "nope")); show(lambda: delattr(int, "real")); X.__doc__ = "d"; print(X.__doc__); X.__module__ = "mm"; print(X)
class C1: a = 1
class C2: a = 2
class C3(C1): pass
C3.__bases__ = (C2,); print(C3.a, C3.__mro__[1], C1.__subclasses__(), C2.__subclasses__() == [C3]); o = C1(); o.__class__ = C2; print(o.a); show(lambda: setattr(o, "__class__", int)); show(lambda: setattr(o, "__class__", 1)); show(lambda: setattr(1, "__class__", C1)); show(lambda: setattr(o, "__dict__", 1)); o.__dict__ = {"zz": 1}; print(o.zz)
import abc
class Abs(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
    @property
    @abc.abstractmethod
    def g(self): ...
show(Abs); show(type("Sub1", (Abs,), {"f": 1})); print(type("Sub2", (Abs,), {"f": 1, "g": 2})() is not None, Abs.__abstractmethods__ == {"f", "g"}); Abs.register(int); print(isinstance(1, Abs), issubclass(int, Abs))
