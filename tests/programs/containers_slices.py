# Slices of all sequences, and their assignment, by bounds that run code that changes them.
import zlib


class L(list):
    pass


class T(tuple):
    pass


class N:
    def __init__(self, n, act=None):
        self.n, self.act = n, act

    def __index__(self):
        if self.act:
            self.act()
        return self.n


BOUNDS = [None, 1, 3, -2, 7, -9, 2**60, N(2)]
STEPS = [None, 1, -1, 2**65, N(-2)]


def slices(v):
    out = []
    for start in BOUNDS:
        for stop in BOUNDS:
            out.append(v[start:stop])
            for step in STEPS:
                out.append(v[start:stop:step])
    return "%08x" % zlib.crc32(repr(out).encode())


for v in ([0, 1, 2, 3, 4], [], (0, 1, 2, 3, 4), (), "abcde", "a\u20acb", "", b"abcde", b"", bytearray(b"abcde"), range(5), L([1, 2, 3]), T((1, 2, 3))):
    print(type(v).__name__, slices(v))
for v in ([1, 2], (1, 2), "ab", b"ab", bytearray(b"ab"), 5, None, {1: 2}):
    for f in (lambda: v["x":], lambda: v[:2.5], lambda: v[::0], lambda: v[1:"x":1]):
        try:
            print(f())
        except Exception as e:
            print(type(e).__name__, e)
t, s, b = (1, 2, 3), "abc", b"abc"
print(t[:] is t, s[:] is s, b[:] is b, t[0:3] is t, t[::-1], [1, 2][:] is not None)


def assigned(values):
    out = []
    for start in BOUNDS:
        for stop in BOUNDS:
            for value in values:
                v = [0, 1, 2, 3, 4]
                v[start:stop] = value
                out.append(v)
                w = [0, 1, 2, 3, 4]
                del w[start:stop]
                out.append(w)
                for step in STEPS:
                    u = [0, 1, 2, 3, 4]
                    try:
                        u[start:stop:step] = value
                        out.append(u)
                    except ValueError as e:
                        out.append(str(e))
    return "%08x" % zlib.crc32(repr(out).encode())


print(assigned([[], [7], [7, 8, 9, 10, 11, 12, 13], (5, 6), "xy"]))
print(assigned([{3: 4}, range(3)]))
v = [1, 2, 3]
v[1:2] = v
print(v)
v[:] = v
print(v)
v[2:] = iter("ab")
print(v)
v[::-1] = v
print(v)
for f in ("v[:] = 5", "v[0:1] = None", "v[::2] = 5", "t[0:1] = ()", "s[0:1] = 'x'", "del t[0:1]", "v['a':] = []", "v[:2.0] = []", "del v[:'x']", "b[0:1] = b''"):
    try:
        exec(f)
    except Exception as e:
        print(type(e).__name__, e)
v = list(range(6))
v[N(1, v.clear):3] = [9]
print(v)
v = list(range(6))
print(v[N(1, lambda: v.pop()):])
v = list(range(6))
v[1:N(4, lambda: v.extend("abc"))] = ["z"]
print(v)


def grown():
    yield 1
    v.append("late")
    yield 2


v = [0, 0, 0]
v[1:] = grown()
print(v)
ba = bytearray(b"hello")
ba[1:3] = b"EYEY"
print(ba)
del ba[:2]
print(ba)
