//! `float.hex` and `float.fromhex`.

use super::decompose;
use crate::Text;

/// `value.hex()`.
pub fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return super::repr(value);
    }
    let (negative, mantissa, exponent) = decompose(value);
    let sign = if negative { "-" } else { "" };
    if mantissa == 0 {
        return format!("{sign}0x0.0p+0");
    }
    // 52 fraction bits are 13 hexadecimal digits; a subnormal shows its leading 0 and the lowest exponent.
    let exponent = exponent + 52;
    format!("{sign}0x{}.{:013x}p{exponent:+}", mantissa >> 52, mantissa & ((1 << 52) - 1))
}

/// What `float.fromhex` complains of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromHexError {
    /// `ValueError`
    Invalid,
    /// `OverflowError`
    TooLarge,
    /// `ValueError`
    TooLong,
}

impl std::fmt::Display for FromHexError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FromHexError::Invalid => "invalid hexadecimal floating-point string",
            FromHexError::TooLarge => "hexadecimal value too large to represent as a float",
            FromHexError::TooLong => "hexadecimal string too long to convert",
        })
    }
}

/// `float.fromhex(text)`.
pub fn from_hex(text: Text<'_>) -> Result<f64, FromHexError> {
    let mut at = 0;
    let mut end = text.len();
    let byte = |i: usize| text.get(i).and_then(|c| u8::try_from(c).ok()).filter(u8::is_ascii);
    let blank = |i: usize| byte(i).is_some_and(|b| matches!(b, b'\t'..=b'\r' | b' '));
    while at < end && blank(at) {
        at += 1;
    }
    while end > at && blank(end - 1) {
        end -= 1;
    }
    let byte = |i: usize| if i < end { byte(i) } else { None };
    let negative = byte(at) == Some(b'-');
    if matches!(byte(at), Some(b'+' | b'-')) {
        at += 1;
    }
    let is_word = |word: &str| {
        end - at == word.len()
            && word.bytes().enumerate().all(|(i, w)| byte(at + i).is_some_and(|b| b.eq_ignore_ascii_case(&w)))
    };
    let signed = |v: f64| if negative { -v } else { v };
    if is_word("inf") || is_word("infinity") {
        return Ok(signed(f64::INFINITY));
    }
    if is_word("nan") {
        return Ok(signed(f64::NAN));
    }
    if byte(at) == Some(b'0') && matches!(byte(at + 1), Some(b'x' | b'X')) {
        at += 2;
    }
    // The value is `mantissa * 2**exponent`, with all bits that fell off the right kept as one sticky bit.
    let mut mantissa: u64 = 0;
    let mut exponent: i64 = 0;
    let mut sticky = false;
    let mut digits = 0usize;
    let mut after_point = false;
    while let Some(b) = byte(at) {
        if b == b'.' && !after_point {
            after_point = true;
            at += 1;
            continue;
        }
        let Some(digit) = char::from(b).to_digit(16) else { break };
        digits += 1;
        at += 1;
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | u64::from(digit);
            exponent -= if after_point { 4 } else { 0 };
        } else {
            sticky |= digit != 0;
            exponent += if after_point { 0 } else { 4 };
        }
    }
    if digits == 0 {
        return Err(FromHexError::Invalid);
    }
    if matches!(byte(at), Some(b'p' | b'P')) {
        at += 1;
        let negative = byte(at) == Some(b'-');
        if matches!(byte(at), Some(b'+' | b'-')) {
            at += 1;
        }
        let start = at;
        let mut value: i64 = 0;
        while let Some(b) = byte(at).filter(u8::is_ascii_digit) {
            value = value.saturating_mul(10).saturating_add(i64::from(b - b'0'));
            at += 1;
        }
        if at == start {
            return Err(FromHexError::Invalid);
        }
        exponent = exponent.saturating_add(if negative { -value } else { value });
    }
    if at != end {
        return Err(FromHexError::Invalid);
    }
    scale(mantissa, exponent, sticky).map(signed).ok_or(FromHexError::TooLarge)
}

/// `mantissa * 2**exponent` rounded half to even, `None` when too large.
fn scale(mantissa: u64, exponent: i64, sticky: bool) -> Option<f64> {
    if mantissa == 0 {
        return Some(0.0);
    }
    let bits = 64 - i64::from(mantissa.leading_zeros());
    let top = exponent.saturating_add(bits);
    if top > 1024 {
        return None;
    }
    if top < -1074 {
        return Some(0.0);
    }
    // The exponent of the last bit that the result can hold.
    let last = (top - 53).max(-1074);
    let drop = last - exponent;
    if drop <= 0 {
        // Exact, unless bits fell off earlier; they did only when 61 or more bits are here, so `drop` was positive.
        return Some(power(mantissa << (-drop), last));
    }
    let drop = drop as u32;
    // `top >= -1074` keeps the drop at 64 bits or fewer.
    let (kept, lost, half) = if drop >= 64 {
        (0, mantissa, 1u64 << 63)
    } else {
        (mantissa >> drop, mantissa & ((1 << drop) - 1), 1u64 << (drop - 1))
    };
    let up = if drop > 64 { false } else { lost > half || (lost == half && (sticky || kept & 1 == 1)) };
    let value = power(kept + u64::from(up), last);
    value.is_finite().then_some(value)
}

/// `mantissa * 2**exponent`, exact for a mantissa of 53 bits at most (2**53 included) and an exponent of -1074 or more.
fn power(mantissa: u64, exponent: i64) -> f64 {
    let m = mantissa as f64;
    let two = |e: i64| f64::from_bits(((e + 1023) as u64) << 52);
    if exponent >= -1022 {
        // Up to 2**971 in one step.
        m * two(exponent.min(1023))
    } else {
        m * two(-1022) * two(exponent + 1022)
    }
}
