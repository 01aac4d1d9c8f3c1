//! `float(text)` and `complex(text)`.

use crate::{NoMemory, Text, unicode};

/// `text` is no number: "could not convert string to float: ..." (`ValueError`; the message quotes the argument).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseFloatError {
    Invalid,
    NoMemory,
}

impl From<NoMemory> for ParseFloatError {
    fn from(_: NoMemory) -> Self {
        ParseFloatError::NoMemory
    }
}

/// Decimal digits of any script become ASCII, spaces a blank, other characters past ASCII a `?`; the ends are stripped
/// (CPython's `_PyUnicode_TransformDecimalAndSpaceToASCII`). Bytes of a `bytes` object are ASCII or wrong.
pub fn to_ascii(text: Text<'_>) -> Result<Vec<u8>, NoMemory> {
    let mut out = Vec::new();
    out.try_reserve(text.len())?;
    for code in text.iter() {
        out.push(match code {
            0..0x80 => code as u8,
            _ if unicode::is_space(code) => b' ',
            _ => unicode::decimal_value(code).map_or(b'?', |d| b'0' + d),
        });
    }
    Ok(out)
}

/// C's `isspace`: unlike `str.isspace` it leaves out U+001C to U+001F.
pub(crate) fn is_space(b: u8) -> bool {
    matches!(b, b'\t'..=b'\r' | b' ')
}

fn strip(mut s: &[u8]) -> &[u8] {
    while let Some((first, rest)) = s.split_first().filter(|(b, _)| is_space(**b)) {
        let _ = first;
        s = rest;
    }
    while let Some((last, rest)) = s.split_last().filter(|(b, _)| is_space(**b)) {
        let _ = last;
        s = rest;
    }
    s
}

/// Takes the underscores out; each must stand between digits.
fn without_underscores(s: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    if memchr::memchr(b'_', s).is_none() {
        return Some(s.into());
    }
    let mut out = Vec::new();
    out.try_reserve(s.len()).ok()?;
    let mut previous = 0u8;
    for &b in s {
        if b == b'_' {
            if !previous.is_ascii_digit() {
                return None;
            }
        } else {
            if previous == b'_' && !b.is_ascii_digit() {
                return None;
            }
            out.push(b);
        }
        previous = b;
    }
    (previous != b'_').then_some(out.into())
}

/// Reads the longest number at the start of `s`: its value and length. Overflow gives an infinity.
pub fn prefix(s: &[u8]) -> Option<(f64, usize)> {
    let sign = usize::from(matches!(s.first(), Some(b'+' | b'-')));
    let negative = s.first() == Some(&b'-');
    let body = s.get(sign..)?;
    let starts = |word: &str| body.get(..word.len()).is_some_and(|b| b.eq_ignore_ascii_case(word.as_bytes()));
    let special = if starts("infinity") {
        Some((f64::INFINITY, 8))
    } else if starts("inf") {
        Some((f64::INFINITY, 3))
    } else if starts("nan") {
        Some((f64::NAN, 3))
    } else {
        None
    };
    if let Some((value, len)) = special {
        // One NaN without payload; its sign is kept, as CPython keeps it.
        return Some((if negative { -value } else { value }, sign + len));
    }
    let digits = |from: usize| body.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(0);
    let mut len = whole;
    let mut fraction = 0;
    if body.get(len) == Some(&b'.') {
        fraction = digits(len + 1);
        len += 1 + fraction;
    }
    if whole + fraction == 0 {
        return None;
    }
    if matches!(body.get(len), Some(b'e' | b'E')) {
        let exponent_sign = usize::from(matches!(body.get(len + 1), Some(b'+' | b'-')));
        let exponent = digits(len + 1 + exponent_sign);
        if exponent > 0 {
            len += 1 + exponent_sign + exponent;
        }
    }
    let text = std::str::from_utf8(s.get(..sign + len)?).ok()?;
    Some((text.parse().ok()?, sign + len))
}

/// `float(text)`.
pub fn parse(text: Text<'_>) -> Result<f64, ParseFloatError> {
    let ascii;
    let bytes = match text {
        Text::One(s) if s.is_ascii() => s,
        _ => {
            ascii = to_ascii(text)?;
            &ascii
        }
    };
    parse_ascii(bytes).ok_or(ParseFloatError::Invalid)
}

/// `float(bytes)`: also for the source of a literal.
pub fn parse_ascii(bytes: &[u8]) -> Option<f64> {
    let clean = without_underscores(strip(bytes))?;
    match prefix(&clean) {
        Some((value, len)) if len == clean.len() => Some(value),
        _ => None,
    }
}

/// `complex(text)`: real and imaginary part. The error is "complex() arg is a malformed string" (`ValueError`).
pub fn parse_complex(text: Text<'_>) -> Result<(f64, f64), ParseFloatError> {
    let ascii = to_ascii(text)?;
    let mut s = strip(&ascii);
    if s.first() == Some(&b'(') {
        s = s.get(1..s.len() - 1).filter(|_| s.last() == Some(&b')')).map(strip).ok_or(ParseFloatError::Invalid)?;
    }
    let clean = without_underscores(s).ok_or(ParseFloatError::Invalid)?;
    complex_body(&clean).ok_or(ParseFloatError::Invalid)
}

fn complex_body(s: &[u8]) -> Option<(f64, f64)> {
    let is_j = |b: Option<&u8>| matches!(b, Some(b'j' | b'J'));
    // `j` alone, with or without a sign.
    let unit = |s: &[u8]| {
        let sign = usize::from(matches!(s.first(), Some(b'+' | b'-')));
        (s.len() == sign + 1 && is_j(s.get(sign))).then(|| if s.first() == Some(&b'-') { -1.0 } else { 1.0 })
    };
    if let Some(imag) = unit(s) {
        return Some((0.0, imag));
    }
    let (first, len) = prefix(s)?;
    let rest = s.get(len..)?;
    if rest.is_empty() {
        return Some((first, 0.0));
    }
    if is_j(rest.first()) && rest.len() == 1 {
        return Some((0.0, first));
    }
    if !matches!(rest.first(), Some(b'+' | b'-')) {
        return None;
    }
    if let Some(imag) = unit(rest) {
        return Some((first, imag));
    }
    let (imag, len) = prefix(rest)?;
    (is_j(rest.get(len)) && rest.len() == len + 1).then_some((first, imag))
}
