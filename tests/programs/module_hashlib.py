# Hash functions: hashlib and the modules behind it.
import hashlib
import hmac
import _blake2
import _md5
import _sha1
import _sha2
import _sha3

DATA = [b"", b"abc", b"The quick brown fox jumps over the lazy dog", bytes(range(256)) * 5, b"a" * 1000]
for name in ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"]:
    h = getattr(hashlib, name)
    for data in DATA:
        print(name, h(data).hexdigest())
    x = h()
    for data in DATA:
        x.update(data)
    y = x.copy()
    y.update(b"more")
    print(x.name, x.digest_size, x.block_size, x.hexdigest(), y.hexdigest(), x.digest() == bytes.fromhex(x.hexdigest()))
    print(h(bytearray(b"abc")).digest() == h(memoryview(b"abc")).digest() == hashlib.new(name, b"abc").digest())
    print(hmac.new(b"key", b"message", name).hexdigest())
for name in ["shake_128", "shake_256"]:
    x = getattr(hashlib, name)(b"abc")
    print(x.name, x.digest_size, x.block_size, x.hexdigest(20), x.digest(5), x.digest(0), x.copy().hexdigest(200))
b, s = _blake2.blake2b, _blake2.blake2s
print(b(b"abc", digest_size=20, key=b"k", salt=b"s", person=b"p").hexdigest())
print(b(b"abc", last_node=1, fanout=2, depth=3, leaf_size=100, node_offset=1, node_depth=1, inner_size=32).hexdigest())
print(s(b"abc", digest_size=7, key=b"key" * 9, salt=b"12345678", person=b"p", node_offset=1 << 47, fanout=0, depth=255).hexdigest())
print(b.MAX_KEY_SIZE, b.SALT_SIZE, b.PERSON_SIZE, b.MAX_DIGEST_SIZE, s.MAX_KEY_SIZE, s.SALT_SIZE, s.PERSON_SIZE, s.MAX_DIGEST_SIZE)
print(_sha3.sha3_224()._capacity_bits, _sha3.sha3_224()._rate_bits, _sha3.sha3_224()._suffix, _sha3.shake_256()._suffix)
print(type(_md5.md5()) is _md5.MD5Type, type(_sha1.sha1()), type(_sha2.sha256()), type(_sha3.shake_128()))
with open(__file__, "rb") as f:
    print(hashlib.file_digest(f, "sha256").digest_size)
print(sorted(hashlib.algorithms_guaranteed))
for text in ["_md5.md5(5)", "_md5.md5('x')", "_md5.md5(b'', string=b'')", "_md5.md5(string=b'').name", "_md5.md5(data=None)", "_md5.md5(b'',1)",
             "_md5.md5(memoryview(b'abcd')[::2])", "_md5.MD5Type()", "_sha3.sha3_224(5)", "_sha3.sha3_224('x')",
             "_sha3.sha3_224(b'', string=b'')", "_sha3.sha3_224(b'',1)", "_sha3.sha3_224(b'',x=1)", "_sha3.shake_128(b'').digest(-1)",
             "_sha3.shake_128(b'').digest(1<<29)", "_sha3.shake_128(b'').digest('x')", "_sha3.shake_128(b'').digest(1<<70)",
             "_sha3.shake_128(b'').digest()", "b(digest_size=0)", "b(digest_size=65)", "b(digest_size=-1)", "b(digest_size='x')",
             "b(salt=b'x'*17)", "b(salt='x')", "b(person=b'x'*17)", "b(key=b'x'*65)", "b(key='x')", "b(fanout=256)", "b(fanout=-1)",
             "b(depth=0)", "b(depth=256)", "b(leaf_size=-1)", "b(leaf_size=1<<32)", "b(leaf_size=1<<64)", "b(node_offset=-1)",
             "b(node_offset=1<<64)", "s(node_offset=1<<48)", "b(node_depth=256)", "b(node_depth=-1)", "b(inner_size=65)",
             "b(inner_size=-1)", "s(inner_size=33)", "b(5)", "b('x')", "b(b'',string=b'')", "b(b'',1)", "type('x',(b,),{})",
             "s(digest_size=33)", "s(salt=b'123456789')", "b(fanout='x')", "b(depth=None)", "_sha2.sha256(b'').update('x')",
             "_sha2.sha256(b'').update(5)", "_md5.md5(b'',usedforsecurity=0).name", "hashlib.new('nosuch')", "hashlib.sha256('x')"]:
    try:
        print(text, eval(text))
    except Exception as e:
        print(text, type(e).__name__, e)
