//! Integers and text.

use crate::float::parse::{is_space, to_ascii};
use crate::{NoMemory, Text};

/// An integer read from text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParsedInt {
    Small(i64),
    /// Too large for an `i64` (or not looked at): the digits, lower case, without sign, prefix, underscores and leading
    /// zeros, for the big integer library to read.
    Big {
        negative: bool,
        base: u32,
        digits: String,
    },
}

impl ParsedInt {
    /// The magnitude as little-endian limbs, when the base is a power of two (linear time); else `None`.
    pub fn limbs(&self) -> Option<Vec<u64>> {
        let (base, digits) = match self {
            ParsedInt::Small(v) => return Some(vec![v.unsigned_abs()]),
            ParsedInt::Big { base, digits, .. } => (*base, digits),
        };
        if !base.is_power_of_two() {
            return None;
        }
        let bits = base.trailing_zeros();
        let mut limbs = Vec::new();
        limbs.try_reserve(digits.len() * bits as usize / 64 + 1).ok()?;
        let (mut limb, mut filled) = (0u128, 0);
        for b in digits.bytes().rev() {
            limb |= u128::from(digit_value(b)) << filled;
            filled += bits;
            if filled >= 64 {
                limbs.push(limb as u64);
                limb >>= 64;
                filled -= 64;
            }
        }
        if limb != 0 {
            limbs.push(limb as u64);
        }
        Some(limbs)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseIntError {
    /// "invalid literal for int() with base %d: %.200R" (`ValueError`; the base as the caller gave it).
    Invalid,
    /// More decimal digits than `sys.get_int_max_str_digits()` allows.
    TooManyDigits {
        limit: usize,
        digits: usize,
    },
    NoMemory,
}

impl std::fmt::Display for ParseIntError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ParseIntError::Invalid => f.write_str("invalid literal for int()"),
            ParseIntError::TooManyDigits { limit, digits } => write!(
                f,
                "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; use \
                 sys.set_int_max_str_digits() to increase the limit"
            ),
            ParseIntError::NoMemory => NoMemory.fmt(f),
        }
    }
}

/// `sys.int_info.default_max_str_digits`.
pub const DEFAULT_MAX_STR_DIGITS: usize = 4300;
/// Numbers of so few digits are never refused (`sys.int_info.str_digits_check_threshold`).
pub const MAX_STR_DIGITS_THRESHOLD: usize = 640;

/// The message when `str(int)` would write more digits than allowed.
pub fn to_str_limit_message(limit: usize) -> String {
    format!(
        "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase \
         the limit"
    )
}

/// Value of an ASCII digit or letter, 36 or more for what is neither.
fn digit_value(b: u8) -> u8 {
    match b {
        b'0'..=b'9' => b - b'0',
        b'a'..=b'z' => b - b'a' + 10,
        b'A'..=b'Z' => b - b'A' + 10,
        _ => 255,
    }
}

/// How many bytes at the start are decimal digits, in whole blocks: long numbers are counted much faster than by the digit.
fn decimal_run(s: &[u8]) -> usize {
    const BLOCK: usize = 32;
    let plain = |block: &&[u8]| block.iter().fold(true, |all, b| all & b.is_ascii_digit());
    s.chunks_exact(BLOCK).take_while(plain).count() * BLOCK
}

/// `int(text, base)`: `base` is 0 (by prefix) or 2 to 36. `max_digits` 0 means no limit.
pub fn parse(text: Text<'_>, base: u32, max_digits: usize) -> Result<ParsedInt, ParseIntError> {
    match text {
        Text::One(s) if s.is_ascii() => parse_ascii(s, base, max_digits),
        _ => parse_ascii(&to_ascii(text).map_err(|_| ParseIntError::NoMemory)?, base, max_digits),
    }
}

/// `int(bytes, base)`.
pub fn parse_ascii(bytes: &[u8], mut base: u32, max_digits: usize) -> Result<ParsedInt, ParseIntError> {
    let invalid = ParseIntError::Invalid;
    let blank = |b: &u8| is_space(*b);
    let start = bytes.iter().position(|b| !blank(b)).ok_or(invalid)?;
    let end = bytes.iter().rposition(|b| !blank(b)).map_or(start, |i| i + 1);
    let mut s = bytes.get(start..end).unwrap_or(&[]);
    let negative = s.first() == Some(&b'-');
    if matches!(s.first(), Some(b'+' | b'-')) {
        s = s.get(1..).unwrap_or(&[]);
    }
    let prefix_base = match s {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let mut zero_only = false;
    if base == 0 {
        // "0" and "00" are numbers, "01" is an old octal literal.
        zero_only = prefix_base == 0 && s.first() == Some(&b'0');
        base = if prefix_base == 0 { 10 } else { prefix_base };
    }
    if prefix_base == base {
        s = s.get(2..).unwrap_or(&[]);
        if let Some((b'_', rest)) = s.split_first() {
            s = rest;
        }
    }
    let mut digits = 0usize;
    let mut significant = 0usize;
    let mut value: u64 = 0;
    let mut fits = true;
    let mut previous = b'_';
    let mut at = 0;
    while let Some(&b) = s.get(at) {
        if !fits && base == 10 {
            // (What does not fit has a digit that is not 0.)
            let run = s.get(at..).map_or(0, decimal_run);
            if run > 0 {
                (digits, significant, previous) = (digits + run, significant + run, b'0');
                at += run;
                continue;
            }
        }
        at += 1;
        if b == b'_' {
            if previous == b'_' {
                return Err(invalid);
            }
        } else {
            let d = digit_value(b);
            if u32::from(d) >= base {
                return Err(invalid);
            }
            digits += 1;
            significant += usize::from(significant > 0 || d != 0);
            if fits {
                match value.checked_mul(u64::from(base)).and_then(|v| v.checked_add(u64::from(d))) {
                    Some(v) => value = v,
                    None => fits = false,
                }
            }
        }
        previous = b;
    }
    if previous == b'_' || (zero_only && significant > 0) {
        return Err(invalid);
    }
    if !base.is_power_of_two() && max_digits > 0 && digits > MAX_STR_DIGITS_THRESHOLD && digits > max_digits {
        return Err(ParseIntError::TooManyDigits { limit: max_digits, digits });
    }
    if fits {
        let small = if negative { 0i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() };
        if let Some(v) = small {
            return Ok(ParsedInt::Small(v));
        }
    }
    let mut text = String::new();
    text.try_reserve(significant).map_err(|_| ParseIntError::NoMemory)?;
    text.extend(
        s.iter().filter(|&&b| b != b'_').skip(digits - significant).map(|b| char::from(b.to_ascii_lowercase())),
    );
    Ok(ParsedInt::Big { negative, base, digits: text })
}

/// Digits of `value` in `base` (2 to 36), lower case, with a minus sign.
pub fn format_i64(value: i64, base: u32) -> String {
    if base == 10 {
        return value.to_string();
    }
    let base = u64::from(base.clamp(2, 36));
    let mut rest = value.unsigned_abs();
    let mut buffer = [0u8; 65];
    let mut at = buffer.len();
    loop {
        let d = (rest % base) as u8;
        at -= 1;
        if let Some(slot) = buffer.get_mut(at) {
            *slot = if d < 10 { b'0' + d } else { b'a' + d - 10 };
        }
        rest /= base;
        if rest == 0 {
            break;
        }
    }
    let sign = if value < 0 { Some('-') } else { None };
    sign.into_iter().chain(buffer.iter().skip(at).map(|&b| char::from(b))).collect()
}
