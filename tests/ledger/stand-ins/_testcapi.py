"""What CPython's tests ask of its C test module, as far as it can be said in terms of Brolga's own.

Only what leads to the same piece of Brolga that CPython's function leads to in CPython: the printing of exceptions, the
limits of C's integers, ways to call. What tests the C API itself is not here, and its cases fail.
"""

import struct as _struct
import sys as _sys

CHAR_MAX, CHAR_MIN, UCHAR_MAX = 127, -128, 255
SHRT_MAX, SHRT_MIN, USHRT_MAX = 0x7FFF, -0x8000, 0xFFFF
INT_MAX, INT_MIN, UINT_MAX = 0x7FFFFFFF, -0x80000000, 0xFFFFFFFF
LONG_MAX, LONG_MIN, ULONG_MAX = 2**63 - 1, -2**63, 2**64 - 1
LLONG_MAX, LLONG_MIN, ULLONG_MAX = LONG_MAX, LONG_MIN, ULONG_MAX
PY_SSIZE_T_MAX, PY_SSIZE_T_MIN, SIZE_MAX = LONG_MAX, LONG_MIN, ULONG_MAX
SIZEOF_WCHAR_T, SIZEOF_VOID_P, SIZEOF_TIME_T, SIZEOF_PID_T = 4, 8, 8, 4
DBL_MAX, DBL_MIN = _sys.float_info.max, _sys.float_info.min
FLT_MAX = _struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
FLT_MIN = _struct.unpack("<f", b"\x00\x00\x80\x00")[0]
nan_msb_is_signaling = 0


WITH_PYMALLOC = WITH_MIMALLOC = 0


class error(Exception):
    pass


def config_get(name, /):
    """PyConfig_Get, for the options that Brolga has."""
    if name == "code_debug_ranges":
        return int(any(position[2] is not None for position in compile("a.b", "", "eval").co_positions()))
    return getattr(_sys.flags, name)


def get_feature_macros():
    return {}


def exception_print(exception, legacy=False, /):
    """PyErr_DisplayException: what prints an exception that nothing caught."""
    if legacy:
        _sys.__excepthook__(type(exception), exception, exception.__traceback__)
        return
    _sys.__excepthook__(type(exception), exception, getattr(exception, "__traceback__", None))


def raise_exception(kind, count, /):
    raise kind(*range(count))


def raise_memoryerror():
    raise MemoryError


def make_exception_with_doc(name, doc=None, base=None, dict=None):
    module, dot, short = name.rpartition(".")
    if not dot:
        raise SystemError("PyErr_NewException: name must be module.class")
    bases = base if isinstance(base, tuple) else (base or Exception,)
    given = {} if dict is None else dict.copy()
    given.setdefault("__module__", module)
    if doc is not None:
        given["__doc__"] = doc
    return type(short, bases, given)


def pyobject_fastcalldict(function, args, kwargs, /):
    return function(*(args or ()), **(kwargs or {}))


def pyobject_vectorcall(function, args, names, /):
    args = args or ()
    names = names or ()
    split = len(args) - len(names)
    return function(*args[:split], **dict(zip(names, args[split:])))


def pyvectorcall_call(function, args, kwargs={}, /):
    return function(*args, **kwargs)


def pycfunction_call(function, args, kwargs={}, /):
    return function(*args, **kwargs)


def err_givenexceptionmatches(exception, kinds, /):
    if isinstance(kinds, tuple):
        return any(err_givenexceptionmatches(exception, kind) for kind in kinds)
    try:
        raise exception
    except kinds:
        return True
    except BaseException:
        return False


class awaitType:
    """Awaitable by its class alone: `__await__` gives what it was made with."""

    def __init__(self, value, /):
        self._value = value

    def __await__(self):
        return self._value


def code_newempty(filename, name, line, /):
    """PyCode_NewEmpty: code that only raises."""
    code = compile("raise AssertionError", filename, "exec")
    return code.replace(co_name=name, co_qualname=name, co_firstlineno=line)


def code_offset_to_line(code, offset, /):
    """PyCode_Addr2Line."""
    if offset < 0:
        return code.co_firstlineno
    for start, end, line in code.co_lines():
        if start <= offset < end:
            return -1 if line is None else line
    return -1


def sequence_getitem(sequence, index, /):
    return sequence[index]


def traceback_print(traceback, file, /):
    """PyTraceBack_Print: what an exception with this traceback prints, but for its last line."""
    import io
    hidden, _sys.stderr = _sys.stderr, io.StringIO()
    try:
        exception_print(BaseException().with_traceback(traceback))
        text = _sys.stderr.getvalue()
    finally:
        _sys.stderr = hidden
    # It knows no carets.
    lines = [line for line in text.splitlines(keepends=True)[:-1] if line.strip("~^ \n")]
    file.write("".join(lines))


def call_in_temporary_c_thread(function, wait=True, /):
    """Calls the function in a thread that Python's threading module knows nothing of."""
    import _thread
    handle = _thread.start_joinable_thread(function, daemon=False)
    if wait:
        handle.join()
    else:
        _temporary_threads.append(handle)


_temporary_threads = []


def join_temporary_c_thread():
    while _temporary_threads:
        _temporary_threads.pop().join()


def settrace_to_record(events, /):
    """PyEval_SetTrace with a function that puts down each event: its number, the line, and the argument's text."""
    numbers = {"call": 0, "exception": 1, "line": 2, "return": 3, "opcode": 7}

    def record(frame, event, arg):
        events.append((numbers[event], frame.f_lineno, str(arg)))
        return record

    _sys.settrace(record)


# Native functions and methods of each kind of signature.

from _calling import MethClass, MethInstance, MethStatic  # noqa: E402
import _calling  # noqa: E402


def _of_module(function):
    def call(*args, **kwargs):
        result = function(*args, **kwargs)
        module = _sys.modules[__name__]
        return module if result is None else (module, *result[1:])
    return call


for _name in dir(_calling):
    if _name.startswith("meth_"):
        globals()[_name] = _of_module(getattr(_calling, _name))


def _marshalled(path):
    with open(path, "rb") as file:
        return file.read()


def pymarshal_write_long_to_file(value, path, version, /):
    with open(path, "wb") as file:
        file.write((value & 0xFFFFFFFF).to_bytes(4, "little"))


def pymarshal_write_object_to_file(value, path, version, /):
    import marshal
    with open(path, "wb") as file:
        marshal.dump(value, file, version)


def _read_int(path, size):
    data = _marshalled(path)
    if len(data) < size:
        raise EOFError("EOF read where data expected")
    return int.from_bytes(data[:size], "little", signed=True), size


def pymarshal_read_short_from_file(path, /):
    return _read_int(path, 2)


def pymarshal_read_long_from_file(path, /):
    return _read_int(path, 4)


def pymarshal_read_object_from_file(path, /):
    import marshal
    with open(path, "rb") as file:
        return marshal.load(file), file.tell()


pymarshal_read_last_object_from_file = pymarshal_read_object_from_file
