//! Message authentication and keys from passwords: plain computations.

use super::state::State;

/// HMAC (RFC 2104) over any of the hash functions that have a digest of fixed length.
#[derive(Clone)]
pub struct Hmac {
    inner: State,
    /// A hash that has been fed the outer key only.
    outer: State,
}

impl Hmac {
    /// `fresh` is a hash that has been fed nothing.
    pub fn new(fresh: &State, key: &[u8]) -> Hmac {
        let mut block = vec![0u8; fresh.block_size()];
        let hashed;
        let key = if key.len() > block.len() {
            let mut state = fresh.clone();
            state.update(key);
            hashed = state.digest();
            hashed.as_slice()
        } else {
            key
        };
        for (to, from) in block.iter_mut().zip(key) {
            *to = *from;
        }
        let keyed = |mask: u8| {
            let mut state = fresh.clone();
            state.update(&block.iter().map(|b| b ^ mask).collect::<Vec<u8>>());
            state
        };
        Hmac { inner: keyed(0x36), outer: keyed(0x5c) }
    }

    pub fn update(&mut self, data: &[u8]) {
        self.inner.update(data);
    }

    pub fn digest(&self) -> Vec<u8> {
        let mut outer = self.outer.clone();
        outer.update(&self.inner.digest());
        outer.digest()
    }

    /// The hash function it uses.
    pub fn hash(&self) -> &State {
        &self.inner
    }

    fn of(&self, pieces: &[&[u8]]) -> Vec<u8> {
        let mut mac = self.clone();
        pieces.iter().for_each(|piece| mac.update(piece));
        mac.digest()
    }
}

/// PBKDF2 (RFC 8018): fills `out`.
pub fn pbkdf2(fresh: &State, password: &[u8], salt: &[u8], iterations: u32, out: &mut [u8]) {
    let mac = Hmac::new(fresh, password);
    let size = fresh.digest_size().max(1);
    for (i, block) in out.chunks_mut(size).enumerate() {
        let number = (i as u32).wrapping_add(1).to_be_bytes();
        let mut u = mac.of(&[salt, &number]);
        let mut sum = u.clone();
        for _ in 1..iterations {
            u = mac.of(&[&u]);
            sum.iter_mut().zip(&u).for_each(|(s, u)| *s ^= u);
        }
        block.iter_mut().zip(&sum).for_each(|(to, from)| *to = *from);
    }
}

/// The 16 words of Salsa20's state, mixed by 8 rounds.
fn salsa20_8(words: &mut [u32; 16]) {
    const ROUNDS: [[usize; 4]; 8] = [
        [0, 4, 8, 12],
        [5, 9, 13, 1],
        [10, 14, 2, 6],
        [15, 3, 7, 11],
        [0, 1, 2, 3],
        [5, 6, 7, 4],
        [10, 11, 8, 9],
        [15, 12, 13, 14],
    ];
    let mut x = *words;
    for _ in 0..4 {
        for [a, b, c, d] in ROUNDS {
            x[b] ^= x[a].wrapping_add(x[d]).rotate_left(7);
            x[c] ^= x[b].wrapping_add(x[a]).rotate_left(9);
            x[d] ^= x[c].wrapping_add(x[b]).rotate_left(13);
            x[a] ^= x[d].wrapping_add(x[c]).rotate_left(18);
        }
    }
    for (word, mixed) in words.iter_mut().zip(x) {
        *word = word.wrapping_add(mixed);
    }
}

/// `scryptBlockMix` of RFC 7914: `block` has 2r pieces of 16 words, and so has `out`.
fn block_mix(block: &[u32], out: &mut [u32]) {
    let pieces = block.len() / 16;
    let mut x = [0u32; 16];
    if let Some(last) = block.chunks_exact(16).last() {
        x.copy_from_slice(last);
    }
    for (i, piece) in block.chunks_exact(16).enumerate() {
        x.iter_mut().zip(piece).for_each(|(x, p)| *x ^= p);
        salsa20_8(&mut x);
        // Even pieces come first, then the odd ones.
        let at = (i / 2 + (i % 2) * (pieces / 2)) * 16;
        if let Some(to) = out.get_mut(at..at + 16) {
            to.copy_from_slice(&x);
        }
    }
}

/// `scryptROMix` of RFC 7914; `table` has room for `n` blocks.
fn rom_mix(block: &mut [u32], n: usize, table: &mut [u32]) {
    let size = block.len();
    let mut next = vec![0u32; size];
    for row in table.chunks_exact_mut(size).take(n) {
        row.copy_from_slice(block);
        block_mix(block, &mut next);
        block.copy_from_slice(&next);
    }
    for _ in 0..n {
        // The first word of the last piece; `n` is a power of two.
        let at = block.get(size - 16).map_or(0, |word| *word as usize & (n - 1)) * size;
        if let Some(row) = table.get(at..at + size) {
            block.iter_mut().zip(row).for_each(|(b, r)| *b ^= r);
        }
        block_mix(block, &mut next);
        block.copy_from_slice(&next);
    }
}

/// Bytes that [`scrypt`] needs.
pub fn scrypt_memory(n: u64, r: u64, p: u64) -> Option<u64> {
    let rows = n.checked_add(2)?.checked_mul(r)?.checked_mul(128)?;
    r.checked_mul(p)?.checked_mul(128)?.checked_add(rows)
}

/// scrypt (RFC 7914): fills `out`. `n` is a power of two, more than 1. False: out of memory.
pub fn scrypt(password: &[u8], salt: &[u8], n: usize, r: usize, p: usize, out: &mut [u8]) -> bool {
    let sha256 = State::Sha256(Default::default());
    let size = 32 * r;
    let (mut blocks, mut table) = (Vec::new(), Vec::new());
    let (Some(bytes), Some(words)) = (p.checked_mul(size * 4), n.checked_mul(size)) else { return false };
    if blocks.try_reserve_exact(bytes).is_err() || table.try_reserve_exact(words).is_err() {
        return false;
    }
    blocks.resize(bytes, 0u8);
    table.resize(words, 0u32);
    pbkdf2(&sha256, password, salt, 1, &mut blocks);
    for block in blocks.chunks_exact_mut(size * 4) {
        let mut words: Vec<u32> = block.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        rom_mix(&mut words, n, &mut table);
        for (to, word) in block.chunks_exact_mut(4).zip(words) {
            to.copy_from_slice(&word.to_le_bytes());
        }
    }
    pbkdf2(&sha256, password, &blocks, 1, out);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn vectors_of_the_rfcs() {
        let mac = Hmac::new(&State::Sha256(Default::default()), &[0x0b; 20]);
        let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(hex(&mac.of(&[b"Hi There"])), expected);
        let mut out = [0; 20];
        pbkdf2(&State::Sha1(Default::default()), b"password", b"salt", 4096, &mut out);
        assert_eq!(hex(&out), "4b007901b765489abead49d926f721d065a429c1");
        let mut out = [0; 64];
        assert!(scrypt(b"", b"", 16, 1, 1, &mut out));
        assert!(hex(&out).starts_with("77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"));
        assert!(scrypt(b"password", b"NaCl", 1024, 8, 16, &mut out));
        assert!(hex(&out).starts_with("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"));
    }
}
