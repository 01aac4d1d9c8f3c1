//! Borrowed flat text: one, two or four bytes a code point.

mod sealed {
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for u16 {}
    impl Sealed for u32 {}
}

/// A storage unit that holds one whole code point.
pub trait CodeUnit: sealed::Sealed + Copy + Eq + Ord + std::fmt::Debug + 'static {
    /// The largest code point the unit can hold.
    const MAX: u32;
    fn code(self) -> u32;
    /// The unit that holds `code`, or `None` if it is too wide.
    fn from_code(code: u32) -> Option<Self>;
    fn wrap(units: &[Self]) -> Text<'_>;
    /// Position of `self` in `units`, searched with vector instructions where the width allows.
    fn position(self, units: &[Self]) -> Option<usize>;
    /// Last position of `self` in `units`.
    fn rposition(self, units: &[Self]) -> Option<usize>;
}

impl CodeUnit for u8 {
    const MAX: u32 = 0xFF;
    #[inline]
    fn code(self) -> u32 {
        u32::from(self)
    }
    #[inline]
    fn from_code(code: u32) -> Option<Self> {
        u8::try_from(code).ok()
    }
    fn wrap(units: &[Self]) -> Text<'_> {
        Text::One(units)
    }
    #[inline]
    fn position(self, units: &[Self]) -> Option<usize> {
        memchr::memchr(self, units)
    }
    #[inline]
    fn rposition(self, units: &[Self]) -> Option<usize> {
        memchr::memrchr(self, units)
    }
}

impl CodeUnit for u16 {
    const MAX: u32 = 0xFFFF;
    #[inline]
    fn code(self) -> u32 {
        u32::from(self)
    }
    #[inline]
    fn from_code(code: u32) -> Option<Self> {
        u16::try_from(code).ok()
    }
    fn wrap(units: &[Self]) -> Text<'_> {
        Text::Two(units)
    }
    fn position(self, units: &[Self]) -> Option<usize> {
        position_by_chunks(self, units)
    }
    fn rposition(self, units: &[Self]) -> Option<usize> {
        units.iter().rposition(|&u| u == self)
    }
}

impl CodeUnit for u32 {
    const MAX: u32 = 0x0010_FFFF;
    #[inline]
    fn code(self) -> u32 {
        self
    }
    #[inline]
    fn from_code(code: u32) -> Option<Self> {
        Some(code)
    }
    fn wrap(units: &[Self]) -> Text<'_> {
        Text::Four(units)
    }
    fn position(self, units: &[Self]) -> Option<usize> {
        position_by_chunks(self, units)
    }
    fn rposition(self, units: &[Self]) -> Option<usize> {
        units.iter().rposition(|&u| u == self)
    }
}

/// Tests 16 units at once without an early exit, which the compiler turns into vector code.
fn position_by_chunks<U: CodeUnit>(unit: U, units: &[U]) -> Option<usize> {
    let mut chunks = units.chunks_exact(16);
    let mut at = 0;
    for chunk in &mut chunks {
        if chunk.iter().fold(false, |hit, &u| hit | (u == unit)) {
            return chunk.iter().position(|&u| u == unit).map(|i| at + i);
        }
        at += 16;
    }
    chunks.remainder().iter().position(|&u| u == unit).map(|i| at + i)
}

