//! Numbers from text and to text.

use super::coefficient::{Big, Coefficient, MOST_DIGITS, NoMemory};
use super::number::{Kind, MAX_EMAX, MIN_ETINY, Number, Rounding};

/// Why text is no number.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    Syntax,
    /// Beyond all exponents or precisions.
    Range,
    Memory,
}

impl From<NoMemory> for ParseError {
    fn from(_: NoMemory) -> Self {
        ParseError::Memory
    }
}

fn strip_word<'a>(text: &'a [u8], words: &[&str]) -> Option<&'a [u8]> {
    words.iter().find_map(|w| {
        let (head, rest) = text.split_at_checked(w.len())?;
        head.eq_ignore_ascii_case(w.as_bytes()).then_some(rest)
    })
}

/// The digits of a payload, without leading zeros.
fn payload(digits: &[u8]) -> Result<Coefficient, ParseError> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(ParseError::Syntax);
    }
    Ok(Coefficient::parse(digits)?)
}

/// An exponent as far as it matters.
fn exponent(text: &[u8]) -> Result<i64, ParseError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(ParseError::Syntax);
    }
    let magnitude = digits.iter().fold(0i64, |x, d| x.saturating_mul(10).saturating_add(i64::from(d & 15)));
    let magnitude = magnitude.min(i64::MAX / 2);
    Ok(if negative { -magnitude } else { magnitude })
}

/// Reads a numeric string; `exact` is one that must be within the limits of all contexts.
pub fn parse(text: &[u8], exact: bool) -> Result<Number, ParseError> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    match rest.first() {
        Some(b'i' | b'I') => {
            return match strip_word(rest, &["infinity", "inf"]) {
                Some([]) => Ok(Number::infinity(negative)),
                _ => Err(ParseError::Syntax),
            };
        }
        Some(b'n' | b'N' | b's' | b'S') => {
            let (kind, rest) = match strip_word(rest, &["snan"]) {
                Some(rest) => (Kind::Signaling, rest),
                None => (Kind::Quiet, strip_word(rest, &["nan"]).ok_or(ParseError::Syntax)?),
            };
            return Ok(Number { negative, kind, exponent: 0, coefficient: payload(rest)? });
        }
        _ => {}
    }
    let (mantissa, e) = match rest.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(at) => (&rest[..at], exponent(rest.get(at + 1..).unwrap_or(&[]))?),
        None => (rest, 0),
    };
    let mut digits = Vec::new();
    digits.try_reserve_exact(mantissa.len()).map_err(|_| ParseError::Memory)?;
    let (mut fraction, mut point) = (0i64, false);
    for b in mantissa {
        match b {
            b'0'..=b'9' => {
                digits.push(*b);
                fraction += i64::from(point);
            }
            b'.' if !point => point = true,
            _ => return Err(ParseError::Syntax),
        }
    }
    if digits.is_empty() {
        return Err(ParseError::Syntax);
    }
    let number = Number::new(negative, Coefficient::parse(&digits)?, e.saturating_sub(fraction));
    if exact { within_limits(number) } else { Ok(number) }
}

/// The number, if every digit of it fits the widest context.
pub fn within_limits(n: Number) -> Result<Number, ParseError> {
    let top = if n.coefficient.is_zero() { n.exponent } else { n.exponent.saturating_add(n.digits() - 1) };
    if n.is_finite() && (n.exponent < MIN_ETINY || top > MAX_EMAX) {
        return Err(ParseError::Range);
    }
    Ok(n)
}

fn special_text(n: &Number) -> String {
    let sign = if n.negative { "-" } else { "" };
    let name = match n.kind {
        Kind::Infinite => return format!("{sign}Infinity"),
        Kind::Signaling => "sNaN",
        _ => "NaN",
    };
    if n.coefficient.is_zero() { format!("{sign}{name}") } else { format!("{sign}{name}{}", n.coefficient.text()) }
}

