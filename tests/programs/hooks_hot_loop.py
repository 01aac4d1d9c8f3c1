# Hooks that are turned on, and off again, while loops and functions are hot.
import sys
import threading

events = []


# Only of this file: callbacks of weak references of the import system come when memory is collected.
def tracer(frame, what, arg):
    if frame.f_code.co_filename != __file__:
        return None
    events.append((frame.f_code.co_name, what, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


def show(title):
    print(title, len(events), events[:12], events[-4:])
    events.clear()


# In the loop's own function, by a builtin: the frame has its trace function set by hand.
def own(n, at):
    t = 0
    for i in range(n):
        t += i
        if i == at:
            sys._getframe().f_trace = tracer
            sys.settrace(tracer)
        if i == at + 3:
            sys.settrace(None)
    return t


print(own(3000, 2500))
show("own")
print(own(3000, 2990))
show("own again")


# By a function that the loop calls.
def turn_on(frame):
    frame.f_trace = tracer
    sys.settrace(tracer)


def turn_off():
    sys.settrace(None)


def step(i):
    return i + 1


def callee(n, at):
    t = 0
    i = 0
    while i < n:
        t += step(i)
        i += 1
        if i == at:
            turn_on(sys._getframe())
        elif i == at + 2:
            turn_off()
    return t


print(callee(3000, 2500))
show("callee")


# In functions that are called from compiled code, several levels down.
def inner(i, at):
    if i == at:
        sys.settrace(tracer)
    return i


def middle(i, at):
    return inner(i, at) + 1


def outer(n, at):
    t = 0
    for i in range(n):
        t += middle(i, at)
    return t


print(outer(3000, 2998))
sys.settrace(None)
show("levels")


# In a generator.
def numbers(n, at):
    for i in range(n):
        if i == at:
            sys._getframe().f_trace = tracer
            sys.settrace(tracer)
        yield i


def consume(n, at):
    t = 0
    for i in numbers(n, at):
        t += i
        if i == at + 1:
            sys.settrace(None)
    return t


print(consume(3000, 2500))
show("generator")

# By an exception on its way through a hot loop.


def fails(i, at):
    if i == at:
        sys.settrace(tracer)
    raise ValueError(i)


def catches(n, at):
    t = 0
    for i in range(n):
        try:
            fails(i, at)
        except ValueError:
            t += 1
    return t


print(catches(3000, 2999))
sys.settrace(None)
show("exception")

# sys.monitoring: everywhere, and in one function only.
E = sys.monitoring.events
TOOL = sys.monitoring.DEBUGGER_ID
sys.monitoring.use_tool_id(TOOL, "test")
lines = []
first = callee.__code__.co_firstlineno


def line_event(code, line):
    if code.co_filename == __file__:
        lines.append((code.co_name, line - code.co_firstlineno))


sys.monitoring.register_callback(TOOL, E.LINE, line_event)


def hot(n, at):
    t = 0
    for i in range(n):
        t += step(i)
        if i == at:
            sys.monitoring.set_events(TOOL, E.LINE)
        if i == at + 1:
            sys.monitoring.set_events(TOOL, 0)
    return t


for at in 2500, 2800:
    print(hot(3000, at), lines)
    lines.clear()


def local(n, at):
    t = 0
    for i in range(n):
        t += step(i)
        if i == at:
            sys.monitoring.set_local_events(TOOL, step.__code__, E.LINE)
        if i == at + 2:
            sys.monitoring.set_local_events(TOOL, step.__code__, 0)
    return t


print(local(3000, 2500), lines)
lines.clear()

# What is disabled does not come again until restart_events().
seen = []


def once(code, line):
    seen.append((code.co_name, line - code.co_firstlineno))
    return sys.monitoring.DISABLE


sys.monitoring.register_callback(TOOL, E.LINE, once)
sys.monitoring.set_local_events(TOOL, outer.__code__, E.LINE)
print(outer(3000, -1), seen)
print(outer(3000, -1), len(seen))
sys.monitoring.restart_events()
print(outer(3000, -1), len(seen))
sys.monitoring.free_tool_id(TOOL)
print(outer(3000, -1), len(seen))

# By another thread, for a thread in a loop.
started, done = threading.Event(), False
names = set()


def other_tracer(frame, what, arg):
    if frame.f_code.co_filename != __file__:
        return None
    names.add((frame.f_code.co_name, what))
    return other_tracer


def busy():
    global count
    count = 0
    started.set()
    while not done:
        spin()


def spin():
    global count
    count += 1


t = threading.Thread(target=busy)
t.start()
started.wait()
while count < 5000:
    pass
threading.settrace_all_threads(other_tracer)
while ("spin", "return") not in names:
    pass
threading.settrace_all_threads(None)
done = True
t.join()
print(("spin", "call") in names, ("spin", "line") in names, ("spin", "return") in names)
print(sys.gettrace(), threading.gettrace())
