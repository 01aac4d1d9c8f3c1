"""Mutants of code objects and of their marshal streams, each made from a number and always the same.

`stream(code, random)` gives a stream that `marshal.loads` can read, with something wrong in a code object of the tree: an
opcode, an argument, a table, a constant. `damaged(data, random)` changes bytes of any stream.
"""
import marshal
import opcode
import struct
import types

CACHES = {opcode.opmap[name]: sum(entries.values()) for name, entries in opcode._cache_format.items()}
OPCODES = sorted(number for name, number in opcode.opmap.items() if number < 255)
JUMPS = frozenset(opcode.hasjrel)
EXTENDED = opcode.opmap["EXTENDED_ARG"]
KINDS = (0x20, 0x20, 0x40, 0x80, 0x60, 0x26, 0x10, 0x30)
CONSTANTS = (None, True, 0, -1, 1, 7, 1 << 62, 1 << 70, 1.5, -0.0, 2j, "", "x", "é", b"", b"\xff", (), (1,), ("a", "b"), ((), ("c",)),
             frozenset(), frozenset({1}), ..., slice(1, 2), ("x", 1))
# Opcodes of which one can often stand for another: the same number of things taken and given.
ALIKE = [[opcode.opmap[name] for name in group.split()] for group in (
    "LOAD_FAST LOAD_FAST_CHECK LOAD_FAST_BORROW LOAD_FAST_AND_CLEAR LOAD_CONST LOAD_SMALL_INT LOAD_NAME LOAD_DEREF LOAD_COMMON_CONSTANT LOAD_GLOBAL",
    "STORE_FAST STORE_NAME STORE_GLOBAL STORE_DEREF POP_TOP POP_ITER",
    "UNARY_NOT UNARY_NEGATIVE UNARY_INVERT GET_ITER GET_YIELD_FROM_ITER TO_BOOL FORMAT_SIMPLE CONVERT_VALUE LOAD_ATTR CALL_INTRINSIC_1 GET_AITER NOP",
    "BINARY_OP COMPARE_OP CONTAINS_OP IS_OP FORMAT_WITH_SPEC CALL_INTRINSIC_2 BUILD_TUPLE BUILD_LIST BUILD_STRING BUILD_SET LOAD_SUPER_ATTR BUILD_SLICE CALL",
    "POP_JUMP_IF_TRUE POP_JUMP_IF_FALSE POP_JUMP_IF_NONE POP_JUMP_IF_NOT_NONE",
    "LIST_APPEND SET_ADD LIST_EXTEND SET_UPDATE DICT_UPDATE DICT_MERGE",
    "NOP RESUME NOT_TAKEN DELETE_FAST MAKE_CELL SETUP_ANNOTATIONS COPY_FREE_VARS",
    "COPY SWAP UNPACK_SEQUENCE UNPACK_EX", "CALL CALL_KW CALL_FUNCTION_EX", "YIELD_VALUE SEND GET_AWAITABLE LOAD_SPECIAL",
    "MATCH_MAPPING MATCH_SEQUENCE MATCH_KEYS GET_LEN CHECK_EXC_MATCH CHECK_EG_MATCH", "RERAISE RETURN_VALUE RAISE_VARARGS") ]
ALIKE_OF = {number: group for group in ALIKE for number in group}


def instructions(code):
    """Offset, opcode and argument (its last byte) of each, caches left out."""
    at, found = 0, []
    while at < len(code):
        found.append(at)
        at += 2 + 2 * CACHES.get(code[at], 0)
    return found


class Fields:
    """What a stream of a code object holds."""

    def __init__(self, code):
        self.numbers = [code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_stacksize, code.co_flags]
        self.code = bytearray(code.co_code)
        self.consts = [Fields(c) if isinstance(c, types.CodeType) else c for c in code.co_consts]
        self.names = list(code.co_names)
        cells, arguments = code.co_cellvars, code.co_varnames
        self.locals = list(arguments) + [name for name in cells if name not in arguments] + list(code.co_freevars)
        positional, every = code.co_posonlyargcount, code.co_argcount
        self.kinds = bytearray()
        for i, name in enumerate(self.locals):
            if i >= len(self.locals) - len(code.co_freevars):
                kind = 0x80
            elif i < len(arguments):
                kind = 0x20 | (0x40 if name in cells else 0)
                kind |= 0x02 if i < every else 0x04 if i < every + code.co_kwonlyargcount else 0
                kind |= 0x04 if positional <= i < every else 0
            else:
                kind = 0x40
            self.kinds.append(kind)
        self.strings = code.co_filename, code.co_name, code.co_qualname
        self.line = code.co_firstlineno
        self.lines = bytearray(code.co_linetable)
        self.exceptions = bytearray(code.co_exceptiontable)

    def tree(self):
        yield self
        for constant in self.consts:
            if isinstance(constant, Fields):
                yield from constant.tree()

    def stream(self):
        consts = b"".join(c.stream() if isinstance(c, Fields) else marshal.dumps(c, 2 if not isinstance(c, slice) else 5)
                          for c in self.consts)
        return b"".join([
            b"c", struct.pack("<5I", *(n & 0xFFFFFFFF for n in self.numbers)), marshal.dumps(bytes(self.code), 2),
            b"(", struct.pack("<I", len(self.consts)), consts, marshal.dumps(tuple(self.names), 2),
            marshal.dumps(tuple(self.locals), 2), marshal.dumps(bytes(self.kinds), 2),
            *(marshal.dumps(s, 2) for s in self.strings), struct.pack("<i", self.line),
            marshal.dumps(bytes(self.lines), 2), marshal.dumps(bytes(self.exceptions), 2)])


