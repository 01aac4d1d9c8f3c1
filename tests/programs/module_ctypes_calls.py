# ctypes: calls of C's functions, and Python functions that C calls.
import errno
import gc
import sys
import threading
from ctypes import *
import _ctypes

libc = CDLL(None)
libm = CDLL('libm.so.6')


def title(text):
    print('---', text)


title('calls')
print(libc.abs(-5), libc.strlen(b'hello'), libc['labs'](7), libc.abs is libc.abs, libc['abs'] is libc.abs)
libm.pow.restype = c_double
libm.pow.argtypes = [c_double, c_double]
print(libm.pow(2, 10), libm.pow(2.5, 2))
libm.sqrtf.restype = c_float
libm.sqrtf.argtypes = c_float,
print(libm.sqrtf(2))
libm.powl.restype = c_longdouble
libm.powl.argtypes = [c_longdouble] * 2
print(libm.powl(2, 0.5))
libm.csqrt.restype = c_double_complex
libm.csqrt.argtypes = [c_double_complex]
print(libm.csqrt(-4), libm.csqrt(3 + 4j))
libm.conjf.restype = c_float_complex
libm.conjf.argtypes = [c_float_complex]
print(libm.conjf(1 + 2j))
libc.strchr.restype = c_char_p
print(libc.strchr(b'abcdef', ord('d')), libc.strchr(b'abc', ord('x')))
libc.strchr.argtypes = [c_char_p, c_char]
print(libc.strchr(b'abcdef', b'e'))
libc.wcslen.restype = c_size_t
print(libc.wcslen('wide\u20ac'))
libc.atoll.restype = c_longlong
print(libc.atoll(b'-9000000000000000000'), libc.atoi(b'12x'))
libc.strtol.restype = c_long
end = c_char_p()
text = b'123abc'
print(libc.strtol(text, byref(end), 10), end.value)
buffer = create_string_buffer(80)
print(libc.snprintf(buffer, c_size_t(80), b'%s %d %.3f %c %ld', b'text', 42, c_double(2.5), b'z'[0], c_long(-2**40)), buffer.value)
libc.sprintf.argtypes = [c_char_p, c_char_p]
print(libc.sprintf(buffer, b'%d-%s', 7, b'more'), buffer.value)
libc.toupper.restype = lambda n: chr(n)
print(libc.toupper(ord('q')))
libc.free.restype = None
libc.malloc.restype = c_void_p
block = libc.malloc(c_size_t(100))
memset(block, 65, 100)
print(string_at(block, 5), libc.free(c_void_p(block)))


class div_t(Structure):
    _fields_ = [('quot', c_int), ('rem', c_int)]


class ldiv_t(Structure):
    _fields_ = [('quot', c_long), ('rem', c_long)]


libc.div.restype = div_t
libc.ldiv.restype = ldiv_t
print(libc.div(17, 5).quot, libc.div(17, 5).rem, libc.ldiv(-17, 5).quot, libc.ldiv(-17, 5).rem)


class Even(c_int):
    _check_retval_ = staticmethod(lambda v: ('checked', v.value))


libc.labs.restype = Even
print(libc.labs(8))


def check(result, function, arguments):
    print('errcheck', result, function is abs_, arguments)
    return arguments if result == 3 else result * 2


abs_ = CFUNCTYPE(c_int, c_int)(('abs', libc))
abs_.errcheck = check
print(abs_(-3), abs_(-4))

title('parameters')
prototype = CFUNCTYPE(c_int, c_char_p, c_size_t, c_char_p, c_int)
f = prototype(('snprintf', libc), ((1, 'to'), (1, 'size', 20), (1, 'format'), (1, 'n', 5)))
print(f(buffer, format=b'<%d>'), buffer.value, f(buffer, 3, b'%d', 12345), buffer.value)
prototype = CFUNCTYPE(c_double, c_double, POINTER(c_int))
frexp = prototype(('frexp', libm), ((1, 'x'), (2, 'exponent')))
print(frexp(10.0))
modf = CFUNCTYPE(c_double, c_double, POINTER(c_double))(('modf', libm), ((1,), (3, 'whole')))
whole = c_double()
print(modf(2.75, whole) is whole, whole)


class Wrapped:
    def __init__(self, value):
        self._as_parameter_ = value


print(libc.abs(Wrapped(-9)), libc.abs(Wrapped(Wrapped(c_int(-10)))))


class Doubles:
    @classmethod
    def from_param(cls, value):
        return value * 2


g = CDLL(None).abs
g.argtypes = [Doubles]
print(g(-21))
for wrong in (lambda: g(), lambda: libc.abs(2**80), lambda: libc.abs([]), lambda: g([]), lambda: libm.pow(1), lambda: libm.pow('a', 2)):
    try:
        print(wrong())
    except Exception as e:
        print(type(e).__name__, e)

title('errno')
set_errno(0)
with_errno = CDLL(None, use_errno=True)
print(with_errno.open(b'/does/not/exist', 0), errno.errorcode[get_errno()], set_errno(5), get_errno())
other = []
t = threading.Thread(target=lambda: other.append((get_errno(), set_errno(7))))
t.start()
t.join()
print(other, get_errno())

