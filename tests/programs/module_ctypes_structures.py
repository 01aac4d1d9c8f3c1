# ctypes: structures and unions.
import pickle
import warnings
from ctypes import *


def title(text):
    print('---', text)


title('structures')


class Point(Structure):
    _fields_ = [('x', c_int), ('y', c_int)]


class Named(Structure):
    _fields_ = [('name', c_char * 8), ('wide', c_wchar * 3), ('p', Point), ('next', c_void_p), ('s', c_char_p)]


class Sub(Point):
    _fields_ = [('z', c_double)]


p = Point(1, y=2)
print(p.x, p.y, sizeof(Point), alignment(Point), Point.x, Point.y.offset, Point.x.size, bytes(p))
n = Named(b'ab', 'cd', (3, 4), 5, b'text')
print(n.name, n.wide, n.p.x, n.p.y, n.next, n.s, sizeof(Named), [getattr(Named, f[0]).offset for f in Named._fields_])
n.p.x = 77
n.name = b'12345678'
q = n.p
q.y = 78
print(n.p.x, n.p.y, n.name, n._objects, q._b_base_ is n, q._b_needsfree_, n._b_needsfree_)
s = Sub(1, 2, 3.5)
print(s.x, s.y, s.z, sizeof(Sub), [f for f, _ in Sub._fields_], issubclass(Sub, Point), Sub.z)
print(memoryview(n).format, memoryview(p).format, memoryview(s).format, memoryview(p).shape)


class Packed(Structure):
    _pack_ = 1
    _layout_ = 'ms'
    _fields_ = [('a', c_byte), ('b', c_int), ('c', c_double)]


class Aligned(Structure):
    _align_ = 32
    _fields_ = [('a', c_byte)]


print(sizeof(Packed), Packed.b.offset, Packed.c.offset, sizeof(Aligned), alignment(Aligned))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')

    class Old(Structure):
        _pack_ = 2
        _fields_ = [('a', c_byte), ('b', c_int)]
print(sizeof(Old), [str(c.category.__name__) for c in caught])


class Bits(Structure):
    _fields_ = [('a', c_int, 3), ('b', c_uint, 5), ('c', c_longlong, 40), ('d', c_ubyte, 1), ('e', c_bool, 1)]


f = Bits(3, 31, -1, 1, True)
print(f.a, f.b, f.c, f.d, f.e, sizeof(Bits), bytes(f).hex())
for v in (-4, 4, 7, 8):
    f.a = v
    print(v, f.a, f.b, f.c, end=' ')
print()
for name, *_ in Bits._fields_:
    d = getattr(Bits, name)
    print(d, d.bit_size, d.bit_offset, d.byte_offset, d.byte_size, d.size, d.is_bitfield, d.is_anonymous, d.name, d.type.__name__)


class Number(Union):
    _fields_ = [('i', c_uint), ('f', c_float), ('b', c_ubyte * 4)]


u = Number(f=1.5)
print(hex(u.i), u.f, list(u.b), sizeof(Number), Number(1).i)


class Anonymous(Structure):
    _anonymous_ = ['u', 'p']
    _fields_ = [('tag', c_int), ('u', Number), ('p', Point)]


an = Anonymous(1)
an.f = 2.0
an.y = 9
print(hex(an.u.i), an.p.y, Anonymous.f, Anonymous.y.offset, Anonymous.u.is_anonymous)


class Big(BigEndianStructure):
    _fields_ = [('a', c_ushort), ('b', c_uint), ('c', c_double), ('d', c_short, 3), ('e', c_short, 4)]


be = Big(1, 2, 1.5, -1, 5)
print(bytes(be), be.a, be.b, be.c, be.d, be.e, memoryview(be).format)


class Cell(Structure):
    pass


Cell._fields_ = [('value', c_int), ('next', POINTER(Cell))]
c3 = Cell(3)
c2 = Cell(2, pointer(c3))
c1 = Cell(1, pointer(c2))
print(c1.next.contents.next.contents.value, c1.next[0].value, bool(c3.next))

title('pickle and identity')
for v in (c_int(42), c_double(1.5), Point(3, 4), Bits(1, 2, 3)):
    w = pickle.loads(pickle.dumps(v))
    print(type(w).__name__, bytes(w) == bytes(v), w is v)
try:
    hash(c_int(1))
except TypeError as e:
    print(e)
print(c_int(1) == c_int(1), c_int.from_param(3), c_int.from_param(c_int(4)), c_double.from_param(2), c_char.from_param(b'x'))
print(type(Structure).__name__, type(c_int).__mro__[1].__name__, Structure.__mro__[1].__name__, type(Point.x))


class Attribute(Structure):
    _fields_ = [('a', c_int)]

    def __init__(self, *args):
        super().__init__(*args)
        self.other = 5


print(Attribute(3).other, Attribute(3).a, Attribute(3).__dict__)
