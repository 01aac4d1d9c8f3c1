# Files: modes, buffers, text, positions, errors.
import io, os

folder = "/tmp/brolga_io_files_%d" % os.getpid()
os.mkdir(folder)
path = os.path.join(folder, "t.txt")

with open(path, "w", encoding="utf-8") as f:
    print(f.writable(), f.readable(), f.mode, f.encoding, f.buffer.raw.mode, f.newlines, f.line_buffering)
    for i in range(5):
        f.write("line %d\n" % i)
    f.writelines(["äö€𝄞\n", "end\n"])
print(f.closed, os.path.getsize(path))
with open(path, encoding="utf-8") as f:
    print([line for line in f])
    f.seek(0)
    print(f.readline(), f.tell(), f.read(3), f.tell())
    f.readline()
    p = f.tell()
    rest = f.read()
    f.seek(p)
    print(f.read() == rest, f.read() == "", f.readlines(), f.readline() == "")
    f.seek(0)
    next(f)
    try:
        f.tell()
    except OSError as e:
        print(e)
    for bad in [lambda: f.write("x"), lambda: f.seek(1, 1), lambda: f.seek(-1), lambda: f.seek(1, 2), lambda: f.seek(0, 7),
                lambda: f.truncate()]:
        try:
            bad()
        except Exception as e:
            print(type(e).__name__, e)
try:
    f.read()
except ValueError as e:
    print(e)
try:
    with f:
        pass
except ValueError as e:
    print(e)

with open(path, "wb") as f:
    f.write(b"a\r\nb\rc\nd")
for newline in [None, "", "\n", "\r", "\r\n"]:
    with open(path, newline=newline) as f:
        lines = f.readlines()
        print(repr(newline), lines, repr(f.newlines))
for newline in [None, "", "\n", "\r", "\r\n"]:
    with open(path, "w", newline=newline) as f:
        f.write("x\ny\r\n")
    print(repr(newline), open(path, "rb").read())

with open(path, "w+b") as f:
    f.write(b"0123456789" * 3)
    f.seek(3)
    print(f.read(2), f.tell(), f.write(b"XX"), f.tell(), f.peek()[:3], f.read1(4))
    f.seek(-4, 2)
    print(f.read(), f.read())
    f.seek(0)
    print(f.read(), f.truncate(4), f.seek(0), f.read(), f.raw.tell())
    f.seek(2)
    b = bytearray(5)
    print(f.readinto(b), b)

with open(path, "ab") as f:
    print(f.tell(), f.write(memoryview(b"tail\nmore")))
with open(path, "rb", buffering=3) as f:
    print(f.readline(), f.readline(2), f.read(2), f.read())
with open(path, "rb", buffering=0) as f:
    print(type(f).__name__, f.read(3), f.readall(), f.read(1), f.readline())

for mode in ["q", "rw", "rtb", "", "rr", "r++", "U", "b"]:
    try:
        open(path, mode)
    except ValueError as e:
        print(repr(mode), e)
for call in [lambda: open(path, "rb", encoding="utf-8"), lambda: open(path, "rb", errors="strict"),
             lambda: open(path, "rb", newline=""), lambda: open(path, "r", 0), lambda: open(path, newline="x"),
             lambda: open(path, encoding="nope"), lambda: open(-1), lambda: open(1.5), lambda: open("a\0b"),
             lambda: open(path, "x"), lambda: open(path, closefd=False), lambda: io.FileIO(path, "rw"),
             lambda: io.FileIO(path, "q"), lambda: open(path, encoding="rot13"), lambda: io.BufferedReader(io.FileIO(path), 0),
             lambda: io.BufferedWriter(io.FileIO(path)), lambda: open(path, encoding=3)]:
    try:
        call()
    except Exception as e:
        print(type(e).__name__, str(e).replace(folder, "DIR"))
for call in [lambda: open(folder), lambda: open(path + "/x"), lambda: open(path + ".no")]:
    try:
        call()
    except OSError as e:
        print(type(e).__name__, e.errno, e.strerror)

