//! Floats and text: `repr`, the `e f g n % r` presentations, parsing, hexadecimal form, rounding, hash.

pub mod hex;
pub mod parse;

use crate::NoMemory;
use std::fmt::Write;

/// No double has more significant decimal digits, nor more places after the point: the rest are zeros.
const EXACT_DIGITS: usize = 1100;

/// How [`format_double`] lays out a number: CPython's `Py_DTSF_*` flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Always a sign, `+` for positive numbers.
    pub sign: bool,
    /// A finite number without exponent gets at least `.0`.
    pub add_dot_0: bool,
    /// `#`: keep the point and trailing zeros.
    pub alternate: bool,
    /// `z`: what rounds to zero has no minus sign.
    pub no_neg_0: bool,
}

/// Shortest digits that round-trip, and the place of the decimal point after the first `point` of them.
struct Digits {
    digits: [u8; 24],
    len: usize,
    point: i32,
}

impl Digits {
    fn as_slice(&self) -> &[u8] {
        self.digits.get(..self.len).unwrap_or(&[])
    }
}

fn shortest(value: f64) -> Digits {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value.abs());
    let mut out = Digits { digits: [0; 24], len: 0, point: 0 };
    let mut seen_point = false;
    let mut leading = true;
    let mut bytes = text.bytes();
    for b in bytes.by_ref() {
        match b {
            b'.' => seen_point = true,
            b'e' | b'E' => break,
            _ => {
                if leading && b == b'0' {
                    // A zero before the first digit shows only after the point.
                    out.point -= i32::from(seen_point);
                    continue;
                }
                leading = false;
                if let Some(slot) = out.digits.get_mut(out.len) {
                    *slot = b;
                    out.len += 1;
                }
                out.point += i32::from(!seen_point);
            }
        }
    }
    let exponent: String = bytes.map(char::from).collect();
    out.point += exponent.trim_start_matches('+').parse::<i32>().unwrap_or(0);
    while out.len > 1 && out.digits.get(out.len - 1) == Some(&b'0') {
        out.len -= 1;
    }
    if out.len == 0 {
        out.digits[0] = b'0';
        out.len = 1;
        out.point = 1;
    }
    out
}

