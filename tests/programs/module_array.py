# Arrays of numbers.
import array
import copy
import io
import pickle
import sys
import warnings

warnings.simplefilter("ignore")
A=array.array

def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__, '|', e)
for x in ["A()","A(1)","A('')","A('ii')","A('x')","A('i',5)","A('i',None)","A('i','abc')","A('i',b'abc')","A('i',b'abcd')","A('i',[1,'a'])","A('b',[128])","A('b',[-129])","A('B',[256])","A('B',[-1])","A('h',[40000])","A('h',[-40000])","A('H',[-1])","A('H',[70000])","A('i',[2**31])","A('i',[-2**31-1])","A('i',[2**70])","A('I',[-1])","A('I',[2**32])","A('I',[2**64])","A('l',[2**63])","A('l',[-2**63-1])","A('L',[-1])","A('L',[2**64])","A('q',[2**63])","A('Q',[2**64])","A('Q',[-1])","A('f',['a'])","A('d',['a'])","A('d',[1,2.5,True])","A('f',[1e300])","A('u','ab')","A('w','ab')","A('w',['a',1])","A('w',['ab'])","A('w',[''])","A('u',['ab'])","A('u',[1])","A('u',['\\U0001F600'])","A('w','\\U0001F600x')","A('i',A('w','a'))","A('w',A('u','a'))","A('i',A('d',[1]))","A('d',A('i',[1]))","A('b',[1.5])","A('i',[1.5])","A('l',[1.5])","A('I',[1.5])","A('L',[1.5])","A('q',[1.5])","A('Q',['a'])","A('b',['a'])","A('B',['a'])","A('H',['a'])","A('h',['a'])","A('i',['a'])","A(typecode='i')","A('i',x=1)","A('i',1,2)","A('i',(1,2))","A('i',range(3))","A('i',bytearray(8))","A('w',b'abc')","A('w',b'abcdefgh')","A('I',[True])","A('Q',[2**64-1])","A('i',memoryview(b'abcd'))","A(b'i')","A('i',{1:2})","A('d',[2**2000])","A('f',[2**2000])","A('I',['a'])","A('L',['a'])","A('q',['a'])","A('l',['a'])", "A('i', 'é')","A('w', 5)"]:
    print(x, end=': '); t(lambda: eval(x))