def other_opcode(fields, random):
    at = random.choice(instructions(fields.code))
    old = fields.code[at]
    same = [n for n in OPCODES if CACHES.get(n, 0) == CACHES.get(old, 0)]
    group = [n for n in ALIKE_OF.get(old, same) if CACHES.get(n, 0) == CACHES.get(old, 0)]
    fields.code[at] = random.choice(group if random.random() < 0.8 and len(group) > 1 else same)


def other_argument(fields, random):
    at = random.choice(instructions(fields.code))
    old = fields.code[at + 1]
    fields.code[at + 1] = random.choice((old + 1, old - 1, old ^ 1, old + 2, random.randrange(8), random.randrange(256), 0)) & 255


def other_jump(fields, random):
    jumps = [at for at in instructions(fields.code) if fields.code[at] in JUMPS]
    if not jumps:
        return other_argument(fields, random)
    at = random.choice(jumps)
    fields.code[at + 1] = (fields.code[at + 1] + random.randrange(-12, 13)) & 255


def swapped(fields, random):
    starts = instructions(fields.code)
    if len(starts) < 4:
        return
    i = random.randrange(len(starts) - 2)
    a, b, c = starts[i:i + 3]
    fields.code[a:c] = fields.code[b:c] + fields.code[a:b]


def removed(fields, random):
    starts = instructions(fields.code)
    at = random.choice(starts)
    fields.code[at:at + 2] = bytes([opcode.opmap["NOP"], 0])
    for i in range(at + 2, at + 2 + 2 * CACHES.get(fields.code[at], 0), 2):
        fields.code[i:i + 2] = bytes([opcode.opmap["NOP"], 0])


def inserted(fields, random):
    at = random.choice(instructions(fields.code))
    new = random.choice(OPCODES)
    fields.code[at:at] = bytes([new, random.choice((0, 1, 2, random.randrange(256)))]) + bytes(2 * CACHES.get(new, 0))


def other_constant(fields, random):
    if not fields.consts:
        fields.consts.append(random.choice(CONSTANTS))
        return
    at = random.randrange(len(fields.consts))
    fields.consts[at] = random.choice(CONSTANTS + tuple(fields.consts))


def other_name(fields, random):
    names = fields.names if random.random() < 0.7 or not fields.locals else fields.locals
    if names:
        names[random.randrange(len(names))] = random.choice(names + ["__class__", "x", ".0", "__dict__", "append"])


def other_kind(fields, random):
    if fields.kinds:
        fields.kinds[random.randrange(len(fields.kinds))] = random.choice(KINDS)


def other_number(fields, random):
    which = random.randrange(5)
    if which == 4:
        fields.numbers[4] ^= 1 << random.randrange(12)
    else:
        fields.numbers[which] = max(0, fields.numbers[which] + random.choice((-2, -1, 1, 2, 5)))


def other_table(fields, random):
    table = random.choice((fields.exceptions, fields.exceptions, fields.lines))
    if table:
        at = random.randrange(len(table))
        table[at] = random.choice((table[at] ^ 1 << random.randrange(8), table[at] + 1 & 255, random.randrange(256)))
    else:
        other_argument(fields, random)


MUTATIONS = (other_opcode, other_opcode, other_opcode, other_argument, other_argument, other_jump, swapped, removed, inserted,
             other_constant, other_constant, other_name, other_kind, other_number, other_table)


def stream(code, random):
    """The stream of a code object that has been changed in one to three places."""
    fields = Fields(code)
    tree = list(fields.tree())
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        random.choice(MUTATIONS)(random.choice(tree), random)
    return fields.stream()


def damaged(data, random):
    """The bytes with some changed, left out or doubled."""
    data = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4))):
        at, way = random.randrange(len(data)), random.randrange(5)
        if way == 0:
            data[at] ^= 1 << random.randrange(8)
        elif way == 1:
            data[at] = random.choice(b"()[]{}<>0NTFSiIlyxsutRrcgazZA:.\x00\x01\xff\x80\xe3\xa9\xfa")
        elif way == 2:
            data[at] = random.randrange(256)
        elif way == 3:
            del data[at:at + random.randrange(1, 9)]
        else:
            data[at:at] = data[at:at + random.randrange(1, 9)]
        if not data:
            data.append(0)
    return bytes(data)
