"""Writes src/unicode/tables.rs and tests/unicode_digest.txt from CPython 3.14's own Unicode database (16.0.0).

    cpython3.14 tools/make_unicode.py [NameAliases.txt NamedSequences.txt]

The two files of the Unicode database are needed for src/unicode/alias_tables.rs only, because CPython cannot list what
it knows of them; each entry is checked against CPython's own answer.
What CPython exposes only through string methods (cased, case-ignorable, full case mappings) is asked of these methods.
"""
import _sre
import os
import struct
import sys
import unicodedata

assert sys.version_info[:2] == (3, 14) and unicodedata.unidata_version == "16.0.0"
HERE = os.path.dirname(os.path.abspath(__file__))
N = 0x110000

CATEGORIES = "Cn Lu Ll Lt Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Lm Lo Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So".split()
BIDI = ["", *"L LRE LRO R AL RLE RLO PDF EN ES ET AN CS NSM BN B S WS ON LRI RLI FSI PDI".split()]
WIDTHS = "N F H W Na A".split()
FLAGS = ("ALPHA DECIMAL DIGIT NUMERIC SPACE PRINTABLE LOWER UPPER TITLE CASED CASE_IGNORABLE XID_START "
         "XID_CONTINUE").split()
BIT = {name: 1 << i for i, name in enumerate(FLAGS)}


def two_stage(values):
    """The split into (shift, index, data) that takes the fewest bytes."""
    def width(seq):
        top = max(seq)
        return 1 if top < 256 else 2 if top < 65536 else 4
    best = None
    for shift in range(3, 10):
        size = 1 << shift
        blocks, index, data = {}, [], []
        for start in range(0, N, size):
            block = tuple(values[start:start + size])
            if block not in blocks:
                blocks[block] = len(blocks)
                data.extend(block)
            index.append(blocks[block])
        cost = len(index) * width(index) + len(data) * width(data)
        if best is None or cost < best[0]:
            best = cost, shift, index, data
    return best[1:]


def rust_type(seq, signed=False):
    if signed:
        return "i32"
    top = max(seq)
    return "u8" if top < 256 else "u16" if top < 65536 else "u32"


out = []


def emit_array(name, seq, doc, ty=None):
    seq = list(seq)
    out.append(f"/// {doc}")
    out.append(f"pub static {name}: [{ty or rust_type(seq)}; {len(seq)}] = [")
    line = ""
    for x in seq:
        item = f"{x},"
        if len(line) + len(item) > 118:
            out.append(line)
            line = ""
        line += item
    out.append(line)
    out.append("];")


def emit_trie(name, values, doc):
    shift, index, data = two_stage(values)
    out.append(f"pub const {name}_SHIFT: u32 = {shift};")
    emit_array(f"{name}_INDEX", index, f"{doc}: block of each run of 2**{name}_SHIFT code points.")
    emit_array(f"{name}_DATA", data, f"{doc}: the blocks.")


def codes(s):
    return [ord(c) for c in s]


