# mmap: maps of files and of nothing, and every error.
import mmap, os, tempfile, pickle, weakref


def t(f, *a, **k):
    try:
        print(repr(f(*a, **k))[:200])
    except BaseException as e:
        print(type(e).__name__, e)


m = mmap.mmap(-1, 100)
print(m, len(m), m.size() if False else None, m.closed, m.tell())
print(m[0], m[-1], m[:3], m[2:8:2], m[::-50])
m[0] = 65
m[1:4] = b"bcd"
m[10:20:5] = b"xy"
print(m[:5], m[10], m[15])
for key, value in [(0, 256), (0, -1), (0, "a"), (100, 1), (-101, 1), ("a", 1), (slice(0, 2), b"abc"), (slice(0, 2), "ab"), (1.5, 1),
                   (slice(0, 4, 2), b"a")]:
    t(m.__setitem__, key, value)
t(lambda: m[100])
t(lambda: m["a"])
t(lambda: m.__delitem__(0) if hasattr(m, "__delitem__") else "none")
print(m.read(3), m.tell(), m.read_byte(), m.tell(), m.write(b"hello"), m.tell(), m.write_byte(7))
m.seek(0)
print(m.readline()[:10], m.seek(5), m.seek(2, 1), m.seek(-10, 2), m.read(), m.read(5), m.readline())
t(m.read_byte)
t(m.write_byte, 1)
t(m.write, b"x" * 20)
t(m.seek, 101)
t(m.seek, -1)
t(m.seek, 0, 5)
t(m.seek, "a")
t(m.write_byte, 300)
t(m.write, "a")
t(m.read, "a")
print(m.find(b"hello"), m.rfind(b"hello"), m.find(b"zz"), m.find(b"h", 6), m.find(b"", 3), m.find(b"l", -96, -90), m.rfind(b"\0", 0, 50))
t(m.find, "a")
m.seek(0)
print(m.read(-1)[:4], m.seekable(), m.flush(), m.flush(0, 50))
t(m.flush, 1, 200)
t(m.flush, -1, 5)
m.move(50, 0, 10)
print(m[50:60])
t(m.move, 95, 0, 10)
t(m.move, -1, 0, 1)
t(m.move, "a", 0, 1)
m.seek(0)
print([b for b in m][:3], b"b" in m)
v = memoryview(m)
print(v.format, v.shape, v.readonly, bytes(v)[:3])
t(m.close)
t(m.resize, 50)
v.release()
t(m.resize, 5000)
print(len(m), m[:3])
print(m.madvise(mmap.MADV_NORMAL))
t(m.madvise, mmap.MADV_NORMAL, 10000)
t(m.madvise, mmap.MADV_NORMAL, 0, -5)
t(m.madvise, mmap.MADV_NORMAL, -1, 5)
t(pickle.dumps, m)
print(weakref.ref(m)() is m)
m.close()
print(m.closed, m, m.close())
for f in [m.read, m.tell, m.size, m.flush, m.readline, m.__len__, lambda: m[0], lambda: m.find(b"a"), lambda: m.__enter__(), lambda: memoryview(m),
          lambda: m.seek(0), lambda: m.resize(1), lambda: m.move(0, 0, 0), lambda: m.write(b"")]:
    t(f)

with tempfile.TemporaryDirectory() as d:
    path = os.path.join(d, "f")
    with open(path, "wb+") as f:
        f.write(b"0123456789" * 500 + b"\nline\n")
        f.flush()
        with mmap.mmap(f.fileno(), 0) as m:
            print(len(m), m.size(), m[:5], m.find(b"line"), m)
            m[0:3] = b"abc"
            m.flush()
            m.seek(5001)
            print(m.readline(), m.readline())
        t(m.read)
        f.seek(0)
        print(f.read(5))
        with mmap.mmap(f.fileno(), 10, access=mmap.ACCESS_READ) as m:
            print(m, m[:])
            t(m.__setitem__, 0, 1)
            t(m.__setitem__, slice(0, 1), b"a")
            t(m.write, b"a")
            t(m.write_byte, 1)
            t(m.move, 0, 1, 1)
            t(m.resize, 20)
            with memoryview(m) as v:
                print(v.readonly)
        with mmap.mmap(f.fileno(), 10, access=mmap.ACCESS_COPY) as m:
            m[0] = 90
            print(m, m[:], m.flush())
            t(m.resize, 20)
        with mmap.mmap(f.fileno(), 10, access=mmap.ACCESS_WRITE) as m:
            m[0] = 81
            print(m)
        f.seek(0)
        print(f.read(5))
        with mmap.mmap(f.fileno(), 6, offset=4096) as m:
            print(len(m), m[:], m.size())
        with mmap.mmap(f.fileno(), 100, prot=mmap.PROT_READ) as m:
            t(m.__setitem__, 0, 1)
        with mmap.mmap(f.fileno(), 100) as m:
            m.resize(200)
            print(len(m), m.size(), os.fstat(f.fileno()).st_size)
        with mmap.mmap(f.fileno(), 100, trackfd=False) as m:
            t(m.size)
            t(m.resize, 50)
        t(mmap.mmap, f.fileno(), 100000)
        t(mmap.mmap, f.fileno(), 0, offset=100000)
        t(mmap.mmap, f.fileno(), 10, offset=7)
        t(mmap.mmap, f.fileno(), 10, mmap.MAP_SHARED, access=mmap.ACCESS_READ)
        t(mmap.mmap, f.fileno(), 10, access=9)
        t(mmap.mmap, f.fileno(), -1)
        t(mmap.mmap, f.fileno(), 10, offset=-1)
    open(path, "wb").close()
    with open(path, "rb") as f:
        t(mmap.mmap, f.fileno(), 0)
t(mmap.mmap)
t(mmap.mmap, -1)
t(mmap.mmap, -1, 0)
t(mmap.mmap, -1, "a")
t(mmap.mmap, 9999, 10)
t(mmap.mmap, "a", 10)
print(mmap.error is OSError, mmap.PAGESIZE, mmap.ALLOCATIONGRANULARITY, mmap.ACCESS_COPY, mmap.MAP_PRIVATE, mmap.MADV_DONTNEED)


class Sub(mmap.mmap):
    pass


s = Sub(-1, 10)
s.x = 1
print(type(s), s.x, len(s), mmap.mmap.__doc__[:20])


# An offset is an int from the beginning on.
class Offset:
    def __index__(self):
        return 0


m = mmap.mmap(-1, 100, offset=Offset())
print(m)
m.resize(50)
print(len(m))
print(mmap.mmap(-1, 100, prot=0))
