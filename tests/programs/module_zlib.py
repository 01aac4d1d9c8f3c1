# zlib: round trips, checksums, incremental use, errors. What a compressor writes differs between libraries.
import copy
import gzip
import io
import pickle
import re
import zlib


def t(s):
    try:
        print(s, '=>', re.sub('0x[0-9a-f]+', '0x', repr(eval(s))))
    except BaseException as e:
        print(s, '=>', type(e).__module__, type(e).__name__, e)


def U(data, wbits=15):
    return zlib.decompress(data, wbits)


D=b'hello world '*100
C=zlib.compress(D)
def partial(n): 
    d=zlib.decompressobj(); return d.decompress(C[:n]), d.eof, d.unused_data, d.unconsumed_tail
for s in ["U(zlib.compress(b''))","U(zlib.compress(b'abc',0))","zlib.compress(b'abc',10)","zlib.compress(b'abc',-2)","U(zlib.compress(b'abc',-1,-15),-15)","U(zlib.compress(b'abc',wbits=31), 31)","zlib.compress(b'abc',wbits=5)","zlib.compress('x')","zlib.compress()","zlib.compress(b'',1,2,3)","zlib.compress(b'abc',level='x')","U(zlib.compress(b'x',wbits=8))","zlib.compress(b'x',wbits=-8)","zlib.decompress(C)==D","zlib.decompress(C[:-1])","zlib.decompress(C[:5])","zlib.decompress(b'')","zlib.decompress(b'x')","zlib.decompress(b'abcdef')","zlib.decompress(C+b'extra')==D","zlib.decompress(C[:-4]+b'abcd')","zlib.decompress(C,wbits=47)==D","zlib.decompress(C,wbits=99)","zlib.decompress(C,bufsize=0)","zlib.decompress(C,bufsize=-1)","zlib.decompress(C,bufsize=1)==D","zlib.decompress('x')","zlib.decompress(C,wbits=0)==D","zlib.decompress(bytes([C[0]^1])+C[1:])","zlib.decompress(zlib.compress(b'abc',wbits=31),wbits=31)","zlib.decompress(b'\\x78\\xbb'+C[2:])","zlib.decompress(C[:2]+b'\\xff'*10)",
"zlib.adler32(b'abc')","zlib.adler32(b'abc',0)","zlib.adler32(b'')","zlib.adler32(b'abc',-1)","zlib.adler32(b'abc',1<<40)","zlib.adler32('x')","zlib.crc32(b'abc')","zlib.crc32(b'abc',5)","zlib.crc32(b'',7)","zlib.crc32(b'abc',-1)","zlib.crc32('x')","zlib.adler32(b'x'*10000, 12345)","zlib.adler32()",
"zlib.compressobj()","zlib.compressobj(1,8,15,9,4)","zlib.compressobj(level=10)","zlib.compressobj(method=7)","zlib.compressobj(wbits=99)","zlib.compressobj(memLevel=0)","zlib.compressobj(strategy=9)","zlib.compressobj(zdict='x')","zlib.compressobj(zdict=b'')","zlib.decompressobj(wbits=99)","zlib.decompressobj(zdict='x')","zlib.decompressobj(-15,b'abc')","zlib.decompressobj(zdict=5)","type(zlib.compressobj())","type(zlib.decompressobj())","type(zlib.compressobj())()","partial(5)[1:]","partial(len(C))[0]==D","partial(len(C))[1:]",
"zlib.decompressobj().decompress(C,0)==D","zlib.decompressobj().decompress(C,5)","zlib.decompressobj().decompress(C,-1)","zlib.decompressobj().decompress('x')","zlib.decompressobj().decompress(b'bad data')","zlib.decompressobj().flush()","zlib.decompressobj().flush(0)","zlib.decompressobj().flush(-1)","zlib.decompressobj().flush('x')","zlib.compressobj().compress('x')","zlib.compressobj().flush(99)","zlib.compressobj().flush(0)","zlib.compressobj().flush('x')","pickle.dumps(zlib.compressobj())","zlib.compressobj().__copy__()","copy.deepcopy(zlib.decompressobj())","zlib._ZlibDecompressor()","zlib._ZlibDecompressor().decompress(C)==D","zlib._ZlibDecompressor(wbits=99)","zlib._ZlibDecompressor().decompress(C,max_length=5)","zlib._ZlibDecompressor().decompress('x')","zlib._ZlibDecompressor().eof","zlib._ZlibDecompressor().needs_input","zlib._ZlibDecompressor().unused_data","zlib._ZlibDecompressor(zdict=5)","zlib._ZlibDecompressor().decompress(b'bad data')","zlib.error.__mro__","pickle.dumps(zlib._ZlibDecompressor())"]: t(s)
c=zlib.compressobj(); parts = [c.compress(b'abc'), c.flush(zlib.Z_SYNC_FLUSH), c.compress(b'def'), c.flush(zlib.Z_FULL_FLUSH), c.flush()]
d = zlib.decompressobj(); print([d.decompress(part) for part in parts], d.eof)
t("c.flush()"); t("c.compress(b'x')"); t("c.copy()")
d=zlib.decompressobj(); x=d.decompress(C+b'tail', 10); print(x, len(d.unconsumed_tail)>0, d.unused_data, d.eof)
while d.unconsumed_tail: x+=d.decompress(d.unconsumed_tail, 100)
print(x==D, d.eof, d.unused_data, d.flush())
t("d.decompress(b'more')"); print(d.unused_data); t("d.copy()")
e=zlib.decompressobj(); e.decompress(C[:10]); f=e.copy(); print(e.decompress(C[10:])==f.decompress(C[10:]), f.eof)
c=zlib.compressobj(zdict=b'hello world'); z=c.compress(D)+c.flush(); t("zlib.decompress(z)"); t("zlib.decompressobj().decompress(z)"); print(zlib.decompressobj(zdict=b'hello world').decompress(z)==D); t("zlib.decompressobj(zdict=b'wrong').decompress(z)")
c=zlib.compressobj(wbits=-15,zdict=b'hello world'); z=c.compress(D)+c.flush(); print(zlib.decompressobj(-15,zdict=b'hello world').decompress(z)==D)
d=zlib.decompressobj(); x = d.decompress(C[:20]); x += d.flush(); print(D.startswith(x), d.eof)
p=zlib._ZlibDecompressor(); r=b''
r+=p.decompress(C[:7],4); print(p.needs_input, p.eof, r)
r+=p.decompress(C[7:]+b'zz',4); print(p.needs_input, p.eof)
while not p.eof: r+=p.decompress(b'',50)
print(r==D, p.unused_data, p.needs_input); t("p.decompress(b'')")
c=zlib.compressobj(); c.compress(b'abc'); c2=c.copy(); print(c.flush()==c2.flush())
print(gzip.decompress(gzip.compress(D,mtime=0))==D)

