"""_bz2 and _lzma, and the files of bz2 and lzma over them."""
import bz2
import hashlib
import io
import lzma
import pickle
import tarfile

import _bz2
import _lzma


def t(case):
    try:
        print(case, "->", repr(eval(case))[:160])
    except Exception as e:
        print(case, "->", type(e).__name__, e)


text = b"".join(b"line %d of some text that repeats itself\n" % (i % 97) for i in range(20000))
noise = hashlib.sha512(b"seed").digest() * 3 + bytes(range(256))
for level in (1, 5, 9):
    packed = bz2.compress(text, level)
    print(level, len(packed), hashlib.md5(packed).hexdigest(), bz2.decompress(packed) == text)
print(bz2.compress(b""), bz2.decompress(bz2.compress(b"")), bz2.decompress(bz2.compress(b"a") + bz2.compress(b"b")))
print(bz2.decompress(bz2.compress(noise)) == noise)
c = bz2.BZ2Compressor()
parts = [c.compress(text[i : i + 7000]) for i in range(0, len(text), 7000)] + [c.flush()]
print(bz2.decompress(b"".join(parts)) == text)
d = bz2.BZ2Decompressor()
packed = bz2.compress(text) + b"tail"
got = d.decompress(packed, 1000)
print(len(got), d.eof, d.needs_input, d.unused_data)
while not d.eof:
    got += d.decompress(b"", 50000)
print(got == text, d.eof, d.needs_input, d.unused_data)
d = bz2.BZ2Decompressor()
got = b""
for i in range(0, len(packed), 100):
    if not d.eof:
        got += d.decompress(packed[i : i + 100])
print(got == text, d.unused_data)
for preset in (0, 1, 6):
    packed = lzma.compress(text, preset=preset)
    print(preset, lzma.decompress(packed) == text)
print(lzma.decompress(lzma.compress(noise)) == noise, lzma.decompress(lzma.compress(b"") + lzma.compress(b"x")))
for format, check in ((lzma.FORMAT_XZ, lzma.CHECK_NONE), (lzma.FORMAT_XZ, lzma.CHECK_CRC32), (lzma.FORMAT_XZ, lzma.CHECK_SHA256), (lzma.FORMAT_ALONE, -1)):
    packed = lzma.compress(text, format=format, check=check)
    d = lzma.LZMADecompressor()
    print(format, check, packed[:6], d.decompress(packed) == text, d.check, d.eof)
chains = [
    [{"id": lzma.FILTER_LZMA2, "preset": 3}],
    [{"id": lzma.FILTER_DELTA, "dist": 5}, {"id": lzma.FILTER_LZMA2, "preset": 1, "dict_size": 1 << 16, "lc": 1, "lp": 1, "pb": 1, "mode": lzma.MODE_FAST, "nice_len": 50, "mf": lzma.MF_HC4, "depth": 10}],
    [{"id": lzma.FILTER_X86, "start_offset": 0}, {"id": lzma.FILTER_LZMA2}],
    [{"id": lzma.FILTER_LZMA1, "preset": 2}],
]
for chain in chains:
    packed = lzma.compress(text, format=lzma.FORMAT_RAW, filters=chain)
    print(len(chain), lzma.decompress(packed, format=lzma.FORMAT_RAW, filters=chain) == text)
    print([_lzma._encode_filter_properties(f) for f in chain], [_lzma._decode_filter_properties(f["id"], _lzma._encode_filter_properties(f)) for f in chain])
d = lzma.LZMADecompressor()
packed = lzma.compress(text) + b"tail"
got = d.decompress(packed, 1000)
print(len(got), d.eof, d.needs_input, d.unused_data, d.check)
while not d.eof:
    got += d.decompress(b"", 50000)