/// A borrowed Python string. The width need not be the narrowest that fits.
#[derive(Clone, Copy, Debug)]
pub enum Text<'a> {
    /// Latin-1.
    One(&'a [u8]),
    /// UCS-2: code points up to 0xFFFF, surrogates stand for themselves.
    Two(&'a [u16]),
    /// UCS-4.
    Four(&'a [u32]),
}

/// Runs `$body` with `$units` bound to the slice of whichever width `$text` has.
#[macro_export]
macro_rules! with_units {
    ($text:expr, |$units:ident| $body:expr) => {
        match $text {
            $crate::Text::One($units) => $body,
            $crate::Text::Two($units) => $body,
            $crate::Text::Four($units) => $body,
        }
    };
}

impl<'a> Text<'a> {
    /// An ASCII `str`; other strings need [`crate::TextBuf::push_str`], because UTF-8 is not a flat array.
    pub fn ascii(text: &'a str) -> Option<Text<'a>> {
        text.is_ascii().then_some(Text::One(text.as_bytes()))
    }

    #[inline]
    pub fn len(self) -> usize {
        with_units!(self, |s| s.len())
    }

    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The code point at `index`.
    #[inline]
    pub fn get(self, index: usize) -> Option<u32> {
        with_units!(self, |s| s.get(index).map(|u| u.code()))
    }

    /// The code point at `index`, 0 past the end: for loops that have checked the bound.
    #[inline]
    pub fn at(self, index: usize) -> u32 {
        self.get(index).unwrap_or(0)
    }

    /// The part `start..end`, both clamped to the length.
    pub fn slice(self, start: usize, end: usize) -> Text<'a> {
        fn cut<U>(s: &[U], start: usize, end: usize) -> &[U] {
            let end = end.min(s.len());
            s.get(start.min(end)..end).unwrap_or(&[])
        }
        match self {
            Text::One(s) => Text::One(cut(s, start, end)),
            Text::Two(s) => Text::Two(cut(s, start, end)),
            Text::Four(s) => Text::Four(cut(s, start, end)),
        }
    }

    pub fn is_ascii(self) -> bool {
        match self {
            Text::One(s) => s.is_ascii(),
            Text::Two(s) => s.iter().fold(0, |all, &u| all | u) < 0x80,
            Text::Four(s) => s.iter().fold(0, |all, &u| all | u) < 0x80,
        }
    }

    /// The largest code point, 0 for the empty text.
    pub fn max_code(self) -> u32 {
        with_units!(self, |s| s.iter().copied().max().map_or(0, |u| u.code()))
    }

    pub fn iter(self) -> Codes<'a> {
        Codes { text: self, front: 0, back: self.len() }
    }

    /// Equal code points, whatever the widths.
    pub fn equals(self, other: Text<'_>) -> bool {
        match (self, other) {
            (Text::One(a), Text::One(b)) => a == b,
            (Text::Two(a), Text::Two(b)) => a == b,
            (Text::Four(a), Text::Four(b)) => a == b,
            (a, b) => a.len() == b.len() && a.iter().eq(b.iter()),
        }
    }

    /// Equal to an ASCII literal.
    pub fn equals_ascii(self, literal: &str) -> bool {
        self.equals(Text::One(literal.as_bytes()))
    }

    /// Order by code points, as Python's.
    pub fn compare(self, other: Text<'_>) -> std::cmp::Ordering {
        match (self, other) {
            (Text::One(a), Text::One(b)) => a.cmp(b),
            (Text::Two(a), Text::Two(b)) => a.cmp(b),
            (Text::Four(a), Text::Four(b)) => a.cmp(b),
            (a, b) => a.iter().cmp(b.iter()),
        }
    }

    /// A `String` for messages: surrogates become U+FFFD.
    pub fn to_string_lossy(self) -> String {
        self.iter().map(|c| char::from_u32(c).unwrap_or('\u{FFFD}')).collect()
    }
}

/// The code points of a [`Text`].
#[derive(Clone, Debug)]
pub struct Codes<'a> {
    text: Text<'a>,
    front: usize,
    back: usize,
}

impl Iterator for Codes<'_> {
    type Item = u32;
    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.front >= self.back {
            return None;
        }
        let code = self.text.get(self.front);
        self.front += 1;
        code
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let n = self.back.saturating_sub(self.front);
        (n, Some(n))
    }
}

impl DoubleEndedIterator for Codes<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u32> {
        if self.front >= self.back {
            return None;
        }
        self.back -= 1;
        self.text.get(self.back)
    }
}

impl ExactSizeIterator for Codes<'_> {}
