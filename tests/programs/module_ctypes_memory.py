# ctypes: pointers, and memory of others.
import array
import gc
from ctypes import *


def title(text):
    print('---', text)


a = (c_int * 4)(5, 8, 6, 9)
title('pointers')
i = c_int(42)
p = pointer(i)
print(p.contents.value, p[0], type(p).__name__, POINTER(c_int) is type(p), p.contents is i, p._objects)
p[0] = 5
print(i.value, p.contents.value)
p.contents = c_int(6)
print(i.value, p[0])
pa = cast(a, POINTER(c_int))
print(pa[0], pa[1:4], pa[3], pa[2:0:-1])
pa[1] = -1
print(list(a), cast(b'abc', c_char_p).value, cast(pa, c_void_p).value == addressof(a))
pc = cast(create_string_buffer(b'hello'), POINTER(c_char))
print(pc[0], pc[0:5], pc[4:1:-1], pc[:3])
pp = pointer(pointer(c_int(8)))
print(pp[0][0], pp.contents.contents.value, bool(POINTER(c_int)()), sizeof(pp))
obj = ['an', 'object']
print(cast(id(obj), py_object).value is obj)
print(POINTER(None), POINTER(c_int).__name__, c_int.__pointer_type__ is POINTER(c_int), pointer(a)[0][1])


class Holder(Structure):
    _fields_ = [('array', POINTER(c_int)), ('text', c_char_p)]


h = Holder((c_int * 3)(1, 2, 3), b'kept')
gc.collect()
print(h.array[0:3], h.text, sorted(h._objects))

title('memory of others')
data = bytearray(16)
v = c_uint32.from_buffer(data, 4)
v.value = 0x01020304
print(data, c_uint32.from_buffer_copy(data, 4).value == v.value, type(v._objects))
try:
    data.append(1)
except BufferError as e:
    print(e)
floats = array.array('d', [1.0, 2.0])
d2 = (c_double * 2).from_buffer(floats)
d2[1] = 5.5
print(floats, d2[0])
print(c_float.from_buffer(bytearray(c_uint32(0x3fc00000))).value, c_uint64.from_buffer(bytearray(c_double(1.0))).value)
y = c_int.from_address(addressof(i))
y.value = 11
print(i.value, y._b_needsfree_, y._b_base_)
print(string_at(b'abc\0def', 7), string_at(b'abc'), wstring_at('wide'), wstring_at('wide', 2))
mv = memoryview_at(addressof(a), sizeof(a))
print(mv.cast('i').tolist(), mv.readonly, memoryview_at(addressof(a), 4, readonly=True).readonly, mv.obj)
target = create_string_buffer(8)
memmove(target, b'moved', 5)
memset(byref(target, 5), ord('!'), 2)
print(target.raw)

title('sizes')
r = (c_short * 2)(1, 2)
view = memoryview(r)
resize(r, 100)
print(sizeof(r), len(r), list(r), sizeof(c_short * 2))
for k in range(50):
    cast(r, POINTER(c_short))[k] = k
print(list(r), cast(r, POINTER(c_short))[45:50])
print([sizeof(t) for t in (c_size_t, c_ssize_t, c_time_t, py_object, CFUNCTYPE(None))])
