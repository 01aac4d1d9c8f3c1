//! `find`, `rfind`, `count`, and the walk over non-overlapping matches that the rest is built on.

use super::two_way::TwoWay;
use crate::text::{CodeUnit, Text};

/// A needle in the width of the text that is searched, or `None` if it holds what that width cannot.
pub(crate) fn in_width<U: CodeUnit>(needle: Text<'_>) -> Option<Vec<U>> {
    let mut out = Vec::new();
    out.try_reserve(needle.len()).ok()?;
    for code in needle.iter() {
        out.push(U::from_code(code)?);
    }
    Some(out)
}

/// Runs `$body` with both texts as slices of one width; gives `$missing` where the needle cannot occur.
macro_rules! same_width {
    ($hay:expr, $needle:expr, $missing:expr, |$h:ident, $n:ident| $body:expr) => {
        match ($hay, $needle) {
            (Text::One($h), Text::One($n)) => $body,
            (Text::Two($h), Text::Two($n)) => $body,
            (Text::Four($h), Text::Four($n)) => $body,
            (Text::One($h), other) => match $crate::search::find::in_width::<u8>(other) {
                Some(v) => {
                    let $n: &[u8] = &v;
                    $body
                }
                None => $missing,
            },
            (Text::Two($h), other) => match $crate::search::find::in_width::<u16>(other) {
                Some(v) => {
                    let $n: &[u16] = &v;
                    $body
                }
                None => $missing,
            },
            (Text::Four($h), other) => match $crate::search::find::in_width::<u32>(other) {
                Some(v) => {
                    let $n: &[u32] = &v;
                    $body
                }
                None => $missing,
            },
        }
    };
}
pub(super) use same_width;

/// The slice as bytes, if it is one of bytes: the way to `memchr` from generic code.
fn as_bytes<U: CodeUnit>(s: &[U]) -> Option<&[u8]> {
    match U::wrap(s) {
        Text::One(b) => Some(b),
        _ => None,
    }
}

/// First match of `needle` in `hay`.
pub fn find_units<U: CodeUnit>(hay: &[U], needle: &[U]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [one] => one.position(hay),
        _ if needle.len() > hay.len() => None,
        _ => match (as_bytes(hay), as_bytes(needle)) {
            (Some(h), Some(n)) => memchr::memmem::find(h, n),
            // A short text is not worth the preparation of the fast search.
            _ if hay.len() < 200 => TwoWay::<U, false>::new(needle).find(hay, 0),
            _ => Finder::new(needle)?.find(hay, 0),
        },
    }
}

/// Last match of `needle` in `hay`.
pub fn rfind_units<U: CodeUnit>(hay: &[U], needle: &[U]) -> Option<usize> {
    match needle {
        [] => Some(hay.len()),
        [one] => one.rposition(hay),
        _ if needle.len() > hay.len() => None,
        _ => match (as_bytes(hay), as_bytes(needle)) {
            (Some(h), Some(n)) => memchr::memmem::rfind(h, n),
            _ => TwoWay::<U, true>::new(needle).find(hay, 0).map(|i| hay.len() - i - needle.len()),
        },
    }
}

/// A prepared needle for many searches from left to right.
#[derive(Debug)]
pub enum Finder<'n, U: CodeUnit> {
    Unit(U),
    Bytes(Box<memchr::memmem::Finder<'n>>, usize),
    Wide(Box<Wide<'n, U>>),
}

/// Search in wide units as bytes, with vector instructions. A hit that begins inside a unit is none; when there are many of
/// these, Two-Way takes over, because each costs the length of the needle.
#[derive(Debug)]
pub struct Wide<'n, U: CodeUnit> {
    bytes: memchr::memmem::Finder<'n>,
    units: TwoWay<'n, U, false>,
    len: usize,
    misses: std::cell::Cell<u32>,
}

const MOST_MISSES: u32 = 64;

/// The memory of a slice of units.
fn memory<U: CodeUnit>(s: &[U]) -> &[u8] {
    // SAFETY: `CodeUnit` is sealed to u8, u16 and u32, which have neither padding nor invalid bytes, and bytes need no
    // alignment; the length in bytes is that of the same slice.
    unsafe { std::slice::from_raw_parts(s.as_ptr().cast(), std::mem::size_of_val(s)) }
}

