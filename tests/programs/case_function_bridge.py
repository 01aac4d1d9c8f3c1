# A function object is the bridge between static code and the context it runs in.
import types


def make(step, *, start=10):
    def add(x, y=start, *, z=step):
        "Add."
        return x + y + z + step + offset
    return add


offset = 100
add = make(1)
other = make(2, start=20)
print(add.__code__ is other.__code__, add.__code__ == other.__code__)
print(add.__globals__ is globals(), add.__builtins__ is __builtins__.__dict__)
print(add.__closure__[0].cell_contents, other.__closure__[0].cell_contents, len(add.__closure__))
print(add.__defaults__, add.__kwdefaults__, other.__defaults__, other.__kwdefaults__)
print(add.__name__, add.__qualname__, add.__doc__, add.__module__, add.__dict__)
print(add(1), other(1), add(1, 2, z=3))
print(make.__closure__, make.__defaults__, make.__kwdefaults__)

# The same code in another context.
g = {"offset": -1, "__name__": "elsewhere"}
clone = types.FunctionType(add.__code__, g, "clone", (7,), other.__closure__)
print(clone.__name__, clone.__module__, clone.__defaults__, clone.__kwdefaults__)
try:
    clone(1)
except TypeError as e:
    print(e)
print(clone(1, z=0))
print(clone.__globals__ is g)

# The context can be changed while the code stays.
add.__defaults__ = (1000,)
print(add(1))
add.__kwdefaults__ = {"z": 0}
print(add(1))
add.__defaults__ = None
try:
    add()
except TypeError as e:
    print(e)
add.__closure__[0].cell_contents = 5
print(add(0, 0))
offset = 0
print(add(0, 0))


# And the code while the context stays.
def replaced(x):
    return "replaced", x, offset


def free():
    return 1


free.__code__ = replaced.__code__
print(free.__name__, free(3), free.__code__.co_name)
for attribute, value in (("__code__", add.__code__), ("__code__", 1), ("__defaults__", 1), ("__kwdefaults__", 1), ("__closure__", ()),
                         ("__globals__", {}), ("__name__", 1), ("__qualname__", None), ("__dict__", 1)):
    try:
        setattr(free, attribute, value)
        print(attribute, "set")
    except Exception as e:
        print(attribute, type(e).__name__, e)
for args in ((add.__code__, {}), (add.__code__, {}, "n", None, ()), (add.__code__, {}, "n", None, (1,)), (replaced.__code__, {}, None, None, add.__closure__),
             (1, {}), (replaced.__code__, 1), (replaced.__code__, {}, 1), (replaced.__code__, {}, None, 1)):
    try:
        types.FunctionType(*args)
        print("made")
    except Exception as e:
        print(type(e).__name__, e)
empty = types.CellType()
print(empty == types.CellType(), types.CellType(1) < types.CellType(2))
try:
    empty.cell_contents
except ValueError as e:
    print(type(e).__name__, e)


def method(self, x):
    return self, x


bound = types.MethodType(method, 42)
print(bound(1), bound.__func__ is method, bound.__self__, bound.__code__ is method.__code__, bound.__globals__ is globals())
