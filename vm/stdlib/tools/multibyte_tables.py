"""Records what CPython's codecs of multi-byte encodings do: vm/stdlib/src/multibyte/tables.bin.

    python3.14 vm/stdlib/tools/multibyte_tables.py vm/stdlib/src/multibyte/tables.bin

The file is deflated (raw). In it, numbers little-endian, stand: how many encodings (u8), and for each

    name                    u8 length, bytes
    leads                   256 bytes: 0 illegal, 1 a character by itself, 2 the first byte of several
    singles                 256 u16, 0xffff: none
    pairs                   first and last lead, first and last trail (u8 each), then u16 for each pair of them
    triples                 the same for what follows the byte 0x8f; no lead at all: 1, 0
    long                    u32 count, then u8 lead (0x8f or 0), u8, u8, u8 count, u32 characters: where the u16 is 0xfffe
    encodings               u32 count, then u8 count, u32 characters, u8 count, bytes: where they do not follow from the above
    runs                    u16 count, then u32 first index, u32 first character, u32 count: four bytes of GB 18030

In `pairs` and `triples` 0xffff is none.
"""

import itertools
import struct
import sys
import zlib

NAMES = """big5 big5hkscs cp949 cp950 euc_kr johab euc_jp euc_jis_2004 euc_jisx0213 shift_jis shift_jis_2004 shift_jisx0213
    cp932 gb2312 gbk gb18030""".split()


def decoded(name, data):
    try:
        return data.decode(name)
    except UnicodeDecodeError as e:
        return e


def encoded(name, text):
    try:
        return text.encode(name)
    except UnicodeEncodeError:
        return None


def grid(table):
    """A table of (lead, trail) -> text, as numbers; and what does not fit."""
    if not table:
        return struct.pack("<BBBB", 1, 0, 1, 0), []
    leads, trails = sorted({k[0] for k in table}), sorted({k[1] for k in table})
    out, long = [], []
    for lead in range(leads[0], leads[-1] + 1):
        for trail in range(trails[0], trails[-1] + 1):
            text = table.get((lead, trail))
            if text is None:
                out.append(0xFFFF)
            elif len(text) == 1 and ord(text) < 0xFFFE:
                out.append(ord(text))
            else:
                out.append(0xFFFE)
                long.append((lead, trail, text))
    return struct.pack("<BBBB", leads[0], leads[-1], trails[0], trails[-1]) + struct.pack(f"<{len(out)}H", *out), long


def record(name):
    leads, singles, pairs, triples = [], [], {}, {}
    for a in range(256):
        found = decoded(name, bytes([a]))
        if isinstance(found, str):
            leads.append(1)
            singles.append(ord(found))
        else:
            leads.append(2 if "incomplete" in found.reason else 0)
            singles.append(0xFFFF)
    for a, b in itertools.product(range(256), repeat=2):
        if leads[a] == 2:
            found = decoded(name, bytes([a, b]))
            if isinstance(found, str):
                pairs[a, b] = found
    if name.startswith("euc_j"):
        for b, c in itertools.product(range(256), repeat=2):
            found = decoded(name, bytes([0x8F, b, c]))
            if isinstance(found, str) and (0x8F, b) not in pairs:
                triples[b, c] = found
    back = {}
    for keys in ({bytes([a]): chr(c) for a, c in enumerate(singles) if c != 0xFFFF}, {bytes(k): v for k, v in pairs.items()},
                 {bytes([0x8F, *k]): v for k, v in triples.items()}):
        for key, text in keys.items():
            back.setdefault(text, key)
    # Characters, and the pairs of them that are one code.
    texts = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000] + [t for t in back if len(t) > 1]
    extra, four = [], []
    for text in texts:
        found = encoded(name, text)
        if found is not None and len(found) == 4 and name == "gb18030":
            a, b, c, d = found
            four.append(((((a - 0x81) * 10 + b - 0x30) * 126 + c - 0x81) * 10 + d - 0x30, ord(text)))
        elif found != back.get(text) and (found is None or len(found) < 8):
            extra.append((text, found or b""))
    runs = []
    for index, c in sorted(four):
        if runs and (index - runs[-1][0], c - runs[-1][1]) == (runs[-1][2], runs[-1][2]):
            runs[-1][2] += 1
        else:
            runs.append([index, c, 1])
    first, long = grid(pairs)
    second, more = grid(triples)
    out = bytes([len(name)]) + name.encode() + bytes(leads) + struct.pack("<256H", *singles) + first + second
    long = [(0, *entry) for entry in long] + [(0x8F, *entry) for entry in more]
    out += struct.pack("<I", len(long))
    for mark, lead, trail, text in long:
        out += struct.pack(f"<BBBB{len(text)}I", mark, lead, trail, len(text), *map(ord, text))
    out += struct.pack("<I", len(extra))
    for text, found in extra:
        out += struct.pack(f"<B{len(text)}IB", len(text), *map(ord, text), len(found)) + found
    out += struct.pack("<H", len(runs)) + b"".join(struct.pack("<III", *run) for run in runs)
    print(name, len(pairs), len(triples), "long", len(long), "extra", len(extra), "runs", len(runs))
    return out


whole = bytes([len(NAMES)]) + b"".join(map(record, NAMES))
deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
with open(sys.argv[1], "wb") as file:
    file.write(deflate.compress(whole) + deflate.flush())
print(len(whole))
