//! Hashes: SipHash-1-3 of text and bytes, numbers modulo 2**61 - 1, tuples. All as CPython computes them.

use crate::Text;
use crate::float::HASH_MODULUS;

/// The key of string hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashKey {
    k0: u64,
    k1: u64,
}

impl HashKey {
    /// The key under `PYTHONHASHSEED=seed`: 0 turns randomisation off.
    pub fn from_seed(seed: u32) -> Self {
        if seed == 0 {
            return HashKey { k0: 0, k1: 0 };
        }
        // The linear congruential generator of Microsoft's C library, as CPython uses it.
        let mut x = seed;
        let mut next = || {
            x = x.wrapping_mul(214_013).wrapping_add(2_531_011);
            (x >> 16) as u8
        };
        let mut bytes = [0u8; 16];
        bytes.fill_with(&mut next);
        Self::from_bytes(bytes)
    }

    /// A key of random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let all = u128::from_le_bytes(bytes);
        HashKey { k0: all as u64, k1: (all >> 64) as u64 }
    }

    /// Hash of `bytes`; that of none is 0, and -1 never comes out.
    pub fn hash_bytes(self, bytes: &[u8]) -> i64 {
        if bytes.is_empty() {
            return 0;
        }
        not_minus_one(self.siphash13(bytes) as i64)
    }

    /// Hash of a string, over its units as they lie in memory: the width must be the narrowest.
    pub fn hash_text(self, text: Text<'_>) -> i64 {
        match text {
            Text::One(s) => self.hash_bytes(s),
            // SAFETY: any initialised u16 slice is a slice of twice as many initialised bytes, and bytes need no alignment.
            Text::Two(s) => self.hash_bytes(unsafe { std::slice::from_raw_parts(s.as_ptr().cast(), s.len() * 2) }),
            // SAFETY: as above, with four bytes each.
            Text::Four(s) => self.hash_bytes(unsafe { std::slice::from_raw_parts(s.as_ptr().cast(), s.len() * 4) }),
        }
    }

    /// SipHash with one round a word and three at the end.
    pub fn siphash13(self, bytes: &[u8]) -> u64 {
        let mut v = [
            self.k0 ^ 0x736f_6d65_7073_6575,
            self.k1 ^ 0x646f_7261_6e64_6f6d,
            self.k0 ^ 0x6c79_6765_6e65_7261,
            self.k1 ^ 0x7465_6462_7974_6573,
        ];
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            let m = u64::from_le_bytes(*word);
            v[3] ^= m;
            sip_round(&mut v);
            v[0] ^= m;
        }
        let last = (bytes.len() as u64) << 56 | little_endian(rest);
        v[3] ^= last;
        sip_round(&mut v);
        v[0] ^= last;
        v[2] ^= 0xFF;
        for _ in 0..3 {
            sip_round(&mut v);
        }
        v[0] ^ v[1] ^ v[2] ^ v[3]
    }
}

/// The number that up to seven bytes are. The two ends may overlap: their bits are the same.
#[inline]
fn little_endian(bytes: &[u8]) -> u64 {
    let behind = |size: usize| 8 * (bytes.len() - size);
    if let (Some(low), Some(high)) = (bytes.first_chunk(), bytes.last_chunk()) {
        u64::from(u32::from_le_bytes(*low)) | u64::from(u32::from_le_bytes(*high)) << behind(4)
    } else if let (Some(low), Some(high)) = (bytes.first_chunk(), bytes.last_chunk()) {
        u64::from(u16::from_le_bytes(*low)) | u64::from(u16::from_le_bytes(*high)) << behind(2)
    } else {
        bytes.first().copied().map_or(0, u64::from)
    }
}

#[inline]
fn sip_round(v: &mut [u64; 4]) {
    let [a, b, c, d] = v;
    *a = a.wrapping_add(*b);
    *c = c.wrapping_add(*d);
    *b = b.rotate_left(13) ^ *a;
    *d = d.rotate_left(16) ^ *c;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*b);
    *a = a.wrapping_add(*d);
    *b = b.rotate_left(17) ^ *c;
    *d = d.rotate_left(21) ^ *a;
    *c = c.rotate_left(32);
}

fn not_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

/// `hash(int)`.
pub fn hash_i64(value: i64) -> i64 {
    let m = (value.unsigned_abs() % HASH_MODULUS) as i64;
    not_minus_one(if value < 0 { -m } else { m })
}

/// `hash(int)` of a big integer: its magnitude as little-endian limbs.
pub fn hash_limbs(negative: bool, limbs: &[u64]) -> i64 {
    let m = limbs.iter().rev().fold(0u128, |acc, &limb| (acc << 64 | u128::from(limb)) % u128::from(HASH_MODULUS));
    let m = m as i64;
    not_minus_one(if negative { -m } else { m })
}