a=A('i',range(5))
for x in ["a[5]","a[-6]","a['x']","a[1:3]","a[::2]","a[::-1]","a[1.5]","a[2**70]","a.__setitem__(5,1)","a.__setitem__(-1,'a')","a.__setitem__('x',1)","a.__setitem__(0,2**40)","a.__setitem__(slice(0,2),[1])","a.__setitem__(slice(0,2),A('h',[1]))","a.__setitem__(slice(0,4,2),A('i',[1]))","a.__setitem__(slice(0,4,2),A('i',[7,8])) or a","a.__setitem__(slice(1,2),A('i',[7,8,9])) or a","a.__setitem__(slice(1,1),a) or a","a.__delitem__(slice(0,8,2)) or a","a.__delitem__(0) or a","a.__delitem__(100)","a.__delitem__('x')","a.pop(100)","a.pop()","a.pop(-1)","A('i').pop()","a.pop('x')","a.remove(99)","a.remove('x')","a.index(99)","a.index(9)","a.index(9,0,1)","a.index(9,-100,100)","a.index(9,3,2)","a.index(9,'x')","a.count(9)","a.count(9.0)","a.append('x')","a.append(2**31)","a.append()","a.insert(0,5) or a","a.insert(-100,6) or a","a.insert(100,7) or a","a.insert(-1,8) or a","a.insert('x',8)","a.insert(0,'x')","a.extend([1,'x'])","a","a.extend(5)","a.extend(A('h',[1]))","a.extend(A('i',[1])) or a","a.fromlist(5)","a.fromlist((1,))","a.fromlist([1,'x'])","a","a.fromlist([1,2]) or a","a.frombytes(b'abc')","a.frombytes('abc')","a.frombytes(5)","a.fromunicode('x')","a.tounicode()","a+1","a+A('h')","a+A('i',[1])","a.__iadd__([1])","a.__iadd__(A('h'))","a*2","2*a","a*-1","a*'x'","a*2**70","a*1.5","a.__imul__(2)","a.tolist()","a.tobytes()","a.itemsize","a.typecode","a==A('i',a)","a==list(a)","a<A('i',[99])","a<A('d',[99])","a!=A('d',a)","a<=a","a>=[1]","a<1","hash(a)","99 in a","7 in a","'x' in a","a.byteswap() or a","a.reverse() or a","a.clear() or a","a.clear(1)","A('i').__reduce_ex__(2)","A('i',[1]).__reduce_ex__(3)","A('d',[1]).__reduce_ex__(0)","A('w','ab').__reduce_ex__(3)","A('w','ab').__reduce_ex__(2)","A('u','ab').__reduce_ex__(3)","A('i').__reduce_ex__('x')","copy.copy(A('i',[1]))","copy.deepcopy(A('i',[1]))","pickle.loads(pickle.dumps(A('i',[1,2]),0))","pickle.loads(pickle.dumps(A('d',[1,2]),5))","iter(A('i',[1,2])).__reduce__()","A('i')","A('w')","A('w','a\\'\"b')","A('d',[1,1e300,float('nan')])","A('f',[1.1])","A[int]","memoryview(A('i',[1,2])).format","memoryview(A('w','ab')).format","memoryview(A('u','ab')).format","memoryview(A('I',[1,2]))[1]","A('i',[1,2]).__sizeof__()","A('i').__sizeof__()","A('w','ab').tounicode()","A('u','ab').tounicode()","A('w','ab').fromunicode(5)","A('w','ab').tolist()","A('w',[]).fromunicode('x')","bytes(A('h',[1,2]))","A('b',[1]).byteswap()","a.fromfile(io.BytesIO(b'abcdef'),2)","a","a.fromfile(io.BytesIO(b'abcdefgh'),2) or a","a.fromfile(5,2)","a.fromfile(io.BytesIO(),-1)","a.fromfile(io.StringIO('abcd'),1)","a.tofile(5)","a.tofile(io.StringIO())","array._array_reconstructor(A,'i',5,b'abcd')","array._array_reconstructor(A,'i',8,b'\\0\\0\\0\\1')","array._array_reconstructor(A,'d',8,b'\\0\\0\\0\\1')","array._array_reconstructor(A,'x',8,b'')","array._array_reconstructor(A,'i',22,b'')","array._array_reconstructor(A,'i',-1,b'')","array._array_reconstructor(A,'i',8,'')","array._array_reconstructor(5,'i',8,b'')","array._array_reconstructor(int,'i',8,b'')","array._array_reconstructor(A,'f',14,b'\\x3f\\x80\\0\\0')","array._array_reconstructor(A,'w',20,'ab'.encode('utf-32-le'))","array._array_reconstructor(A,'w',18,'ab'.encode('utf-16-le'))","array._array_reconstructor(A,'b',8,b'\\0\\0\\0\\1')","array._array_reconstructor(A,'b',8,b'\\0\\0\\1\\1')","array._array_reconstructor(A,'I',10,b'\\0'*8)","array._array_reconstructor(A,'i',8,b'abc')","a.frombytes(bytearray(b'abcd')) or a","(m:=memoryview(a), a.append(1))","a.index(1,2,3,4)","a.buffer_info()[1]","a.__class_getitem__(3)","array.typecodes","array.ArrayType is A","a.__deepcopy__()","a.__copy__()"]:
    print(x, end=': '); t(lambda: eval(x))
class S(A):
    def __init__(self,*a): self.z=1
