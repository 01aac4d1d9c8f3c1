# Weak references, proxies and the classes of weakref.
import gc, weakref


class A:
    def __init__(self, n=0):
        self.n = n

    def __eq__(self, o):
        return isinstance(o, A) and self.n == o.n

    def __hash__(self):
        return hash(self.n)

    def __add__(self, o):
        return self.n + o

    def __len__(self):
        return 4

    def __getitem__(self, i):
        return i * 2

    def __call__(self, *a, **k):
        return a, k


def show(f):
    try:
        print(f())
    except BaseException as e:
        print(type(e).__name__, "|", e)


a = A(3)
r = weakref.ref(a)
print(r() is a, weakref.ref(a) is r, r.__callback__, weakref.getweakrefcount(a), weakref.getweakrefs(a) == [r], a.__weakref__ is r)
equal = A(3)
print(hash(r) == hash(a), r == weakref.ref(equal), repr(r).startswith("<weakref at 0x"))
log = []
r2 = weakref.ref(a, lambda x: log.append(x is r2))
print(r2 is r, r2 == r, r2.__callback__ is not None, weakref.getweakrefcount(a))
p = weakref.proxy(a)
print(p.n, p + 4, len(p), p[3], p(1, k=2), p == a, type(p).__name__, bool(p))
p.n = 9
print(a.n)
p.n = 3
for bad in [1, "s", None, 1.5, (), [], {}, object()]:
    show(lambda: weakref.ref(bad))
show(lambda: weakref.ref())
show(lambda: weakref.ref(a, None, 1))
show(lambda: hash(p))
for ok in [A, len, print, lambda: 0, {1}, frozenset(), gc, type, (x for x in [])]:
    print(weakref.ref(ok)() is ok)


def run():
    b = A(5)
    global rb, pb
    rb = weakref.ref(b, lambda x: log.append("dead"))
    pb = weakref.proxy(b)
    hash(rb)
    return None


run()
A(8)
[A(i) for i in range(100)]
gc.collect()
print(rb(), rb == rb, rb == r, hash(rb) == hash(5), log, repr(rb).endswith("; dead>"), rb.__callback__)
show(lambda: pb.n)
show(lambda: str(pb))


class R(weakref.ref):
    __slots__ = ("key",)

    def __new__(cls, o, cb=None, key=None):
        self = super().__new__(cls, o, cb)
        self.key = key
        return self

    def __init__(self, o, cb=None, key=None):
        super().__init__(o, cb)


x = R(a, key="kk")
print(x.key, x() is a, x == r, R(a) is R(a))
d = weakref.WeakValueDictionary()
d["a"] = a
d["b"] = A(100)
k = weakref.WeakKeyDictionary({a: 1})
s = weakref.WeakSet([a, A(77)])
[A(i) for i in range(100)]
gc.collect()
print(sorted(d), list(k.values()), len(s), a in s)
f = weakref.WeakMethod(a.__len__)
print(f()())
fin = weakref.finalize(a, print, "finalized")
print(fin.alive)
fin()
print(fin.alive)
print(weakref.ref[int])
many = [A(i) for i in range(1000)]
refs = [weakref.ref(m) for m in many]
print(all(weakref.ref(m) is q for m, q in zip(many, refs)), all(weakref.getweakrefcount(m) == 1 for m in many))


# The reference that all share comes first, whenever it was made.
class Subclass(weakref.ref):
    pass


one = A(1)
with_callbacks = [weakref.ref(one, print) for _ in range(3)]
shared = weakref.ref(one)
proxy = weakref.proxy(one)
own = Subclass(one)
print([r is shared for r in weakref.getweakrefs(one)], one.__weakref__ is shared, weakref.ref(one) is shared)
print(weakref.proxy(one) is proxy, weakref.getweakrefcount(one))
