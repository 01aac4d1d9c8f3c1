# Values of __slots__ never show in __dict__, and survive its replacement.
class Base:
    __slots__ = ("a", "b")


class Sub(Base):
    __slots__ = ("c", "__dict__")


class Plain(Base):
    pass


def show(o):
    print(sorted(o.__dict__.items()), [getattr(o, n, "-") for n in "abcxyz"])


for cls in (Sub, Plain):
    o = cls()
    o.a, o.x = 1, 2
    show(o)
    o.b = 3
    o.y = 4
    show(o)
    o.__dict__["z"] = 5
    show(o)
    del o.a
    show(o)
    try:
        o.a
    except AttributeError as e:
        print(e, e.name)
    try:
        del o.a
    except AttributeError as e:
        print(e)
    o.__dict__ = {"x": "new"}
    show(o)
    o.a = "back"
    o.__dict__.clear()
    show(o)
    print(vars(o) is o.__dict__, o.__reduce_ex__(2)[2])
    del o.__dict__
    show(o)
o = Plain()
for n in range(5):
    setattr(o, f"n{n}", n)
o.b = "slot"
del o.n1
show(o)
o.__class__ = type("Other", (Base,), {})
print(o.b, sorted(o.__dict__))
p = Base()
p.a, p.b = 1, 2
del p.a
print(p.b, hasattr(p, "a"), hasattr(p, "__dict__"))
p.a = 3
print(p.a, p.b)
import copy
q = copy.copy(o)
print(q.b, sorted(q.__dict__))
for bases, ns in (((int,), {"__slots__": ["a"]}), ((int,), {"__slots__": []}), ((tuple,), {"__slots__": "a"}), ((bytes,), {"__slots__": "a"}), ((list,), {"__slots__": "a"}), ((), {"__slots__": ["__dict__", "__dict__"]}), ((), {"__slots__": ["__weakref__", "__weakref__"]}), ((Plain,), {"__slots__": "__dict__"}), ((Base, Base), {})):
    try:
        print(type("T", bases, ns).__name__)
    except TypeError as e:
        print(e)
