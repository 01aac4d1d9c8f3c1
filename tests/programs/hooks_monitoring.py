# sys.monitoring: every kind of event, with its arguments.
import sys

m = sys.monitoring
E = m.events
TOOL = m.PROFILER_ID
print(m.DEBUGGER_ID, m.COVERAGE_ID, m.PROFILER_ID, m.OPTIMIZER_ID, vars(E))
print(m.get_tool(TOOL))
m.use_tool_id(TOOL, "tool")
print(m.get_tool(TOOL))
log = []


def text(v):
    if v is m.MISSING:
        return "MISSING"
    if isinstance(v, BaseException):
        return repr(v)
    if callable(v):
        return v.__qualname__
    if isinstance(v, A):
        return type(v).__name__
    if hasattr(v, "send"):
        return "generator"
    return repr(v)


def callback(name):
    def called(code, *args):
        if code.co_filename == __file__ and code.co_name != "watch":
            first = code.co_firstlineno
            if name == "LINE":
                log.append((name, code.co_name, args[0] - first))
            else:
                log.append((name, code.co_name, *map(text, args)))
    return called


for name, bit in vars(E).items():
    if bit and name != "BRANCH":
        print(m.register_callback(TOOL, bit, callback(name)), end=" ")
print()


def watch(events, function, *args):
    m.set_events(TOOL, events)
    try:
        result = function(*args)
    except Exception as e:
        result = repr(e)
    m.set_events(TOOL, 0)
    print(function.__name__, result)
    for entry in log:
        print("   ", *entry)
    log.clear()


def loop(items):
    n = 0
    for i in items:
        if i:
            n += i
        else:
            continue
    while n > 2:
        n -= 1
    return n if n is not None else 0


def raises():
    try:
        raise ValueError("v")
    except KeyError:
        pass
    finally:
        x = 1


def handles():
    try:
        raises()
    except ValueError:
        return len([])


def gen():
    try:
        x = yield 1
        yield x
    except ZeroDivisionError:
        yield 3
    return 4


def generators():
    def outer():
        return (yield from gen())

    g = outer()
    r = [next(g), g.throw(ZeroDivisionError("z"))]
    for x in gen():
        r.append(x)
    return r + list(g)


class A:
    def __init__(self, *args):
        pass

    def method(self, a=None):
        return int("5")


class B(A):
    def __init__(self):
        super().__init__(1)
        super().method


def calls():
    B()
    a = A()
    a.method(a=1)
    f = a.method
    f()
    dict(a=1)
    max(*(1, 2), key=None)
    return A.method.__name__


watch(E.LINE, loop, [1, 0, 3])
watch(E.JUMP | E.BRANCH_LEFT | E.BRANCH_RIGHT, loop, [1, 0, 3])
watch(E.PY_START | E.PY_RETURN | E.PY_UNWIND | E.RAISE | E.RERAISE | E.EXCEPTION_HANDLED, handles)
watch(E.PY_START | E.PY_RESUME | E.PY_RETURN | E.PY_YIELD | E.PY_THROW | E.PY_UNWIND | E.STOP_ITERATION, generators)
watch(E.CALL | E.C_RETURN | E.C_RAISE, calls)
watch(E.CALL, handles)
watch(E.INSTRUCTION, handles)
watch(E.LINE | E.INSTRUCTION | E.PY_START | E.PY_RETURN, loop, [1])


# Errors.
def error(f, *args):
    try:
        f(*args)
    except Exception as e:
        print(type(e).__name__, e)


error(m.use_tool_id, 6, "x")
error(m.use_tool_id, -1, "x")
error(m.use_tool_id, 0, 5)
error(m.use_tool_id, TOOL, "again")
error(m.set_events, 0, 1)
error(m.set_events, TOOL, -1)
error(m.set_events, TOOL, 1 << 19)
error(m.set_events, TOOL, E.C_RETURN)
error(m.set_local_events, TOOL, 5, 1)
error(m.set_local_events, TOOL, loop.__code__, E.RAISE)
error(m.set_local_events, 0, loop.__code__, 1)
error(m.register_callback, TOOL, 3, None)
error(m.register_callback, TOOL, 1 << 20, None)
error(m.register_callback, 9, 1, None)
m.set_events(TOOL, E.CALL | E.C_RETURN | E.C_RAISE | E.BRANCH)
print(m.get_events(TOOL) == E.CALL | E.BRANCH_LEFT | E.BRANCH_RIGHT, m._all_events())
m.set_events(TOOL, 0)
m.set_local_events(TOOL, loop.__code__, E.LINE)
print(m.get_local_events(TOOL, loop.__code__), m.get_local_events(TOOL, raises.__code__), m.get_events(TOOL))
watch(0, loop, [1])
m.set_local_events(TOOL, loop.__code__, 0)
watch(0, loop, [1])

# DISABLE where it can't be.
m.register_callback(TOOL, E.RAISE, lambda *args: m.DISABLE)
watch(E.RAISE, raises)
watch(E.RAISE, raises)


# What a callback raises.
def fails(code, *args):
    if code.co_name == "loop":
        raise RuntimeError("callback")


m.register_callback(TOOL, E.LINE, fails)
watch(E.LINE, loop, [1])
m.register_callback(TOOL, E.LINE, None)

# BRANCH tells of both ways, and is disabled once for both.
seen = []


def branch(code, source, target):
    if code is loop.__code__:
        seen.append((source, target))
        return m.DISABLE


m.register_callback(TOOL, E.BRANCH, branch)
watch(E.BRANCH, loop, [1, 0, 3])
print(seen)

# More than one tool: the highest id first.
order = []


def started(tool):
    def called(code, offset):
        if code.co_filename == __file__:
            order.append((tool, code.co_name))
    return called


m.register_callback(TOOL, E.PY_START, started(TOOL))
m.use_tool_id(4, "other")
m.register_callback(4, E.PY_START, started(4))
m.set_events(4, E.PY_START)
watch(E.PY_START, raises)
m.free_tool_id(4)
print(order, m.get_tool(4))
m.clear_tool_id(TOOL)
print(m.get_tool(TOOL), m.get_events(TOOL))
m.free_tool_id(TOOL)
print(list(loop.__code__.co_branches()))
