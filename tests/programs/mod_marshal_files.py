# marshal.load takes from its file what the value needs, by readinto, and nothing behind it.
import io
import marshal
import os


class Reader:
    def __init__(self, data, more=0):
        self.file = io.BytesIO(data)
        self.more = more
        self.asked = []

    def read(self, n):
        self.asked.append(f"read {n}")
        return self.file.read(n)

    def readinto(self, buffer):
        self.asked.append(len(buffer))
        return self.file.readinto(buffer) + self.more


values = [None, 1, -1, 2**40, -2**100, 1.5, 2j, "text", "caf\xe9", "\u20ac" * 3, b"bytes", (1, 2), [3, [4]], {5: 6}, {7}, frozenset((8,)),
          slice(1, 2, 3), Ellipsis, StopIteration, "x" * 300]
for value in values:
    for version in (0, 4):
        data = marshal.dumps(value, version) if type(value) is not slice else marshal.dumps(value)
        reader = Reader(data + b"behind")
        again = marshal.load(reader)
        print(type(again).__name__, again == value, reader.asked, reader.file.read())


# Several values on a pipe, which nobody closes.
def function(a, *, b=1):
    return [a + b for _ in range(2)]


r, w = os.pipe()
with open(w, "wb", buffering=0) as out, open(r, "rb") as file:
    for value in ("one", [2, 2.5], function.__code__):
        marshal.dump(value, out)
    print(marshal.load(file), marshal.load(file))
    function.__code__ = marshal.load(file)
    print(function(3))


def error(file):
    try:
        return marshal.load(file)
    except Exception as e:
        return type(e).__name__, str(e)


class Wrong:
    def __init__(self, first, answer):
        self.first, self.answer = first, answer

    def read(self, n):
        return self.first

    def readinto(self, buffer):
        buffer[:] = b"z" * len(buffer)
        return self.answer


for value in (1.0, 1j, b"0123456789", "0123456789", [1, 2]):
    data = marshal.dumps(value)
    for cut in range(len(data)):
        print(error(io.BytesIO(data[:cut])))
    print(error(Reader(data, more=100)))
    print(error(Reader(data, more=-1)))
print(error(Wrong("", 1)), error(Wrong(bytearray(), 1)), error(Wrong(None, 1)))
print(error(Wrong(b"", None)), error(Wrong(b"", "1")), error(Wrong(b"", -1)), error(Wrong(b"", 2**100)), error(Wrong(b"", 0)))
print(error(object()), error(Wrong(b"", 1)))
# Sizes that the stream does not keep.
for data in (b"[\xff\xff\xff\x7f", b"(\xff\xff\xff\x7f", b"<\xff\xff\xff\x7f", b"l\xff\xff\xff\x0f", b"u\x05\0\0\0ab", b"z", b")", b"f", b"i\0"):
    print(error(io.BytesIO(data)))
    try:
        marshal.loads(data)
    except Exception as e:
        print(type(e).__name__, e)
