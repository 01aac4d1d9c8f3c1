# A loop for every instruction that compiled code calls as it is: what is printed must be as the interpreter has it.
# (jit_opcodes_hot.py runs them more often.)
import sys
from string.templatelib import Template

N = globals().get("N", 50)


def call_kw():
    def f(a, b=2, *, c=3, **d):
        return a + b * c + sum(d.values())

    s = 0
    for i in range(N):
        s += f(i, c=4) + f(a=1, b=i) + f(1, 2, c=3, d=4, e=i) + int("11", base=2 + i % 2)
    return s


print(call_kw())


def call_kw_errors():
    def f(a):
        return a

    seen = []
    for i in range(N):
        try:
            f(i, **({"b": 1} if i % 400 == 399 else {})) if i % 2 else f(a=i, **({"a": 2} if i % 300 == 298 else {}))
        except TypeError as e:
            seen.append((i, str(e)))
    return seen


print(call_kw_errors())


def call_ex():
    def f(*args, **kwargs):
        return len(args) + 10 * len(kwargs)

    class C:
        def __init__(self, *args):
            self.args = args

        def __call__(self, *args, x=1):
            return len(args) * x

    s = 0
    items = [1, 2, 3]
    kw = {"x": 5}
    c = C(1)
    for i in range(N):
        s += f(*items) + f(*items, **kw) + f(i, *range(i % 4), y=1, **kw) + len(C(*items).args) + c(*items, **kw)
    return s


print(call_ex())


