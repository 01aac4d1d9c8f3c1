class Base:
    attribute = 1
    __slots__ = ("x", "__dict__")
    def __init__(self, x=0):
        self.x = x
    def __repr__(self):
        return f"{type(self).__name__}({self.x!r})"
    def __eq__(self, other):
        return self.x == other.x
    def __hash__(self):
        return hash(self.x)
    @property
    def double(self):
        return self.x * 2
    @double.setter
    def double(self, value):
        self.x = value // 2
    @classmethod
    def make(cls, *args):
        return cls(*args)
    @staticmethod
    def add(a, b):
        return a + b

class Derived(Base, metaclass=type):
    y = [i for i in range(3)]
    def __init__(self, x, z):
        super().__init__(x)
        self.z = z
        self.__private = z
    def __getattr__(self, name):
        if name == "missing":
            return 17
        raise AttributeError(name)
    def __call__(self, *args):
        return __class__, args, self.__private
    def __len__(self): return 3
    def __getitem__(self, i):
        if i > 4: raise IndexError
        return i * 2
    def __add__(self, other): return NotImplemented
    def __radd__(self, other): return other, self.x
    def __lt__(self, other): return True
    def __contains__(self, item): return item == 3
    def __enter__(self): return self
    def __exit__(self, *args): return True

class Generic[T: int, *Ts, **P]:
    type Alias[X] = list[X] | T
    def method[U](self, u: U) -> "T": return u

d = Derived(1, 2)
d.double = 10
d.double, d.missing, d(), d[2], list(d), len(d), repr(d), d == Base(5), 1 + d, 3 in d, d < d, bool(d)
d.extra = 1; d.extra += 2; del d.extra
with d as e:
    raise ValueError(e)
Base.make(3), Base.add(1, 2), d.add(2, 3), hash(d), isinstance(d, Base), Derived.mro()
Generic().method(2), Generic.Alias.__value__, d.attribute
try:
    d.nothing
except AttributeError as error:
    error.name