with open(path, "w", encoding="latin-1") as f:
    f.write("é")
    try:
        f.write("€")
    except UnicodeEncodeError as e:
        print(e)
with open(path, encoding="ascii") as f:
    try:
        f.read()
    except UnicodeDecodeError as e:
        print(e)
with open(path, encoding="utf-8", errors="replace") as f:
    print(ascii(f.read()))
with open(path, encoding="utf-8", errors="surrogateescape") as f:
    print(ascii(f.read()))
with open(path, "w", encoding="utf-16") as f:
    f.write("hé\n")
    f.write("x")
print(open(path, "rb").read())
with open(path, encoding="utf-16") as f:
    print(ascii(f.read()))
with open(path, "a", encoding="utf-8-sig") as f:
    f.write("x")
print(open(path, "rb").read()[-1:])

# A character of several bytes, and an ending of two, across chunks.
with open(path, "w", encoding="utf-8", newline="") as f:
    for n in range(8180, 8200):
        f.write("a" * n + "€\r\n")
with open(path, encoding="utf-8") as f:
    total = 0
    places = []
    while True:
        places.append(f.tell())
        line = f.readline()
        if not line:
            break
        total += len(line)
    print(total, len(places))
    f.seek(places[7])
    print(len(f.readline()))
with open(path, encoding="utf-8", newline="\r\n") as f:
    print([len(line) for line in f] == [n + 3 for n in range(8180, 8200)])

# Streams written in Python.
class Raw(io.RawIOBase):
    def __init__(self, data):
        self.data = data
        self.written = []
    def readable(self):
        return True
    def writable(self):
        return True
    def readinto(self, b):
        n = min(len(b), 4, len(self.data))
        b[:n] = self.data[:n]
        self.data = self.data[n:]
        return n
    def write(self, b):
        self.written.append(bytes(b))
        return len(b)

r = io.BufferedReader(Raw(b"first\nsecond\nthird"))
print(r.readline(), r.peek(1), r.read(3), r.read())
print(Raw(b"abcdefgh").read(), Raw(b"abcdef").read(3), Raw(b"a\nb\n").readlines())
raw = Raw(b"")
w = io.BufferedWriter(raw, 8)
w.write(b"abc")
w.write(b"defghijkl")
w.write(b"m")
w.flush()
print(raw.written)
t = io.TextIOWrapper(io.BufferedReader(Raw("äöü\nxyz".encode())), encoding="utf-8")
print(list(t), t.closed)
t = io.TextIOWrapper(Raw(b"x"), encoding="utf-8", write_through=True)
print(t.write("q"), t.buffer.written)
p = io.BufferedRWPair(Raw(b"abc"), Raw(b""))
print(p.read(2), p.write(b"z"), p.readable(), p.writable())
p.close()
print(p.closed)

t = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
t.write("a")
t.reconfigure(encoding="utf-8", newline="\r\n")
t.write("€\n")
t.flush()
print(t.buffer.getvalue(), t.encoding, t.errors)
inner = t.detach()
try:
    t.write("x")
except ValueError as e:
    print(e)
print(repr(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")), repr(io.open(path)).replace(folder, "DIR"))
print(issubclass(io.UnsupportedOperation, OSError), issubclass(io.UnsupportedOperation, ValueError), io.UnsupportedOperation)
print(io.DEFAULT_BUFFER_SIZE, io.text_encoding(None), io.text_encoding("x"))
print(isinstance(inner, io.BufferedIOBase), isinstance(open(path), io.TextIOBase), isinstance(open(path, "rb", 0), io.RawIOBase))

reads, writes = os.pipe()
with open(writes, "w") as f:
    f.write("through a pipe\n")
with open(reads) as f:
    print(f.read(), f.seekable())
    try:
        f.tell()
    except OSError as e:
        print(e)
with open(path, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
    f.write("x")
os.unlink(path)
os.rmdir(folder)