def call_ex_errors():
    def f(a, b):
        return a + b

    seen = []
    odd = [(1, 2), (1,), 5, (1, "x")]
    for i in range(N):
        try:
            f(*odd[0 if i % 250 else i // 250 % 4])
        except TypeError as e:
            seen.append((i, str(e), e.__traceback__.tb_lineno - f.__code__.co_firstlineno))
    try:
        for i in range(N):
            dict(**{"a": 1}, **({"a": 2} if i == N - 1 else {}))
    except TypeError as e:
        seen.append((i, str(e)))
    return seen


print(call_ex_errors())


class Base:
    scale = 2

    def method(self, x):
        return x * self.scale

    @property
    def value(self):
        return self.scale + 1


class Derived(Base):
    def method(self, x):
        return super().method(x) + 1

    @property
    def value(self):
        return super().value + super(Derived, self).scale

    def loop(self):
        s = 0
        for i in range(N):
            s += super().method(i) + super().value
        return s


def supers():
    d = Derived()
    s = 0
    for i in range(N):
        s += d.method(i) + d.value
    return s, d.loop()


print(supers())


class Manager:
    log = 0

    def __init__(self, swallow):
        self.swallow = swallow

    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        Manager.log += 1 if kind is None else 1000
        return self.swallow


def withs():
    quiet, loud = Manager(True), Manager(False)
    s = caught = 0
    for i in range(N):
        with quiet as m:
            s += i
            if i % 3 == 0:
                raise KeyError(i)
            s += 1
        try:
            with loud, quiet:
                s += 2
                if i % 5 == 0:
                    raise ValueError(i)
            with loud:
                if i % 7 == 0:
                    raise IndexError(i)
        except IndexError as e:
            caught += e.args[0]
    return s, caught, Manager.log


print(withs())


def no_manager():
    seen = []
    for i in range(N):
        try:
            with 5 if i % 500 == 499 else Manager(True):
                pass
        except TypeError as e:
            seen.append(str(e))
    return seen


print(no_manager())


def cells():
    total = 0
    count = 0

    def add(x):
        nonlocal total
        total += x

    for i in range(N):
        count += 1
        add(i)
        later = lambda: i + count
        if i % 2:
            def inner(k=i):
                return k + i + later()
            total += inner()
    return total, count, later()


print(cells())


def comprehension_cells():
    out = 0
    for i in range(N):
        fs = [lambda: j + i for j in range(2)]
        out += fs[0]() + fs[1]()
    return out


print(comprehension_cells())


def delete_deref():
    seen = 0

    def get():
        return x

    for i in range(N):
        x = i
        if i % 2:
            del x
            try:
                get()
            except NameError as e:
                seen += len(str(e))
            try:
                del x
            except NameError as e:
                seen += len(str(e)) * 1000
        else:
            seen += get()
    return seen


print(delete_deref())


def delete_fast():
    seen = 0
    for i in range(N):
        y = i
        if i % 3 == 0:
            del y
        try:
            seen += y
        except UnboundLocalError as e:
            seen += len(str(e))
        try:
            if i % 11 == 0:
                del y
        except UnboundLocalError as e:
            seen += 1000
    return seen


print(delete_fast())


class Bag:
    pass


def attributes():
    b = Bag()
    seen = 0
    for i in range(N):
        b.x = i
        b.y = 1
        del b.y
        if i % 100 == 99:
            try:
                del b.y
            except AttributeError as e:
                seen += len(str(e))
        seen += len(b.__dict__)
    return seen


print(attributes())

exec("""
s = 0
for i in range(N):
    t = i
    s += t + len([i for _ in 'ab'])
    del t
    def f(a=i): return a
    class C:
        z: int = i
        w = f()
    s += C.w + len(C.__annotations__)
print(s, 't' in globals())
seen = 0
for i in range(N):
    try:
        del no_such
    except NameError as e:
        seen += len(str(e))
print(seen)
""", {"N": N, "__name__": "m"})


def globals_():
    global G
    seen = 0
    for i in range(N):
        G = i
        seen += G
        del G
        if i % 100 == 0:
            try:
                del G
            except NameError as e:
                seen += len(str(e))
    return seen


print(globals_())


def class_bodies():
    out = 0
    for i in range(200 if N > 200 else N):
        class K:
            j = i
            if i % 2:
                y: int = 1
            out = [i for _ in range(2)][0] + j

            def m(self):
                return __class__.j
        out += K.out + K().m()
    return out


def free_in_class(v):
    out = 0

    class L:
        s = 0
        for k in range(N):
            s += k + v + out
            v2 = v
    return L.s + L.v2 + out


print(class_bodies(), free_in_class(3))


def formats():
    n = 0
    for i in range(N):
        n += len(f"{i:5d}|{i!r:>8}|{i / 7:.3f}|{'x':{i % 5}}")
    try:
        for i in range(N):
            f"{i:{'d' if i < N - 1 else 'q'}}"
    except ValueError as e:
        n += len(str(e))
    return n


print(formats())


def templates():
    n = 0
    for i in range(N):
        t = t"a{i}b{i!r:>{i % 3}}"
        n += len(t.strings) + len(t.interpolations) + t.values[0]
    return n, type(t) is Template, t.interpolations[1].conversion, t.interpolations[1].format_spec


print(templates())


def displays():
    n = 0
    a, d = [1, 2], {"x": 1}
    for i in range(N):
        s = {i, *a}
        m = {**d, "y": i, **d}
        l = [*a, i, *a]
        t = (*a, i)
        first, *rest = l
        *init, last = t
        x, *mid, y = l
        n += len(s) + len(m) + len(l) + len(t) + first + len(rest) + len(init) + last + x + len(mid) + y
        n += len({j: k for j, k in zip(a, a)}) + len({j for j in a}) + sum([j * i for j in a if j])
    return n


print(displays())


def display_errors():
    seen = []
    for i in range(N):
        odd = i % 500 == 499
        try:
            {**(5 if odd else {})}
        except TypeError as e:
            seen.append(str(e))
        try:
            {*(5 if odd else ())}
        except TypeError as e:
            seen.append(str(e))
        try:
            a, *b, c = (1,) if odd else (1, 2)
        except ValueError as e:
            seen.append(str(e))
        try:
            [*(None if odd else ())]
        except TypeError as e:
            seen.append(str(e))
    return seen


print(display_errors())


def functions():
    n = 0
    for i in range(N):
        def f(a: int, b=i, *, c=i) -> str:
            return a + b + c + n

        n += f(1) + len(f.__annotations__)
        n %= 1000003
    return n, f.__kwdefaults__, f.__defaults__, f.__qualname__


print(functions())


def imports():
    n = 0
    for i in range(N):
        import math
        import os.path as p
        from math import floor, pi as three
        n += floor(three) + math.floor(2.5) + (p.sep == "/")
    try:
        for i in range(N):
            if i == N - 1:
                from math import no_such
    except ImportError as e:
        return n, str(e).split(" (")[0]


print(imports())


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


def matches():
    out = [0] * 8
    things = [{"k": 1, "z": 2}, [1, 2, 3], Point(1, 2), Point(0, 5), "s", 7, (), {}]
    for i in range(N):
        match things[i % 8]:
            case {"k": k, **rest}:
                out[0] += k + len(rest)
            case [a, *b]:
                out[1] += a + len(b)
            case Point(0, y):
                out[2] += y
            case Point(x=1, y=y):
                out[3] += y
            case str() as s:
                out[4] += len(s)
            case int(n) if n > 5:
                out[5] += n
            case []:
                out[6] += 1
            case _:
                out[7] += 1
    return out


print(matches())


def match_errors():
    seen = []
    for i in range(N):
        cls = 5 if i % 500 == 499 else Point
        try:
            match Point(1, 2):
                case cls(1, 3):
                    pass
                case cls(1, 2):
                    pass
        except TypeError as e:
            seen.append(str(e))
    try:
        for i in range(N):
            match Point(1, 2):
                case Point(1, 2, 3) if i == N:
                    pass
    except TypeError as e:
        seen.append(str(e))
    return seen


print(match_errors())


def raises():
    n = 0
    for i in range(N):
        try:
            if i % 2:
                raise ValueError(i)
            raise KeyError(i) from ValueError(1)
        except ValueError as e:
            n += e.args[0]
        except (KeyError, IndexError) as e:
            n += e.args[0] + e.__cause__.args[0]
        finally:
            n += 1
    return n


print(raises())


def reraises():
    n = 0
    for i in range(N):
        try:
            try:
                try:
                    raise ValueError(i)
                except KeyError:
                    n += 10**9
                finally:
                    n += 1
            except ValueError:
                n += 1
                raise
        except ValueError as e:
            tb = e.__traceback__
            depth = 0
            while tb:
                depth += 1
                tb = tb.tb_next
            n += e.args[0] + depth
            assert sys.exception() is e
        assert sys.exception() is None
    return n


print(reraises())


def groups():
    n = 0
    for i in range(N // 4):
        try:
            raise ExceptionGroup("g", [ValueError(i), KeyError(2)])
        except* ValueError as g:
            n += g.exceptions[0].args[0]
        except* KeyError as g:
            n += len(g.exceptions)
    return n


print(groups())


def asserts():
    n = 0
    for i in range(N):
        try:
            assert i % 3, "third"
            n += all(x for x in (1, i)) + any(x for x in (0, i))
        except AssertionError as e:
            n += len(str(e))
    return n


print(asserts())


def traceback_lines():
    lines = set()
    for i in range(N):
        try:
            if i % 2:
                {}[i]
            else:
                int("x")
        except (KeyError, ValueError) as e:
            tb = e.__traceback__
            assert tb.tb_frame.f_locals["i"] == i
            lines.add((type(e).__name__, tb.tb_lineno - traceback_lines.__code__.co_firstlineno, tb.tb_next))
    return sorted(lines)


print(traceback_lines())


def generators():
    def g(n):
        for i in range(n):
            yield i

    def h(n):
        yield from g(n)

    s = 0
    for x in h(N):
        s += x
    for i in range(N // 10):
        for y in g(3):
            s += y
        s += sum(z for z in g(3))
    return s


print(generators())


def awaits():
    class A:
        def __aiter__(self):
            self.n = 0
            return self

        async def __anext__(self):
            self.n += 1
            if self.n > N:
                raise StopAsyncIteration
            return self.n

    async def one(x):
        return x

    async def main():
        s = 0
        async for x in A():
            s += x + await one(1)
        return s

    try:
        main().send(None)
    except StopIteration as e:
        return e.value


print(awaits())


def intrinsics():
    n = 0
    for i in range(N):
        n += +i + len((*[i, 1],)) + +True
    return n


print(intrinsics())


def unwritten(values):
    # What is written through f_locals in a call is seen.
    s = 0
    for i in range(N):
        k = 1
        if i == N - 2:
            sys._getframe().f_locals["k"] = 1000
        s += k
    return s


print(unwritten(1))
