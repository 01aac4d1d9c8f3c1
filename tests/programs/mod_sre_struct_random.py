import _random
import _struct
import _sre
def e(f, *a, **k):
    try: print(f(*a, **k))
    except Exception as x: print(type(x).__name__, x)
r = _random.Random(42); print(r.random(), r.getrandbits(10), r.getrandbits(100)); s = r.getstate(); x = r.random(); r.setstate(s); print(x == r.random(), len(s)); r.seed('abc' and 5); print(r.random()); e(r.getrandbits, -1); e(r.setstate, 1)
S = _struct
print(S.pack('<ihq', 1, -2, 3), S.unpack('<ihq', S.pack('<ihq', 1, -2, 3)), S.calcsize('bih'), S.pack('>d', 1.5), S.pack('3s2p?', b'ab', b'x', 1), S.unpack('<ef', S.pack('<ef', 1.5, 2.25)), list(S.iter_unpack('h', b'\1\0\2\0')), S.Struct('<i'))
for a in (('b', 200), ('i', 'a'), ('d', 'a'), ('f', 1e300), ('c', b'ab'), ('s', 'a'), ('i',), ('P', -1), ('Q', -1), ('q', 2**63)): e(S.pack, *a)
e(S.unpack, 'i', b'a'); e(S.unpack_from, 'i', b'abcdef', 5); e(S.unpack_from, 'i', b'abcdef', -2); e(S.unpack, 'i', 'a'); e(S.calcsize, 'z'); e(S.calcsize, '3'); e(S.unpack, 3, b'')
b = bytearray(6); S.pack_into('<i', b, 1, 7); print(b); e(S.pack_into, 'i', b, 5, 1); e(S.pack_into, 'i', b'a', 0, 1)
PATS = []
PATS.append(_sre.compile('a+(b)?', 32, [14, 4, 0, 1, 4294967295, 24, 6, 1, 4294967295, 16, 97, 1, 23, 9, 0, 1, 17, 0, 16, 98, 17, 1, 18, 1], 1, {}, (None, None)))
PATS.append(_sre.compile('(?P<w>\\w+) (?P<x>\\d*)', 32, [14, 4, 0, 2, 4294967295, 17, 0, 24, 9, 1, 4294967295, 13, 4, 8, 14, 0, 1, 17, 1, 16, 32, 17, 2, 24, 9, 0, 4294967295, 13, 4, 8, 10, 0, 1, 17, 3, 1], 2, {'w': 1, 'x': 2}, (None, 'w', 'x')))
PATS.append(_sre.compile(b'\\w+', 0, [14, 4, 0, 1, 4294967295, 24, 9, 1, 4294967295, 13, 4, 8, 4, 0, 1, 1], 0, {}, (None,)))
PATS.append(_sre.compile('x*', 32, [14, 4, 0, 0, 4294967295, 24, 6, 0, 4294967295, 16, 120, 1, 1], 0, {}, (None,)))
PATS.append(_sre.compile('(a)|(b)', 34, [14, 4, 0, 1, 1, 7, 9, 17, 0, 40, 97, 17, 1, 15, 11, 9, 17, 2, 40, 98, 17, 3, 15, 2, 0, 1], 2, {}, (None, None, None)))
A, B, C, D, E = PATS
print(A, B, C, E, A.flags, A.groups, dict(B.groupindex), A == A, hash(A) == hash(A))
m = A.match('aabx'); print(m, m.group(), m.groups(), m.span(1), m.regs, m.lastindex, m[1], m.re is A, m.string, m.pos, m.endpos)
m = B.search('?? foo 12'); print(m.groupdict(), m['w'], m.lastgroup, m.start('x'), m.end())
e(m.group, 'q'); e(m.group, 9); print(C.findall(b'ab cd'), D.findall('axb'), E.findall('abA'), A.split('1aab2a3'), D.sub('-', 'axb'), D.subn('-', 'axxb'), A.sub(lambda m: '<' + m.group() + '>', 'xaaby'), A.sub('Q', 'aXa', 1))
print([x.span() for x in A.finditer('a aab')], A.fullmatch('aab'), A.fullmatch('aabc'), A.match('baa', 1), A.search('xxx'))
e(A.match, b'a'); e(C.match, 'a'); e(A.match, 3); print(_sre.unicode_iscased(65), _sre.ascii_tolower(65), A.search('\u1234a'), A.match('a\U0001f600'))
