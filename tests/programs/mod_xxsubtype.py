# xxsubtype: native subclasses of list and dict with a number of their own.
import gc
import pickle
import xxsubtype
from xxsubtype import spamdict, spamlist


def error(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as e:
        return type(e).__name__, str(e)


print(xxsubtype.__name__, xxsubtype.__doc__)
for kind in (spamlist, spamdict):
    print(kind, kind.__mro__, kind.__doc__, kind.__module__, kind.__flags__ >> 10 & 1)
    for name, value in kind.__dict__.items():
        if name not in ("__new__", "__doc__", "__module__"):
            print(name, type(value).__name__, getattr(value, "__name__", None))
    a = kind()
    print(a, a.getstate(), a.state)
    print(a.setstate(42), a.state, error(setattr, a, "state", 1), error(delattr, a, "state"))
    print(error(a.setstate, "x"), error(a.setstate, 2**40), error(a.setstate), a.state, error(setattr, a, "other", 1))
    a.__init__()
    print(a.state)

a = spamlist((1, 2, 3))
a.setstate(-7)
a.append(4)
print(a, len(a), a[1:3], type(a[1:3]), a + [5], type(a * 2), sorted(a, reverse=True), a == [1, 2, 3, 4], a.state)
print(error(spamlist, 1), error(spamlist, [], []), error(spamlist, x=1))
b = spamdict({1: 2}, three=4)
b.setstate(7)
b[5] = 6
print(b, len(b), b == {1: 2, "three": 4, 5: 6}, list(b), b.get(9), b.state, type(b | {}), error(spamdict, 1, 2), error(spamdict, 5))


class List(spamlist):
    def foo(self):
        return self.state


class Dict(spamdict):
    __slots__ = ("slot",)

    def __missing__(self, key):
        return key


c = List("ab")
c.setstate(3)
c.attribute = "kept"
d = Dict(a=1)
d.setstate(4)
d.slot = [c]
gc.collect()
print(c, c.foo(), c.__dict__, d, d["b"], d.state, d.slot)


print(spamlist.classmeth(1, 2, a=3), spamlist().classmeth(), List.classmeth(1), List().classmeth(a=1))
print(spamlist.staticmeth(1, 2, a=3), spamlist().staticmeth(), List.staticmeth(1))
method = spamlist.__dict__["classmeth"]
print(method(List, 1), error(method), error(method, spamlist()), error(method, list), error(method.__get__, None, list))
print(type(xxsubtype.bench(a, "state")), type(xxsubtype.bench(a, "state", 10)), xxsubtype.bench(a, "nothing", 0) < 1)
print(error(xxsubtype.bench, a, "nothing"), error(xxsubtype.bench, a, 1), error(xxsubtype.bench, a))
print([x.state for x in (spamlist(), spamdict()) for _ in range(3)])