# --- character types ---
records, record_ids, type_values = [], {}, []
numerics, numeric_ids = [None], {None: 0}
full_case, full_case_ids = [0], {}
per_cp = []
for cp in range(N):
    c = chr(cp)
    flags = 0
    decimal = unicodedata.decimal(c, None)
    digit = unicodedata.digit(c, None)
    numeric = unicodedata.numeric(c, None)
    following = (c + "a").title()
    cased = following.endswith("a")
    ignorable = ("1" + c + "\u03a3").lower()[-1] == "\u03c3" if cased else ("A" + c + "\u03a3").lower()[-1] == "\u03c2"
    lower, upper, title, fold = c.lower(), c.upper(), c.title(), c.casefold()
    for name, on in (
        ("ALPHA", c.isalpha()), ("DECIMAL", c.isdecimal()), ("DIGIT", c.isdigit()), ("NUMERIC", c.isnumeric()),
        ("SPACE", c.isspace()), ("PRINTABLE", c.isprintable()), ("LOWER", c.islower()),
        ("UPPER", unicodedata.category(c) != "Lt" and c.isupper()), ("TITLE", unicodedata.category(c) == "Lt"),
        ("CASED", cased), ("CASE_IGNORABLE", ignorable), ("XID_START", c.isidentifier()),
        ("XID_CONTINUE", ("a" + c).isidentifier()),
    ):
        if on:
            flags |= BIT[name]
    assert (decimal is not None) == c.isdecimal() and (digit is not None) == c.isdigit(), hex(cp)
    assert (numeric is not None) == c.isnumeric(), hex(cp)
    s_lower = _sre.unicode_tolower(cp)
    s_upper = ord(upper) if len(upper) == 1 else ord(title) if len(title) == 1 else cp
    s_title = ord(title) if len(title) == 1 else cp
    full = 0
    if not (len(upper) == len(title) == len(lower) == 1 and ord(lower) == s_lower and fold == lower):
        # Four mappings one after the other, each as its length and its code points.
        packed = []
        for m in (lower, upper, title, fold):
            packed += [len(m), *codes(m)]
        key = tuple(packed)
        if key not in full_case_ids:
            full_case_ids[key] = len(full_case)
            full_case.extend(packed)
        full = full_case_ids[key]
    if numeric not in numeric_ids:
        numeric_ids[numeric] = len(numerics)
        numerics.append(numeric)
    record = (flags, s_upper - cp, s_lower - cp, s_title - cp, full, numeric_ids[numeric],
              255 if decimal is None else decimal, 255 if digit is None else digit)
    if record not in record_ids:
        record_ids[record] = len(records)
        records.append(record)
    type_values.append(record_ids[record])
    per_cp.append((flags, decimal, digit, numeric, s_lower, lower, upper, title, fold))

# --- database ---
decomps, decomp_ids, decomp_values = [0], {"": 0}, []
prefixes, prefix_ids = [""], {"": 0}
db_records, db_ids, db_values = [], {}, []
compose = {}
nfd_mapping = {}
for cp in range(N):
    c = chr(cp)
    d = unicodedata.decomposition(c)
    hangul = 0xAC00 <= cp <= 0xD7A3
    if hangul:
        d = ""
    if d not in decomp_ids:
        parts = d.split()
        prefix = parts.pop(0) if parts[0].startswith("<") else ""
        if prefix not in prefix_ids:
            prefix_ids[prefix] = len(prefixes)
            prefixes.append(prefix)
        # Length and prefix in one number, then the code points.
        decomp_ids[d] = len(decomps)
        decomps.extend([len(parts) << 8 | prefix_ids[prefix], *(int(p, 16) for p in parts)])
    decomp_values.append(decomp_ids[d])
    if d and not d.startswith("<"):
        parts = [int(p, 16) for p in d.split()]
        if len(parts) == 2 and unicodedata.normalize("NFC", chr(parts[0]) + chr(parts[1])) == c:
            compose[tuple(parts)] = cp
seconds = {second for _, second in compose} | set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
for cp in range(N):
    c = chr(cp)
    qc = 0
    for i, form in enumerate(("NFD", "NFKD", "NFC", "NFKC")):
        if unicodedata.normalize(form, c) != c:
            qc |= 1 << i
    if cp in seconds:
        qc |= 16
    record = (CATEGORIES.index(unicodedata.category(c)), BIDI.index(unicodedata.bidirectional(c)),
              unicodedata.combining(c), unicodedata.mirrored(c), WIDTHS.index(unicodedata.east_asian_width(c)), qc)
    if record not in db_ids:
        db_ids[record] = len(db_records)
        db_records.append(record)
    db_values.append(db_ids[record])

out.append("// Written by tools/make_unicode.py from CPython 3.14's Unicode 16.0.0 database. Do not edit.")
out.append("use super::records::{DbRecord, TypeRecord};\n")
for name in FLAGS:
    out.append(f"pub const {name}: u16 = {BIT[name]:#x};")
emit_trie("TYPE", type_values, "Character types")
out.append("/// flags, upper, lower, title (offsets), index in FULL_CASE_MAPPINGS, index in NUMERICS, decimal, digit (255: none).")
out.append(f"pub static TYPES: [TypeRecord; {len(records)}] = [")
for r in records:
    out.append("TypeRecord::new(%s)," % ",".join(map(str, r)))
