//! The Two-Way algorithm (Crochemore and Perrin, 1991): linear in the worst case, constant space, any ordered alphabet.

use crate::CodeUnit;

/// A prepared needle. `REVERSED` searches from the right: both texts are read backwards.
#[derive(Debug)]
pub struct TwoWay<'n, U, const REVERSED: bool> {
    needle: &'n [U],
    /// Critical position: the right part is matched first, from here on.
    critical: usize,
    period: usize,
    /// The needle repeats itself, so that a shift by the period keeps what is known to match.
    periodic: bool,
}

#[inline]
fn at<U: Copy, const REVERSED: bool>(s: &[U], i: usize) -> U {
    s[if REVERSED { s.len() - 1 - i } else { i }]
}

/// The start of the largest suffix under the order (or its inverse), and its period.
fn maximal_suffix<U: CodeUnit, const REVERSED: bool>(s: &[U], inverse: bool) -> (usize, usize) {
    let (mut left, mut right, mut offset, mut period) = (0, 1, 0, 1);
    while right + offset < s.len() {
        let a = at::<U, REVERSED>(s, right + offset);
        let b = at::<U, REVERSED>(s, left + offset);
        if if inverse { a > b } else { a < b } {
            right += offset + 1;
            offset = 0;
            period = right - left;
        } else if a == b {
            if offset + 1 == period {
                right += offset + 1;
                offset = 0;
            } else {
                offset += 1;
            }
        } else {
            left = right;
            right += 1;
            offset = 0;
            period = 1;
        }
    }
    (left, period)
}

impl<'n, U: CodeUnit, const REVERSED: bool> TwoWay<'n, U, REVERSED> {
    /// `needle` must not be empty.
    pub fn new(needle: &'n [U]) -> Self {
        let n = needle.len();
        let a = maximal_suffix::<U, REVERSED>(needle, false);
        let b = maximal_suffix::<U, REVERSED>(needle, true);
        let (critical, period) = if a.0 > b.0 { a } else { b };
        let periodic = critical + period <= n
            && (0..critical).all(|i| at::<U, REVERSED>(needle, i) == at::<U, REVERSED>(needle, i + period));
        let period = if periodic { period } else { critical.max(n - critical) + 1 };
        TwoWay { needle, critical, period, periodic }
    }

    /// The first match at `from` or later, counted in the direction of the search.
    pub fn find(&self, hay: &[U], from: usize) -> Option<usize> {
        let n = self.needle.len();
        if n == 0 {
            return (from <= hay.len()).then_some(from);
        }
        let pivot = at::<U, REVERSED>(self.needle, self.critical);
        let mut pos = from;
        // So many code points of the needle are known to match at `pos`.
        let mut known = 0;
        while pos + n <= hay.len() {
            if known == 0 {
                // Jump to the next place where the critical code point fits.
                let rest = if REVERSED {
                    pivot
                        .rposition(&hay[..hay.len() - pos - self.critical])
                        .map(|i| hay.len() - pos - self.critical - 1 - i)
                } else {
                    pivot.position(&hay[pos + self.critical..])
                };
                pos += rest?;
                if pos + n > hay.len() {
                    return None;
                }
            }
            let mut i = self.critical.max(known);
            while i < n && at::<U, REVERSED>(self.needle, i) == at::<U, REVERSED>(hay, pos + i) {
                i += 1;
            }
            if i < n {
                pos += i - self.critical + 1;
                known = 0;
                continue;
            }
            let mut j = self.critical;
            while j > known && at::<U, REVERSED>(self.needle, j - 1) == at::<U, REVERSED>(hay, pos + j - 1) {
                j -= 1;
            }
            if j <= known {
                return Some(pos);
            }
            pos += self.period;
            known = if self.periodic { n - self.period } else { 0 };
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(hay: &[u16], needle: &[u16]) -> Option<usize> {
        hay.windows(needle.len()).position(|w| w == needle)
    }

    /// All needles and haystacks over two letters, up to some length: every shape of period.
    #[test]
    fn agrees_with_the_naive_search() {
        let words = |len: u32| (0..1u32 << len).map(move |w| (0..len).map(|i| (w >> i & 1) as u16).collect::<Vec<_>>());
        for n in 1..=6 {
            for needle in words(n) {
                let forward = TwoWay::<u16, false>::new(&needle);
                let backward = TwoWay::<u16, true>::new(&needle);
                for hay in words(11) {
                    assert_eq!(forward.find(&hay, 0), naive(&hay, &needle), "{needle:?} in {hay:?}");
                    let last = hay.windows(needle.len()).rposition(|w| w == needle);
                    let got = backward.find(&hay, 0).map(|i| hay.len() - i - needle.len());
                    assert_eq!(got, last, "{needle:?} in {hay:?}");
                }
            }
        }
    }

    #[test]
    fn long_repetitions_are_linear() {
        let hay = vec![b'a' as u16; 1_000_000];
        let mut needle = vec![b'a' as u16; 500_000];
        needle.insert(250_000, b'b' as u16);
        assert_eq!(TwoWay::<u16, false>::new(&needle).find(&hay, 0), None);
        assert_eq!(TwoWay::<u16, true>::new(&needle).find(&hay, 0), None);
    }
}
