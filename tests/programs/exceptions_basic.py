# What the exception classes do: arguments, text, fields, chaining, pickling.
def show(f):
    try:
        f()
    except BaseException as e:
        print(type(e).__name__, "|", e, "|", repr(e), "|", e.args)


print(repr(ValueError()), str(ValueError()), repr(ValueError("x")), repr(ValueError(1, "a")), str(ValueError(1, "a")))
print(KeyError("k"), KeyError(), KeyError(1, 2), repr(KeyError("k")))
show(lambda: ValueError(x=1))
e = ValueError("a")
e.extra = 3
print(e.extra, e.__dict__, e.args)
e.args = [1, 2]
print(e.args, e)
for name, value in [("__traceback__", 1), ("__context__", 1), ("__cause__", 1), ("__suppress_context__", 1)]:
    show(lambda: setattr(e, name, value))
for name in ["args", "__traceback__", "__context__", "__cause__", "__suppress_context__"]:
    show(lambda: delattr(e, name))
print(e.__suppress_context__)
e.__cause__ = KeyError("c")
print(e.__suppress_context__, repr(e.__cause__))
e.add_note("one")
e.add_note("two")
print(e.__notes__)
show(lambda: e.add_note(1))
e.__notes__ = 1
show(lambda: e.add_note("x"))
print(e.with_traceback(None) is e)
show(lambda: e.with_traceback(1))
print(e.__reduce__()[:2])
e.__setstate__({"state": 5})
print(e.state)
show(lambda: e.__setstate__(1))
print(e.__setstate__(None))

# Chaining.
try:
    try:
        1 / 0
    except ZeroDivisionError:
        {}["k"]
except KeyError as e:
    print(repr(e.__context__), e.__cause__, e.__suppress_context__)
    print(e.__context__.__context__)
try:
    try:
        raise ValueError(1)
    except ValueError as v:
        raise TypeError(2) from v
except TypeError as e:
    print(repr(e.__context__), repr(e.__cause__), e.__suppress_context__)
try:
    try:
        raise ValueError(1)
    except ValueError as v:
        raise TypeError(2) from None
except TypeError as e:
    print(repr(e.__context__), repr(e.__cause__), e.__suppress_context__)
# No cycles.
a, b = ValueError("a"), ValueError("b")
try:
    try:
        raise a
    except ValueError:
        try:
            raise b
        except ValueError:
            raise a
except ValueError as e:
    print(e is a, repr(e.__context__), repr(e.__context__.__context__))
try:
    raise a from 3
except TypeError as e:
    print(e)
try:
    raise 3
except TypeError as e:
    print(e)
try:
    raise
except RuntimeError as e:
    print(e)

# Families.
s = StopIteration(5)
print(s.value, StopIteration().value, StopIteration(1, 2).value, SystemExit().code, SystemExit(3).code, SystemExit(1, 2).code)
print(AttributeError("m", name="n", obj=4).name, AttributeError("m").name, NameError("q", name="z").name)
show(lambda: AttributeError("m", nam="n"))
show(lambda: NameError("m", obj="n"))
show(lambda: ImportError("m", foo="n"))
i = ImportError("msg", name="mod", path="p", name_from="f")
print(i, i.msg, i.name, i.path, i.name_from, i.__reduce__())
print(ModuleNotFoundError("a", "b"), ImportError().msg)
try:
    [].appendd
except AttributeError as e:
    print(e.name, e.obj, e)
try:
    undefined_name
except NameError as e:
    print(e.name, e)

# OSError.
import errno

for args in [(), (1,), (2, "no"), (2, "no", "f"), (2, "no", "f", None, "g"), (13, "p"), (11, "b", 5), (999, "u"), ("x", "y")]:
    o = OSError(*args)
    print(type(o).__name__, o, o.args, o.errno, o.strerror, o.filename, o.filename2, o.__reduce__())
try:
    print(OSError(1).characters_written)
except AttributeError as e:
    print(e)
b = BlockingIOError(errno.EAGAIN, "w", 7)
print(b.characters_written, b.filename, b.args)
b.characters_written = 3
print(b.characters_written)


class MyOS(OSError):
    def __init__(self, *args, **kw):
        super().__init__(*args)
        self.kw = kw


m = MyOS(2, "no", "file", key=1)
print(type(m).__name__, m, m.kw, m.filename, m.args)


class Sub(OSError):
    pass


print(type(OSError(2, "x")).__name__, type(Sub(2, "x")).__name__)
try:
    open("/nonexistent/file")
except OSError as e:
    print(type(e).__name__, e)

# SyntaxError.
x = SyntaxError("bad", ("/a/file.py", 3, 4, "text\n", 3, 6))
print(x, x.msg, x.filename, x.lineno, x.offset, x.text, x.end_lineno, x.end_offset, x.print_file_and_line)
print(SyntaxError("m"), SyntaxError(), SyntaxError("m", (None, 3, 4, None)), SyntaxError("m", ("f", None, 4, None)))
show(lambda: SyntaxError("m", (1, 2)))
show(lambda: SyntaxError("m", (1, 2, 3, 4, 5)))
print(IndentationError("i", ("f", 1, 2, "t")))

# Unicode errors.
u = UnicodeDecodeError("utf-8", b"a\xff\xfe", 1, 2, "invalid")
print(u, u.encoding, u.object, u.start, u.end, u.reason)
print(UnicodeDecodeError("utf-8", b"a\xff\xfe", 1, 3, "invalid"))
print(UnicodeEncodeError("ascii", "aé", 1, 2, "r"), UnicodeEncodeError("ascii", "a\u1234b", 1, 2, "r"))
print(UnicodeEncodeError("ascii", "a\U00012345b", 1, 2, "r"), UnicodeEncodeError("ascii", "abc", 1, 3, "r"))
print(UnicodeTranslateError("aé", 1, 2, "r"), UnicodeTranslateError("abc", 0, 3, "r"))
show(lambda: UnicodeDecodeError("utf-8"))
show(lambda: UnicodeEncodeError("utf-8", b"", 1, 2, "r"))
show(lambda: UnicodeDecodeError("utf-8", "", 1, 2, "r"))
u.start = -5
u.end = 100
print(u)

# Generators.
def gen():
    raise StopIteration(3)
    yield


try:
    next(gen())
except RuntimeError as e:
    print(e, repr(e.__cause__), repr(e.__context__))

import pickle, copy

for e in [ValueError(1, 2), OSError(2, "x", "f"), ImportError("m", name="n"), AttributeError("m", name="n"), KeyError("k")]:
    f = pickle.loads(pickle.dumps(e))
    print(repr(f), f.__dict__, getattr(f, "name", None), getattr(f, "filename", None))


class Two(KeyError, AttributeError):
    pass


t = Two("x", name="n")
print(repr(t), str(t))
print([c.__name__ for c in UnboundLocalError.__mro__], ExceptionGroup.__mro__[1:3])
print(EnvironmentError is OSError, IOError is OSError)
