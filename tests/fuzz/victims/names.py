x = 1
def locals_and_globals():
    global x, made
    x += 1
    made = x
    y = x if x > 1 else -x
    del made
    z = locals()
    return y, z

def cells(a):
    b = a
    class Inner:
        c = a
        def method(self): return a, b, self.c
        d = c
    def change():
        nonlocal a, b
        a, b = b, a
        del b
        b = 3
        return lambda: (a, b)
    return Inner().method(), change()(), [lambda: (i, a) for i in range(2)][0]()

def unbound(flag):
    if flag: v = 1
    try: return v
    except NameError: return None
    finally:
        v = 2
        del v

def many(a, b, c, d, e, f):
    (a, b), c = (c, d), (e, f)
    a, b, c = c, b, a
    for a, b in ((1, 2), (3, 4)): d = a; e = b
    return a, b, c, d, e, f

def defaults(a, b=[], *, c={}, d=(1, 2)):
    b.append(a); c[a] = b
    return len(b), d[0], c

locals_and_globals(), cells([1]), unbound(0), unbound(1), many(*range(6)), defaults(1), defaults(2, c={})
def annotated(a: int, *b: str, c: "x" = 1) -> list[int]:
    v: int = a
    w: str
    return v
annotated.__annotations__, annotated(3)
lambda: (yield)
[x for x in range(3)], {x: y for x, y in zip("ab", "cd")}, (lambda q: [q + i for i in range(q)])(3)
class Meta(type):
    def __prepare__(name, bases, **kw): return {"prepared": 1}
    def __new__(cls, name, bases, space, **kw): return super().__new__(cls, name, bases, dict(space))
    def __init__(cls, *args, **kw): pass
class Made(metaclass=Meta, option=2):
    value = prepared + 1
Made.value, Made.prepared
import_like = None
if x: pass
elif not x: x = 0
else: x = 3
while x:
    x -= 1
print(x, end="")
