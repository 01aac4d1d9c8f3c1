//! Formats of the `struct` module: what lies where. `array` and `memoryview` use the native sizes too.

use crate::NoMemory;
use crate::codecs::ByteOrder;

/// The type of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `c`: a bytes object of length 1.
    Char,
    /// `?`
    Bool,
    /// `b h i l q n`: signed integers of the item's size.
    Signed,
    /// `B H I L Q N`, and `P`.
    Unsigned,
    /// `P`: an address.
    Pointer,
    /// `e f d`: IEEE floats of 2, 4 or 8 bytes.
    Float,
    /// `F D`: complex numbers of two floats of 4 or 8 bytes.
    Complex,
    /// `s`: bytes of the item's size.
    Bytes,
    /// `p`: a Pascal string in the item's size.
    Pascal,
}

/// A run of values of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    pub kind: Kind,
    /// The format character, for messages.
    pub code: u8,
    /// Where the first value lies.
    pub offset: usize,
    /// Bytes of one value; for `s` and `p` of the whole field.
    pub size: usize,
    /// Number of values, at least 1; always 1 for `s` and `p`.
    pub repeat: usize,
}

/// A parsed format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    pub order: ByteOrder,
    /// Native sizes and alignment: no prefix, or `@`.
    pub native: bool,
    pub items: Vec<Item>,
    /// Total size in bytes.
    pub size: usize,
    /// Number of values.
    pub values: usize,
}

impl Format {
    /// That of no values.
    pub const EMPTY: Format = Format { order: ByteOrder::Little, native: false, items: Vec::new(), size: 0, values: 0 };
}

/// Why a format is wrong (`struct.error`, but `NoMemory`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatError {
    BadChar,
    CountWithoutSpecifier,
    TooLong,
    EmbeddedNull,
    NoMemory,
}

impl From<std::collections::TryReserveError> for FormatError {
    fn from(_: std::collections::TryReserveError) -> Self {
        FormatError::NoMemory
    }
}

impl std::fmt::Display for FormatError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FormatError::BadChar => f.write_str("bad char in struct format"),
            FormatError::CountWithoutSpecifier => f.write_str("repeat count given without format specifier"),
            FormatError::TooLong => f.write_str("total struct size too long"),
            FormatError::EmbeddedNull => f.write_str("embedded null character"),
            FormatError::NoMemory => NoMemory.fmt(f),
        }
    }
}

/// Kind, size and alignment of a format character. The native ones are those of 64-bit Unix.
pub fn describe(code: u8, native: bool) -> Option<(Kind, usize, usize)> {
    let (kind, size) = match code {
        b'c' => (Kind::Char, 1),
        b'?' => (Kind::Bool, 1),
        b's' => (Kind::Bytes, 1),
        b'p' => (Kind::Pascal, 1),
        b'b' => (Kind::Signed, 1),
        b'B' => (Kind::Unsigned, 1),
        b'h' => (Kind::Signed, 2),
        b'H' => (Kind::Unsigned, 2),
        b'i' => (Kind::Signed, 4),
        b'I' => (Kind::Unsigned, 4),
        b'l' => (Kind::Signed, if native { 8 } else { 4 }),
        b'L' => (Kind::Unsigned, if native { 8 } else { 4 }),
        b'q' => (Kind::Signed, 8),
        b'Q' => (Kind::Unsigned, 8),
        b'n' if native => (Kind::Signed, 8),
        b'N' if native => (Kind::Unsigned, 8),
        b'P' if native => (Kind::Pointer, 8),
        b'e' => (Kind::Float, 2),
        b'f' => (Kind::Float, 4),
        b'd' => (Kind::Float, 8),
        b'F' => (Kind::Complex, 8),
        b'D' => (Kind::Complex, 16),
        _ => return None,
    };
    let align = match kind {
        _ if !native => 1,
        Kind::Complex => size / 2,
        _ => size,
    };
    Some((kind, size, align))
}

/// Sizes are signed in CPython.
const MOST: usize = isize::MAX as usize;

/// `at + more`, if that is a size.
fn grow(at: usize, more: usize) -> Result<usize, FormatError> {
    at.checked_add(more).filter(|&n| n <= MOST).ok_or(FormatError::TooLong)
}

