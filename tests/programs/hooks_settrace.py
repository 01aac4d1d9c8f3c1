# sys.settrace: the events, what trace functions give back, f_trace_lines, f_trace_opcodes, f_lineno.
import sys


def trace(function, *args, wrap=None):
    events = []

    def tracer(frame, what, arg):
        if frame.f_code.co_filename != __file__:
            return None
        if what == "exception":
            arg = (arg[0].__name__, str(arg[1]), arg[2] and arg[2].tb_lineno - frame.f_code.co_firstlineno)
        elif what == "return" and hasattr(arg, "send"):
            arg = "generator"
        events.append((frame.f_code.co_name, what, frame.f_lineno - frame.f_code.co_firstlineno, arg))
        return wrap(tracer, frame, what) if wrap else tracer

    sys.settrace(tracer)
    try:
        result = function(*args)
    except Exception as e:
        result = repr(e)
    finally:
        sys.settrace(None)
    print(function.__name__, result)
    for event in events:
        if event[0] != "trace":
            print("   ", *event)


def branches(x):
    if x:
        y = 1
    else:
        y = 2
    while y < 4:
        y += 1
    else:
        y = 0
    for i in (1, 2):
        if i == 2: break
    return (y,
            x)


def raises(x):
    try:
        try:
            1 // x
        finally:
            x = 2
    except ZeroDivisionError as e:
        x = 3
    with manager() as m:
        raise KeyError(m)
    raise ValueError(x)


class manager:
    def __enter__(self):
        return 5

    def __exit__(self, *args):
        return True


def generates():
    def g(n):
        try:
            yield n
            yield from [1, 2]
        except ValueError:
            yield 3
        return 4

    a = g(0)
    next(a)
    a.throw(ValueError("thrown"))
    a.close()
    b = g(7)
    b.send(None)
    b.close()
    c = g(8)
    return [x for x in c] + list(map(lambda x: x * 2, [1]))


def matches(x):
    match x:
        case [1, y]:
            return y
        case {"a": z}:
            return z
        case _:
            pass


async def waits():
    async def two():
        return 2

    return await two()


def runs_coroutine():
    try:
        waits().send(None)
    except StopIteration as e:
        return e.value


trace(branches, 0)
trace(branches, 1)
trace(raises, 0)
trace(generates)
trace(matches, {"a": 1})
trace(runs_coroutine)


def one_line(n):
    while n: n -= 1


trace(one_line, 3)


def no_lines(tracer, frame, what):
    frame.f_trace_lines = False
    return tracer


def opcodes(tracer, frame, what):
    frame.f_trace_opcodes = True
    return tracer


def calls_only(tracer, frame, what):
    return None


def small(a):
    b = a + 1
    return b


trace(small, 1, wrap=no_lines)
trace(small, 1, wrap=opcodes)
trace(branches, 1, wrap=calls_only)


# A trace function that raises is called no more.
def bad(frame, what, arg):
    if frame.f_code.co_filename != __file__:
        return None
    if what == "line":
        raise RuntimeError("from the tracer")
    return bad


def traced_badly():
    x = 1
    return x


sys.settrace(bad)
try:
    traced_badly()
except RuntimeError as e:
    tb = e.__traceback__
    names = []
    while tb:
        names.append(tb.tb_frame.f_code.co_name)
        tb = tb.tb_next
    print(names, e, sys.gettrace())


# Jumps.
def jump(function, what, at, to, *args):
    first = function.__code__.co_firstlineno
    said = []

    def tracer(frame, event, arg):
        if frame.f_code is not function.__code__:
            return None
        if event == what and frame.f_lineno - first == at and not said:
            try:
                frame.f_lineno = first + to if isinstance(to, int) else to
                said.append("jumped")
            except Exception as e:
                said.append(f"{type(e).__name__}: {str(e).replace(str(first + to) if isinstance(to, int) else '?', 'N')}")
        return tracer

    sys.settrace(tracer)
    try:
        result = function(*args)
    except Exception as e:
        result = repr(e)
    sys.settrace(None)
    print("jump", function.__name__, what, at, to, said, result)


def plain(out):
    out.append(1)
    out.append(2)
    out.append(3)
    for i in (1, 2):
        out.append(10 + i)
        out.append(20 + i)
    try:
        out.append(4)
    except ValueError:
        out.append(5)
    with manager() as m:
        out.append(6)
        out.append(7)
    return out


import warnings

warnings.simplefilter("ignore")
jump(plain, "line", 1, 3, [])
jump(plain, "line", 3, 1, [])
jump(plain, "line", 2, 5, [])
jump(plain, "line", 5, 8, [])
jump(plain, "line", 8, 10, [])
jump(plain, "line", 6, 5, [])
jump(plain, "line", 2, 12, [])
jump(plain, "line", 12, 14, [])
jump(plain, "line", 12, 11, [])
jump(plain, "line", 2, -1, [])
jump(plain, "line", 2, 99, [])
jump(plain, "line", 2, "x", [])
jump(plain, "line", 2, None, [])
jump(plain, "call", 0, 2, [])
jump(plain, "return", 14, 2, [])


def unbound(out):
    a = 1
    out.append(a)
    b = 2
    out.append(b)
    return out


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    jump(unbound, "line", 1, 2, [])
    print([str(w.message) for w in caught], [w.category.__name__ for w in caught])

try:
    sys._getframe().f_lineno = 1
except ValueError as e:
    print(e)
try:
    del sys._getframe().f_lineno
except AttributeError as e:
    print(e)

# call_tracing traces while a trace function runs.
inside = []


def nested(frame, what, arg):
    if frame.f_code.co_name == "small":
        inside.append((what, frame.f_lineno - frame.f_code.co_firstlineno))
        return nested
    if frame.f_code.co_name == "one_line" and what == "call":
        small(1)
        sys.call_tracing(small, (2,))


sys.settrace(nested)
one_line(0)
sys.settrace(None)
print(inside)
