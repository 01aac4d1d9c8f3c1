# BytesIO and StringIO.
import io

b = io.BytesIO(b"hello\nworld\n")
print(b.readline(), b.read(2), b.tell(), list(b))
b.seek(0, 2)
print(b.write(b"more"), b.write(bytearray(b"!")), b.getvalue())
b.seek(20)
b.write(b"x")
print(b.getvalue(), b.getvalue() is b.getvalue())
b.truncate(5)
print(b.getvalue(), b.tell())
b.seek(1)
buf = bytearray(3)
print(b.readinto(buf), buf, b.read(), b.read1(), b.readlines())
for bad in [lambda: b.seek(-1), lambda: b.seek(0, 9), lambda: b.truncate(-2), lambda: b.write("s"), lambda: b.read("x")]:
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
view = b.getbuffer()
view[0] = 72
print(b.getvalue(), len(view))
try:
    b.write(b"0123456789" * 10)
except BufferError as e:
    print(e)
view.release()
b.seek(0)
b.write(b"0123456789" * 10)
print(len(b.getvalue()), b.readable(), b.writable(), b.seekable(), b.isatty())
state = b.__getstate__()
c = io.BytesIO()
c.__setstate__(state)
print(c.getvalue() == b.getvalue(), c.tell())
b.close()
try:
    b.read()
except ValueError as e:
    print(e, b.closed)

s = io.StringIO()
print(s.write("abc"), s.write("é€"), s.write("𝄞\n"), ascii(s.getvalue()))
s.seek(1)
print(s.read(2), ascii(s.read()), repr(s.read()))
s.seek(0)
s.write("XY")
print(ascii(s.getvalue()), s.tell())
s.seek(10)
s.write("end")
print(ascii(s.getvalue()))
s.truncate(3)
print(s.getvalue(), s.tell())
for newline in [None, "", "\n", "\r", "\r\n"]:
    s = io.StringIO("a\nb\r\nc\rd", newline=newline)
    print(repr(newline), s.readlines(), repr(s.getvalue()), repr(s.newlines))
    s = io.StringIO(newline=newline)
    s.write("x\ny\r\nz\r")
    print(repr(s.getvalue()), repr(s.newlines))
for bad in [lambda: s.seek(-1), lambda: s.seek(1, 1), lambda: s.seek(0, 3), lambda: s.write(b""), lambda: s.truncate(-1),
            lambda: io.StringIO(3), lambda: io.StringIO("", newline="x")]:
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
s = io.StringIO("one\ntwo\nthree")
print([line for line in s], s.readline(), s.readable(), s.line_buffering)
state = io.StringIO("pickled\n").__getstate__()
print(state)
t = io.StringIO()
t.__setstate__(state)
print(repr(t.read()))
t.close()
try:
    t.write("x")
except ValueError as e:
    print(e)

class S(io.StringIO):
    def readline(self, *args):
        line = super().readline(*args)
        return line.upper()

print(list(S("a\nb\n")))
print("x", "y", file=(out := io.StringIO()), sep="-", end="!")
print(out.getvalue())

d = io.IncrementalNewlineDecoder(None, True)
print(repr(d.decode("a\r")), repr(d.decode("\nb\rc\n")), d.newlines, d.getstate())
print(repr(d.decode("z\r", final=True)), d.newlines)
d.reset()
print(d.newlines, d.getstate())