s=S('i',[1,2]); print(s, s.z, s+s, type(s+s), type(s[0:1]), s.__reduce_ex__(3), type(s*2), type(copy.copy(s)))
class I:
    def __index__(self): return 7
t(lambda:A('i',[I()])); t(lambda:A('b',[I()])); t(lambda:A('Q',[I()])); t(lambda:A('d',[I()])); t(lambda:a[I()])

print(isinstance(a, __import__("collections.abc").abc.MutableSequence))
d = A("d", [0.0]) * 100
for i in range(100):
    d[i] = i / 2
    d[i] += 1
print(sum(d), d[-1], max(d), sorted(d)[:3], list(reversed(d))[:3])
q = A("q", range(-5, 5))
q[2] = 2**62
q[3] = -2**63
print(q, q[2], q[3], q.index(2**62), q.count(-1), 2**62 in q)
for code in "bBhHiIlLqQfd":
    x = A(code, range(10))
    x.extend(range(3))
    x[3] = 100
    x[1:3] = x[5:9]
    del x[::3]
    x += x
    x *= 2
    x.byteswap()
    x.byteswap()
    y = pickle.loads(pickle.dumps(x))
    print(x, x == y, x.itemsize, len(x.tobytes()), pickle.loads(pickle.dumps(x, 1)) == x)
    print(bytes(memoryview(x)[2:4]), memoryview(x).itemsize, memoryview(x).format, memoryview(x).tolist()[:2])


class Evil:
    def __init__(self, target):
        self.target = target

    def __index__(self):
        del self.target[:]
        return 1

    __float__ = __index__


for code in "id":
    x = A(code, [1, 2, 3])
    t(lambda: x.__setitem__(2, Evil(x)))
    print(x)
x = A("i", [1, 2, 3])
l = [1, Evil(x), 3]
t(lambda: x.fromlist(l))
l = []
l += [1, Evil(l), 3]
t(lambda: x.fromlist(l))
f = io.BytesIO()
A("H", range(5)).tofile(f)
f.seek(0)
x = A("H")
t(lambda: x.fromfile(f, 8))
print(x)
v = memoryview(x)
v[0] = 77
t(lambda: x.pop())
t(lambda: x.__setitem__(slice(0, 1), A("H", [1, 2])))
t(lambda: x.__delitem__(slice(0, 0)))
t(lambda: x.__delitem__(0))
v.release()
print(x.pop(0), x)
i = iter(A("i", [1, 2, 3]))
next(i)
print(i.__reduce__(), pickle.loads(pickle.dumps(list(i))))
i.__setstate__(-5)
print(list(i), i.__reduce__())


class Slots(A):
    __slots__ = ()


print(Slots("i").__reduce_ex__(4))


class Own(A):
    def __new__(cls, *a, **k):
        return super().__new__(cls, "i")


print(Own(x=1))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    A("u")
    print([(w.category, str(w.message)) for w in caught])
t(lambda: A("w", b"abcdefgh")[0])
t(lambda: A("u", b"abcdefgh").tounicode())
t(lambda: repr(A("w", b"\0\xd8\0\0")))
t(lambda: A("w", "\ufeffa"))
t(lambda: A("u", "\ud800"))
t(lambda: A("i", [1]).frombytes(A("i", [1])))
t(lambda: A("b", [40000]))
t(lambda: A("H", [2**40]))
t(lambda: A("i", [1]) + 1)
t(lambda: A("i", [1]) * "x")
match A("i", [1, 2]):
    case [1, x]:
        print("matched", x)
nan = float("nan")
x = A("d", [nan, 1.0])
print(x == A("d", x), x != A("d", x), x < x, nan in x, x.count(nan), 1 in x)
t(lambda: x.__add__("bad"))
for f in (x.__mul__, x.__rmul__, x.__imul__):
    try:
        f("bad")
    except TypeError:
        print("TypeError")


class Right:
    def __radd__(self, other):
        return "radd"

    def __rmul__(self, other):
        return "rmul"


print(x + Right(), x * Right())
