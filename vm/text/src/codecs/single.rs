//! ASCII and Latin-1.

use super::{ByteBuf, DecodeErrors, EncodeErrors, Replacement, ascii_prefix};
use crate::{Text, TextBuf};

/// Decodes ASCII.
pub fn decode_ascii<H: DecodeErrors>(input: &[u8], out: &mut TextBuf, errors: &mut H) -> Result<(), H::Error> {
    let mut at = 0;
    while let Some(rest) = input.get(at..).filter(|r| !r.is_empty()) {
        let n = ascii_prefix(rest);
        out.push_latin1(&rest[..n]);
        at += n;
        if at < input.len() {
            at = errors.handle(input, at, at + 1, "ordinal not in range(128)", out)?;
        }
    }
    Ok(())
}

/// Decodes Latin-1, which cannot fail.
pub fn decode_latin1(input: &[u8], out: &mut TextBuf) {
    out.push_latin1(input);
}

/// Encodes as ASCII.
pub fn encode_ascii<H: EncodeErrors>(text: Text<'_>, errors: &mut H) -> Result<Vec<u8>, H::Error> {
    encode(text, 0x80, "ordinal not in range(128)", errors)
}

/// Encodes as Latin-1.
pub fn encode_latin1<H: EncodeErrors>(text: Text<'_>, errors: &mut H) -> Result<Vec<u8>, H::Error> {
    encode(text, 0x100, "ordinal not in range(256)", errors)
}

fn encode<H: EncodeErrors>(
    text: Text<'_>,
    limit: u32,
    reason: &'static str,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    let mut out = ByteBuf::with_capacity(text.len());
    if let Text::One(s) = text
        && (limit == 0x100 || s.is_ascii())
    {
        out.extend(s);
        return Ok(out.finish()?);
    }
    let mut at = 0;
    while let Some(code) = text.get(at) {
        if code < limit {
            out.push(code as u8);
            at += 1;
            continue;
        }
        let end = (at..text.len()).find(|&i| text.at(i) < limit).unwrap_or(text.len());
        let (replacement, next) = errors.handle(text, at, end, reason)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend(&bytes),
            Replacement::Text(t) => {
                if t.as_text().max_code() >= limit {
                    return Err(errors.strict(text, at, end, reason));
                }
                t.as_text().iter().for_each(|c| out.push(c as u8));
            }
        }
        at = next;
    }
    Ok(out.finish()?)
}
