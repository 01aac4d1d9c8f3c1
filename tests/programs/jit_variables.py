# Variables of modules in compiled code, class and static methods, comparisons by identity, len: where they stand, what
# changes them, what they are when the loop is left.
import sys

# A module's own loop: names are made, changed and deleted while it runs.
total = 0
for i in range(3000):
    total += i
    if i == 2500:
        extra = 10
    if i > 2500:
        total += extra
print(total, i)

for i in range(3000):
    k = i * 2
    if i == 2900:
        del k
        try:
            k
        except NameError as e:
            print(e)
        k = 5
    if i == 2950:
        globals()["k"] = 7
        print(k)
    if i == 2960:
        len = lambda x: -1
    if i == 2970:
        print(len([1]), k)
        del len
print(len([1]), k)


# A global that functions store to.
COUNT = 0
LAST = None


def count(n):
    global COUNT, LAST
    for i in range(n):
        COUNT += 1
        LAST = [i] if i % 3 == 0 else i
    return COUNT


print(count(3000), LAST)
count(10)
print(COUNT, globals()["COUNT"], LAST)


def forget(n):
    global COUNT, LAST
    for i in range(n):
        if i == n - 5:
            del COUNT
            LAST = "gone"
        if i == n - 3:
            COUNT = -1
        if i >= n - 2:
            COUNT += 1
    return COUNT


print(forget(3000), LAST)

# Other modules' dicts as globals of the same code.
source = """
for i in range(2000):
    x = i
    if i == 1990:
        y = x
result = x + y
"""
code = compile(source, "<source>", "exec")
for _ in range(3):
    space = {}
    exec(code, space)
    print(space["result"], end=" ")
one, two = {"__builtins__": __builtins__}, {}
exec(code, one, two)
print(sorted(one) == ["__builtins__"], two["result"])


class Space(dict):
    def __setitem__(self, key, value):
        if key == "y":
            value = 1000
        super().__setitem__(key, value)

    def __missing__(self, key):
        if key == "range":
            return range
        raise KeyError(key)


two = Space()
exec(code, one, two)
print(two["result"])


# In a class body.
class Body:
    t = 0
    for i in range(2000):
        t += i
        if i == 1999:
            COUNT = t


print(Body.t, Body.COUNT, COUNT)


# Class methods and static methods, by the class and by instances.
class Base:
    kind = "base"

    @classmethod
    def make(cls, x, *, y=0):
        return cls.kind, x + y

    @classmethod
    def depth(cls):
        return sys._getframe(1).f_code.co_name

    @staticmethod
    def twice(x):
        return 2 * x

    @classmethod
    def fails(cls, x):
        raise ValueError(cls.__name__)


class Derived(Base):
    kind = "derived"


def call(n, at=None, change=None):
    out = set()
    t = 0
    for i in range(n):
        out.add(Base.make(1))
        out.add(Derived.make(i % 2, y=3))
        t += Base.twice(i) + Derived.twice(1)
        b = Derived if i % 5 == 0 else Base
        out.add(b.make(7))
        o = b()
        t += o.twice(2)
        out.add(o.make(9))
        if i == at:
            change()
    return t, sorted(out), Base.depth()


print(call(1000))
try:
    for i in range(1000):
        try:
            Derived.fails(i)
        except ValueError as e:
            if i == 999:
                raise
except ValueError as e:
    print(repr(e), e.__traceback__.tb_next.tb_frame.f_code.co_qualname, e.__traceback__.tb_next.tb_lineno)
try:
    Base.make(1, 2, 3)
except TypeError as e:
    print(e)


def new_method():
    Base.make = classmethod(lambda cls, x, y=0: ("new", cls.kind, x))


def new_static():
    Derived.twice = staticmethod(lambda x: x + 100)


def again():
    Base.__dict__["make"].__init__(lambda cls, x, y=0: ("again", 0, x))
    Derived.__dict__["twice"].__init__(lambda x: 5)


print(call(1000, 990, new_method))
print(call(1000, 990, new_static))
print(call(1000, 990, again))


class Meta(type):
    def other(cls):
        return "meta"


class WithMeta(Base, metaclass=Meta):
    @classmethod
    def other(cls):
        return "class"


print({WithMeta.other() for _ in range(1000)}, {WithMeta.twice(3) for _ in range(1000)})


# == of objects that are equal to themselves.
class Thing:
    pass


class OtherThing(Thing):
    pass


def same(a, b, n, change=None):
    eq = ne = 0
    for i in range(n):
        eq += a == b
        ne += a != b
        if i == n - 10 and change:
            change()
    return eq, ne


x, y, z = Thing(), Thing(), OtherThing()
print(same(x, x, 1000), same(x, y, 1000), same(x, z, 1000), same(z, x, 1000), same(x, None, 1000), same(x, 3, 1000),
      same(x, same, 1000), same(Thing, OtherThing, 1000))


def equal_now():
    Thing.__eq__ = lambda self, other: True


def unequal_now():
    OtherThing.__ne__ = lambda self, other: "always"


print(same(x, y, 1000, equal_now))
del Thing.__eq__
try:
    print(same(x, z, 1000, unequal_now))
except TypeError as e:
    print(e)


# len of several things by one call.
def lengths(values, n):
    t = 0
    for i in range(n):
        t += len(values[i % 5])
    return t


class Sized(list):
    def __len__(self):
        return 100


print(lengths([[1, 2]] * 5, 1000), lengths([(1,)] * 5, 1000), lengths([{1: 2}] * 5, 1000), lengths([b"abc"] * 5, 1000))
print(lengths([[1, 2], (1,), {1: 2}, "four", Sized()], 1000), lengths(["é"] * 5, 1000), lengths([range(3)] * 5, 1000))
grown = {}
for i in range(3000):
    grown[i % 1500] = i
    if i % 3 == 0:
        del grown[i % 1500]
    if len(grown) > 900 and i % 500 == 0:
        print(i, len(grown))


# What is never run at first is run later.
def late(n, at):
    t = 0
    for i in range(n):
        if i >= at:
            t += Thing.__name__.count("T") + sys.maxsize % 7
            x.late = t
            t += x.late % 2
        t += 1
    return t


print(late(5000, 4000))
