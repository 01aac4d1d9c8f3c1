//! Codecs by table: one byte a character.

use super::{ByteBuf, DecodeErrors, EncodeErrors, Replacement};
use crate::{NoMemory, Text, TextBuf};

/// In a decoding table: no character.
const UNDEFINED: u32 = 0xFFFE;
const REASON: &str = "character maps to <undefined>";

/// Decodes by a table of up to 256 characters.
pub fn decode<H: DecodeErrors>(
    input: &[u8],
    table: Text<'_>,
    out: &mut TextBuf,
    errors: &mut H,
) -> Result<(), H::Error> {
    let mut at = 0;
    while let Some(&byte) = input.get(at) {
        match table.get(usize::from(byte)) {
            Some(code) if code != UNDEFINED => {
                out.push(code);
                at += 1;
            }
            _ => at = errors.handle(input, at, at + 1, REASON, out)?,
        }
    }
    Ok(())
}

/// The inverse of a decoding table: `codecs.charmap_build`.
#[derive(Clone, Debug)]
pub struct EncodingMap {
    /// Pairs of code point and byte, sorted; where a character occurs twice, the last byte.
    pairs: Vec<(u32, u8)>,
}

impl EncodingMap {
    /// From a table of up to 256 characters.
    pub fn new(table: Text<'_>) -> Result<Self, NoMemory> {
        let mut pairs: Vec<(u32, u8)> = Vec::new();
        pairs.try_reserve(256)?;
        for (byte, code) in (0..=255u8).zip(table.iter()) {
            if code != UNDEFINED {
                pairs.push((code, byte));
            }
        }
        pairs.sort_unstable_by_key(|&(code, byte)| (code, std::cmp::Reverse(byte)));
        pairs.dedup_by_key(|&mut (code, _)| code);
        Ok(EncodingMap { pairs })
    }

    /// The byte for a character.
    pub fn get(&self, code: u32) -> Option<u8> {
        let at = self.pairs.binary_search_by_key(&code, |&(c, _)| c).ok()?;
        self.pairs.get(at).map(|&(_, byte)| byte)
    }
}

/// What a mapping gives for a character.
#[derive(Clone, Debug)]
pub enum Mapped {
    Byte(u8),
    Bytes(Vec<u8>),
    Undefined,
}

/// Encodes by a mapping, which is asked for each character: an [`EncodingMap`], or a Python object by way of `map`.
pub fn encode<H: EncodeErrors>(
    text: Text<'_>,
    map: &mut dyn FnMut(u32) -> Result<Mapped, H::Error>,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    let mut out = ByteBuf::with_capacity(text.len());
    let mut at = 0;
    while let Some(code) = text.get(at) {
        if push(map(code)?, &mut out) {
            at += 1;
            continue;
        }
        // Characters without a byte that follow go to the handler together.
        let mut end = at + 1;
        while let Some(next) = text.get(end) {
            if !matches!(map(next)?, Mapped::Undefined) {
                break;
            }
            end += 1;
        }
        let (replacement, next) = errors.handle(text, at, end, REASON)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend(&bytes),
            Replacement::Text(t) => {
                for code in t.as_text().iter() {
                    if !push(map(code)?, &mut out) {
                        return Err(errors.strict(text, at, end, REASON));
                    }
                }
            }
        }
        at = next;
    }
    Ok(out.finish()?)
}

fn push(mapped: Mapped, out: &mut ByteBuf) -> bool {
    match mapped {
        Mapped::Byte(b) => out.push(b),
        Mapped::Bytes(bytes) => out.extend(&bytes),
        Mapped::Undefined => return false,
    }
    true
}
