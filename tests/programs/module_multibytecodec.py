"""Encodings of several bytes: Chinese, Japanese and Korean, whole, piece by piece, in streams, with errors."""
import codecs
import io
import zlib
import _codecs_cn
import _codecs_jp
import _multibytecodec as m

c = _codecs_cn.getcodec("gbk")


def show(text):
    try:
        print(text, "->", ascii(eval(text)))
    except BaseException as e:
        print(text, "!!", type(e).__name__, ascii(str(e)))


for line in r'''
_codecs_cn.getcodec('foo')
_codecs_cn.getcodec(3)
_codecs_cn.getcodec('big5')
c.encode('a')
c.encode('a\u4e00','strict')
c.encode('a\ud800')
c.encode('a\U0001f600b','replace')
c.encode('a\U0001f600b','ignore')
c.encode('a\U0001f600b','xmlcharrefreplace')
c.encode('a\U0001f600b','nope')
c.encode('a\U0001f600b',3)
c.encode(3)
c.encode(b'x')
c.decode(b'a\xd2\xbb')
c.decode(b'a\xd2')
c.decode(b'a\xff\xffb')
c.decode(b'a\x80')
c.decode(b'a\xd2\x20')
c.decode(b'a\xd2\x20','replace')
c.decode(b'a\xd2','replace')
c.decode(b'a\xd2','ignore')
c.decode('x')
c.decode(3)
c.encode.__text_signature__
c.decode.__text_signature__
c.encode.__doc__
c.decode.__doc__
m.__create_codec(3)
m.MultibyteIncrementalEncoder()
m.MultibyteIncrementalDecoder()
type('E',(m.MultibyteIncrementalEncoder,),{'codec':3})()
type('E',(m.MultibyteIncrementalEncoder,),{})()
codecs.getincrementalencoder('gbk')(3)
codecs.getincrementalencoder('gbk')().encode(3)
codecs.getincrementalencoder('gbk')().encode('x').hex()
codecs.getincrementalencoder('gbk')().getstate()
codecs.getincrementalencoder('gbk')().setstate(3)
codecs.getincrementalencoder('gbk')().setstate(0)
codecs.getincrementalencoder('gbk')().setstate('x')
codecs.getincrementalencoder('gbk')().setstate(2**200)
codecs.getincrementalencoder('gbk')().reset()
codecs.getincrementaldecoder('gbk')().getstate()
codecs.getincrementaldecoder('gbk')().setstate(3)
codecs.getincrementaldecoder('gbk')().setstate((b'x',3))
codecs.getincrementaldecoder('gbk')().setstate((b'x'*20,3))
codecs.getincrementaldecoder('gbk')().setstate(('x',3))
codecs.getincrementaldecoder('gbk')().decode(b'\xd2')
codecs.getincrementaldecoder('gbk')().decode(b'\xd2',True)
codecs.getincrementaldecoder('gbk')('replace').decode(b'\xd2',True)
codecs.getincrementaldecoder('gbk')().decode('x')
(lambda d:(d.decode(b'\xd2'),d.getstate(),d.decode(b'\xbb'),d.getstate()))(codecs.getincrementaldecoder('gbk')())
(lambda d:(d.decode(b'\xd2'),d.reset(),d.decode(b'a')))(codecs.getincrementaldecoder('gbk')())
(lambda d:(d.setstate((b'\xd2',5)),d.getstate(),d.decode(b'\xbb'),d.getstate()))(codecs.getincrementaldecoder('gbk')())
(lambda d:(d.encode('\u00e6'),d.getstate(),d.encode('\u0300'),d.getstate()))(codecs.getincrementalencoder('euc_jis_2004')())
(lambda d:(d.encode('\u00e6'),d.getstate(),d.encode('a'),d.getstate()))(codecs.getincrementalencoder('euc_jis_2004')())
(lambda d:(d.encode('\u00e6'),d.encode('',True),d.getstate()))(codecs.getincrementalencoder('euc_jis_2004')())
(lambda d:(d.encode('\u00e6'),d.reset(),d.encode('\u0300')))(codecs.getincrementalencoder('euc_jis_2004')())
codecs.getincrementalencoder('gbk')('replace').errors
setattr(codecs.getincrementalencoder('gbk')(),'errors',3)
delattr(codecs.getincrementalencoder('gbk')(),'errors')
(lambda e:(setattr(e,'errors','ignore'),e.encode('\U0001f600x')))(codecs.getincrementalencoder('gbk')())
codecs.getreader('gbk')(io.BytesIO(b'\xd2\xbb\nab\xd2\xbb')).read()
codecs.getreader('gbk')(io.BytesIO(b'\xd2\xbb\nab\xd2\xbb')).read(1)
codecs.getreader('gbk')(io.BytesIO(b'\xd2\xbb\nab\xd2\xbb')).read(-1)
codecs.getreader('gbk')(io.BytesIO(b'\xd2\xbb\nab\xd2\xbb')).read(None)
codecs.getreader('gbk')(io.BytesIO(b'\xd2\xbb\nab\xd2\xbb')).readline()
codecs.getreader('gbk')(io.BytesIO(b'\xd2\xbb\nab\xd2\xbb')).readlines()
codecs.getreader('gbk')(io.BytesIO(b'\xd2\xbb\nab\xd2')).read()
codecs.getreader('gbk')(io.BytesIO(b'\xd2\xbb\nab\xd2')).read('x')
codecs.getreader('gbk')(io.StringIO('x')).read()
codecs.getreader('gbk')(3).read()
(lambda b:(codecs.getwriter('gbk')(b).write('\u4e00'),b.getvalue()))(io.BytesIO())
(lambda b:(codecs.getwriter('gbk')(b).writelines(['\u4e00','a']),b.getvalue()))(io.BytesIO())
codecs.getwriter('gbk')(io.BytesIO()).writelines(3)
codecs.getwriter('gbk')(io.BytesIO()).writelines([3])
codecs.getwriter('gbk')(io.BytesIO()).write(3)
codecs.getwriter('gbk')(io.BytesIO()).errors
codecs.getreader('gbk')(io.BytesIO()).reset()
m.MultibyteIncrementalEncoder.encode.__text_signature__
m.MultibyteIncrementalDecoder.decode.__text_signature__
m.MultibyteStreamReader.read.__text_signature__
m.MultibyteStreamReader.readline.__text_signature__
m.MultibyteStreamWriter.write.__text_signature__
'\u4e00\U0001f600'.encode('gb18030')
b'\x816\xa56'.decode('gb18030')
b'\x81\x30\x81'.decode('gb18030')
b'\x81\x30\x81\x30'.decode('gb18030')
b'\xff\x30\x81\x30'.decode('gb18030')
b'\xe3\x32\x9a\x36'.decode('gb18030')
b'\x81\x30\x81a'.decode('gb18030')
b'\x8f\xa1'.decode('euc_jp')
b'\x8f\xa1\xa1'.decode('euc_jp')
b'\x8f\xa1a'.decode('euc_jp')
b'\x8ea'.decode('euc_jp')
b'\xa4\xd4\xa4\xa1\xa4\xbf\xa4\xd4'.decode('euc_kr')
b'\xa4\xd4\xa4\xa1\xa4\xbf'.decode('euc_kr')
b'\xa4\xd4\xa4\xa1\xa4\xbf\xa4a'.decode('euc_kr')
b'\xa4\xd4ab'.decode('euc_kr')
'\uac02'.encode('euc_kr')
'''.strip().split("\n"):
    show(line)

