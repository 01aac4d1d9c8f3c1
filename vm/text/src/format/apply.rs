//! Values laid out as a format spec asks.

use super::spec::{FormatSpec, Grouping, IntKind, SpecError};
use crate::float::{self, Flags};
use crate::{Text, TextBuf};
use std::borrow::Cow;

/// The conventions that the `n` presentation takes from the locale.
#[derive(Clone, Copy, Debug)]
pub struct Locale<'a> {
    pub decimal_point: &'a str,
    pub thousands_separator: &'a str,
    /// C's `grouping`: sizes of groups from the right, the last repeated; 127 stops. Empty: no groups.
    pub grouping: &'a [u8],
}

impl Locale<'static> {
    /// The C locale.
    pub const C: Locale<'static> = Locale { decimal_point: ".", thousands_separator: "", grouping: &[] };
}

/// `str.__format__`.
pub fn format_str(value: Text<'_>, spec: &FormatSpec, out: &mut TextBuf) -> Result<(), SpecError> {
    let no = |text| Err(SpecError::NotAllowed(text));
    if spec.kind != u32::from(b's') {
        return Err(SpecError::UnknownCode(spec.kind));
    }
    match spec.sign {
        0 => {}
        b' ' => return no("Space not allowed in string format specifier"),
        _ => return no("Sign not allowed in string format specifier"),
    }
    if spec.no_neg_0 {
        return no("Negative zero coercion (z) not allowed in string format specifier");
    }
    if spec.alternate {
        return no("Alternate form (#) not allowed in string format specifier");
    }
    if spec.align == b'=' {
        return no("'=' alignment not allowed in string format specifier");
    }
    let shown = value.slice(0, spec.precision.unwrap_or(usize::MAX));
    let (left, right) = padding(spec, shown.len());
    out.prepare(shown.max_code(), shown.len());
    out.push_repeated(spec.fill, left);
    out.push_text(shown);
    out.push_repeated(spec.fill, right);
    Ok(())
}

/// How much padding goes left and right of `len` code points.
fn padding(spec: &FormatSpec, len: usize) -> (usize, usize) {
    let total = spec.width.unwrap_or(0).saturating_sub(len);
    match spec.align {
        b'<' => (0, total),
        b'^' => (total / 2, total - total / 2),
        _ => (total, 0),
    }
}

/// The pieces of a number, to be grouped and padded.
struct Number<'a> {
    negative: bool,
    /// `0x` and its like.
    prefix: &'a str,
    /// The digits before the point; a non-finite number has none.
    digits: &'a str,
    point: &'a str,
    /// The digits after the point.
    fraction: &'a str,
    /// What follows: exponent, `%`, or `inf` and `nan`.
    rest: &'a str,
    separator: &'a str,
    groups: &'a [u8],
    fraction_separator: &'a str,
}

fn sign_of(spec: &FormatSpec, negative: bool) -> Option<char> {
    match (negative, spec.sign) {
        (true, _) => Some('-'),
        (false, b'+') => Some('+'),
        (false, b' ') => Some(' '),
        _ => None,
    }
}

/// `digits` with separators, and with zeros in front up to `min_width` characters, which never begin with a separator.
fn group<'a>(digits: &'a str, separator: &str, groups: &[u8], min_width: usize) -> Result<Cow<'a, str>, SpecError> {
    if min_width <= digits.len() && (separator.is_empty() || groups.is_empty()) {
        return Ok(Cow::Borrowed(digits));
    }
    // Written from the right, then turned round. No more than a separator after each digit.
    let widest = min_width.max(digits.len());
    let separators = if groups.is_empty() { 0 } else { separator.len().saturating_mul(digits.len()) };
    let mut out: Vec<u8> = Vec::new();
    out.try_reserve(widest.saturating_add(separators)).map_err(|_| SpecError::NoMemory)?;
    let mut from_right = digits.bytes().rev();
    let (mut left, mut width) = (digits.len(), min_width);
    let separator_len = separator.chars().count();
    let mut which = 0;
    loop {
        let size = match groups.get(which).or(groups.last()) {
            Some(&n) if n != 127 && n != 0 && separator_len > 0 => usize::from(n),
            _ => usize::MAX,
        };
        which += 1;
        let len = size.min(left.max(width).max(1));
        out.try_reserve(len).map_err(|_| SpecError::NoMemory)?;
        out.extend(from_right.by_ref().take(len.min(left)));
        out.extend(std::iter::repeat_n(b'0', len - len.min(left)));
        left = left.saturating_sub(len);
        width = width.saturating_sub(len);
        if left == 0 && width == 0 {
            break;
        }
        out.try_reserve(separator.len()).map_err(|_| SpecError::NoMemory)?;
        out.extend(separator.bytes().rev());
        width = width.saturating_sub(separator_len);
    }
    out.reverse();
    // The digits are ASCII and each separator's bytes are back in their order.
    Ok(Cow::Owned(String::from_utf8(out).unwrap_or_default()))
}

