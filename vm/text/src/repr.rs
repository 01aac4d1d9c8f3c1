//! `repr` of strings and bytes.

use crate::{NoMemory, Text, TextBuf, TextData, unicode};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `digits` hexadecimal digits of `value`.
fn push_hex(out: &mut TextBuf, value: u32, digits: u32) {
    for i in (0..digits).rev() {
        out.push(u32::from(HEX[(value >> (4 * i) & 15) as usize]));
    }
}

/// Appends `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
pub fn push_escape(out: &mut TextBuf, code: u32) {
    out.push(0x5C);
    let (letter, digits) = match code {
        0..=0xFF => (b'x', 2),
        0x100..=0xFFFF => (b'u', 4),
        _ => (b'U', 8),
    };
    out.push(u32::from(letter));
    push_hex(out, code, digits);
}

/// The quote that `repr` takes: double only if the text holds single and no double ones.
fn quote_for(single: bool, double: bool) -> u32 {
    if single && !double { 0x22 } else { 0x27 }
}

fn push_repr(out: &mut TextBuf, text: Text<'_>, ascii: bool) {
    let (mut single, mut double) = (false, false);
    for code in text.iter() {
        single |= code == 0x27;
        double |= code == 0x22;
    }
    let quote = quote_for(single, double);
    out.push(quote);
    for code in text.iter() {
        match code {
            0x5C => out.push_str("\\\\"),
            0x09 => out.push_str("\\t"),
            0x0A => out.push_str("\\n"),
            0x0D => out.push_str("\\r"),
            c if c == quote => {
                out.push(0x5C);
                out.push(c);
            }
            0x20..=0x7E => out.push(code),
            _ if ascii || !unicode::is_printable(code) => push_escape(out, code),
            _ => out.push(code),
        }
    }
    out.push(quote);
}

/// `repr(text)`.
pub fn repr_str(text: Text<'_>) -> Result<TextData, NoMemory> {
    let mut out = TextBuf::with_capacity(text.len().saturating_add(2));
    push_repr(&mut out, text, false);
    out.finish()
}

/// Appends `repr(text)`.
pub fn push_repr_str(out: &mut TextBuf, text: Text<'_>) {
    push_repr(out, text, false);
}

/// `ascii(text)` of a string.
pub fn ascii_str(text: Text<'_>) -> Result<TextData, NoMemory> {
    let mut out = TextBuf::with_capacity(text.len().saturating_add(2));
    push_repr(&mut out, text, true);
    out.finish()
}

/// `ascii(x)` of anything: `repr(x)` with what is not ASCII escaped.
pub fn ascii_of_repr(repr: Text<'_>) -> Result<TextData, NoMemory> {
    let mut out = TextBuf::with_capacity(repr.len());
    for code in repr.iter() {
        if code < 0x80 { out.push(code) } else { push_escape(&mut out, code) }
    }
    out.finish()
}

/// `repr(bytes)`. `smart_quotes` as for `bytes`; `bytearray` has the same.
pub fn repr_bytes(bytes: &[u8]) -> Result<TextData, NoMemory> {
    let mut out = TextBuf::with_capacity(bytes.len().saturating_add(3));
    push_repr_bytes(&mut out, bytes);
    out.finish()
}

/// Appends `repr(bytes)`.
pub fn push_repr_bytes(out: &mut TextBuf, bytes: &[u8]) {
    let quote = quote_for(memchr::memchr(b'\'', bytes).is_some(), memchr::memchr(b'"', bytes).is_some());
    out.push(u32::from(b'b'));
    out.push(quote);
    for &b in bytes {
        match b {
            b'\\' => out.push_str("\\\\"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            _ if u32::from(b) == quote => {
                out.push(0x5C);
                out.push(quote);
            }
            0x20..=0x7E => out.push(u32::from(b)),
            _ => push_escape(out, u32::from(b)),
        }
    }
    out.push(quote);
}