/// `hash(complex)` from the hashes of the parts.
pub fn hash_complex(real: i64, imag: i64) -> i64 {
    not_minus_one((real as u64).wrapping_add((imag as u64).wrapping_mul(1_000_003)) as i64)
}

/// `hash(tuple)` from the hashes of its items: xxHash's accumulator over 64-bit lanes.
#[derive(Clone, Copy, Debug)]
pub struct TupleHash {
    acc: u64,
    len: u64,
}

const XXPRIME_1: u64 = 11_400_714_785_074_694_791;
const XXPRIME_2: u64 = 14_029_467_366_897_019_727;
const XXPRIME_5: u64 = 2_870_177_450_012_600_261;

impl Default for TupleHash {
    fn default() -> Self {
        TupleHash { acc: XXPRIME_5, len: 0 }
    }
}

impl TupleHash {
    pub fn add(&mut self, item: i64) {
        self.acc = self.acc.wrapping_add((item as u64).wrapping_mul(XXPRIME_2)).rotate_left(31).wrapping_mul(XXPRIME_1);
        self.len += 1;
    }

    pub fn finish(self) -> i64 {
        let acc = self.acc.wrapping_add(self.len ^ (XXPRIME_5 ^ 3_527_539));
        if acc == u64::MAX { 1_546_275_796 } else { acc as i64 }
    }
}

/// `hash(frozenset)` from the hashes of its items, in any order.
#[derive(Clone, Copy, Debug, Default)]
pub struct SetHash {
    acc: u64,
    len: u64,
}

impl SetHash {
    pub fn add(&mut self, item: i64) {
        let h = item as u64;
        self.acc ^= ((h ^ 89_869_747) ^ (h << 16)).wrapping_mul(3_644_798_167);
        self.len += 1;
    }

    pub fn finish(self) -> i64 {
        let mut h = self.acc ^ self.len.wrapping_add(1).wrapping_mul(1_927_868_237);
        h ^= (h >> 11) ^ (h >> 25);
        h = h.wrapping_mul(69_069).wrapping_add(907_133_923);
        if h == u64::MAX { 590_923_713 } else { h as i64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_any_length() {
        let bytes = [0x81, 0x92, 0xa3, 0xb4, 0xc5, 0xd6, 0xe7];
        for n in 0..=bytes.len() {
            let expected = bytes[..n].iter().rev().fold(0, |number, b| number << 8 | u64::from(*b));
            assert_eq!(little_endian(&bytes[..n]), expected, "{n}");
        }
    }

    /// Recorded: PYTHONHASHSEED=0 and =42, `hash(...)`.
    #[test]
    fn as_cpython() {
        let zero = HashKey::from_seed(0);
        assert_eq!(zero.hash_text(Text::One(b"abc")), -4_594_863_902_769_663_758);
        assert_eq!(zero.hash_text(Text::One(b"")), 0);
        assert_eq!(zero.hash_text(Text::Two(&[0x20AC, 0x61])), HASH_EURO_A);
        assert_eq!(zero.hash_text(Text::Four(&[0x1F600])), HASH_FACE);
        assert_eq!(HashKey::from_seed(42).hash_text(Text::One(b"hello world")), HASH_HELLO_42);
        let mut t = TupleHash::default();
        assert_eq!(t.finish(), HASH_TUPLE_0);
        for i in 1..4 {
            t.add(i);
        }
        assert_eq!(t.finish(), HASH_TUPLE_123);
        let mut s = SetHash::default();
        assert_eq!(s.finish(), HASH_SET_0);
        for i in [3, 1, -2] {
            s.add(i);
        }
        assert_eq!(s.finish(), HASH_SET_3);
        assert_eq!(hash_i64(-1), -2);
        assert_eq!(hash_i64(i64::MIN), -4);
        assert_eq!(hash_i64((1 << 61) - 1), 0);
        assert_eq!(hash_limbs(true, &[0, 0, 1]), HASH_BIG);
        assert_eq!(hash_complex(hash_i64(3), hash_i64(-4)), HASH_COMPLEX);
    }

    const HASH_EURO_A: i64 = 6050857258837503481;
    const HASH_FACE: i64 = -3536540696076613844;
    const HASH_TUPLE_0: i64 = 5740354900026072187;
    const HASH_TUPLE_123: i64 = 529344067295497451;
    const HASH_SET_0: i64 = 133146708735736;
    const HASH_SET_3: i64 = -1971321016467107158;
    const HASH_BIG: i64 = -64;
    const HASH_COMPLEX: i64 = -4000009;
    const HASH_HELLO_42: i64 = -3893157060480277979;
}
