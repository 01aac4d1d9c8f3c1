# struct.Struct: made in two steps, made again while it packs, and its errors.
import struct


def attempt(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e)


class Fixed(struct.Struct):
    def __init__(self, *ignored):
        super().__init__("ii")


print(Fixed("x").size, Fixed().format, Fixed(1, 2).pack(1, 2))

s = struct.Struct("i")
s.__init__("hh")
print(s.size, s.format, s.pack(1, 2))

bare = struct.Struct.__new__(struct.Struct)
print(bare.size)
for action in (
    lambda: bare.format,
    lambda: bare.pack(1),
    lambda: bare.unpack(b""),
    lambda: bare.pack_into(bytearray(4), 0),
    lambda: bare.unpack_from(b""),
    lambda: bare.iter_unpack(b""),
    lambda: repr(bare),
    lambda: bare.__sizeof__(),
):
    attempt(action)
attempt(bare.__init__, 5)
attempt(bare.__init__)
attempt(bare.__init__, "zz")
attempt(bare.__init__, "\xe9")
attempt(struct.Struct)
attempt(struct.Struct, "i", "i")
attempt(struct.Struct, format="i")


# An iterator goes by what the struct is now.
first = struct.Struct(">hh")
iterator = first.iter_unpack(first.pack(7, 3) * 2)
first.__init__(">q")
print(iterator.__length_hint__(), list(iterator))

# Keyword functions name their limit.
attempt(__import__("os").fspath, 1, 2)
attempt(__import__("functools").cmp_to_key, 1, 2)