fn push_number(number: &Number<'_>, spec: &FormatSpec, out: &mut TextBuf) -> Result<(), SpecError> {
    let sign = sign_of(spec, number.negative);
    let fraction_groups =
        if number.fraction_separator.is_empty() { 0 } else { number.fraction.len().saturating_sub(1) / 3 };
    let tail = number.point.chars().count() + number.fraction.len() + fraction_groups + number.rest.chars().count();
    let fixed = usize::from(sign.is_some()) + number.prefix.len() + tail;
    let zero_fill = spec.fill == u32::from(b'0') && spec.align == b'=';
    let min_width = if zero_fill { spec.width.unwrap_or(0).saturating_sub(fixed) } else { 0 };
    let digits = if number.digits.is_empty() {
        Cow::Borrowed("")
    } else {
        group(number.digits, number.separator, number.groups, min_width)?
    };
    let len = fixed + digits.chars().count();
    out.prepare(spec.fill, len.max(spec.width.unwrap_or(0)));
    let (mut left, mut middle, right) = match padding(spec, len) {
        (left, _) if spec.align == b'=' => (0, left, 0),
        (left, right) => (left, 0, right),
    };
    out.push_repeated(spec.fill, std::mem::take(&mut left));
    if let Some(sign) = sign {
        out.push(u32::from(sign));
    }
    out.push_str(number.prefix);
    out.push_repeated(spec.fill, std::mem::take(&mut middle));
    out.push_str(&digits);
    out.push_str(number.point);
    if fraction_groups == 0 {
        out.push_str(number.fraction);
    } else {
        for (i, digit) in number.fraction.bytes().enumerate() {
            if i > 0 && i % 3 == 0 {
                out.push_str(number.fraction_separator);
            }
            out.push(u32::from(digit));
        }
    }
    out.push_str(number.rest);
    out.push_repeated(spec.fill, right);
    Ok(())
}

fn separator(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::None => "",
        Grouping::Comma => ",",
        Grouping::Underscore => "_",
    }
}

/// `int.__format__` for the presentations by digits: `digits` are those of the magnitude in the base that
/// [`FormatSpec::int_kind`] gave, lower case.
pub fn format_int(
    negative: bool,
    digits: &str,
    spec: &FormatSpec,
    locale: Locale<'_>,
    out: &mut TextBuf,
) -> Result<(), SpecError> {
    let IntKind::Base(base) = spec.int_kind()? else { return Err(SpecError::UnknownCode(spec.kind)) };
    let upper = spec.kind == u32::from(b'X');
    let mut upper_digits = String::new();
    if upper {
        upper_digits.try_reserve(digits.len()).map_err(|_| SpecError::NoMemory)?;
        upper_digits.push_str(digits);
        upper_digits.make_ascii_uppercase();
    }
    let local = spec.kind == u32::from(b'n');
    let by_four = base != 10;
    push_number(
        &Number {
            negative,
            prefix: match base {
                _ if !spec.alternate => "",
                2 => "0b",
                8 => "0o",
                16 if upper => "0X",
                16 => "0x",
                _ => "",
            },
            digits: if upper { &upper_digits } else { digits },
            point: "",
            fraction: "",
            rest: "",
            separator: if local { locale.thousands_separator } else { separator(spec.grouping) },
            groups: if local {
                locale.grouping
            } else if by_four {
                &[4]
            } else {
                &[3]
            },
            fraction_separator: "",
        },
        spec,
        out,
    )
}

/// `int.__format__` with type `c`. A value that is no code point is [`SpecError::CharRange`].
pub fn format_char(value: i64, spec: &FormatSpec, out: &mut TextBuf) -> Result<(), SpecError> {
    let code = u32::try_from(value).ok().filter(|&c| c <= crate::unicode::MAX_CODE).ok_or(SpecError::CharRange)?;
    let (left, right) = padding(spec, 1);
    out.push_repeated(spec.fill, left);
    out.push(code);
    out.push_repeated(spec.fill, right);
    Ok(())
}

/// Digits, point, fraction and rest of the output of `format_double`, sign taken off.
fn split_float(text: &str) -> (&str, bool, &str, &str) {
    let count = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(count(text));
    match rest.strip_prefix('.') {
        Some(rest) if !digits.is_empty() => {
            let (fraction, rest) = rest.split_at(count(rest));
            (digits, true, fraction, rest)
        }
        _ => (digits, false, "", rest),
    }
}

