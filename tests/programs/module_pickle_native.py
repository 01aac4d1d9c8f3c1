# `_pickle`: what is written for each type in each protocol, what is read back, and what is refused.
import _pickle
import collections
import copyreg
import io
import pickle
import re

print(pickle.Pickler is _pickle.Pickler, pickle.loads is _pickle.loads, _pickle.Pickler.__text_signature__)
print(_pickle.PicklingError.__mro__, _pickle.PickleBuffer.__module__)


def caught(f, *args, **kw):
    try:
        return f(*args, **kw)
    except BaseException as e:
        return f"{type(e).__name__}: {e} {getattr(e, '__notes__', '')}"


class Plain:
    pass


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    def __repr__(self):
        return f"Point({self.x!r}, {self.y!r})"


class Slots:
    __slots__ = ("a", "b")


class State:
    def __getstate__(self):
        return {"kept": 1}

    def __setstate__(self, state):
        self.state = state


class NewArgs:
    def __new__(cls, a, *, b=0):
        self = object.__new__(cls)
        self.given = a, b
        return self

    def __getnewargs_ex__(self):
        return (self.given[0],), {"b": self.given[1]}


class Listy(list):
    pass


class Dicty(dict):
    pass


class Reduced:
    def __reduce__(self):
        return complex, (1, 2)


class Outer:
    class Inner:
        pass

    def method(self):
        return 1


Named = collections.namedtuple("Named", "a b")
recursive = [1]
recursive.append(recursive)
recursive_tuple = ([],)
recursive_tuple[0].append(recursive_tuple)
shared = ["shared"]
slots = Slots()
slots.a = 1
values = [
    None, True, False, 0, 1, 255, 256, 65535, 65536, -1, -128, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63, -(2**63), 10**40,
    -(10**40), 1 << 2100, 0.0, -1.5, 1e300, "", "abc", "h\xe9\n\\", "\u20ac", "\U0001f600", "\ud800", "x" * 300, b"", b"abc", b"x" * 300,
    bytearray(b"ab"), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, 2], {}, {"a": 1}, {"a": 1, "b": [2]}, set(), {1},
    frozenset(), frozenset([1]), 3j, ..., NotImplemented, range(3), slice(1, 2), int, Plain, Outer.Inner, len,
    Point(1, "y"), slots, State(), NewArgs(1, b=2), Listy([1, 2]), Dicty(k=1), Reduced(), Named(1, 2), collections.OrderedDict(a=1),
    collections.deque([1]), [shared, shared, (shared,)], ValueError("v", 1), type(None), type(...), recursive_tuple,
]
for protocol in range(6):
    total = 0
    for v in values:
        data = caught(pickle.dumps, v, protocol)
        if isinstance(data, str):
            print(protocol, data)
            continue
        again = pickle.loads(data)
        if type(again) is not type(v):
            print(protocol, type(v), type(again))
        elif repr(v).find(" at 0x") < 0 and v is not recursive_tuple and repr(again) != repr(v):
            print(protocol, v, again)
        pure = io.BytesIO()
        pickle._Pickler(pure, protocol).dump(v)
        if pure.getvalue() != data:
            print("differs", protocol, repr(v)[:40], data[:60], pure.getvalue()[:60])
        total += len(data)
    print(protocol, total)
for v in [1, "abc", [1, 2], {"a": (1, 2)}, Point(1, 2), len, {3}, 2**70, 1.5, b"b", shared]:
    print([pickle.dumps(v, p) for p in (0, 2, 4)])
r = pickle.loads(pickle.dumps(recursive))
print(r[1] is r, pickle.loads(pickle.dumps(recursive_tuple))[0][0][0] is not None)
big = [list(range(2500)), {i: str(i) for i in range(2500)}, set(range(1001)), "y" * 70000, b"z" * 70000, ["w" * 30000] * 2 + ["v" * 40000] * 3]
for p in range(6):
    data = pickle.dumps(big, p)
    print(len(data), pickle.loads(data) == big, data == (lambda f: (pickle._Pickler(f, p).dump(big), f.getvalue())[1])(io.BytesIO()))
    f = io.BytesIO()
    pickle.dump(big, f, p)
    pickle.dump("next", f, p)
    f.seek(0)
    print(pickle.load(f) == big, pickle.load(f), f.tell() == len(f.getvalue()))


class Peeking(io.BufferedReader):
    pass


stream = io.BytesIO()
for i in range(3):
    pickle.dump([i, "text"], stream, i)
stream.seek(0)
reader = Peeking(stream)
unpickler = pickle.Unpickler(reader)
print([unpickler.load() for _ in range(3)], caught(unpickler.load))


class Shelf(pickle.Pickler):
    def persistent_id(self, obj):
        return ("id", obj.x) if isinstance(obj, Point) else None

    def reducer_override(self, obj):
        return (str, ("was complex",)) if type(obj) is complex else NotImplemented


class Unshelf(pickle.Unpickler):
    def persistent_load(self, pid):
        return ["persistent", pid]

    def find_class(self, module, name):
        print("find", module, name)
        return super().find_class(module, name)