/// Parses `format`, which the caller has encoded as ASCII.
pub fn parse(format: &[u8]) -> Result<Format, FormatError> {
    if format.contains(&0) {
        return Err(FormatError::EmbeddedNull);
    }
    let machine = if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };
    let (order, native, mut rest) = match format {
        [b'<', rest @ ..] => (ByteOrder::Little, false, rest),
        [b'>' | b'!', rest @ ..] => (ByteOrder::Big, false, rest),
        [b'=', rest @ ..] => (machine, false, rest),
        [b'@', rest @ ..] => (machine, true, rest),
        rest => (machine, true, rest),
    };
    let mut out = Format { order, native, items: Vec::new(), size: 0, values: 0 };
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if matches!(first, b'\t'..=b'\r' | b' ') {
            continue;
        }
        let mut code = first;
        let mut count = 1usize;
        if first.is_ascii_digit() {
            count = usize::from(first - b'0');
            loop {
                let Some((&next, tail)) = rest.split_first() else { return Err(FormatError::CountWithoutSpecifier) };
                rest = tail;
                if !next.is_ascii_digit() {
                    code = next;
                    break;
                }
                let more = count.checked_mul(10).and_then(|n| n.checked_add(usize::from(next - b'0')));
                count = more.filter(|&n| n <= MOST).ok_or(FormatError::TooLong)?;
            }
        }
        if code == b'x' {
            out.size = grow(out.size, count)?;
            continue;
        }
        let (kind, size, align) = describe(code, native).ok_or(FormatError::BadChar)?;
        // The padding comes even when the count is 0.
        out.size = grow(out.size, (align - out.size % align) % align)?;
        let (size, repeat) = match kind {
            Kind::Bytes | Kind::Pascal => (count, 1),
            _ => (size, count),
        };
        let end = grow(out.size, size.checked_mul(repeat).ok_or(FormatError::TooLong)?)?;
        if repeat > 0 {
            out.items.try_reserve(1)?;
            out.items.push(Item { kind, code, offset: out.size, size, repeat });
            out.values = out.values.checked_add(repeat).ok_or(FormatError::TooLong)?;
        }
        out.size = end;
    }
    Ok(out)
}

/// IEEE half precision (`e`) to a float.
pub fn half_to_f64(bits: u16) -> f64 {
    let sign = if bits >> 15 != 0 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 31);
    let fraction = f64::from(bits & 1023);
    match exponent {
        0 => sign * fraction * 2f64.powi(-24),
        31 if bits & 1023 != 0 => f64::NAN.copysign(sign),
        31 => sign * f64::INFINITY,
        _ => sign * (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    }
}

/// A float as IEEE half precision, rounded half to even; `None` if it is too large ("float too large to pack with e
/// format", `OverflowError`).
pub fn f64_to_half(value: f64) -> Option<u16> {
    let sign = (value.to_bits() >> 48 & 0x8000) as u16;
    let positive = value.abs();
    if value.is_nan() {
        return Some(sign | 0x7E00);
    }
    if value.is_infinite() {
        return Some(sign | 0x7C00);
    }
    // Below 2**-14 the spacing is 2**-24; above it is 2**-10 of the leading power of two. Scaling by a power of two is
    // exact here, and `round_ties_even` does the one rounding.
    if positive < 2f64.powi(-14) {
        return Some(sign | (positive * 2f64.powi(24)).round_ties_even() as u16);
    }
    let exponent = (positive.to_bits() >> 52) as i32 - 1023;
    if exponent > 15 {
        return None;
    }
    let units = (positive * 2f64.powi(10 - exponent)).round_ties_even() as u32;
    // 2048 units carry into the exponent by themselves.
    let half = (((exponent + 14) as u32) << 10) + units;
    (half < 0x7C00).then_some(sign | half as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let size = |f: &str| parse(f.as_bytes()).map(|f| f.size);
        for (format, want) in [
            ("", 0),
            ("bi", 8),
            ("ib", 5),
            ("b0i", 4),
            ("3s", 3),
            ("0s", 0),
            ("3x", 3),
            ("hf", 8),
            ("=bi", 5),
            ("!q", 8),
            ("<l", 4),
            ("l", 8),
            ("i\ti", 8),
            ("1i2h3b", 11),
            ("@bq", 16),
            ("bF", 12),
            ("bD", 24),
            ("F0D", 8),
            ("9223372036854775800s i", 9223372036854775804),
            ("9223372036854775807s", 9223372036854775807),
        ] {
            assert_eq!(size(format), Ok(want), "{format}");
        }
        for (format, want) in [
            ("=n", FormatError::BadChar),
            ("<P", FormatError::BadChar),
            ("3", FormatError::CountWithoutSpecifier),
            ("i3", FormatError::CountWithoutSpecifier),
            ("3 i", FormatError::BadChar),
            ("99999999999999999999i", FormatError::TooLong),
            ("4611686018427387904q", FormatError::TooLong),
            ("9223372036854775807s1s", FormatError::TooLong),
            ("i\0", FormatError::EmbeddedNull),
            ("@@i", FormatError::BadChar),
        ] {
            assert_eq!(size(format), Err(want), "{format}");
        }
    }

    #[test]
    fn halves() {
        for bits in 0..=u16::MAX {
            let value = half_to_f64(bits);
            if !value.is_nan() {
                assert_eq!(f64_to_half(value), Some(bits));
            }
        }
        assert_eq!(f64_to_half(65519.99), Some(0x7BFF));
        assert_eq!(f64_to_half(65520.0), None);
        assert_eq!(f64_to_half(2f64.powi(-25)), Some(0));
        assert_eq!(f64_to_half(2f64.powi(-25) * 1.0001), Some(1));
        assert_eq!(f64_to_half(1e-300), Some(0));
    }
}
