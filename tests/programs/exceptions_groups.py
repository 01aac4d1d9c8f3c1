# Exception groups and except*.
def show(f):
    try:
        print(f())
    except BaseException as e:
        print(type(e).__name__, "|", e)


g = ExceptionGroup("g", [ValueError(1), TypeError(2), ExceptionGroup("h", [ValueError(3), KeyError(4)])])
print(g, repr(g), g.message, g.exceptions)
print(type(BaseExceptionGroup("b", [ValueError(1)])), type(BaseExceptionGroup("b", [KeyboardInterrupt()])))
show(lambda: ExceptionGroup("g"))
show(lambda: ExceptionGroup(1, [ValueError()]))
show(lambda: ExceptionGroup("g", 5))
show(lambda: ExceptionGroup("g", []))
show(lambda: ExceptionGroup("g", [1]))
show(lambda: ExceptionGroup("g", [KeyboardInterrupt()]))
show(lambda: ExceptionGroup[int])
m, r = g.split(ValueError)
print(repr(m), repr(r))
print(repr(g.subgroup(lambda e: isinstance(e, KeyError))))
print(g.subgroup(OSError), g.split(OSError))
print(repr(g.split((ValueError, KeyError))))
show(lambda: g.split(3))
show(lambda: g.split((ValueError, 3)))


class MyGroup(ExceptionGroup):
    def derive(self, excs):
        return MyGroup(self.message, excs)


mg = MyGroup("my", [ValueError(1), TypeError(2)])
mg.add_note("note")
a, b = mg.split(ValueError)
print(type(a).__name__, a.__notes__, a.__notes__ is mg.__notes__, repr(b))


def run(raise_, *handlers):
    out = []
    try:
        try:
            raise_()
        except* ValueError as e:
            out.append(("ValueError", repr(e)))
        except* (TypeError, KeyError) as e:
            out.append(("TypeError", repr(e)))
    except BaseException as e:
        out.append(("left", repr(e), repr(e.__context__), repr(e.__cause__)))
    print(out)


def r(e):
    raise e


run(lambda: r(ValueError(1)))
run(lambda: r(OSError(1)))
run(lambda: r(g))
run(lambda: r(ExceptionGroup("x", [OSError(5), ValueError(6)])))
run(lambda: None)

# Raising in a handler.
try:
    try:
        raise ExceptionGroup("eg", [ValueError(1), TypeError(2), OSError(3)])
    except* ValueError as e:
        raise RuntimeError("new")
    except* TypeError as e:
        raise
except BaseException as e:
    print(repr(e))
    for sub in e.exceptions:
        print(repr(sub), repr(sub.__context__))
try:
    try:
        raise ValueError("bare")
    except* ValueError as e:
        print(repr(e), e.__traceback__ is not None)
        raise
except BaseException as e:
    print(repr(e))
try:
    try:
        raise ValueError("bare")
    except* 5:
        pass
except BaseException as e:
    print(type(e), e)
try:
    try:
        raise ValueError("bare")
    except* ExceptionGroup:
        pass
except BaseException as e:
    print(type(e), e)
try:
    raise BaseExceptionGroup("k", [KeyboardInterrupt(), ValueError()])
except* KeyboardInterrupt as e:
    print(repr(e))
except* ValueError as e:
    print(repr(e))