NAMES = """big5 big5hkscs cp949 cp950 euc_kr johab euc_jp euc_jis_2004 euc_jisx0213 shift_jis shift_jis_2004 shift_jisx0213
    cp932 gb2312 gbk gb18030""".split()
# Every character, and every pair of bytes, as sums.
text = "".join(chr(c) for c in range(0x30000) if not 0xD800 <= c < 0xE000)
pairs = b"".join(bytes([a, b]) + b"  " for a in range(0x80, 256) for b in range(0x30, 256))
triples = b"".join(bytes([0x8F, a, b]) + b"  " for a in range(0xA1, 255, 3) for b in range(0xA1, 255))
for name in NAMES:
    encoded = text.encode(name, "ignore")
    back = encoded.decode(name, "replace")
    print(name, len(encoded), zlib.crc32(encoded), len(back), zlib.crc32(back.encode("utf-8")),
          zlib.crc32(pairs.decode(name, "replace").encode("utf-8")), zlib.crc32(triples.decode(name, "replace").encode("utf-8")))
    leads = []
    for a in range(256):
        try:
            leads.append(ascii(bytes([a]).decode(name)))
        except UnicodeDecodeError as e:
            leads.append(e.reason)
    print(zlib.crc32(repr(leads).encode()), sorted({r for r in leads if "sequence" in r}))
    sample = "a\u4e00\u3042\uac00\u4e01\n\u4e8c"
    data = sample.encode(name, "replace")
    decoder = codecs.getincrementaldecoder(name)()
    print([ascii(decoder.decode(data[i:i + 1])) for i in range(len(data))], ascii(decoder.decode(b"", True)))
    reader = codecs.getreader(name)(io.BytesIO(data))
    print(ascii(reader.readline()), ascii(reader.read(1)), ascii(reader.read()))
    print(ascii(io.TextIOWrapper(io.BytesIO(data), encoding=name).readlines()))
for name in ("euc_jis_2004", "shift_jis_2004", "euc_jisx0213", "shift_jisx0213", "big5hkscs"):
    for sample in ("\u304b\u309a", "\u304b", "\u00ca\u0304", "\u00ea\u030c", "\u00ca", "\u02e9\u02e5", "\u309a", "\U00020089"):
        try:
            data = sample.encode(name)
            print(name, ascii(sample), data, ascii(data.decode(name)))
        except UnicodeEncodeError as e:
            print(name, e)


def handler(e):
    return ("\u4e00" if isinstance(e, UnicodeDecodeError) else "?\u4e8c", e.end)


codecs.register_error("own", handler)
codecs.register_error("bytes", lambda e: (b"<>", e.end))
codecs.register_error("wrong", lambda e: ("\U0001f600", e.end))
show('"a\U0001f600b".encode("gbk", "own")')
show('"a\U0001f600b".encode("gbk", "bytes")')
show('"a\U0001f600b".encode("gbk", "wrong")')
show('"a\U0001f600b".encode("gbk", "backslashreplace")')
show('"a\U0001f600b".encode("gbk", "namereplace")')
show('b"a\\xff\\xd2".decode("gbk", "own")')
show('b"a\\xff\\xd2".decode("gbk", "backslashreplace")')
show('b"a\\xff\\xd2".decode("gbk", "bytes")')
show('b"a\\xff\\xd2".decode("gbk", "surrogateescape")')
