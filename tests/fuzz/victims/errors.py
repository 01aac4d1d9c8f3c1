def handled(f, *args):
    try:
        return f(*args)
    except (ValueError, TypeError) as e:
        return e.args
    except KeyError:
        return "key"
    else:
        return "else"
    finally:
        f = None

def fail(kind):
    if kind: raise kind("message") from ValueError(1)
    return 1 // 0

def chain():
    try:
        try:
            fail(KeyError)
        except KeyError:
            fail(TypeError)
        finally:
            x = 1
    except TypeError as e:
        return e.__context__, e.__cause__, x

def groups():
    out = []
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2), ExceptionGroup("h", [KeyError(3)])])
    except* ValueError as e:
        out.append(e.exceptions)
    except* (TypeError, KeyError):
        out.append("t")
    return out

class Manager:
    def __init__(self, quiet): self.quiet = quiet
    def __enter__(self): return self
    def __exit__(self, kind, value, traceback): return self.quiet

def manage():
    with Manager(True) as a, Manager(False) as b:
        raise ValueError(a.quiet)
    return b.quiet

def loops():
    for i in range(4):
        try:
            if i == 1: continue
            if i == 3: break
            fail(None)
        except ZeroDivisionError:
            pass
        finally:
            i += 1
    return i

def returns():
    for i in range(3):
        try:
            return i
        finally:
            i += 1

handled(fail, ValueError), handled(fail, KeyError), chain(), groups(), manage(), loops(), returns()
try:
    handled(fail, OSError)
except OSError as e:
    e.add_note("note")
try:
    raise StopIteration(3)
except BaseException:
    pass
try:
    undefined
except NameError as e:
    e.name
def late():
    if 0: unbound = 1
    return unbound
handled(lambda: [].pop(0)) if 0 else 0
try: late()
except UnboundLocalError: pass
