"""`__text_signature__` and `__doc__` of what is native."""
import types
import _bisect, _collections, _io, _random, itertools, math, sys, time, zlib

natives = [len, sorted, print, getattr, iter, pow, sum, open, __import__, int, str, bytes, type, object, dict, list, range, slice,
           super, zip, map, enumerate, BaseException, ValueError, str.split, str.encode, bytes.hex, list.sort, list.insert,
           dict.get, dict.fromkeys, dict.update, int.to_bytes, int.__add__, float.fromhex, object.__init__, object.__reduce_ex__,
           type.__call__, math.log, math.isclose, math.hypot, time.sleep, sys.exit, sys.getsizeof, zlib.compress,
           itertools.chain, itertools.islice, _bisect.insort_right, _io.open, _io.StringIO, _collections.deque, [].append,
           "".join, int.__new__, _random.Random, memoryview, memoryview.cast, set.union, frozenset, complex, bytearray.extend]
for f in natives:
    print(getattr(f, "__qualname__", f), repr(getattr(f, "__text_signature__", "-")))
    print("   ", repr(f.__doc__))
for cls in (int, type, types.FunctionType, BaseException, property, complex, slice):
    for name, value in sorted(vars(cls).items()):
        if type(value).__name__ in ("getset_descriptor", "member_descriptor"):
            print(cls.__name__, name, repr(value.__doc__))
class Own(dict):
    """Own."""
    def get(self): pass


print(Own.__doc__, Own.__text_signature__, Own.get.__doc__, Own.setdefault.__text_signature__)