f = io.BytesIO()
Shelf(f).dump([Point(7, 8), 2j, Plain])
f.seek(0)
print(Unshelf(f).load())
pickler = pickle.Pickler(f, 4)
pickler.dispatch_table = {Point: lambda p: (tuple, ([p.x],))}
pickler.dump(Point(5, 6))
print(pickle.loads(f.getvalue()[f.getvalue().rindex(b"\x80\x04"):]))
print(pickler.fast, pickler.bin, type(pickler.memo).__name__, len(pickler.memo.copy()))
pickler.clear_memo()
print(pickler.memo.copy(), caught(setattr, pickler, "memo", 5))
pickler.fast = 1
print(caught(pickler.dump, recursive).split(" at 0x")[0])
copyreg.add_extension("builtins", "divmod", 240)
print(pickle.dumps(divmod, 2), pickle.loads(pickle.dumps(divmod)) is divmod)
copyreg.remove_extension("builtins", "divmod", 240)
buffers = []
data = pickle.dumps(pickle.PickleBuffer(bytearray(b"out of band")), 5, buffer_callback=buffers.append)
print(data, [bytes(b) for b in buffers], pickle.loads(data, buffers=[bytearray(b"given")]), caught(pickle.loads, data))
print(pickle.loads(pickle.dumps(pickle.PickleBuffer(b"in band"), 5)), caught(pickle.dumps, pickle.PickleBuffer(b"x"), 4))
b = pickle.PickleBuffer(memoryview(b"0123456789")[::2])
print(caught(b.raw), bytes(b), caught(pickle.dumps, b, 5))
b = pickle.PickleBuffer(b"raw")
print(bytes(b.raw()), b.release(), caught(b.raw))


def local():
    def inner():
        pass

    return inner


class NoReduce:
    def __reduce_ex__(self, protocol):
        return 5


class BadReduce:
    def __init__(self, *parts):
        self.parts = parts

    def __reduce__(self):
        return self.parts


print(caught(pickle.dumps, local()).split(" at 0x")[0])
print(caught(pickle.dumps, lambda: 0).split(" at 0x")[0])
for bad in [NoReduce(), BadReduce(), BadReduce(1, 2), BadReduce(int, 5), BadReduce(int, (), None, 5), BadReduce(int, (), None, None, 5),
            BadReduce(int, (), {}, None, None, 5), BadReduce(copyreg.__newobj__, ()), BadReduce(copyreg.__newobj__, (1,)),
            BadReduce(copyreg.__newobj__, (int,)), BadReduce(copyreg.__newobj_ex__, (int,)), BadReduce(copyreg.__newobj_ex__, (1, 2, 3)),
            [1, {"k": (lambda: 0,)}], {1: {2: iter}}, io.StringIO, open]:
    print(re.sub("0x[0-9a-f]+", "ID", str(caught(pickle.dumps, bad, 4))))
print(caught(pickle.dumps, 1, 6), caught(pickle.Pickler, 5), caught(pickle.Unpickler, 5), caught(pickle.dumps, 1, 4, buffer_callback=print))
print(caught(pickle.Pickler.__new__(pickle.Pickler).dump, 1), caught(pickle.Unpickler.__new__(pickle.Unpickler).load))
for bad in [b"", b".", b"(.", b"0.", b"\x80\x09.", b"K", b"K\x01", b"I", b"Iabc\n.", b"I01\n.", b"I00\n.", b"I1\n.", b"F1.5\n.", b"Fx\n.", b"L5L\n.", b"S'abc'\n.",
            b"Sabc\n.", b"S'a\\x41'\n.", b"T\x03\x00\x00\x00abc.", b"U\x02\xff\xfe.", b"Vx\\u0041\n.", b"h\x05.", b"j\x05\x00\x00\x00.", b"g5\n.", b"g-1\n.",
            b"Np-1\n.", b"q\x00.", b"\x8a\x01\xff.", b"\x8b\xff\xff\xff\xff.", b"e.", b"(e.", b"](K\x01K\x02e.", b"}(K\x01u.", b"}(K\x01K\x02u.", b"(K\x01d.",
            b"(K\x01K\x02d.", b"\x85.", b"N\x86.", b"N2\x86.", b"cbuiltins\nint\n(t\x81.", b"NN\x81.", b"cbuiltins\nint\nN\x81.", b"cbuiltins\nint\n)R.",
            b"cno_such_module\nx\n.", b"cbuiltins\nno_such\n.", b"\x80\x04\x8c\x08builtins\x8c\x07a.b.c.d\x93.", b"NN\x93.", b"(ibuiltins\nint\n.",
            b"(cbuiltins\nint\nK\x05o.", b"(o.", b"NNb.", b"b.", b"Nb.", b"]}b.", b"P1\n.", b"NQ.", b"\x82\x01.", b"\x84\x00\x00\x00\x00.", b"\x97.", b"z.", b"\xff.", b"'.",
            b"(1N.", b"(K\x010N.", b"\x95\x05\x00\x00\x00\x00\x00\x00\x00N.", b"\x96\x02\x00\x00\x00\x00\x00\x00\x00ab.", b"\x8f(K\x01\x90.", b"(K\x01\x91.",
            b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", b"X\x02\x00\x00\x00a", b"NN\x00"]:
    print(bad[:24], caught(pickle.loads, bad))
print(pickle.loads(b"U\x02\xff\xfe.", encoding="latin-1"), pickle.loads(b"U\x02\xff\xfe.", encoding="bytes"), pickle.loads(b"c__builtin__\nxrange\n."))
p = pickle.loads(pickle.dumps(Point(1, [2])))
p.x = 5
p.z = 6
print(p, vars(p), pickle.loads(pickle.dumps(p)) == p)