import random
r = random.Random(5)
for i in range(10):
    data = bytes(r.choice(b"abcdefgh \n") for _ in range(r.randrange(3000))) * r.randrange(1, 20) + r.randbytes(r.randrange(500))
    level, wbits, mem, strategy = r.randrange(-1, 10), r.choice([15, 9, 12, -15, -9, 31, 25]), r.randrange(1, 10), r.randrange(5)
    c = zlib.compressobj(level, 8, wbits, mem, strategy)
    packed = b""
    at = 0
    while at < len(data):
        n = r.randrange(1, 9000)
        packed += c.compress(data[at:at + n]) + c.flush(r.choice([0, 0, 1, 2, 3, 5]))
        at += n
    packed += c.flush()
    assert zlib.decompress(packed, wbits) == data, (level, wbits, mem, strategy)
    d = zlib.decompressobj(wbits)
    out, rest = b"", packed + b"rest"
    while not d.eof:
        chunk, rest = rest[:7], rest[7:]
        out += d.decompress(d.unconsumed_tail + chunk, r.randrange(1, 300))
    assert out + d.flush() == data and (d.unused_data + rest) == b"rest", (d.unused_data, rest)
    p = zlib._ZlibDecompressor(wbits)
    out, rest = b"", packed + b"rest"
    while not p.eof:
        chunk = b""
        if p.needs_input:
            chunk, rest = rest[:50], rest[50:]
        out += p.decompress(chunk, r.randrange(0, 300))
    assert out == data and p.unused_data + rest == b"rest"
with gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(D) + gzip.compress(b"second"))) as f:
    print(f.read() == D + b"second")
big = bytes(3_000_000)
print(zlib.decompress(zlib.compress(big)) == big, len(zlib.compress(big)) < 10000)
bad = b"x\x9cK\xcb\xcf\x07\x00\x02\x82\x01E"[:-1] + b"\0"
d = zlib.decompressobj()
print(d.decompress(bad, 1))
t("d.flush()")