/// `repr(value)`.
pub fn repr(value: f64) -> String {
    let flags = Flags { add_dot_0: true, ..Flags::default() };
    let mut out = String::with_capacity(24);
    if !value.is_finite() {
        push_non_finite(&mut out, value, flags);
        return out;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    push_repr(&mut out, value, flags);
    out
}

/// `complex.__repr__` of a part: as `repr` but without a forced `.0`.
pub fn repr_part(value: f64, sign: bool) -> String {
    format_double(value, b'r', 0, Flags { sign, ..Flags::default() }).unwrap_or_default()
}

/// `repr` of a complex number.
pub fn repr_complex(real: f64, imag: f64) -> String {
    if real == 0.0 && real.is_sign_positive() {
        return repr_part(imag, false) + "j";
    }
    format!("({}{}j)", repr_part(real, false), repr_part(imag, true))
}

fn push_non_finite(out: &mut String, value: f64, flags: Flags) {
    if value.is_nan() {
        out.push_str(if flags.sign { "+nan" } else { "nan" });
    } else if value < 0.0 {
        out.push_str("-inf");
    } else {
        out.push_str(if flags.sign { "+inf" } else { "inf" });
    }
}

fn push_zeros(out: &mut String, count: usize) -> Result<(), NoMemory> {
    out.try_reserve(count)?;
    for _ in 0..count {
        out.push('0');
    }
    Ok(())
}

/// `e+05`: at least two digits.
fn push_exponent(out: &mut String, exponent: i32) {
    let _ = write!(out, "e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs());
}

/// Digits with the point after the first `point` of them: zeros are added at either end as needed.
fn push_fixed(out: &mut String, digits: &[u8], point: i32, flags: Flags) {
    let push = |out: &mut String, d: &[u8]| out.extend(d.iter().map(|&b| char::from(b)));
    if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', point.unsigned_abs() as usize));
        push(out, digits);
        return;
    }
    let point = point as usize;
    if digits.len() <= point {
        push(out, digits);
        out.extend(std::iter::repeat_n('0', point - digits.len()));
        if flags.add_dot_0 {
            out.push_str(".0");
        } else if flags.alternate {
            out.push('.');
        }
        return;
    }
    let (whole, fraction) = digits.split_at(point);
    push(out, whole);
    out.push('.');
    push(out, fraction);
}

fn push_scientific(out: &mut String, digits: &[u8], exponent: i32, flags: Flags) {
    if let Some((&first, rest)) = digits.split_first() {
        out.push(char::from(first));
        if !rest.is_empty() {
            out.push('.');
            out.extend(rest.iter().map(|&b| char::from(b)));
        } else if flags.alternate {
            out.push('.');
        }
    }
    push_exponent(out, exponent);
}

fn push_repr(out: &mut String, value: f64, flags: Flags) {
    let d = shortest(value);
    if d.point <= -4 || d.point > 16 {
        push_scientific(out, d.as_slice(), d.point - 1, flags);
    } else {
        push_fixed(out, d.as_slice(), d.point, flags);
    }
}

/// `precision` significant digits and the decimal exponent of the first. Zeros that were asked for past
/// [`EXACT_DIGITS`] are not in the answer.
fn significant(value: f64, precision: usize) -> (Vec<u8>, i32) {
    let places = precision.clamp(1, EXACT_DIGITS) - 1;
    let text = format!("{value:.places$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.bytes().filter(|&b| b != b'.').collect(), exponent.parse().unwrap_or(0))
}

/// CPython's `PyOS_double_to_string`: `code` is one of `e f g r`, or `E F G` for upper case. `r` ignores the precision.
pub fn format_double(value: f64, code: u8, precision: usize, flags: Flags) -> Result<String, NoMemory> {
    let mut out = String::new();
    let upper = code.is_ascii_uppercase();
    if !value.is_finite() {
        push_non_finite(&mut out, value, flags);
        if upper {
            out.make_ascii_uppercase();
        }
        return Ok(out);
    }
    let positive = value.abs();
    // All that follows fits: the digits asked for, those before the point, sign, point and exponent.
    out.try_reserve(if code == b'r' { 32 } else { precision.saturating_add(330) })?;
    match code.to_ascii_lowercase() {
        b'f' => {
            let places = precision.min(EXACT_DIGITS);
            let _ = write!(out, "{positive:.places$}");
            push_zeros(&mut out, precision - places)?;
            if precision == 0 && flags.add_dot_0 {
                out.push_str(".0");
            } else if precision == 0 && flags.alternate {
                out.push('.');
            }
        }
        b'e' => {
            let (mut digits, exponent) = significant(positive, precision.saturating_add(1));
            pad_digits(&mut digits, precision.saturating_add(1))?;
            push_scientific(&mut out, &digits, exponent, flags);
        }
        b'g' => {
            let precision = precision.max(1);
            let (mut digits, exponent) = significant(positive, precision);
            if flags.alternate {
                pad_digits(&mut digits, precision)?;
            } else {
                while digits.len() > 1 && digits.last() == Some(&b'0') {
                    digits.pop();
                }
            }
            let point = i64::from(exponent) + 1;
            let most = i64::try_from(precision).unwrap_or(i64::MAX) - i64::from(flags.add_dot_0);
            if point <= -4 || point > most {
                push_scientific(&mut out, &digits, exponent, flags);
            } else {
                push_fixed(&mut out, &digits, exponent + 1, flags);
            }
        }
        _ => push_repr(&mut out, positive, flags),
    }
    let negative = value.is_sign_negative() && !(flags.no_neg_0 && is_zero(&out));
    if negative {
        out.insert(0, '-');
    } else if flags.sign {
        out.insert(0, '+');
    }
    if upper {
        out.make_ascii_uppercase();
    }
    Ok(out)
}

fn pad_digits(digits: &mut Vec<u8>, count: usize) -> Result<(), NoMemory> {
    digits.try_reserve(count.saturating_sub(digits.len()))?;
    if digits.len() < count {
        digits.resize(count, b'0');
    }
    Ok(())
}

/// Whether a formatted number shows no digit but 0, exponent aside.
fn is_zero(text: &str) -> bool {
    text.bytes().take_while(|&b| b != b'e').all(|b| matches!(b, b'0' | b'.'))
}

/// The result of [`round`] does not fit: "rounded value too large to represent" (`OverflowError`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundOverflow;

/// `round(value, places)`: correctly rounded from the exact decimal value, ties to even.
pub fn round(value: f64, places: i64) -> Result<f64, RoundOverflow> {
    // Beyond these nothing changes, or nothing is left (CPython's NDIGITS_MAX and NDIGITS_MIN).
    if !value.is_finite() || places > 323 {
        return Ok(value);
    }
    if places < -308 {
        return Ok(0.0 * value);
    }
    let positive = value.abs();
    let rounded = if places >= 0 {
        let places = places as usize;
        format!("{positive:.places$}").parse().unwrap_or(positive)
    } else {
        round_left(positive, places.unsigned_abs() as i32)
    };
    if rounded.is_infinite() { Err(RoundOverflow) } else { Ok(rounded.copysign(value)) }
}

/// Rounds to a multiple of `10**tens`.
fn round_left(positive: f64, tens: i32) -> f64 {
    let (digits, exponent) = significant(positive, EXACT_DIGITS);
    let keep = exponent + 1 - tens;
    if keep < 0 || positive == 0.0 {
        return 0.0;
    }
    if keep > 0 {
        return format!("{positive:.*e}", keep as usize - 1).parse().unwrap_or(positive);
    }
    // The first digit is just right of the last place kept: up only if more than half.
    let half = digits.first() == Some(&b'5') && digits.iter().skip(1).all(|&b| b == b'0');
    if half || digits.first() < Some(&b'5') { 0.0 } else { format!("1e{tens}").parse().unwrap_or(f64::INFINITY) }
}

/// Numeric hashes are taken modulo this Mersenne prime, 2**61 - 1.
pub const HASH_MODULUS: u64 = (1 << 61) - 1;
/// `hash(float("inf"))`.
pub const HASH_INF: i64 = 314_159;

/// `hash(value)`, or `None` for a NaN, whose hash is by identity.
pub fn hash(value: f64) -> Option<i64> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { HASH_INF } else { -HASH_INF });
    }
    let (negative, mantissa, exponent) = decompose(value);
    // Multiplying by 2**k modulo 2**61 - 1 rotates the 61 bits.
    let turn = exponent.rem_euclid(61) as u32;
    let rotated = if turn == 0 { mantissa } else { (mantissa << turn & HASH_MODULUS) | mantissa >> (61 - turn) };
    // 53 bits and a rotation of 61 never give the modulus itself unless all bits are set, which 53 bits are not.
    let hash = if negative { -(rotated as i64) } else { rotated as i64 };
    Some(if hash == -1 { -2 } else { hash })
}

/// A finite value as sign, integer mantissa below 2**53 and binary exponent.
pub fn decompose(value: f64) -> (bool, u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let biased = (bits >> 52 & 0x7FF) as i32;
    let (mantissa, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    (bits >> 63 != 0, mantissa, exponent)
}

/// As [`decompose`] with an odd mantissa (0 for zero): the lowest terms of `as_integer_ratio`, as mantissa * 2**exponent.
pub fn decompose_odd(value: f64) -> (bool, u64, i32) {
    let (negative, mantissa, exponent) = decompose(value);
    if mantissa == 0 {
        return (negative, 0, 0);
    }
    let zeros = mantissa.trailing_zeros();
    (negative, mantissa >> zeros, exponent + zeros as i32)
}

/// `float.is_integer`.
pub fn is_integer(value: f64) -> bool {
    value.is_finite() && value.floor() == value
}
