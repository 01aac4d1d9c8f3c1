# bytes, bytearray and memoryview.
def show(f, *a, **k):
    try:
        print(repr(f(*a, **k)))
    except BaseException as e:
        print(type(e).__name__, e)


for T in (bytes, bytearray):
    b = T(b"hello world hello")
    print(T(), T(3), T([1, 2, 255]), T(b"x"), T("é", "utf-8"), T(memoryview(b"mv")), b[0], b[-1], b[1:3], b[::-1], len(b), b + b"x", b * 2, 104 in b, b"wor" in b, b == b"hello world hello", b < b"i", list(b[:3]))
    for args in [("a",), (-1,), ([256],), ([-1],), (["a"],), (1.5,), ("a", "nope"), (b"a", "utf-8"), (1, "utf-8"), ("é", "ascii"), ([1], 2, 3, 4), (None,), (2**70,), ({1: 2},), (range(3),)]: show(T, *args)
    show(T, "a", encoding=1); show(T, source=b"a"); show(T, encoding="utf-8"); show(T, "a", errors="strict")
    for m, calls in {"find": [(b"l",), (108,), (b"l", 5), (256,), ("l",), (b"",), (1.5,)], "rfind": [(b"l",)], "index": [(b"z",), (122,)], "rindex": [(b"z",)], "count": [(b"l",), (108,), (b"",), ("l",)], "startswith": [(b"he",), ((b"x", b"he"),), ("he",), ((1,),)], "endswith": [(b"lo",), (1,)], "replace": [(b"l", b"L"), (b"l", b"L", 1), (b"", b"-"), ("l", b"")], "split": [(), (b" ",), (b"l", 2), (b"",), (" ",), (None, 1)], "rsplit": [(b"l", 1)], "partition": [(b" ",), (b"",), (b"zz",), (" ",)], "rpartition": [(b" ",)], "join": [([b"a", b"b"],), ([T(b"q")],), (["a"],), ([1],), (1,)], "center": [(21, b"*"), (21, "*"), (21, b"ab"), (21,)], "ljust": [(19,)], "rjust": [(19, b".")], "zfill": [(20,)], "strip": [(b"hedo",), (), ("h",)], "lstrip": [(b"h",)], "rstrip": [(b"o",)], "removeprefix": [(b"he",), ("a",)], "removesuffix": [(b"lo",)], "expandtabs": [()], "splitlines": [()], "decode": [(), ("ascii",), ("nope",)], "hex": [(), (":",), (":", 2), ("ab",), (":", -3)], "translate": [(bytes(range(256)),), (None, b"l"), (b"x",)], "upper": [()], "lower": [()], "title": [()], "capitalize": [()], "swapcase": [()], "isalpha": [()], "isdigit": [()], "isalnum": [()], "isspace": [()], "isupper": [()], "islower": [()], "istitle": [()], "isascii": [()], "__getitem__": [(100,), ("a",), (slice(0, 3),)], "__add__": [("a",), (T(b"q"),), ([1],)], "__mul__": [("a",), (-1,)], "__mod__": [(1,)], "__contains__": [("a",), (256,), (104,)]}.items():
        for args in calls: print(m, args, end=" "); show(getattr(b, m), *args)
    show(T.fromhex, "00 ff Aa"); show(T.fromhex, "0"); show(T.fromhex, "zz"); show(T.fromhex, "0 0"); show(T.fromhex, 1); show(T.fromhex, b"ab"); show(T.maketrans, b"ab", b"cd") if False else None; show(T.maketrans, b"a", b"cd"); show(lambda: b + "x"); show(lambda: b % "x"); show(lambda: b == "x"); show(lambda: b < "x"); show(lambda: b.foo); show(lambda: hash(b) == hash(b"hello world hello"))
    print(repr(T(b"a'b")), repr(T(b'a"b')), repr(T(b"'\"")), repr(T(bytes(range(40)))), T(b"\x7f\x80\xff\\\n\t"))
a = bytearray(b"abc")
a.append(100); a.extend(b"ef"); a.extend([103]); a.insert(0, 65); print(a, a.pop(), a.pop(0)); a.remove(98); a.reverse(); print(a); a[0] = 90; a[1:2] = b"xyz"; print(a); del a[0]; del a[::2]; print(a); a += b"q"; a *= 2; print(a); a.clear(); print(a, a.copy())
a = bytearray(b"abc")
for bad in [lambda: a.append(256), lambda: a.append("a"), lambda: a.extend("ab"), lambda: a.extend([300]), lambda: a.remove(1), lambda: a.remove("a"), lambda: bytearray().pop(), lambda: a.pop(10), lambda: a.insert(0, 256), lambda: a.__setitem__(0, 256), lambda: a.__setitem__(10, 1), lambda: a.__setitem__(0, b"x"), lambda: a.__setitem__(slice(0, 1), "x"), lambda: a.__setitem__(slice(0, 1), 5), lambda: a.__setitem__(slice(0, 3, 2), b"x"), lambda: a.__delitem__(9), lambda: a.resize(5), lambda: a.resize(-1), lambda: a.extend(1)]: show(bad); 
print(a)
m = memoryview(bytearray(b"abcdef")); print(m[0], m[1:3].tobytes(), m.tolist(), len(m), m.format, m.shape, m.strides, m.readonly, m == b"abcdef", m[::2].tobytes()); m[0] = 90; m[1:3] = b"YX"; print(m.obj); show(lambda: m.__setitem__(0, 256)); show(lambda: m.__setitem__(0, b"a")); show(lambda: m.__setitem__(slice(0, 2), b"abc")); show(lambda: memoryview(b"a").__setitem__(0, 1)); show(lambda: m[100]); show(lambda: memoryview("a")); c = m.cast("H"); print(c.tolist(), c.itemsize, c.nbytes); show(lambda: m.cast("Q")); show(lambda: m.cast("z")); ba = m.obj; show(lambda: ba.append(1)); m.release(); show(lambda: m[0]); show(lambda: ba.append(1)) if False else None; show(lambda: hash(memoryview(b"ab")) == hash(b"ab")); show(lambda: hash(memoryview(bytearray(b"ab")))); print(memoryview(b"abcd").hex(), memoryview(b"ab").c_contiguous)
print(b"\x41\101\n", rb"\n", b"a" b"b", bytes.fromhex("41"), b"abc".hex("-", 2), bytes(b"x") is b"x", int.from_bytes(b"\x01\x02", "big"), (258).to_bytes(2, "little")); show(lambda: bytes([1]) + 1); show(lambda: b"a" + "b"); show(lambda: "a" + b"b"); show(lambda: b"a".join("b")); show(lambda: int(b"12")); show(lambda: int(b"1\x00")); show(lambda: float(b"1.5"))
class I:
    def __index__(self): return 3
class BB:
    def __bytes__(self): return b"custom"
class BX:
    def __bytes__(self): return "x"
print(bytes(I()), bytes(BB()), bytearray(I()), b"abcdef"[I()]); show(bytes, BX()); show(bytearray, BB())
class SB(bytes): pass
print(SB(b"a") + b"b", type(SB(b"a") + b"b"), SB(b"x")[0], type(SB(b"abc")[1:]), repr(SB(b"a")), type(SB(b"a").upper()), bytes(SB(b"a")).__class__)
