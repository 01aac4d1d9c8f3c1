"""Values that stand in classes become descriptors, or are none any more, after their classes' attributes were read often."""


class Plain:
    pass


class Getter:
    def __get__(self, obj, owner):
        return "got"

    def __set__(self, obj, value):
        obj.__dict__["y"] = "set " + str(value)


def holder():
    class Holder:
        x = Plain()
        y = Plain()

        def __init__(self):
            self.y = 5

    return Holder


def read(h):
    x = h.x
    return (x if isinstance(x, (str, int)) else type(x).__name__), h.y


def write(h, v):
    h.y = v
    return h.__dict__["y"]


def warm(h):
    for i in range(1500):
        write(h, i)
        read(h)
    return read(h), write(h, 7)


# The value's class gets the methods, and loses them.
Holder = holder()
h = Holder()
print(warm(h))
Plain.__get__ = lambda self, obj, owner: 42
print(read(h), write(h, 8))
Plain.__set__ = lambda self, obj, value: None
print(read(h), write(h, 9))
print(warm(h))
del Plain.__get__
print(read(h), write(h, 10))
del Plain.__set__
print(read(h), write(h, 11))

# The value moves to a class that has them, and back.
Holder = holder()
h = Holder()
print(warm(h))
Holder.__dict__["x"].__class__ = Getter
print(read(h), Holder.x)
Holder.__dict__["y"].__class__ = Getter
print(read(h), write(h, 12))
print(warm(h))
Holder.__dict__["x"].__class__ = Plain
Holder.__dict__["y"].__class__ = Plain
print(read(h), write(h, 13))


# The value's class gets a base that has them.
class Empty:
    pass


class Late(Empty):
    pass


class Host:
    x = Late()


def host(h):
    return type(h.x).__name__


k = Host()
print({host(k) for _ in range(1500)})
Late.__bases__ = (Getter,)
print(host(k), k.x)


# A slot's descriptor goes, and comes again.
class Slotted:
    __slots__ = ("a", "b")


def first(s):
    return s.a


s = Slotted()
s.a = 1
print({first(s) for _ in range(1500)})
descriptor = Slotted.__dict__["a"]
del Slotted.a
try:
    print(first(s))
except AttributeError as e:
    print(e)
Slotted.a = descriptor
print(first(s))
