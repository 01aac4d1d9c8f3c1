//! UTF-8.

use super::{ByteBuf, DecodeErrors, EncodeErrors, Replacement, ascii_prefix};
use crate::unicode::is_surrogate;
use crate::{Text, TextBuf, with_units};

/// Appends well-formed UTF-8.
fn push_valid(out: &mut TextBuf, text: &str) {
    let bytes = text.as_bytes();
    let ascii = ascii_prefix(bytes);
    out.push_latin1(&bytes[..ascii]);
    let rest = text.get(ascii..).unwrap_or("");
    if rest.is_empty() {
        return;
    }
    // The largest lead byte tells the width.
    let top = rest.bytes().max().unwrap_or(0);
    let count = rest.bytes().filter(|&b| b & 0xC0 != 0x80).count();
    let max = match top {
        0..0xC4 => 0,
        0xC4..0xF0 => 0x100,
        _ => 0x1_0000,
    };
    // Widens at most once here; `finish` narrows what it need not.
    out.push_chars(rest, max, count);
}

/// Decodes UTF-8; returns the number of bytes consumed.
pub fn decode<H: DecodeErrors>(
    input: &[u8],
    is_final: bool,
    out: &mut TextBuf,
    errors: &mut H,
) -> Result<usize, H::Error> {
    let mut at = 0;
    while let Some(rest) = input.get(at..).filter(|r| !r.is_empty()) {
        let error = match simdutf8::compat::from_utf8(rest) {
            Ok(text) => {
                push_valid(out, text);
                return Ok(input.len());
            }
            Err(error) => error,
        };
        let valid = error.valid_up_to();
        if let Ok(text) = simdutf8::basic::from_utf8(rest.get(..valid).unwrap_or(&[])) {
            push_valid(out, text);
        }
        let start = at + valid;
        let tail = rest.get(valid..).unwrap_or(&[]);
        let (end, reason) = match error.error_len() {
            None if !is_final => return Ok(start),
            None => (input.len(), "unexpected end of data"),
            // The first two bytes of a surrogate that `surrogatepass` may take when the third has come.
            Some(_) if !is_final && matches!(tail, [0xED, 0xA0..=0xBF]) => return Ok(start),
            Some(_) if !matches!(tail.first(), Some(0xC2..=0xF4)) => (start + 1, "invalid start byte"),
            Some(len) => (start + len, "invalid continuation byte"),
        };
        at = errors.handle(input, start, end, reason, out)?;
    }
    Ok(at.min(input.len()))
}

/// Appends the three bytes of a code point from U+0800 to U+FFFF, surrogates included.
#[inline]
pub(super) fn push_three(out: &mut ByteBuf, code: u32) {
    out.extend(&[0xE0 | (code >> 12) as u8, 0x80 | (code >> 6 & 63) as u8, 0x80 | (code & 63) as u8]);
}

#[inline]
fn push_code(out: &mut ByteBuf, code: u32) {
    match code {
        0..0x80 => out.push(code as u8),
        0x80..0x800 => out.extend(&[0xC0 | (code >> 6) as u8, 0x80 | (code & 63) as u8]),
        0x800..0x1_0000 => push_three(out, code),
        _ => out.extend(&[
            0xF0 | (code >> 18 & 7) as u8,
            0x80 | (code >> 12 & 63) as u8,
            0x80 | (code >> 6 & 63) as u8,
            0x80 | (code & 63) as u8,
        ]),
    }
}

/// Encodes up to the first surrogate; returns how many code points that are. Goes by blocks through a buffer on the stack,
/// so that room is asked for once a block.
fn push_clean<U: crate::CodeUnit>(units: &[U], out: &mut ByteBuf) -> usize {
    const BLOCK: usize = 256;
    let mut done = 0usize;
    for block in units.chunks(BLOCK) {
        let start = done;
        let mut buffer = [0u8; 4 * BLOCK];
        let mut n = 0;
        for unit in block {
            let code = unit.code();
            let Some(to) = buffer.get_mut(n..).and_then(|b| b.first_chunk_mut::<4>()) else { break };
            let tail = |shift: u32| 0x80 | (code >> shift & 63) as u8;
            n += match code {
                0..0x80 => {
                    to[0] = code as u8;
                    1
                }
                0x80..0x800 => {
                    [to[0], to[1]] = [0xC0 | (code >> 6) as u8, tail(0)];
                    2
                }
                0xD800..0xE000 => break,
                0x800..0x1_0000 => {
                    [to[0], to[1], to[2]] = [0xE0 | (code >> 12) as u8, tail(6), tail(0)];
                    3
                }
                _ => {
                    *to = [0xF0 | (code >> 18 & 7) as u8, tail(12), tail(6), tail(0)];
                    4
                }
            };
            done += 1;
        }
        out.extend(buffer.get(..n).unwrap_or(&[]));
        if done - start < block.len() {
            break;
        }
    }
    done
}

const SURROGATES: &str = "surrogates not allowed";

/// Encodes as UTF-8.
pub fn encode<H: EncodeErrors>(text: Text<'_>, errors: &mut H) -> Result<Vec<u8>, H::Error> {
    let mut out = ByteBuf::with_capacity(text.len());
    if let Text::One(s) = text {
        let ascii = ascii_prefix(s);
        out.extend(&s[..ascii]);
        for &b in &s[ascii..] {
            push_code(&mut out, u32::from(b));
        }
        return Ok(out.finish()?);
    }
    let mut at = 0;
    while at < text.len() {
        at += with_units!(text, |s| push_clean(s.get(at..).unwrap_or(&[]), &mut out));
        if at >= text.len() {
            break;
        }
        let start = at;
        let end = (start..text.len()).find(|&i| !is_surrogate(text.at(i))).unwrap_or(text.len());
        let (replacement, next) = errors.handle(text, start, end, SURROGATES)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend(&bytes),
            Replacement::Text(t) if t.as_text().is_ascii() => t.as_text().iter().for_each(|c| out.push(c as u8)),
            Replacement::Text(_) => return Err(errors.strict(text, start, end, SURROGATES)),
        }
        at = next;
    }
    Ok(out.finish()?)
}

/// Encodes text that is known to hold no surrogates; `None` if it does.
pub fn encode_strict(text: Text<'_>) -> Option<Vec<u8>> {
    let mut out = ByteBuf::with_capacity(text.len());
    for code in text.iter() {
        if is_surrogate(code) {
            return None;
        }
        push_code(&mut out, code);
    }
    out.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codecs::policy::{BuiltIn, CodecError, Encoding, Policy};

    /// A surrogate at each place around the borders of the encoder's blocks.
    #[test]
    fn surrogates_around_blocks() {
        for at in 250..520 {
            let mut units = vec![0x20ACu16; 600];
            units[at] = 0xDC80;
            let mut strict = BuiltIn { policy: Policy::Strict, encoding: Encoding::Utf8 };
            let wrong = CodecError::Invalid { start: at, end: at + 1, reason: SURROGATES };
            assert_eq!(encode(Text::Two(&units), &mut strict), Err(wrong));
            let mut escape = BuiltIn { policy: Policy::SurrogateEscape, encoding: Encoding::Utf8 };
            let bytes = encode(Text::Two(&units), &mut escape).unwrap();
            assert_eq!((bytes.len(), bytes[3 * at]), (599 * 3 + 1, 0x80));
        }
    }
}