print(got == text, d.eof, d.needs_input, d.unused_data)
for module, name in ((bz2, "f.bz2"), (lzma, "f.xz")):
    with module.open(name, "wt", encoding="utf-8") as f:
        f.write("first\nsecond\n")
    with module.open(name, "at") as f:
        f.write("third\n")
    with module.open(name) as f:
        print(f.readline(), f.read(), f.tell(), f.seek(2), f.read(3))
    for kind in ("bz2", "xz"):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:" + kind) as tar:
            tar.add(name)
        out.seek(0)
        with tarfile.open(fileobj=out) as tar:
            print(tar.getnames(), len(tar.extractfile(name).read()) > 30)
for case in ["_bz2.BZ2Compressor(0)","_bz2.BZ2Compressor(10)","_bz2.BZ2Compressor().compress('a')","_bz2.BZ2Decompressor().decompress(b'xx')","_bz2.BZ2Decompressor().decompress(b'BZh9'+b'x'*20)","_bz2.BZ2Decompressor().needs_input","_bz2.BZ2Compressor('a')","_bz2.BZ2Decompressor(1)",
"_lzma.LZMACompressor(format=9)","_lzma.LZMACompressor(preset=99)","_lzma.LZMACompressor(format=_lzma.FORMAT_RAW)","_lzma.LZMACompressor(filters=[{}])","_lzma.LZMACompressor(filters=[{'id':99}])","_lzma.LZMACompressor(filters=[])","_lzma.LZMACompressor(filters=1)","_lzma.LZMADecompressor(format=9)","_lzma.LZMADecompressor().decompress(b'abcdefghijkl')","_lzma.LZMADecompressor(memlimit=1).check","_lzma.LZMADecompressor(format=3)","_lzma.LZMADecompressor(format=1,filters=[])","_lzma.is_check_supported(1)","_lzma.LZMACompressor(preset=1,filters=[{'id':33}])","_lzma.LZMACompressor(format=2,check=4)","_lzma.LZMACompressor(format=_lzma.FORMAT_RAW, filters=[{'id':33,'dict_size':5}])","_lzma.LZMACompressor(format=_lzma.FORMAT_RAW, filters=[{'id':33,'foo':5}])","_lzma.LZMACompressor(check=99)","_lzma._encode_filter_properties({'id':33,'preset':6})","_lzma._decode_filter_properties(33,b'\\x16')","_lzma._decode_filter_properties(3,b'\\x16')","_lzma._encode_filter_properties({'id':3,'dist':4})","_lzma.LZMACompressor().compress('a')"]:
    t(case)
for make in (bz2.BZ2Compressor, lzma.LZMACompressor):
    c = make()
    c.flush()
    t("c.flush()")
    t("c.compress(b'')")
    t("pickle.dumps(c)")
for make, pack in ((bz2.BZ2Decompressor, bz2.compress), (lzma.LZMADecompressor, lzma.compress)):
    d = make()
    print(d.decompress(pack(b"x") + b"tail"), d.eof, d.unused_data)
    t("d.decompress(b'')")
    t("d.decompress(1)")
    t("pickle.dumps(d)")
t("lzma.decompress(lzma.compress(text)[:-20])")
t("bz2.decompress(bz2.compress(text)[:-20])")
t("lzma.decompress(lzma.compress(text)[:50] + b'x' * 50)")
t("lzma.decompress(lzma.compress(text), memlimit=1000)")
t("lzma.compress(text, preset=-1)")
for case in ("preset=-1", "preset=1 << 40", "preset='a'", "filters=[{'id': 33, 'dict_size': -1}]",
             "filters=[{'id': 33, 'dict_size': 1 << 40}]", "filters=[{'id': -1}]", "filters=[{'id': 1 << 70}]", "filters=[1]",
             "filters=[{'id': 'a'}]", "filters=[{'id': 33, 'preset': 77}]", "filters=[{'id': 33}] * 5"):
    t(f"_lzma.LZMACompressor({case})")
t("lzma.is_check_supported(lzma.CHECK_UNKNOWN)")
print({n: getattr(_lzma, n) for n in sorted(dir(_lzma)) if n.isupper()})
