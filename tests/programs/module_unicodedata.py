# unicodedata: properties of many characters by digests, names, normal forms, errors.
import hashlib
import unicodedata as u

o = u.ucd_3_2_0
for db in (u, o):
    for name in ["category", "bidirectional", "combining", "mirrored", "east_asian_width", "decomposition"]:
        f = getattr(db, name)
        h = hashlib.sha256()
        for start in range(0, 0x20000, 57):
            h.update(str(f(chr(start))).encode() + b";")
        print(db.unidata_version, name, h.hexdigest()[:16])
    for name in ["decimal", "digit", "numeric", "name"]:
        f = getattr(db, name)
        h = hashlib.sha256()
        for start in range(0, 0x20000, 57):
            h.update(str(f(chr(start), None)).encode() + b";")
        print(db.unidata_version, name, h.hexdigest()[:16])
    for form in ["NFC", "NFD", "NFKC", "NFKD"]:
        h = hashlib.sha256()
        normal = 0
        for start in range(0, 0x30000, 361):
            text = "".join(map(chr, range(start, start + 20))) if start % 3 else "a" + chr(start) + "\u0323\u0301"
            h.update(db.normalize(form, text).encode("utf-8", "surrogatepass"))
            normal += db.is_normalized(form, text)
        print(db.unidata_version, form, h.hexdigest()[:16], normal)
for c in range(32, 0x3000, 113):
    n = u.name(chr(c), None)
    if n is not None:
        assert u.lookup(n) == chr(c) == u.lookup(n.lower())


def t(s):
    try:
        print(s, "=>", ascii(eval(s)))
    except BaseException as e:
        print(s, "=>", type(e).__name__, ascii(str(e)))


for s in r"""u.name('a')
u.name('\0')
u.name('\0', 5)
u.name('')
u.name('ab')
u.name(5)
u.name()
u.name('a', 1, 2)
u.lookup('LATIN SMALL LETTER A')
u.lookup('latin small letter a')
u.lookup('nosuch')
u.lookup('LATIN SMALL LETTER R WITH TILDE')
u.lookup(5)
u.lookup(b'LATIN SMALL LETTER A')
u.lookup('x' * 300)
u.lookup('\xe9')
u.lookup('HANGUL SYLLABLE GAG')
u.lookup('CJK UNIFIED IDEOGRAPH-4E00')
u.lookup('LINE FEED')
u.lookup('BELL')
u.lookup('NBSP')
u.name('\u4e00')
u.name('\uac01')
u.name('\U0001f600')
u.decimal('5')
u.decimal('x')
u.decimal('x', 7)
u.digit('\u00b2')
u.digit('x')
u.digit('x', None)
u.numeric('\u00bd')
u.numeric('x')
u.numeric('x', -1)
u.category('a')
u.category('ab')
u.category('')
u.category(1)
u.category()
u.bidirectional('\u0378')
u.decomposition('\u00bd')
u.decomposition('\uac01')
u.normalize('NFC', 'e\u0301')
u.normalize('NFKC', '\ufb01')
u.normalize('XX', 'a')
u.normalize('XX', '')
u.normalize('NFC', 5)
u.normalize(5, 'a')
u.normalize('NFC')
u.is_normalized('XX', 'a')
u.is_normalized('XX', '')
o.name('\U0001f600')
o.name('a')
o.category('\U0001f600')
o.lookup('GRINNING FACE')
o.normalize('XX', 'a')
u.UCD()
type('x', (u.UCD,), {})
type(o), u.unidata_version, o.unidata_version
u.name('\ud800')
u.category('\ud800')
u.normalize('NFC', '\ud800')
'\N{SNOWMAN}'
'caf\xe9'.encode('idna')""".split("\n"):
    t(s)
