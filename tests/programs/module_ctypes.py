# ctypes: simple types and arrays.
from ctypes import *


def title(text):
    print('---', text)


title('simple types')
SIMPLE = (c_byte, c_ubyte, c_short, c_ushort, c_int, c_uint, c_long, c_ulong, c_longlong, c_ulonglong)
for t in SIMPLE:
    print(t.__name__, t._type_, sizeof(t), alignment(t), [t(v).value for v in (0, -1, 127, 128, 2**31, 2**63, -2**70 - 5, True)])
for t in (c_float, c_double, c_longdouble):
    values = [t(v).value for v in (0, -0.0, 1, 1.1, 1e30, 5e-324, float('inf'), -float('inf'), 2**80)]
    print(t.__name__, t._type_, sizeof(t), alignment(t), values, t(float('nan')).value)
for t in (c_float_complex, c_double_complex, c_longdouble_complex):
    print(t.__name__, t._type_, sizeof(t), alignment(t), t(1.5 - 2j), t(3))
print(c_bool([]), c_bool([0]), c_char(b'x'), c_char(65), c_char(bytearray(b'z')), c_wchar('\U0001f600'), bytes(c_char()))
print(c_char_p(b'abc').value, c_char_p().value, c_wchar_p('d\u20ac\U0001f600').value, c_wchar_p(None), c_void_p(5), c_void_p(None))
print(c_void_p(-1).value == 2**64 - 1, bool(c_void_p(0)), bool(c_void_p(1)), bool(c_int(0)), bool(c_char_p(b'')))
x = c_int(3)
x.value = 2**40 + 7
print(x, x.value, repr(c_int.__ctype_be__(258)), bytes(c_int.__ctype_be__(258)), bytes(c_double.__ctype_be__(1.5)))
print(c_int.__ctype_le__ is c_int, c_byte.__ctype_be__ is c_byte, hasattr(c_void_p, '__ctype_be__'))


class Text(bytes):
    pass


for n in (0, 1, 7, 8, 15, 16, 23, 24, 40, 1000):
    print(n, [string_at(t(b'x' * n)) == b'x' * n and len(c_char_p(t(b'x' * n)).value) for t in (bytes, Text)], end=' ')
print()


class MyInt(c_int):
    def __repr__(self):
        return f'MyInt({self.value})'


class Box(py_object):
    pass


print(MyInt(5), sizeof(MyInt), type(MyInt(1).value), Box([1]).value, py_object('s').value, py_object(5).value, py_object(2.5).value)
o = py_object()
print(o)
o.value = [1, 2]
print(o.value, o._objects, py_object(None).value)

title('arrays')
A = c_int * 4
a = A(1, 2, 3)
print(A, A.__name__, A._length_, A._type_, len(a), list(a), a[-1], a[1:3], a[::-1], a[:0], A is c_int * 4)
a[3] = 9
a[0:2] = [7, 8]
a[::2] = (5, 6)
print(list(a), 3 in a, sizeof(a), bytes(a))
m = memoryview(a)
print(m.format, m.shape, m.itemsize, m.ndim, m.readonly, m.tobytes())
m2 = memoryview((c_short * 3 * 2)((1, 2, 3), (4, 5, 6)))
print(m2.format, m2.shape, m2.strides, m2.cast('B').tolist())
b = (c_char * 6)(*b'abcdef')
print(b.value, b.raw, b[1:3], b[::2], b[::-1], b[0])
b.value = b'xy'
print(b.value, b.raw, list(b))
b.raw = b'123456'
print(b.value, b.raw)
w = (c_wchar * 4)('a', 'b')
print(w.value, w[0:2], repr(w[::-1]), list(w))
w.value = '\u20ac\U0001f600'
print(w.value)
print(create_string_buffer(b'hello').raw, create_string_buffer(3).raw, create_string_buffer(b'ab', 5).raw, create_unicode_buffer('hi').value)
print([list(row) for row in (c_byte * 2 * 3)()], len((c_int * 0)()), sizeof(c_int * 0))


class Words(Array):
    _type_ = c_ushort
    _length_ = 3


print(list(Words(1, 2, 3)), sizeof(Words), Array[int], isinstance(a, Array))