out.append("];")
emit_array("FULL_CASE_MAPPINGS", full_case, "Lower, upper, title and fold mappings: each its length and its code points.")
out.append("/// Values of numeric characters; entry 0 is unused.")
out.append(f"pub static NUMERICS: [f64; {len(numerics)}] = [{','.join(repr(float(x or 0)) for x in numerics)}];")
emit_trie("DB", db_values, "Database records")
out.append("/// category, bidirectional class, combining class, mirrored, east asian width, quick check bits.")
out.append(f"pub static RECORDS: [DbRecord; {len(db_records)}] = [")
for r in db_records:
    out.append("DbRecord::new(%s)," % ",".join(map(str, r)))
out.append("];")
for name, names in ("CATEGORIES", CATEGORIES), ("BIDIRECTIONALS", BIDI), ("WIDTHS", WIDTHS), ("PREFIXES", prefixes):
    items = ",".join('"%s"' % n for n in names)
    out.append(f"pub static {name}: [&str; {len(names)}] = [{items}];")
emit_trie("DECOMP", decomp_values, "Indexes in DECOMPOSITIONS")
emit_array("DECOMPOSITIONS", decomps, "Length << 8 | prefix, then the code points; entry 0 is unused.")
pairs = sorted((a << 32 | b, c) for (a, b), c in compose.items())
emit_array("COMPOSE_KEYS", (k for k, _ in pairs), "First << 32 | second of each primary composite, sorted.", "u64")
emit_array("COMPOSE_VALUES", (v for _, v in pairs), "The primary composites, in the order of COMPOSE_KEYS.")

with open(os.path.join(HERE, "../src/unicode/tables.rs"), "w") as f:
    f.write("\n".join(out) + "\n")

# --- digests: what CPython answers for each code point, to be checked against the tables as Rust reads them ---
MASK = (1 << 64) - 1


def digest(rows):
    h = 0
    for row in rows:
        for x in row:
            h = (h * 0x100000001B3 + x + 1) & MASK
    return h


lines = []
lines.append(("flags", digest([p[0]] for p in per_cp)))
for i, name in (1, "decimal"), (2, "digit"):
    lines.append((name, digest([255 if p[i] is None else p[i]] for p in per_cp)))
lines.append(("numeric", digest([0 if p[3] is None else struct.unpack("<Q", struct.pack("<d", p[3]))[0]] for p in per_cp)))
lines.append(("simple_lower", digest([p[4]] for p in per_cp)))
for i, name in (5, "lower"), (6, "upper"), (7, "title"), (8, "fold"):
    lines.append((name, digest(map(codes, (p[i] for p in per_cp)))))
lines.append(("category", digest([CATEGORIES.index(unicodedata.category(chr(c)))] for c in range(N))))
lines.append(("bidirectional", digest([BIDI.index(unicodedata.bidirectional(chr(c)))] for c in range(N))))
lines.append(("combining", digest([unicodedata.combining(chr(c))] for c in range(N))))
lines.append(("mirrored", digest([unicodedata.mirrored(chr(c))] for c in range(N))))
lines.append(("width", digest([WIDTHS.index(unicodedata.east_asian_width(chr(c)))] for c in range(N))))
lines.append(("decomposition", digest(unicodedata.decomposition(chr(c)).encode() for c in range(N))))
for form in "NFC", "NFD", "NFKC", "NFKD":
    lines.append((form, digest(codes(unicodedata.normalize(form, chr(c))) for c in range(N))))
    # Sequences that compose and reorder: each code point after a base and before marks of two classes.
    lines.append((form + "-context", digest(
        codes(unicodedata.normalize(form, "e" + chr(c) + "\u0323\u0301" + chr(c) + "\u1161\u11a8")) for c in range(N))))
lines.append(("linebreak", digest([len(("a" + chr(c) + "a").splitlines())] for c in range(N))))
lines.append(("name", digest(unicodedata.name(chr(c), "").encode() for c in range(N))))
with open(os.path.join(HERE, "../tests/unicode_digest.txt"), "w") as f:
    for name, value in lines:
        f.write(f"{name} {value:016x}\n")

