"""Writes data/natives.txt: what CPython's builtin and native modules hold, with its signatures.

    python3.14 vm/stdlib/tools/natives.py > vm/stdlib/data/natives.txt

A line for each function, type, method and computed attribute: its full name, and after a tab its `__text_signature__`
where it has one, `\\` and newlines escaped. Sorted by name, bytewise. `*.__add__` stands for all special methods of that
name which say the same. To be run by a CPython of the version that the library is of.
"""
import builtins
import collections
import importlib
import sys
import types

MODULES = """
    array math cmath _struct _json _pickle _datetime _bisect _heapq _csv _random _statistics _socket select zlib _bz2
    _lzma _zstd _hashlib _hmac _md5 _sha1 _sha2 _sha3 _blake2 binascii unicodedata _queue _opcode _asyncio _decimal
    _elementtree pyexpat _contextvars fcntl grp termios resource mmap _posixsubprocess _multiprocessing _posixshmem
    _lsprof _uuid _zoneinfo _tokenize _suggestions _multibytecodec _codecs_cn _codecs_hk _codecs_jp _codecs_kr
    _codecs_tw _codecs_iso2022 syslog _symtable _locale
""".split()
# Attributes that are data.
DATA = {"__doc__", "__module__", "__dict__"}
SLOTS = ("wrapper_descriptor", "builtin_function_or_method")

found = {}
slots = collections.defaultdict(collections.Counter)


def text(value):
    return value if isinstance(value, str) else None


def add(name, value, kind=None):
    if name not in found:
        found[name] = (text(getattr(value, "__text_signature__", None)), kind)


def add_type(cls):
    full = f"{cls.__module__}.{cls.__qualname__}"
    if full in found:
        return
    add(full, cls)
    for name, value in vars(cls).items():
        kind = type(value).__name__
        if kind in ("staticmethod", "classmethod"):
            value = value.__func__
        if name in DATA:
            continue
        if isinstance(value, type):
            if value.__module__ == cls.__module__:
                add_type(value)
        elif hasattr(value, "__text_signature__") or kind in ("getset_descriptor", "member_descriptor"):
            slot = kind in SLOTS and name.startswith("__")
            add(f"{full}.{name}", value, name if slot else None)
            if slot:
                slots[name][text(value.__text_signature__)] += 1


def add_module(name):
    module = importlib.import_module(name)
    add(name, None)
    for value in list(vars(module).values()):
        if isinstance(value, types.BuiltinFunctionType):
            add(f"{value.__module__ or name}.{value.__name__}", value)
        elif isinstance(value, type) and (not value.__flags__ & 1 << 9 or value.__module__ in (name, name.strip("_"))):
            if not any(isinstance(v, types.FunctionType) for v in vars(value).values()):
                add_type(value)


def sequence_iterator():
    class Sequence:
        def __getitem__(self, index):
            raise IndexError

    return iter(Sequence())


for name in sorted({*sys.builtin_module_names, *MODULES}):
    if not name.startswith("_test") and not name.startswith("xx"):
        try:
            add_module(name)
        except ImportError:
            print("no", name, file=sys.stderr)
for value in vars(types).values():
    if isinstance(value, type) and not value.__flags__ & 1 << 9:
        add_type(value)
for value in (
    {}.keys(), {}.values(), {}.items(), iter({}), iter({}.values()), iter({}.items()), reversed({}),
    reversed({}.values()), reversed({}.items()), iter([]), reversed([]), iter(()), iter(set()), iter("a"), iter("é"),
    iter(b""), iter(bytearray()), iter(range(1)), iter(range(1 << 70)), iter(int, 1), sequence_iterator(), [].__len__,
    iter(memoryview(b"")), int.__dict__["from_bytes"], list.__len__, type.__dict__["__bases__"],
):
    add_type(type(value))
for cls in list(builtins.object.__subclasses__()):
    if not cls.__flags__ & 1 << 9:
        add_type(cls)

usual = {name: texts.most_common(1)[0][0] for name, texts in slots.items()}
lines = [(f"*.{name}", signature) for name, signature in usual.items()]
lines += [(name, signature) for name, (signature, slot) in found.items() if not slot or signature != usual[slot]]
lines.sort(key=lambda line: line[0].encode())
for name, signature in lines:
    if signature is None:
        print(name)
    else:
        print(name, signature.replace("\\", "\\\\").replace("\n", "\\n"), sep="\t")
