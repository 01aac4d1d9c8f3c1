//! UTF-16 and UTF-32.

use super::{ByteBuf, ByteOrder, DecodeErrors, EncodeErrors, Replacement};
use crate::unicode::{MAX_CODE, is_surrogate};
use crate::{Text, TextBuf};

/// How a decoder knows the byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// A mark at the start says; without one it is the machine's.
    Detect,
    Fixed(ByteOrder),
}

const NATIVE: ByteOrder = if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };

/// Bytes consumed, and the byte order that was found or assumed (`None` when too little input came to tell).
pub type Decoded = (usize, Option<ByteOrder>);

fn unit16(input: &[u8], at: usize, order: ByteOrder) -> Option<u32> {
    let &[a, b] = input.get(at..at + 2)?.first_chunk::<2>()?;
    Some(u32::from(if order == ByteOrder::Little { u16::from_le_bytes([a, b]) } else { u16::from_be_bytes([a, b]) }))
}

fn unit32(input: &[u8], at: usize, order: ByteOrder) -> Option<u32> {
    let bytes = *input.get(at..at + 4)?.first_chunk::<4>()?;
    Some(if order == ByteOrder::Little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
}

/// Decodes UTF-16.
pub fn decode16<H: DecodeErrors>(
    input: &[u8],
    order: Order,
    is_final: bool,
    out: &mut TextBuf,
    errors: &mut H,
) -> Result<Decoded, H::Error> {
    let mut at = 0;
    let order = match order {
        Order::Fixed(order) => order,
        Order::Detect => match input {
            [0xFF, 0xFE, ..] => {
                at = 2;
                ByteOrder::Little
            }
            [0xFE, 0xFF, ..] => {
                at = 2;
                ByteOrder::Big
            }
            [_, _, ..] => NATIVE,
            _ if !is_final => return Ok((0, None)),
            _ => NATIVE,
        },
    };
    out.prepare(0, input.len() / 2);
    while at < input.len() {
        let (end, reason) = match unit16(input, at, order) {
            None if !is_final => break,
            None => (input.len(), "truncated data"),
            Some(high @ 0xD800..=0xDBFF) => match unit16(input, at + 2, order) {
                Some(low @ 0xDC00..=0xDFFF) => {
                    out.push(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00));
                    at += 4;
                    continue;
                }
                Some(_) => (at + 2, "illegal UTF-16 surrogate"),
                None if !is_final => break,
                None => (input.len(), "unexpected end of data"),
            },
            Some(0xDC00..=0xDFFF) => (at + 2, "illegal encoding"),
            Some(code) => {
                out.push(code);
                at += 2;
                continue;
            }
        };
        at = errors.handle(input, at, end, reason, out)?;
    }
    Ok((at.min(input.len()), Some(order)))
}

/// Decodes UTF-32.
pub fn decode32<H: DecodeErrors>(
    input: &[u8],
    order: Order,
    is_final: bool,
    out: &mut TextBuf,
    errors: &mut H,
) -> Result<Decoded, H::Error> {
    let mut at = 0;
    let order = match order {
        Order::Fixed(order) => order,
        Order::Detect => match input {
            [0xFF, 0xFE, 0, 0, ..] => {
                at = 4;
                ByteOrder::Little
            }
            [0, 0, 0xFE, 0xFF, ..] => {
                at = 4;
                ByteOrder::Big
            }
            [_, _, _, _, ..] => NATIVE,
            _ if !is_final => return Ok((0, None)),
            _ => NATIVE,
        },
    };
    out.prepare(0, input.len() / 4);
    while at < input.len() {
        let (end, reason) = match unit32(input, at, order) {
            None if !is_final => break,
            None => (input.len(), "truncated data"),
            Some(code) if is_surrogate(code) => (at + 4, "code point in surrogate code point range(0xd800, 0xe000)"),
            Some(code) if code > MAX_CODE => (at + 4, "code point not in range(0x110000)"),
            Some(code) => {
                out.push(code);
                at += 4;
                continue;
            }
        };
        at = errors.handle(input, at, end, reason, out)?;
    }
    Ok((at.min(input.len()), Some(order)))
}

/// Encodes as UTF-16; without an order: the machine's, after a byte order mark.
pub fn encode16<H: EncodeErrors>(
    text: Text<'_>,
    order: Option<ByteOrder>,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    encode(text, order, 2, errors)
}

/// Encodes as UTF-32; without an order: the machine's, after a byte order mark.
pub fn encode32<H: EncodeErrors>(
    text: Text<'_>,
    order: Option<ByteOrder>,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    encode(text, order, 4, errors)
}

fn push(out: &mut ByteBuf, code: u32, order: ByteOrder, width: usize) {
    let mut unit = |v: u16| {
        let bytes = if order == ByteOrder::Little { v.to_le_bytes() } else { v.to_be_bytes() };
        out.extend(&bytes);
    };
    if width == 4 {
        let bytes = if order == ByteOrder::Little { code.to_le_bytes() } else { code.to_be_bytes() };
        out.extend(&bytes);
    } else if code < 0x1_0000 {
        unit(code as u16);
    } else {
        let rest = code - 0x1_0000;
        unit(0xD800 | (rest >> 10 & 0x3FF) as u16);
        unit(0xDC00 | (rest & 0x3FF) as u16);
    }
}

const SURROGATES: &str = "surrogates not allowed";

fn encode<H: EncodeErrors>(
    text: Text<'_>,
    order: Option<ByteOrder>,
    width: usize,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    let mut out = ByteBuf::with_capacity(text.len().saturating_add(1).saturating_mul(width));
    let order = order.unwrap_or_else(|| {
        push(&mut out, 0xFEFF, NATIVE, width);
        NATIVE
    });
    let mut at = 0;
    while let Some(code) = text.get(at) {
        if !is_surrogate(code) {
            push(&mut out, code, order, width);
            at += 1;
            continue;
        }
        let (replacement, next) = errors.handle(text, at, at + 1, SURROGATES)?;
        match replacement {
            Replacement::Bytes(bytes) if bytes.len().is_multiple_of(width) => out.extend(&bytes),
            Replacement::Text(t) if t.as_text().is_ascii() => {
                t.as_text().iter().for_each(|c| push(&mut out, c, order, width));
            }
            _ => return Err(errors.strict(text, at, at + 1, SURROGATES)),
        }
        at = next;
    }
    Ok(out.finish()?)
}
