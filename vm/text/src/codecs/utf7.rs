//! UTF-7 (RFC 2152).

use super::{ByteBuf, DecodeErrors};
use crate::{NoMemory, Text, TextBuf};

fn from_base64(b: u8) -> Option<u32> {
    Some(u32::from(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

fn to_base64(bits: u32) -> u8 {
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[(bits & 63) as usize]
}

/// A base64 section that is being read.
#[derive(Default)]
struct Shift {
    on: bool,
    bits: u32,
    buffer: u32,
    /// A high surrogate that waits for its low one, or 0.
    high: u32,
    /// Where the section began, in the input and in the output.
    start: usize,
    out_start: usize,
}

/// Decodes UTF-7; returns the number of bytes consumed.
pub fn decode<H: DecodeErrors>(
    input: &[u8],
    is_final: bool,
    out: &mut TextBuf,
    errors: &mut H,
) -> Result<usize, H::Error> {
    let mut at = 0;
    let mut shift = Shift::default();
    loop {
        while let Some(&b) = input.get(at) {
            let reason = if shift.on {
                in_section(b, &mut at, &mut shift, out)
            } else {
                direct(input, b, &mut at, &mut shift, out)
            };
            if let Some(reason) = reason {
                shift.on = false;
                at = errors.handle(input, shift.start, at, reason, out)?;
            }
        }
        if !(shift.on && is_final) {
            break;
        }
        shift.on = false;
        if shift.high != 0 || shift.bits >= 6 || (shift.bits > 0 && shift.buffer != 0) {
            at = errors.handle(input, shift.start, input.len(), "unterminated shift sequence", out)?;
            if at < input.len() {
                continue;
            }
        }
        break;
    }
    if !is_final && shift.on {
        // The section is read again, from its start, when more has come.
        out.truncate(shift.out_start);
        return Ok(shift.start);
    }
    Ok(at.min(input.len()))
}

fn in_section(b: u8, at: &mut usize, shift: &mut Shift, out: &mut TextBuf) -> Option<&'static str> {
    if let Some(six) = from_base64(b) {
        *at += 1;
        shift.buffer = shift.buffer << 6 | six;
        shift.bits += 6;
        if shift.bits >= 16 {
            shift.bits -= 16;
            let unit = shift.buffer >> shift.bits;
            shift.buffer &= (1 << shift.bits) - 1;
            if shift.high != 0 {
                let high = std::mem::take(&mut shift.high);
                if matches!(unit, 0xDC00..=0xDFFF) {
                    out.push(0x1_0000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
                    return None;
                }
                out.push(high);
            }
            if matches!(unit, 0xD800..=0xDBFF) { shift.high = unit } else { out.push(unit) }
        }
        return None;
    }
    shift.on = false;
    if shift.bits >= 6 {
        *at += 1;
        return Some("partial character in shift sequence");
    }
    if shift.bits > 0 && shift.buffer != 0 {
        *at += 1;
        return Some("non-zero padding bits in shift sequence");
    }
    let high = std::mem::take(&mut shift.high);
    if high != 0 && b.is_ascii() && b != b'+' {
        out.push(high);
    }
    if b == b'-' {
        *at += 1;
    }
    None
}

fn direct(input: &[u8], b: u8, at: &mut usize, shift: &mut Shift, out: &mut TextBuf) -> Option<&'static str> {
    let start = *at;
    *at += 1;
    if b != b'+' {
        if b.is_ascii() {
            out.push(u32::from(b));
            return None;
        }
        shift.start = start;
        return Some("unexpected special character");
    }
    shift.start = start;
    match input.get(*at) {
        Some(b'-') => {
            *at += 1;
            out.push(0x2B);
        }
        Some(&next) if from_base64(next).is_none() => {
            *at += 1;
            return Some("ill-formed sequence");
        }
        _ => *shift = Shift { on: true, start, out_start: out.len(), ..Shift::default() },
    }
    None
}

/// Characters that stand for themselves: ASCII but controls, `\`, `~` and `+`.
fn is_direct(code: u32) -> bool {
    matches!(code, 0x09 | 0x0A | 0x0D | 0x20..=0x7D) && !matches!(code, 0x2B | 0x5C)
}

/// Encodes as UTF-7, which cannot fail.
pub fn encode(text: Text<'_>) -> Result<Vec<u8>, NoMemory> {
    let mut out = ByteBuf::with_capacity(text.len());
    let (mut on, mut bits, mut buffer) = (false, 0u32, 0u64);
    let flush = |out: &mut ByteBuf, bits: &mut u32, buffer: &mut u64| {
        if *bits > 0 {
            out.push(to_base64((*buffer << (6 - *bits)) as u32));
        }
        (*bits, *buffer) = (0, 0);
    };
    for code in text.iter() {
        if is_direct(code) {
            if on {
                flush(&mut out, &mut bits, &mut buffer);
                on = false;
                // What cannot be base64 ends the section by itself; the rest needs a `-`.
                if from_base64(code as u8).is_some() || code == 0x2D {
                    out.push(b'-');
                }
            }
            out.push(code as u8);
            continue;
        }
        if !on {
            if code == 0x2B {
                out.extend(b"+-");
                continue;
            }
            out.push(b'+');
            on = true;
        }
        let mut unit = |unit: u32| {
            buffer = buffer << 16 | u64::from(unit);
            bits += 16;
            while bits >= 6 {
                bits -= 6;
                out.push(to_base64((buffer >> bits) as u32));
                buffer &= (1 << bits) - 1;
            }
        };
        if code >= 0x1_0000 {
            unit(0xD800 | (code - 0x1_0000) >> 10 & 0x3FF);
            unit(0xDC00 | (code - 0x1_0000) & 0x3FF);
        } else {
            unit(code);
        }
    }
    flush(&mut out, &mut bits, &mut buffer);
    if on {
        out.push(b'-');
    }
    out.finish()
}