impl<U: CodeUnit> Wide<'_, U> {
    fn find(&self, hay: &[U], from: usize) -> Option<usize> {
        let width = std::mem::size_of::<U>();
        let bytes = memory(hay);
        let mut at = from.checked_mul(width)?;
        while self.misses.get() < MOST_MISSES {
            at += self.bytes.find(bytes.get(at..)?)?;
            if at.is_multiple_of(width) {
                return Some(at / width);
            }
            self.misses.set(self.misses.get() + 1);
            at += 1;
        }
        self.units.find(hay, at.div_ceil(width))
    }
}

impl<'n, U: CodeUnit> Finder<'n, U> {
    /// `None` for an empty needle.
    pub fn new(needle: &'n [U]) -> Option<Self> {
        Some(match needle {
            [] => return None,
            [one] => Finder::Unit(*one),
            _ => match as_bytes(needle) {
                Some(n) => Finder::Bytes(Box::new(memchr::memmem::Finder::new(n)), n.len()),
                None => Finder::Wide(Box::new(Wide {
                    bytes: memchr::memmem::Finder::new(memory(needle)),
                    units: TwoWay::new(needle),
                    len: needle.len(),
                    misses: std::cell::Cell::new(0),
                })),
            },
        })
    }

    pub fn needle_len(&self) -> usize {
        match self {
            Finder::Unit(_) => 1,
            Finder::Bytes(_, n) => *n,
            Finder::Wide(w) => w.len,
        }
    }

    /// The first match at `from` or later.
    #[inline]
    pub fn find(&self, hay: &[U], from: usize) -> Option<usize> {
        let rest = hay.get(from..)?;
        match self {
            Finder::Unit(u) => u.position(rest).map(|i| i + from),
            Finder::Bytes(f, _) => f.find(as_bytes(rest)?).map(|i| i + from),
            Finder::Wide(w) => w.find(hay, from),
        }
    }
}

/// Number of non-overlapping matches, counting no more than `most`. An empty needle is between all code points.
pub fn count_units<U: CodeUnit>(hay: &[U], needle: &[U], most: usize) -> usize {
    let Some(finder) = Finder::new(needle) else { return (hay.len() + 1).min(most) };
    if let (Finder::Unit(u), true) = (&finder, most >= hay.len()) {
        return match (as_bytes(hay), u8::try_from(u.code())) {
            (Some(h), Ok(b)) => memchr::memchr_iter(b, h).count(),
            _ => hay.iter().filter(|&x| x == u).count(),
        };
    }
    let (mut n, mut at) = (0, 0);
    while n < most {
        let Some(i) = finder.find(hay, at) else { break };
        n += 1;
        at = i + finder.needle_len();
    }
    n
}

/// `hay.find(needle)`.
pub fn find(hay: Text<'_>, needle: Text<'_>) -> Option<usize> {
    same_width!(hay, needle, None, |h, n| find_units(h, n))
}

/// `hay.rfind(needle)`.
pub fn rfind(hay: Text<'_>, needle: Text<'_>) -> Option<usize> {
    same_width!(hay, needle, None, |h, n| rfind_units(h, n))
}

/// `hay.count(needle)`.
pub fn count(hay: Text<'_>, needle: Text<'_>) -> usize {
    same_width!(hay, needle, 0, |h, n| count_units(h, n, usize::MAX))
}

/// `needle in hay`.
pub fn contains(hay: Text<'_>, needle: Text<'_>) -> bool {
    find(hay, needle).is_some()
}

pub fn starts_with(text: Text<'_>, prefix: Text<'_>) -> bool {
    prefix.len() <= text.len() && text.slice(0, prefix.len()).equals(prefix)
}

pub fn ends_with(text: Text<'_>, suffix: Text<'_>) -> bool {
    suffix.len() <= text.len() && text.slice(text.len() - suffix.len(), text.len()).equals(suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hits inside units, few and many: the bytes of the needle are those of the text shifted by one.
    #[test]
    fn hits_between_units() {
        for n in [300, 5000] {
            let mut hay = vec![0xCDABu16; n];
            let needle = [0xABCDu16, 0xABCD, 0xABCD];
            assert_eq!(find_units(&hay, &needle), None);
            hay.extend(needle);
            assert_eq!(find_units(&hay, &needle), Some(n));
            assert_eq!(count_units(&hay, &needle, usize::MAX), 1);
            let wide: Vec<u32> = hay.iter().map(|&u| u32::from(u)).collect();
            assert_eq!(find_units(&wide, &needle.map(u32::from)), Some(n));
        }
    }
}