/// The digits of one float as `spec` asks, before padding.
fn float_text(value: f64, spec: &FormatSpec, code: u8, add_dot_0: bool) -> Result<String, SpecError> {
    let precision = match spec.precision {
        Some(p) if p > i32::MAX as usize => return Err(SpecError::PrecisionTooBig),
        p => p,
    };
    let flags = Flags { sign: false, add_dot_0, alternate: spec.alternate, no_neg_0: spec.no_neg_0 };
    let (code, default, suffix, value) = match code {
        b'n' => (b'g', 6, "", value),
        b'%' => (b'f', 6, "%", value * 100.0),
        // No type: `repr`, or `g` once a precision is given.
        b'r' if precision.is_some() => (b'g', 0, "", value),
        b'r' => (b'r', 0, "", value),
        code => (code, 6, "", value),
    };
    let mut text = float::format_double(value, code, precision.unwrap_or(default), flags)?;
    text.try_reserve(suffix.len()).map_err(|_| SpecError::NoMemory)?;
    text.push_str(suffix);
    Ok(text)
}

fn push_float(text: &str, spec: &FormatSpec, locale: Locale<'_>, out: &mut TextBuf) -> Result<(), SpecError> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let local = spec.kind == u32::from(b'n');
    let (digits, point, fraction, rest) = split_float(text);
    push_number(
        &Number {
            negative,
            prefix: "",
            digits,
            point: match point {
                false => "",
                true if local => locale.decimal_point,
                true => ".",
            },
            fraction,
            rest,
            separator: if local { locale.thousands_separator } else { separator(spec.grouping) },
            groups: if local { locale.grouping } else { &[3] },
            fraction_separator: separator(spec.fraction_grouping),
        },
        spec,
        out,
    )
}

/// A number whose digits the caller has made: those before the point, those behind it, and what follows them. One that is
/// not finite is `rest` alone.
pub fn format_decimal(
    negative: bool,
    (digits, fraction, rest): (&str, &str, &str),
    spec: &FormatSpec,
    locale: Option<Locale<'_>>,
    out: &mut TextBuf,
) -> Result<(), SpecError> {
    push_number(
        &Number {
            negative,
            prefix: "",
            digits,
            point: match locale {
                _ if fraction.is_empty() && (digits.is_empty() || !spec.alternate) => "",
                Some(locale) => locale.decimal_point,
                None => ".",
            },
            fraction,
            rest,
            separator: locale.map_or_else(|| separator(spec.grouping), |l| l.thousands_separator),
            groups: locale.map_or(&[3], |l| l.grouping),
            fraction_separator: separator(spec.fraction_grouping),
        },
        spec,
        out,
    )
}

/// `float.__format__`; the default kind of the spec is 0.
pub fn format_float(value: f64, spec: &FormatSpec, locale: Locale<'_>, out: &mut TextBuf) -> Result<(), SpecError> {
    let code = match u8::try_from(spec.kind).unwrap_or(b'?') {
        0 => b'r',
        c @ (b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n' | b'%') => c,
        _ => return Err(SpecError::UnknownCode(spec.kind)),
    };
    push_float(&float_text(value, spec, code, code == b'r')?, spec, locale, out)
}

/// `complex.__format__`; the default kind of the spec is 0.
pub fn format_complex(
    real: f64,
    imag: f64,
    spec: &FormatSpec,
    locale: Locale<'_>,
    out: &mut TextBuf,
) -> Result<(), SpecError> {
    let code = match u8::try_from(spec.kind).unwrap_or(b'?') {
        0 => b'r',
        c @ (b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'n') => c,
        _ => return Err(SpecError::UnknownCode(spec.kind)),
    };
    if spec.fill == u32::from(b'0') {
        return Err(SpecError::NotAllowed("Zero padding is not allowed in complex format specifier"));
    }
    if spec.align == b'=' {
        return Err(SpecError::NotAllowed("'=' alignment flag is not allowed in complex format specifier"));
    }
    // Without a type it is laid out like `repr`: parentheses, and no real part when that is +0.
    let bare = code == b'r';
    let skip_real = bare && real == 0.0 && real.is_sign_positive();
    let parentheses = bare && !skip_real;
    let inner = FormatSpec { width: None, ..spec.clone() };
    let mut whole = TextBuf::new();
    if parentheses {
        whole.push_str("(");
    }
    if !skip_real {
        push_float(&float_text(real, spec, code, false)?, &inner, locale, &mut whole)?;
    }
    let imag_sign = if skip_real { spec.sign } else { b'+' };
    let inner = FormatSpec { sign: imag_sign, ..inner };
    push_float(&float_text(imag, spec, code, false)?, &inner, locale, &mut whole)?;
    whole.push_str(if parentheses { "j)" } else { "j" });
    let whole = whole.finish()?;
    let (left, right) = padding(spec, whole.len());
    out.push_repeated(spec.fill, left);
    out.push_text(whole.as_text());
    out.push_repeated(spec.fill, right);
    Ok(())
}
