# Raw streams written in Python below the buffers: what memory they get, and what they may answer.
import io


class Raw(io.RawIOBase):
    answer = None

    def readable(self):
        return True

    def writable(self):
        return True

    def seekable(self):
        return True

    def seek(self, *where):
        return 0

    def tell(self):
        return 0

    def readinto(self, b):
        print("readinto", type(b).__name__, len(b), getattr(b, "readonly", None))
        if self.answer is not None:
            return self.answer
        try:
            b[:] = b"too short"
        except ValueError as e:
            print(e)
        b[:3] = b"abc"
        return 3

    def write(self, b):
        print("write", type(b).__name__, len(b), getattr(b, "readonly", None), bytes(b))
        return len(b) if self.answer is None else self.answer

    def truncate(self, size=None):
        return size


raw = Raw()
w = io.BufferedWriter(raw, 10)
w.write(b"x" * 30)
w.write(b"ab")
w.flush()
w.write(bytearray(b"y" * 20))
w.flush()
r = io.BufferedReader(raw, 16)
print(r.read(2), r.read(20))
print(r.peek(1), r.read1(5))
x = io.BufferedRandom(raw, 8)
x.write(b"12")
x.flush()
print(x.read(3))
t = io.TextIOWrapper(io.BufferedWriter(raw))
t.write("hello")
t.flush()
kept = []
for answer in (-1, 100, 2**70, "x", None):
    odd = Raw()
    odd.answer = answer
    kept.append(io.BufferedReader(odd, 16))
    try:
        print(answer, kept[-1].read(3))
    except Exception as e:
        print(answer, type(e).__name__, e)
