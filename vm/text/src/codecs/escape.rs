//! `unicode_escape`, `raw_unicode_escape`, and the escapes of bytes literals.

use super::{ByteBuf, DecodeErrors, push_hex};
use crate::unicode::{MAX_CODE, names};
use crate::{NoMemory, Text, TextBuf};

/// The first escape that is none, or an octal one above 0o377: it gets a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEscape {
    /// The character after the backslash, or the octal value above 0o377.
    pub code: u32,
    /// Where that character stands.
    pub index: usize,
}

impl InvalidEscape {
    /// The text of the `DeprecationWarning`; `bytes` for an escape in bytes.
    pub fn message(self, bytes: bool) -> String {
        let b = if bytes { "b" } else { "" };
        let (what, kind) = match char::from_u32(self.code) {
            Some(c) if self.code <= 0o377 => (c.to_string(), ""),
            _ => (format!("{:o}", self.code), " octal"),
        };
        format!("{b}\"\\{what}\" is an invalid{kind} escape sequence. Such sequences will not work in the future. ")
    }
}

/// Outcome of a decoder of escapes: bytes consumed, and the first invalid escape.
pub type Decoded = (usize, Option<InvalidEscape>);

/// Reads up to `count` hexadecimal digits at `*at`: the value, if all are there.
fn hex(input: &[u8], at: &mut usize, count: usize) -> Option<u32> {
    let mut value = 0u32;
    for _ in 0..count {
        let digit = input.get(*at).and_then(|b| char::from(*b).to_digit(16))?;
        value = value << 4 | digit;
        *at += 1;
    }
    Some(value)
}

/// The one-letter escapes that `str` and `bytes` share.
fn simple(letter: u8) -> Option<u8> {
    Some(match letter {
        b'\\' | b'\'' | b'"' => letter,
        b'b' => 0x08,
        b'f' => 0x0C,
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'v' => 0x0B,
        b'a' => 0x07,
        _ => return None,
    })
}

/// The rest of an octal escape whose first digit is at `*at`.
fn octal(input: &[u8], at: &mut usize) -> u32 {
    let mut value = 0;
    for _ in 0..3 {
        match input.get(*at) {
            Some(&b @ b'0'..=b'7') => value = value * 8 + u32::from(b - b'0'),
            _ => break,
        }
        *at += 1;
    }
    value
}

/// Decodes `unicode_escape`.
pub fn decode_unicode<H: DecodeErrors>(
    input: &[u8],
    is_final: bool,
    out: &mut TextBuf,
    errors: &mut H,
) -> Result<Decoded, H::Error> {
    let mut at = 0;
    let mut invalid = None;
    while at < input.len() {
        let rest = input.get(at..).unwrap_or(&[]);
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.push_latin1(&rest[..plain]);
        at += plain;
        let start = at;
        let Some(&letter) = input.get(start + 1) else {
            if start >= input.len() || !is_final {
                break;
            }
            at = errors.handle(input, start, input.len(), "\\ at end of string", out)?;
            continue;
        };
        at = start + 2;
        let failure = match letter {
            b'\n' => None,
            b'0'..=b'7' => {
                at -= 1;
                let value = octal(input, &mut at);
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(InvalidEscape { code: value, index: start + 1 });
                }
                out.push(value);
                None
            }
            b'x' | b'u' | b'U' => hex_escape(input, &mut at, letter, out),
            b'N' => named_escape(input, &mut at, out),
            _ => {
                match simple(letter) {
                    Some(b) => out.push(u32::from(b)),
                    None => {
                        invalid = invalid.or(Some(InvalidEscape { code: u32::from(letter), index: start + 1 }));
                        out.push(0x5C);
                        out.push(u32::from(letter));
                    }
                }
                None
            }
        };
        if let Some(reason) = failure {
            if at >= input.len() && !is_final && INCOMPLETE.contains(&reason) {
                return Ok((start, invalid));
            }
            at = errors.handle(input, start, at, reason, out)?;
        }
    }
    Ok((at.min(input.len()), invalid))
}

/// Failures that more input may mend, when they come at the end.
const INCOMPLETE: [&str; 4] = [
    "truncated \\xXX escape",
    "truncated \\uXXXX escape",
    "truncated \\UXXXXXXXX escape",
    "malformed \\N character escape",
];

fn hex_escape(input: &[u8], at: &mut usize, letter: u8, out: &mut TextBuf) -> Option<&'static str> {
    let (count, reason) = match letter {
        b'x' => (2, INCOMPLETE[0]),
        b'u' => (4, INCOMPLETE[1]),
        _ => (8, INCOMPLETE[2]),
    };
    match hex(input, at, count) {
        None => Some(reason),
        Some(code) if code > MAX_CODE => Some("illegal Unicode character"),
        Some(code) => {
            out.push(code);
            None
        }
    }
}

fn named_escape(input: &[u8], at: &mut usize, out: &mut TextBuf) -> Option<&'static str> {
    let malformed = Some(INCOMPLETE[3]);
    if input.get(*at) != Some(&b'{') {
        return malformed;
    }
    *at += 1;
    let rest = input.get(*at..).unwrap_or(&[]);
    let Some(len) = memchr::memchr(b'}', rest) else {
        *at = input.len();
        return malformed;
    };
    *at += len;
    if len == 0 {
        return malformed;
    }
    *at += 1;
    match std::str::from_utf8(&rest[..len]).ok().and_then(names::lookup) {
        Some(code) => {
            out.push(code);
            None
        }
        None => Some("unknown Unicode character name"),
    }
}

