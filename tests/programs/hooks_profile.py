# sys.setprofile: calls of Python and of builtin functions.
import sys


def profile(function, *args):
    events = []

    # Only of this file: callbacks of weak references of the import system come when memory is collected.
    def profiler(frame, what, arg):
        if frame.f_code.co_filename != __file__:
            return
        if what.startswith("c_"):
            arg = (getattr(arg, "__qualname__", arg), type(getattr(arg, "__self__", None)).__name__)
        elif hasattr(arg, "send"):
            arg = "generator"
        events.append((frame.f_code.co_name, what, arg))

    sys.setprofile(profiler)
    try:
        result = function(*args)
    except Exception as e:
        result = repr(e)
    finally:
        sys.setprofile(None)
    print(function.__name__, result)
    for event in events:
        print("   ", *event)


class C:
    def __init__(self, x):
        self.x = x

    def method(self):
        return len(self.x)

    @staticmethod
    def static(a=1):
        return a

    @property
    def p(self):
        return str(self.x)


def calls():
    c = C([1])
    c.method()
    C.static()
    c.p
    c.x.append(2)
    list.append(c.x, 3)
    sorted(c.x, key=lambda v: -v)
    "a,b".split(",")
    print(end="", sep="")
    max(*[1, 2], **{})
    return isinstance(c, C)


def fails():
    try:
        [].pop()
    except IndexError:
        pass
    int("x")


def generates():
    def g():
        yield 1
        yield 2

    return sum(g()) + sum(x for x in g())


class D(C):
    def __init__(self):
        super().__init__([])


profile(calls)
profile(fails)
profile(generates)
profile(lambda: type(D()))


def hot(n):
    t = 0
    for i in range(n):
        t += f(i)
        if i == n - 2:
            sys.setprofile(count)
    return t


def f(i):
    return abs(i)


counted = []


def count(frame, what, arg):
    if frame.f_code.co_filename == __file__:
        counted.append(what)


print(hot(3000))
sys.setprofile(None)
print(counted)
