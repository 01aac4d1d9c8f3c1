"""_hashlib: hashes by name, HMAC, keys from passwords, and what hashlib and hmac make of it."""
import _hashlib
import _hmac
import hashlib
import hmac
import re


def show(text):
    try:
        result = repr(eval(text))
    except BaseException as e:
        result = f"{type(e).__name__} {e}"
    print(text, "->", re.sub("0x[0-9a-f]+", "0x", result))


for line in r'''
_hashlib.UnsupportedDigestmodError.__mro__
_hashlib.new('sha256')
_hashlib.new('foo')
_hashlib.new()
_hashlib.new(3)
_hashlib.new('sha256','x')
_hashlib.new('sha256',3)
_hashlib.new('sha256',b'x',string=b'y')
_hashlib.new('sha256',b'x').hexdigest()
_hashlib.new('SHA256',b'x').name
_hashlib.new('sha-256',b'x').name
_hashlib.openssl_sha256(b'x')
type(_hashlib.openssl_sha256())
type(_hashlib.openssl_shake_128())
type(_hashlib.openssl_shake_128()).__mro__
_hashlib.openssl_shake_128(b'x').hexdigest(5)
_hashlib.openssl_shake_128(b'x').hexdigest()
_hashlib.openssl_shake_128(b'x').digest(-1)
_hashlib.openssl_shake_128(b'x').digest(0)
_hashlib.openssl_shake_128(b'x').digest_size
_hashlib.openssl_shake_128(b'x').block_size
_hashlib.HASH()
_hashlib.HMAC()
_hashlib.openssl_md5(usedforsecurity=False)
_hashlib.get_fips_mode()
_hashlib.hmac_new(b'k',b'm','sha256')
_hashlib.hmac_new(b'k',b'm','sha256').hexdigest()
_hashlib.hmac_new(b'k',b'm','sha256').name
_hashlib.hmac_new(b'k',b'm',digestmod=_hashlib.openssl_sha1).hexdigest()
_hashlib.hmac_new(b'k',b'm','foo')
_hashlib.hmac_new(b'k',b'm')
_hashlib.hmac_new(b'k',b'm',3)
_hashlib.hmac_new(b'k',b'm','shake_128')
_hashlib.hmac_new('k',b'm','sha256')
_hashlib.hmac_new(b'k','m','sha256')
_hashlib.hmac_new(b'k',None,'sha256').block_size
_hashlib.hmac_new(b'k',None,'sha256').digest_size
_hashlib.hmac_new(b'k',digestmod=hashlib.blake2b)
_hashlib.hmac_digest(b'k',b'm','sha256')
_hashlib.hmac_digest(b'k',b'm','foo')
_hashlib.hmac_digest(b'k',b'm',int)
_hashlib.pbkdf2_hmac('sha256',b'a',b'b',10).hex()
_hashlib.pbkdf2_hmac('sha256',b'a',b'b',10,5).hex()
_hashlib.pbkdf2_hmac('sha512',b'a'*300,b'b',3,100).hex()
_hashlib.pbkdf2_hmac('foo',b'a',b'b',10)
_hashlib.pbkdf2_hmac('sha256',b'a',b'b',0)
_hashlib.pbkdf2_hmac('sha256',b'a',b'b',-1)
_hashlib.pbkdf2_hmac('sha256',b'a',b'b',2**40)
_hashlib.pbkdf2_hmac('sha256',b'a',b'b',1,0)
_hashlib.pbkdf2_hmac('sha256',b'a',b'b',1,-1)
_hashlib.pbkdf2_hmac('sha256',b'a',b'b',1,2**40)
_hashlib.pbkdf2_hmac('sha256','a',b'b',1)
_hashlib.pbkdf2_hmac('sha256',b'a','b',1)
_hashlib.pbkdf2_hmac(3,b'a',b'b',1)
_hashlib.pbkdf2_hmac(b'sha256',b'a',b'b',1)
_hashlib.pbkdf2_hmac('sha256',b'a',b'b','x')
_hashlib.pbkdf2_hmac('sha256',b'a',b'b',1,'x')
_hashlib.pbkdf2_hmac('shake_128',b'a',b'b',1)
_hashlib.scrypt(b'p',salt=b's',n=16,r=8,p=1).hex()
_hashlib.scrypt(b'p',salt=b's',n=2,r=1,p=1,dklen=10).hex()
_hashlib.scrypt(b'p')
_hashlib.scrypt(b'p',salt=b's',n=3,r=8,p=1)
_hashlib.scrypt(b'p',salt=b's',n=1,r=8,p=1)
_hashlib.scrypt(b'p',salt=b's',n=16,r=0,p=1)
_hashlib.scrypt(b'p',salt=b's',n=16,r=8,p=0)
_hashlib.scrypt(b'p',salt=b's',n=16,r=8,p=-1)
_hashlib.scrypt(b'p',salt=b's',n=16,r=8,p=1,maxmem=-1)
_hashlib.scrypt(b'p',salt=b's',n=16,r=8,p=1,maxmem=1)
_hashlib.scrypt(b'p',salt=b's',n=16,r=8,p=1,dklen=0)
_hashlib.scrypt(b'p',salt=b's',n=16,r=8,p=1,dklen=-1)
_hashlib.scrypt('p',salt=b's',n=16,r=8,p=1)
_hashlib.scrypt(b'p',salt='s',n=16,r=8,p=1)
_hashlib.scrypt(b'p',salt=b's',n='x',r=8,p=1)
_hashlib.scrypt(b'p',salt=b's',n=2**20,r=8,p=1)
_hashlib.compare_digest('a','a')
_hashlib.compare_digest('a',b'a')
_hashlib.compare_digest('\xe9','a')
hashlib.new('sha256',b'x')
hashlib.sha256(b'x').copy().hexdigest()
hashlib.new('blake2b')
hashlib.new('nope')
hashlib.sha256(3)
hashlib.sha256('x')
hashlib.sha256(data=b'x').name
hashlib.sha256(string=b'x').name
hashlib.sha256(b'x').update('x')
hmac.new(b'k',b'm','sha256').hexdigest()
hmac.new(b'k',b'm',hashlib.sha256).hexdigest()
hmac.digest(b'k',b'm','sha3_256').hex()
hmac.new(b'k',b'm','nope')
repr(hmac.new(b'k',b'm','md5'))
hmac.new(b'k',b'm','md5').name
hashlib.pbkdf2_hmac("sha1", b"password", b"salt", 1000, 20).hex()
hashlib.pbkdf2_hmac("sha512", b"p", b"s" * 200, 7, 130).hex()
hashlib.pbkdf2_hmac("md5", bytearray(b"p"), memoryview(b"s"), 2).hex()
hashlib.scrypt(b"", salt=b"", n=16, r=1, p=1, dklen=64).hex()
hashlib.scrypt(b"password", salt=b"NaCl", n=1024, r=8, p=16, maxmem=2**26).hex()
hashlib.new("sha512_256", b"x").hexdigest()
hashlib.new("sha512_224").hexdigest()
hashlib.file_digest(__import__("io").BytesIO(b"xyz"), "sha256").hexdigest()
hmac.compare_digest(b"a", b"a")
hmac.new(b"k" * 300, b"m", "sha512").hexdigest()
_hmac.HMAC()
_hmac.new(b'k',b'm','md5')
_hmac.new(b'k',b'm','md5').name
_hmac.new(b'k',b'm','MD5').name
_hmac.new(b'k',b'm','foo')
_hmac.new(b'k',b'm',3)
_hmac.new(b'k',b'm')
_hmac.new('k',b'm','md5')
_hmac.new(b'k','m','md5')
_hmac.new(b'k',None,'md5').hexdigest()
_hmac.new(b'k',b'm','sha-256')
_hmac.new(b'k',b'm','sha2-256')
_hmac.new(b'k',b'm','shake_128')
_hmac.new(b'k',b'm','blake2b')
_hmac.new(b'k',b'm','blake2b-32')
_hmac.new(b'k',b'm','blake2b_32')
_hmac.new(b'k',b'm','blake2s').digest_size
_hmac.new(b'k',b'm','sha3_256').block_size
_hmac.compute_digest(b'k',b'm','md5')
_hmac.compute_digest(b'k',b'm','foo')
_hmac.compute_digest(b'k','m','md5')
_hmac.compute_md5(b'k',b'm')
_hmac.compute_md5(b'k')
_hmac.compute_md5('k',b'm')
_hmac.compute_blake2b_32(b'k',b'm').hex()
_hmac.compute_blake2s_32(b'k',b'm').hex()
_hmac.UnknownHashError.__mro__
'''.strip().split("\n"):
    show(line)

for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512"):
    h = hashlib.new(name, b"abc")
    c = h.copy()
    c.update(b"d")
    m = hmac.new(b"key", b"abc", name)
    n = m.copy()
    n.update(b"d")
    print(name, h.name, h.digest_size, h.block_size, h.hexdigest(), c.hexdigest(), m.hexdigest(), n.digest().hex(), m.name)
    print(hmac.digest(b"key", b"abc", name) == m.digest(), hashlib.pbkdf2_hmac(name, b"p", b"s", 3).hex())
print(type(hashlib.sha256()).__name__, hashlib.sha256 is _hashlib.openssl_sha256, isinstance(hashlib.shake_128(), _hashlib.HASH))
