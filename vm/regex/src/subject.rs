//! Subjects: flat slices of 1, 2 or 4 bytes a character.

/// A character of a subject: a `bytes` or Latin-1 byte, a UCS-2 or a UCS-4 unit.
pub trait Char: Copy + Eq + 'static {
    /// The code point.
    fn code(self) -> u32;
    /// The unit with this code point, when it fits.
    fn from_code(code: u32) -> Option<Self>;
    /// The first index of `needle`.
    fn find(haystack: &[Self], needle: Self) -> Option<usize>;
    /// The first index of the sequence; `finder` is the same sequence when it is all Latin-1.
    fn find_seq(haystack: &[Self], sequence: &[u32], finder: Option<&memchr::memmem::Finder<'static>>)
    -> Option<usize>;
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
    fn find_seq(haystack: &[u8], _: &[u32], finder: Option<&memchr::memmem::Finder<'static>>) -> Option<usize> {
        finder?.find(haystack)
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

fn find_seq_wide<C: Char>(haystack: &[C], sequence: &[u32]) -> Option<usize> {
    let (&first, rest) = sequence.split_first()?;
    let first = C::from_code(first)?;
    // A sequence that does not fit the width is nowhere.
    if rest.iter().any(|&c| C::from_code(c).is_none()) {
        return None;
    }
    let mut base = 0;
    loop {
        let at = base + C::find(haystack.get(base..)?, first)?;
        let tail = haystack.get(at + 1..at + sequence.len())?;
        if tail.iter().zip(rest).all(|(a, b)| a.code() == *b) {
            return Some(at);
        }
        base = at + 1;
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
            fn find_seq(
                haystack: &[$t],
                sequence: &[u32],
                _: Option<&memchr::memmem::Finder<'static>>,
            ) -> Option<usize> {
                find_seq_wide(haystack, sequence)
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