/// `str(n)`; `engineering` for exponents that are multiples of three.
pub fn to_text(n: &Number, engineering: bool, capitals: bool) -> String {
    if !n.is_finite() {
        return special_text(n);
    }
    let digits = n.coefficient.text();
    let length = digits.len() as i64;
    // Digits before the point, without an exponent.
    let left = n.exponent + length;
    let point = if n.exponent <= 0 && left > -6 {
        left
    } else if !engineering {
        1
    } else if n.coefficient.is_zero() {
        (left + 1).rem_euclid(3) - 1
    } else {
        (left - 1).rem_euclid(3) + 1
    };
    let mut out = String::with_capacity(digits.len() + 24);
    if n.negative {
        out.push('-');
    }
    if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', -point as usize));
        out.push_str(&digits);
    } else if point >= length {
        out.push_str(&digits);
        out.extend(std::iter::repeat_n('0', (point - length) as usize));
    } else {
        out.push_str(&digits[..point as usize]);
        out.push('.');
        out.push_str(&digits[point as usize..]);
    }
    if left != point {
        out.push_str(if capitals { "E" } else { "e" });
        out.push_str(&format!("{:+}", left - point));
    }
    out
}

/// How `format` shows a number, as far as the number is concerned.
#[derive(Copy, Clone, Debug)]
pub struct Shown {
    /// `e`, `E`, `f`, `F`, `g`, `G`, `%`.
    pub kind: u8,
    pub precision: Option<i64>,
    /// -0 is shown as 0.
    pub no_negative_zero: bool,
    /// The context's.
    pub rounding: Rounding,
}

/// Sign, digits before the point, digits behind it, and what follows (exponent, `%`).
pub struct Parts {
    pub negative: bool,
    pub whole: String,
    pub fraction: String,
    pub tail: String,
}

/// `n` with so many digits.
fn with_digits(n: &Number, digits: i64, rounding: Rounding) -> Big<Number> {
    if n.coefficient.is_zero() || n.digits() == digits {
        return Ok(n.clone());
    }
    let rounded = n.rescaled(n.adjusted().saturating_add(1).saturating_sub(digits), rounding)?;
    // 9.99 may have become 10.0.
    if rounded.digits() > digits {
        return rounded.rescaled(rounded.adjusted() + 1 - digits, rounding);
    }
    Ok(rounded)
}

/// The parts of a finite number, rounded and with an exponent as `shown` asks for.
pub fn parts(n: &Number, shown: &Shown) -> Big<Parts> {
    let kind = shown.kind.to_ascii_lowercase();
    let mut n = n.clone();
    if kind == b'%' {
        n.exponent = n.exponent.saturating_add(2);
    }
    if let Some(precision) = shown.precision {
        match kind {
            b'e' => n = with_digits(&n, precision.saturating_add(1), shown.rounding)?,
            b'f' | b'%' => n = n.rescaled(-precision, shown.rounding)?,
            _ if n.digits() > precision.max(1) => n = with_digits(&n, precision.max(1), shown.rounding)?,
            _ => {}
        }
    }
    let zero = n.coefficient.is_zero();
    if zero && n.exponent > 0 && matches!(kind, b'f' | b'%') {
        n.exponent = 0;
    }
    let digits = n.coefficient.text();
    let length = digits.len() as i64;
    let left = n.exponent.saturating_add(length);
    let point = match kind {
        b'e' if zero => shown.precision.map_or(1, |p| 1 - p),
        b'e' => 1,
        b'f' | b'%' => left,
        _ if n.exponent <= 0 && left > -6 => left,
        _ => 1,
    };
    // Zeros that have no digits of their own.
    let zeros = |n: i64| -> Big<String> {
        if n > MOST_DIGITS {
            return Err(NoMemory);
        }
        let mut out = String::new();
        out.try_reserve_exact(n as usize).map_err(|_| NoMemory)?;
        out.extend(std::iter::repeat_n('0', n as usize));
        Ok(out)
    };
    let (whole, fraction) = if point < 0 {
        ("0".to_owned(), zeros(-point)? + &digits)
    } else if point > length {
        (zeros(point - length).map(|z| format!("{digits}{z}"))?, String::new())
    } else {
        let (a, b) = digits.split_at(point as usize);
        (if a.is_empty() { "0" } else { a }.to_owned(), b.to_owned())
    };
    let exponent = left - point;
    let tail = match kind {
        b'%' => "%".to_owned(),
        b'f' => String::new(),
        b'g' if exponent == 0 => String::new(),
        _ => format!("{}{exponent:+}", if shown.kind.is_ascii_uppercase() { 'E' } else { 'e' }),
    };
    Ok(Parts { negative: n.negative && !(zero && shown.no_negative_zero), whole, fraction, tail })
}
