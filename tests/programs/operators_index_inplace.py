import operator, warnings
def t(f, *a):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        try: r = f(*a)
        except BaseException as e: r = (type(e).__name__, str(e))
    print(repr(r), type(r).__name__, [str(x.message) for x in w])
class I:
    def __init__(self, v): self.v = v
    def __index__(self): return self.v
class MyInt(int): pass
for v in (True, MyInt(3), 3, 2.5, 'a'):
    t(operator.index, I(v)); t(range, I(v)); t(hex, I(v)); t(lambda: 'abcde'[I(v)]); t(lambda: [1, 2, 3, 4][I(v)])
from collections import UserList
class R:
    def __radd__(self, o): return ('radd', o)
    def __rmul__(self, o): return ('rmul', o)
for left in ([0], (0,), 'a', b'a', bytearray(b'a'), 5, {1}):
    for right in (UserList([1]), R()):
        def plus(x=left, y=right): x += y; return x
        def times(x=left, y=right): x *= y; return x
        t(plus); t(times)
import abc
class A:
    @property
    def __class__(self): raise AttributeError
class B(abc.ABC): pass
t(isinstance, A(), B)
import pickle, types, _io
print(_io.open is open, pickle.loads(pickle.dumps(open)) is open)
def g(): pass
for o in (classmethod(g), staticmethod(g), dict.__dict__['fromkeys'], type.__dict__['__module__'], types):
    t(pickle.dumps, o)