# --- names beside the proper ones ---
if len(sys.argv) == 3:
    def fields(path):
        with open(path, encoding="utf-8") as f:
            for line in f:
                line = line.partition("#")[0].strip()
                if line:
                    yield line.split(";")
    aliases, sequences = {}, {}
    for code, name, *_ in fields(sys.argv[1]):
        try:
            unicodedata.name(unicodedata.lookup(name))
        except ValueError:
            pass
        except KeyError:
            continue
        if unicodedata.lookup(name) == chr(int(code, 16)):
            aliases[name] = int(code, 16)
    for name, seq in fields(sys.argv[2]):
        value = "".join(chr(int(c, 16)) for c in seq.split())
        try:
            if unicodedata.lookup(name) == value:
                sequences[name] = value
        except KeyError:
            pass
    with open(os.path.join(HERE, "../src/unicode/alias_tables.rs"), "w") as f:
        f.write("// Written by tools/make_unicode.py from Unicode 16.0.0. Do not edit.\n\n")
        f.write("/// Aliases of characters, sorted by name.\n")
        f.write(f"pub static ALIASES: [(&str, u32); {len(aliases)}] = [\n")
        for name in sorted(aliases):
            f.write(f'    ("{name}", {aliases[name]:#x}),\n')
        f.write("];\n\n/// Named sequences of characters, sorted by name.\n")
        f.write(f"pub static SEQUENCES: [(&str, &str); {len(sequences)}] = [\n")
        for name in sorted(sequences):
            value = "".join("\\u{%x}" % ord(c) for c in sequences[name])
            f.write(f'    ("{name}", "{value}"),\n')
        f.write("];\n")
    print(len(aliases), "aliases,", len(sequences), "sequences")

# --- Unicode 3.2.0, which stringprep and so the IDNA codec ask for: what differs from the present one ---
old = unicodedata.ucd_3_2_0


def view(db, c):
    return (CATEGORIES.index(db.category(c)), BIDI.index(db.bidirectional(c)), db.combining(c), db.mirrored(c),
            WIDTHS.index(db.east_asian_width(c)), db.decimal(c, 255), db.numeric(c, 0.0))


ranges, corrections = [], []
for cp in range(N):
    c = chr(cp)
    then = view(old, c)
    # A surrogate-free look at names tells what was assigned.
    if then != view(unicodedata, c):
        if ranges and ranges[-1][1] == cp - 1 and ranges[-1][2] == then:
            ranges[-1][1] = cp
        else:
            ranges.append([cp, cp, then])
    if then[0] and old.normalize("NFD", c) != unicodedata.normalize("NFD", c):
        corrections.append((cp, ord(old.normalize("NFD", c))))
with open(os.path.join(HERE, "../src/unicode/tables_3_2.rs"), "w") as f:
    f.write("// Written by tools/make_unicode.py from CPython 3.14's Unicode 3.2.0 database. Do not edit.\n")
    f.write("use super::v3_2::Old;\n\n/// Ranges where 3.2.0 differs from 16.0.0: first, last, what it says.\n")
    f.write(f"pub static RANGES: [(u32, u32, Old); {len(ranges)}] = [\n")
    for first, last, (cat, bidi, comb, mirr, width, dec, num) in ranges:
        f.write(f"({first:#x},{last:#x},Old::new({cat},{bidi},{comb},{mirr},{width},{dec},{float(num)!r})),\n")
    f.write("];\n/// Decompositions that later versions corrected.\n")
    f.write(f"pub static CORRECTIONS: [(u32, u32); {len(corrections)}] = {corrections};\n".replace("'", ""))
print(len(ranges), "ranges differ in 3.2.0")
rows = [("v3_2", digest([*view(old, chr(c))[:6], struct.unpack("<Q", struct.pack("<d", view(old, chr(c))[6]))[0]] for c in range(N))),
        ("v3_2-decomposition", digest(old.decomposition(chr(c)).encode() for c in range(N))),
        ("v3_2-name", digest([old.name(chr(c), "") != ""] for c in range(N)))]
for form in "NFC", "NFKD", "NFKC":
    rows.append(("v3_2-" + form, digest(codes(old.normalize(form, chr(c))) for c in range(N))))
with open(os.path.join(HERE, "../tests/unicode_digest.txt"), "a") as f:
    for name, value in rows:
        f.write(f"{name} {value:016x}\n")
