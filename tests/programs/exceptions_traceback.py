# Uncaught exceptions as `traceback` formats them, and traceback objects.
import sys, traceback, types


def lines(e, **kw):
    print("".join(traceback.format_exception(e, **kw)).replace(__file__, "FILE"), end="")
    print("-" * 20)


def f(x):
    return 1 / x


def g(x):
    return f(x) + f(
        x
    )


try:
    g(0)
except ZeroDivisionError as e:
    lines(e)
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno, tb.tb_lasti > 0)
        tb = tb.tb_next
    tb = e.__traceback__


def rec(n):
    if n:
        return rec(n - 1)
    raise ValueError("deep")


try:
    rec(10)
except ValueError as e:
    lines(e)
try:
    try:
        {}["key"]
    except KeyError as e:
        raise RuntimeError("after") from e
except RuntimeError as e:
    e.add_note("a note\nof two lines")
    lines(e)
try:
    try:
        {}["key"]
    finally:
        [].sorted
except AttributeError as e:
    lines(e)


class A:
    def __init__(self):
        self.value = 1

    def m(self):
        return valeu + value

    def n(self):
        return self.valeu


for call in [A().m, A().n, lambda: pritn, lambda: sys.exc_inf, lambda: "".uper()]:
    try:
        call()
    except Exception as e:
        lines(e)
try:
    from sys import exc_inf
except ImportError as e:
    lines(e)
try:
    compile("a = (1,\nb = 2", "name.py", "exec")
except SyntaxError as e:
    print(type(e).__name__)
try:
    raise ExceptionGroup("eg", [ValueError(1), ExceptionGroup("in", [TypeError(2), KeyError("k")])])
except ExceptionGroup as e:
    lines(e)


class Weird(Exception):
    def __str__(self):
        1 / 0


lines(Weird())
try:
    x = {"a": {"b": None}}
    x["a"]["b"]["c"]["d"]
except TypeError as e:
    lines(e)
try:
    (1 + 2) * (3 +
               "x")
except TypeError as e:
    lines(e)

# Traceback objects.
t = types.TracebackType(None, tb.tb_frame, 3, 7)
print(t.tb_next, t.tb_lasti, t.tb_lineno, t.tb_frame is tb.tb_frame, dir(t))
t.tb_next = tb
print(t.tb_next is tb)
for value in [t, 3]:
    try:
        t.tb_next = value
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
try:
    types.TracebackType(None, 3, 3, 7)
except TypeError as e:
    print(e)
