# What a frame knows: its caller's code and globals.
import sys


def who_called_me():
    frame = sys._getframe(1)
    print(frame.f_code.co_name, sorted(k for k in frame.f_globals if not k.startswith("__")), frame.f_globals is globals())
    return frame


def alice():
    a = 1
    return who_called_me()


class Bob:
    def method(self):
        return who_called_me()

    who_called_me()


frame = alice()
print(frame.f_code is alice.__code__, frame.f_locals, frame.f_back.f_code.co_name)
print(Bob().method().f_code.co_qualname)
who_called_me()
(lambda: who_called_me())()
[who_called_me() for _ in range(1)]
list(who_called_me() for _ in range(1))
sorted([1], key=lambda x: who_called_me() and x)

# Another module's function sees its own globals, and in f_back those of its caller.
namespace = {"__name__": "elsewhere", "who_called_me": who_called_me, "sys": sys}
exec("def carol():\n    frame = who_called_me()\n    return frame.f_globals['__name__'], sys._getframe(1).f_globals['__name__']\n", namespace)
print(namespace["carol"]())


def chain():
    frame, names = sys._getframe(), []
    while frame is not None:
        names.append((frame.f_code.co_name, frame.f_lineno))
        frame = frame.f_back
    return names


def outer():
    return inner()


def inner():
    return chain()


print(outer())
print(sys._getframe().f_back, sys._getframe().f_code.co_name, sys._getframe().f_locals is globals(), sys._getframe().f_builtins is vars(__builtins__))
for depth in (1, 100, -1):
    try:
        print(sys._getframe(depth).f_code.co_name)
    except ValueError as e:
        print(type(e).__name__, e)
    print(depth)
try:
    sys._getframe("x")
except TypeError as e:
    print(e)