title('callbacks')
COMPARE = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
array = (c_int * 8)(5, 3, 8, 1, 9, 2, 7, 4)
calls = []


def compare(a, b):
    calls.append(1)
    gc.collect() if len(calls) < 3 else None
    return a[0] - b.contents.value


libc.qsort.restype = None
libc.qsort(array, len(array), sizeof(c_int), COMPARE(compare))
print(list(array), len(calls) > 8)
for t, v in ((c_byte, -3), (c_ubyte, 250), (c_short, -300), (c_ushort, 65000), (c_int, -70000), (c_uint, 2**32 - 1), (c_long, -2**63), (c_ulong, 2**64 - 1),
             (c_float, 1.5), (c_double, 2.5), (c_longdouble, 3.25), (c_char, b'x'), (c_wchar, 'y'), (c_bool, True), (c_void_p, 5), (c_double_complex, 1 + 2j),
             (c_float_complex, 1 - 2j)):
    print(t.__name__, CFUNCTYPE(t, t)(lambda x: x)(v), end=' ')
print()
print(CFUNCTYPE(py_object, py_object)(lambda o: [o])({'a': 1}), PYFUNCTYPE(py_object, py_object, c_int)(lambda o, n: (o, n))('x', 3))


class Point(Structure):
    _fields_ = [('x', c_double), ('y', c_double)]


class Three(Structure):
    _fields_ = [('a', c_byte), ('b', c_short * 3), ('c', c_float)]


class Large(Structure):
    _fields_ = [('a', c_long * 10), ('b', c_double)]


class Either(Union):
    _fields_ = [('i', c_int), ('f', c_float)]


print(CFUNCTYPE(c_double, Point, c_int, Point)(lambda p, n, q: p.x + p.y * n + q.x + q.y)(Point(1, 2), 10, Point(3, 4)))
print(CFUNCTYPE(c_float, Three)(lambda s: s.a + sum(s.b) + s.c)(Three(1, (2, 3, 4), 5.5)))
print(CFUNCTYPE(c_double, Large, Either)(lambda s, e: sum(s.a) + s.b + e.i)(Large(tuple(range(10)), 0.5), Either(3)))
print(CFUNCTYPE(c_int, *[c_int] * 20)(lambda *a: sum(a))(*range(20)))
print(CFUNCTYPE(c_double, *[c_double, c_int] * 10)(lambda *a: sum(a))(*range(20)))
print(CFUNCTYPE(None)(lambda: 5)(), CFUNCTYPE(c_int)(lambda: 5)())
nested = CFUNCTYPE(c_int, c_int)(lambda n: n + nested(n - 1) if n else 0)
print(nested(50))


def report(u):
    print('unraisable:', u.err_msg.split(' <')[0], type(u.exc_value).__name__, u.exc_value, u.object)


sys.unraisablehook = report


def raises(*a):
    raise ValueError('from a callback')


CFUNCTYPE(c_int, c_int)(raises)(1)
CFUNCTYPE(c_int)(lambda: 'text')()
CFUNCTYPE(c_char_p)(lambda: 5.5)()


class Odd(Structure):
    _fields_ = [('a', c_int)]

    def __init__(self):
        raise KeyError('no')


CFUNCTYPE(c_int, Odd)(lambda o: 1)(Odd.from_buffer_copy(b'abcd'))

title('threads')
START = CFUNCTYPE(c_void_p, c_void_p)
seen = []


def body(argument):
    seen.append((argument, threading.current_thread() is threading.main_thread()))
    gc.collect()
    return argument + 1


start = START(body)
for number in range(1, 4):
    thread, result = c_ulong(), c_void_p()
    libc.pthread_create(byref(thread), None, start, c_void_p(number))
    libc.pthread_join(thread, byref(result))
    print(seen[-1], result.value)
ready, go = threading.Event(), threading.Event()
CFUNCTYPE(None)(lambda: (threading.Thread(target=ready.set).start(), ready.wait()))()
print('a callback that waits for a thread', ready.is_set())
usleep = CDLL(None).usleep
t = threading.Thread(target=lambda: usleep(300000))
t.start()
count = 0
while t.is_alive() and count < 1000:
    count += 1
print('others run during a call:', count == 1000)
t.join()

title('lifetime')
kept = []
for i in range(200):
    kept.append(CFUNCTYPE(c_int, c_int)(lambda n, i=i: n + i))
    if i % 50 == 0:
        gc.collect()
print([f(1) for f in kept[::40]])
addresses = {cast(f, c_void_p).value for f in kept}
print(len(addresses))
del kept, f
gc.collect()
again = CFUNCTYPE(c_int, c_int)(lambda n: -n)
copy = CFUNCTYPE(c_int, c_int).from_buffer(again)
print(again(5), copy(6), bool(again), bool(CFUNCTYPE(None)()), CFUNCTYPE(c_int, c_int)(cast(again, c_void_p).value)(7))


class Callbacks(Structure):
    _fields_ = [('first', CFUNCTYPE(c_int, c_int)), ('second', CFUNCTYPE(c_int, c_int))]


table = Callbacks(CFUNCTYPE(c_int, c_int)(lambda n: n * 2), CFUNCTYPE(c_int, c_int)(lambda n: n * 3))
gc.collect()
print(table.first(10), table.second(10))
