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
            _ => TwoWay::<U, false>::new(needle).find(hay, 0),
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
    Other(TwoWay<'n, U, false>, usize),
}

impl<'n, U: CodeUnit> Finder<'n, U> {
    /// `None` for an empty needle.
    pub fn new(needle: &'n [U]) -> Option<Self> {
        Some(match needle {
            [] => return None,
            [one] => Finder::Unit(*one),
            _ => match as_bytes(needle) {
                Some(n) => Finder::Bytes(Box::new(memchr::memmem::Finder::new(n)), n.len()),
                None => Finder::Other(TwoWay::new(needle), needle.len()),
            },
        })
    }

    pub fn needle_len(&self) -> usize {
        match self {
            Finder::Unit(_) => 1,
            Finder::Bytes(_, n) | Finder::Other(_, n) => *n,
        }
    }

    /// The first match at `from` or later.
    #[inline]
    pub fn find(&self, hay: &[U], from: usize) -> Option<usize> {
        let rest = hay.get(from..)?;
        match self {
            Finder::Unit(u) => u.position(rest).map(|i| i + from),
            Finder::Bytes(f, _) => f.find(as_bytes(rest)?).map(|i| i + from),
            Finder::Other(f, _) => f.find(hay, from),
        }
    }
}

/// Number of non-overlapping matches, counting no more than `most`. An empty needle is between all code points.
pub fn count_units<U: CodeUnit>(hay: &[U], needle: &[U], most: usize) -> usize {
    let Some(finder) = Finder::new(needle) else { return (hay.len() + 1).min(most) };
    if let (Finder::Unit(u), true) = (&finder, most >= hay.len()) {
        return hay.iter().filter(|&x| x == u).count();
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
