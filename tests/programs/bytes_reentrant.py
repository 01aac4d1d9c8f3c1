# Buffers that are changed or given back while an operation on them runs Python code.
import array


def attempt(what, function, *args):
    try:
        print(what, repr(function(*args)))
    except Exception as e:
        print(what, type(e).__name__, e)


class Clears:
    def __init__(self, target):
        self.target = target

    def __buffer__(self, flags):
        self.target.clear()
        return memoryview(b"abc")

    def __index__(self):
        self.target.clear()
        return 65


for name in ("find", "count", "index", "rfind", "__contains__"):
    b = bytearray(b"A")
    attempt(name, getattr(b, name), Clears(b))
b = bytearray(b",")
attempt("join", b.join, (b.clear() or b"x" for _ in range(2)))
items = [b"a", None, b"c"]
items[1] = Clears(items)
attempt("join list", b"".join, items)
b = bytearray(b"x" * 10)
b.extend(type("E", (), {"__buffer__": lambda self, flags: b.extend(b"yy") or memoryview(b"Z")})())
print(b)

m = memoryview(b"abcdef")
print(hash(m) == hash(b"abcdef"), m.release(), hash(m) == hash(b"abcdef"))


class Shows:
    def __index__(self):
        m.release()
        return 4


m = memoryview(bytearray(b"12345678"))
print(bytes(m[: Shows()]))
m = memoryview(bytearray(b"12345678"))
attempt("item", lambda: m[Shows()])


class Hashed(array.array):
    def __hash__(self):
        view.release()
        return 1


view = memoryview(Hashed("B", b"abc")).toreadonly()
attempt("hash", hash, view)
for text in ("m < b'a'", "b'a' < m", "b'a' >= m", "bytearray(b'a') < memoryview(b'b')", "b'a' == memoryview(b'a')"):
    m = memoryview(b"a")
    attempt(text, eval, text)


class Both(str):
    def __bytes__(self):
        return b"own"


print(bytes(Both("x")), bytes(Both("x"), "ascii"), b"%b" % type("P", (), {"__bytes__": lambda self: b"q"})())
attempt("%c", lambda: b"%c" % 1.5)
attempt("%c", lambda: "%c" % type("F", (float,), {"__module__": "mod"})(1))
