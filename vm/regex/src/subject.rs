//! Subjects: flat slices of 1, 2 or 4 bytes a character.

/// A character of a subject: a `bytes` or Latin-1 byte, a UCS-2 or a UCS-4 unit.
pub trait Char: Copy + Eq + 'static {
    /// The code point.
    fn code(self) -> u32;
    /// The unit with this code point, when it fits.
    fn from_code(code: u32) -> Option<Self>;
    /// The first index of `needle`.
    fn find(haystack: &[Self], needle: Self) -> Option<usize>;
    /// The first index of the sequence.
    fn find_seq(haystack: &[Self], needle: &Needle) -> Option<usize>;
    /// The slice as bytes, when a character is a byte.
    fn as_bytes(haystack: &[Self]) -> Option<&[u8]>;
}

impl Char for u8 {
    #[inline(always)]
    fn code(self) -> u32 {
        u32::from(self)
    }
    #[inline(always)]
    fn from_code(code: u32) -> Option<u8> {
        u8::try_from(code).ok()
    }
    #[inline]
    fn find(haystack: &[u8], needle: u8) -> Option<usize> {
        memchr::memchr(needle, haystack)
    }
    fn find_seq(haystack: &[u8], needle: &Needle) -> Option<usize> {
        needle.finder.as_ref()?.find(haystack)
    }
    #[inline(always)]
    fn as_bytes(haystack: &[u8]) -> Option<&[u8]> {
        Some(haystack)
    }
}

/// The first index of `needle`, by blocks that the compiler turns into vector compares.
#[inline]
fn find_wide<C: Copy + Eq>(haystack: &[C], needle: C) -> Option<usize> {
    const BLOCK: usize = 16;
    let mut base = 0;
    for block in haystack.chunks_exact(BLOCK) {
        if block.iter().fold(false, |any, &c| any | (c == needle)) {
            return block.iter().position(|&c| c == needle).map(|i| base + i);
        }
        base += BLOCK;
    }
    haystack.get(base..)?.iter().position(|&c| c == needle).map(|i| base + i)
}

/// A sequence of code points to look for.
#[derive(Clone, Debug)]
pub struct Needle {
    pub(crate) text: Box<[u32]>,
    /// For bytes, when the sequence is all Latin-1.
    finder: Option<Box<memchr::memmem::Finder<'static>>>,
    /// For each length of a partial match, the length of the longest one that is also its suffix (Knuth, Morris, Pratt).
    border: Box<[usize]>,
}

impl Needle {
    pub(crate) fn new(text: &[u32]) -> Needle {
        let bytes: Option<Vec<u8>> = text.iter().map(|&c| u8::try_from(c).ok()).collect();
        let finder = bytes.map(|b| Box::new(memchr::memmem::Finder::new(&b).into_owned()));
        let mut border = vec![0; text.len() + 1];
        let mut k = 0;
        for i in 1..text.len() {
            while k > 0 && text.get(i) != text.get(k) {
                k = border.get(k).copied().unwrap_or(0);
            }
            if text.get(i) == text.get(k) {
                k += 1;
            }
            if let Some(slot) = border.get_mut(i + 1) {
                *slot = k;
            }
        }
        Needle { text: text.into(), finder, border: border.into_boxed_slice() }
    }
}

/// Linear in the haystack, however much the sequence repeats itself.
fn find_seq_wide<C: Char>(haystack: &[C], needle: &Needle) -> Option<usize> {
    let text = &needle.text;
    let first = C::from_code(*text.first()?)?;
    let mut at = 0;
    let mut matched = 0;
    loop {
        if matched == 0 {
            at += C::find(haystack.get(at..)?, first)? + 1;
            matched = 1;
        }
        while matched > 0 {
            let Some(want) = text.get(matched) else { return Some(at - matched) };
            if haystack.get(at)?.code() == *want {
                at += 1;
                matched += 1;
            } else {
                matched = needle.border.get(matched).copied().unwrap_or(0);
            }
        }
    }
}

macro_rules! wide {
    ($t:ty) => {
        impl Char for $t {
            #[inline(always)]
            fn code(self) -> u32 {
                u32::from(self)
            }
            #[inline(always)]
            fn from_code(code: u32) -> Option<$t> {
                <$t>::try_from(code).ok()
            }
            #[inline]
            fn find(haystack: &[$t], needle: $t) -> Option<usize> {
                find_wide(haystack, needle)
            }
            fn find_seq(haystack: &[$t], needle: &Needle) -> Option<usize> {
                find_seq_wide(haystack, needle)
            }
            #[inline(always)]
            fn as_bytes(_: &[$t]) -> Option<&[u8]> {
                None
            }
        }
    };
}
wide!(u16);
wide!(u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_the_naive_search_finds() {
        let mut state = 1u32;
        let mut letter = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u8::from(state >> 29 == 0) + b'a'
        };
        for round in 0..4000 {
            let haystack: Vec<u8> = (0..40).map(|_| letter()).collect();
            let text: Vec<u8> = (0..1 + round % 9).map(|_| letter()).collect();
            let needle = Needle::new(&text.iter().map(|&c| u32::from(c)).collect::<Vec<_>>());
            let naive = haystack.windows(text.len()).position(|w| w == text);
            let wide: Vec<u16> = haystack.iter().map(|&c| u16::from(c)).collect();
            assert_eq!(u8::find_seq(&haystack, &needle), naive);
            assert_eq!(u16::find_seq(&wide, &needle), naive);
        }
    }

    #[test]
    fn a_needle_wider_than_the_subject_is_nowhere() {
        let needle = Needle::new(&[97, 0x1_0400]);
        assert_eq!(u8::find_seq(b"aa", &needle), None);
        assert_eq!(u16::find_seq(&[97, 0x400], &needle), None);
        assert_eq!(u32::find_seq(&[97, 97, 0x1_0400], &needle), Some(1));
    }
}
