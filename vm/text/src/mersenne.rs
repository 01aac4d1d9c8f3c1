//! The Mersenne twister MT19937 (Matsumoto and Nishimura, 1998) with the seeding and the outputs of `random.Random`.

use crate::NoMemory;

const N: usize = 624;
const M: usize = 397;

/// The generator behind `random.Random`.
#[derive(Clone, Debug)]
pub struct MersenneTwister {
    state: [u32; N],
    /// How many words of `state` are used up.
    index: usize,
}

impl MersenneTwister {
    fn init(seed: u32) -> Self {
        let mut state = [0u32; N];
        let mut previous = seed;
        for (i, word) in state.iter_mut().enumerate() {
            if i > 0 {
                previous = 1_812_433_253u32.wrapping_mul(previous ^ (previous >> 30)).wrapping_add(i as u32);
            }
            *word = previous;
        }
        MersenneTwister { state, index: N }
    }

    /// `init_by_array`: the key is the absolute value of an integer seed as little-endian 32-bit words. An empty key
    /// counts as the single word 0.
    pub fn from_key(key: &[u32]) -> Self {
        let key = if key.is_empty() { &[0] } else { key };
        let mut mt = Self::init(19_650_218);
        let s = &mut mt.state;
        let mut i = 1;
        let mut j = 0;
        for _ in 0..N.max(key.len()) {
            let x = s[i - 1] ^ (s[i - 1] >> 30);
            s[i] = (s[i] ^ x.wrapping_mul(1_664_525)).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= N {
                s[0] = s[N - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..N - 1 {
            let x = s[i - 1] ^ (s[i - 1] >> 30);
            s[i] = (s[i] ^ x.wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                s[0] = s[N - 1];
                i = 1;
            }
        }
        s[0] = 0x8000_0000;
        mt
    }

    /// From the magnitude of an integer seed as little-endian 64-bit limbs.
    pub fn from_limbs(limbs: &[u64]) -> Result<Self, NoMemory> {
        let mut key = Vec::new();
        key.try_reserve(limbs.len().saturating_mul(2))?;
        for &limb in limbs {
            key.push(limb as u32);
            key.push((limb >> 32) as u32);
        }
        while key.last() == Some(&0) {
            key.pop();
        }
        Ok(Self::from_key(&key))
    }

    fn refill(&mut self) {
        let s = &mut self.state;
        for i in 0..N {
            let y = (s[i] & 0x8000_0000) | (s[(i + 1) % N] & 0x7FFF_FFFF);
            s[i] = s[(i + M) % N] ^ (y >> 1) ^ if y & 1 == 1 { 0x9908_B0DF } else { 0 };
        }
        self.index = 0;
    }

    /// 32 random bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C_5680;
        y ^= (y << 15) & 0xEFC6_0000;
        y ^ (y >> 18)
    }

    /// `random()`: 53 bits in `[0, 1)`.
    #[inline]
    pub fn random(&mut self) -> f64 {
        let a = f64::from(self.next_u32() >> 5);
        let b = f64::from(self.next_u32() >> 6);
        (a * 67_108_864.0 + b) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// `getrandbits(bits)` for at most 64 bits.
    pub fn bits(&mut self, bits: u32) -> u64 {
        match bits {
            0 => 0,
            1..=32 => u64::from(self.next_u32() >> (32 - bits)),
            _ => {
                let low = u64::from(self.next_u32());
                low | u64::from(self.next_u32() >> (64 - bits.min(64))) << 32
            }
        }
    }

    /// `getrandbits(bits)` as little-endian limbs.
    pub fn bit_limbs(&mut self, bits: usize) -> Result<Vec<u64>, NoMemory> {
        let mut limbs = Vec::new();
        limbs.try_reserve(bits.div_ceil(64))?;
        let mut left = bits;
        while left > 0 {
            let n = left.min(64);
            limbs.push(self.bits(n as u32));
            left -= n;
        }
        Ok(limbs)
    }

    /// The state as `getstate()` shows it: the 624 words and the index.
    pub fn state(&self) -> (&[u32; N], usize) {
        (&self.state, self.index)
    }

    /// `setstate()`: `None` for a wrong number of words or an index past their end ("invalid state").
    pub fn from_state(words: &[u32], index: usize) -> Option<Self> {
        let state = <[u32; N]>::try_from(words).ok()?;
        (index <= N).then_some(MersenneTwister { state, index })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded: `random.seed(12345)`, `random.seed(2**70 + 5)`, `random.seed(0)`.
    #[test]
    fn as_cpython() {
        assert_eq!(MersenneTwister::from_key(&[12345]).random(), 0.41661987254534116);
        let mut mt = MersenneTwister::from_limbs(&[5, 64]).unwrap();
        assert_eq!([mt.bits(7), mt.bits(32), mt.bits(40), mt.bits(64)], RECORDED_BITS);
        assert_eq!(mt.bit_limbs(100).unwrap(), RECORDED_LIMBS);
        let mut mt = MersenneTwister::from_limbs(&[0]).unwrap();
        let last = (0..2000).map(|_| mt.random()).last();
        assert_eq!(last, Some(RECORDED_LAST));
        let (words, index) = mt.state();
        let mut copy = MersenneTwister::from_state(words, index).unwrap();
        assert_eq!(copy.next_u32(), mt.next_u32());
        assert!(MersenneTwister::from_state(&[0; 3], 0).is_none());
    }

    const RECORDED_BITS: [u64; 4] = [59, 1674612923, 689234319633, 6433384389879530272];
    const RECORDED_LIMBS: [u64; 2] = [208594412555257827, 36852741970];
    const RECORDED_LAST: f64 = 0.35278860284662805;
}