/// Decodes `raw_unicode_escape`: only `\u` and `\U` mean something.
pub fn decode_raw<H: DecodeErrors>(
    input: &[u8],
    is_final: bool,
    out: &mut TextBuf,
    errors: &mut H,
) -> Result<usize, H::Error> {
    let mut at = 0;
    while at < input.len() {
        let rest = input.get(at..).unwrap_or(&[]);
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.push_latin1(&rest[..plain]);
        at += plain;
        let start = at;
        let (count, reason) = match input.get(start + 1) {
            None => {
                if start < input.len() && is_final {
                    out.push(0x5C);
                    at += 1;
                }
                break;
            }
            Some(b'u') => (4, INCOMPLETE[1]),
            Some(b'U') => (8, INCOMPLETE[2]),
            Some(&other) => {
                out.push(0x5C);
                out.push(u32::from(other));
                at = start + 2;
                continue;
            }
        };
        at = start + 2;
        let reason = match hex(input, &mut at, count) {
            Some(code) if code <= MAX_CODE => {
                out.push(code);
                continue;
            }
            Some(_) => "\\Uxxxxxxxx out of range",
            None if at >= input.len() && !is_final => return Ok(start),
            None => reason,
        };
        at = errors.handle(input, start, at, reason, out)?;
    }
    Ok(at.min(input.len()))
}

fn push_wide(out: &mut ByteBuf, code: u32) {
    let (letter, width) = match code {
        0..=0xFF => (b'x', 2),
        0x100..=0xFFFF => (b'u', 4),
        _ => (b'U', 8),
    };
    out.push(b'\\');
    out.push(letter);
    push_hex(out, code, width);
}

/// Encodes as `unicode_escape`.
pub fn encode_unicode(text: Text<'_>) -> Result<Vec<u8>, NoMemory> {
    let mut out = ByteBuf::with_capacity(text.len());
    for code in text.iter() {
        match code {
            0x5C => out.extend(b"\\\\"),
            0x09 => out.extend(b"\\t"),
            0x0A => out.extend(b"\\n"),
            0x0D => out.extend(b"\\r"),
            0x20..=0x7E => out.push(code as u8),
            _ => push_wide(&mut out, code),
        }
    }
    out.finish()
}

/// Encodes as `raw_unicode_escape`.
pub fn encode_raw(text: Text<'_>) -> Result<Vec<u8>, NoMemory> {
    let mut out = ByteBuf::with_capacity(text.len());
    for code in text.iter() {
        match code {
            0..=0xFF => out.push(code as u8),
            _ => push_wide(&mut out, code),
        }
    }
    out.finish()
}

/// What to do with a broken `\x` of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BytesPolicy {
    Strict,
    Replace,
    Ignore,
}

/// `ValueError`s of [`decode_bytes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BytesError {
    /// "invalid \x escape at position %zd"
    InvalidHex(usize),
    /// "Trailing \ in string"
    Trailing,
    NoMemory,
}

impl std::fmt::Display for BytesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BytesError::InvalidHex(at) => write!(f, "invalid \\x escape at position {at}"),
            BytesError::Trailing => f.write_str("Trailing \\ in string"),
            BytesError::NoMemory => NoMemory.fmt(f),
        }
    }
}

/// `codecs.escape_decode`: the escapes of a bytes literal.
pub fn decode_bytes(input: &[u8], policy: BytesPolicy) -> Result<(Vec<u8>, Option<InvalidEscape>), BytesError> {
    let mut out = ByteBuf::with_capacity(input.len());
    let mut invalid = None;
    let mut at = 0;
    while let Some(&b) = input.get(at) {
        at += 1;
        if b != b'\\' {
            out.push(b);
            continue;
        }
        let Some(&letter) = input.get(at) else { return Err(BytesError::Trailing) };
        let index = at;
        at += 1;
        match letter {
            b'\n' => {}
            b'0'..=b'7' => {
                at -= 1;
                let value = octal(input, &mut at);
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(InvalidEscape { code: value, index });
                }
                out.push(value as u8);
            }
            b'x' => {
                let mut end = at;
                match hex(input, &mut end, 2) {
                    Some(value) => {
                        out.push(value as u8);
                        at = end;
                    }
                    None => {
                        match policy {
                            BytesPolicy::Strict => return Err(BytesError::InvalidHex(index - 1)),
                            BytesPolicy::Replace => out.push(b'?'),
                            BytesPolicy::Ignore => {}
                        }
                        // A single digit goes with the escape.
                        at += usize::from(input.get(at).is_some_and(u8::is_ascii_hexdigit));
                    }
                }
            }
            _ => match simple(letter) {
                Some(b) => out.push(b),
                None => {
                    invalid = invalid.or(Some(InvalidEscape { code: u32::from(letter), index }));
                    out.push(b'\\');
                    out.push(letter);
                }
            },
        }
    }
    Ok((out.finish().map_err(|_| BytesError::NoMemory)?, invalid))
}

/// `codecs.escape_encode`.
pub fn encode_bytes(input: &[u8]) -> Result<Vec<u8>, NoMemory> {
    let mut out = ByteBuf::with_capacity(input.len());
    for &b in input {
        match b {
            b'\\' | b'\'' => out.extend(&[b'\\', b]),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            0x20..=0x7E => out.push(b),
            _ => push_wide(&mut out, u32::from(b)),
        }
    }
    out.finish()
}
