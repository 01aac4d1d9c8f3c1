# property, classmethod, staticmethod, super.
def show(f):
    try:
        print(f())
    except BaseException as e:
        print(type(e).__name__, "|", e)


class C:
    def __init__(self):
        self._x = 1

    @property
    def x(self):
        "doc of x"
        return self._x

    @x.setter
    def x(self, v):
        self._x = v

    @x.deleter
    def x(self):
        del self._x

    @property
    def ro(self):
        return 5

    wo = property(None, lambda self, v: None)
    bare = property()

    @classmethod
    def cm(cls, a, *, k=1):
        "doc cm"
        return cls.__name__, a, k

    @staticmethod
    def sm(a, *, k=1):
        return a, k


c = C()
print(c.x, C.x.__doc__, C.x.fget.__name__, C.x.__name__, C.__dict__["x"].fdel is not None)
c.x = 7
print(c.x)
del c.x
show(lambda: c.x)
show(lambda: setattr(c, "ro", 1))
show(lambda: delattr(c, "ro"))
show(lambda: c.wo)
show(lambda: c.bare)
show(lambda: property().__get__(c))
show(lambda: property().__set__(c, 1))
show(lambda: C.bare.__name__)
show(lambda: property().__name__)
p = property(lambda s: 1, doc="given")
print(p.__doc__, p.getter(lambda s: 2).__doc__, p.__isabstractmethod__)
show(lambda: p.__set_name__(1))
show(lambda: setattr(p, "fget", 1))


class P(property):
    "class doc"


q = P(lambda s: 1)
print(q.__doc__, P(lambda s: 1, doc="d").__doc__)
print(C.cm(1), c.cm(2, k=3), C.cm.__doc__, C.__dict__["cm"].__doc__, C.__dict__["cm"].__name__)
print(C.sm(1), c.sm(2, k=3), C.__dict__["sm"](4, k=5), C.__dict__["sm"].__wrapped__ is C.sm)
print(C.__dict__["cm"].__func__.__qualname__, C.__dict__["sm"].__isabstractmethod__)
cm = classmethod(C)
print(repr(cm), repr(staticmethod(int)))
show(lambda: classmethod())
show(lambda: staticmethod(1, 2))
show(lambda: staticmethod(f=2))
print(classmethod[int], staticmethod.__get__(staticmethod(len), 1)([1]))


class A:
    name = "A"

    def m(self):
        return "A.m"

    @classmethod
    def k(cls):
        return "A.k", cls.__name__

    @staticmethod
    def s():
        return "A.s"

    @property
    def p(self):
        return "A.p"


class B(A):
    name = "B"

    def m(self):
        return "B>" + super().m()

    @classmethod
    def k(cls):
        return super().k()

    def all(self):
        s = super()
        return s.name, s.m(), s.k(), s.s(), s.p, super(B, self).m(), s.__thisclass__, s.__self_class__, s.__self__ is self

    def closure(self):
        def f():
            return self, super(B, self).m()

        return super().m(), f()[1]

    def dynamic(self):
        return (lambda s: s().m())(lambda: super(B, self))


class D(B):
    def m(self):
        return "D>" + super().m()


print(B().m(), D().m(), B.k(), D.k(), D().k(), D().all(), D().closure(), D().dynamic())
print(repr(super(A, B())), repr(super(B)))
show(lambda: super(B, 3))
show(lambda: super(B, str))
show(lambda: super(1))
show(lambda: super())
show(lambda: super(B, B()).nope)
show(lambda: super(B, D()).__class__)


def free(x):
    return super()


show(lambda: free(1))
u = super(B)
print(u.__self__, u.__get__(D()).m(), u.__get__(None, D) is u)


class M(type):
    def __call__(cls, *a):
        return super().__call__(*a)


class N(metaclass=M):
    def __init__(self, *a):
        super().__init__()
        self.a = a

    def __setattr__(self, n, v):
        super().__setattr__(n, v)


print(N(1, 2).a)
