//! From bytes to text, a piece at a time.

use super::codes::Code;

/// How bytes stand for characters.
#[derive(Clone)]
pub enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    Utf16 {
        big: bool,
    },
    /// One byte each; 0 where there is none.
    Table(Box<[u32; 256]>),
}

impl Encoding {
    /// One that needs no codec.
    pub fn named(name: &str) -> Option<Encoding> {
        match name.to_ascii_uppercase().as_str() {
            "UTF-8" => Some(Encoding::Utf8),
            "US-ASCII" => Some(Encoding::Ascii),
            "ISO-8859-1" => Some(Encoding::Latin1),
            "UTF-16" | "UTF-16BE" => Some(Encoding::Utf16 { big: true }),
            "UTF-16LE" => Some(Encoding::Utf16 { big: false }),
            _ => None,
        }
    }

    /// The bytes that a character takes.
    pub fn width(&self, c: char) -> usize {
        match self {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 { .. } => c.len_utf16() * 2,
            _ => 1,
        }
    }

    /// Decodes what is complete of `raw` to the end of `text`, and takes it from `raw`. False: there is a byte that stands for
    /// nothing, before which it stops.
    pub fn decode(&self, raw: &mut Vec<u8>, text: &mut String) -> bool {
        let (taken, good) = match self {
            Encoding::Utf8 => match std::str::from_utf8(raw) {
                Ok(all) => {
                    text.push_str(all);
                    (raw.len(), true)
                }
                Err(error) => {
                    let valid = error.valid_up_to();
                    text.push_str(std::str::from_utf8(&raw[..valid]).unwrap_or(""));
                    (valid, error.error_len().is_none())
                }
            },
            Encoding::Ascii => {
                let end = raw.iter().position(|b| !b.is_ascii()).unwrap_or(raw.len());
                text.extend(raw[..end].iter().map(|b| char::from(*b)));
                (end, end == raw.len())
            }
            Encoding::Latin1 => {
                text.extend(raw.iter().map(|b| char::from(*b)));
                (raw.len(), true)
            }
            Encoding::Table(table) => {
                let mut end = 0;
                for byte in raw.iter() {
                    match char::from_u32(table[*byte as usize]).filter(|c| *c != '\0') {
                        Some(c) => text.push(c),
                        None => break,
                    }
                    end += 1;
                }
                (end, end == raw.len())
            }
            Encoding::Utf16 { big } => {
                let unit = |i: usize| {
                    let pair = [*raw.get(i)?, *raw.get(i + 1)?];
                    Some(if *big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
                };
                let (mut at, mut good) = (0, true);
                while let Some(first) = unit(at) {
                    if (0xd800..0xdc00).contains(&first) {
                        let Some(second) = unit(at + 2) else { break };
                        match char::decode_utf16([first, second]).next() {
                            Some(Ok(c)) => text.push(c),
                            _ => {
                                good = false;
                                break;
                            }
                        }
                        at += 4;
                    } else {
                        match char::from_u32(u32::from(first)) {
                            Some(c) => text.push(c),
                            None => {
                                good = false;
                                break;
                            }
                        }
                        at += 2;
                    }
                }
                (at, good)
            }
        };
        raw.drain(..taken);
        good
    }
}

/// What the beginning of a document says of its encoding.
pub enum Start {
    /// More bytes are needed to tell.
    Unknown,
    /// By its first bytes, of which so many are a mark.
    Certain(Encoding, usize),
    /// An XML declaration of so many bytes names the encoding, or none.
    Declared(Option<String>),
}

/// Looks at the first bytes of a document. `complete`: there are no more.
pub fn start(raw: &[u8], complete: bool) -> Start {
    match raw {
        [0xef, 0xbb, 0xbf, ..] => return Start::Certain(Encoding::Utf8, 3),
        [0xfe, 0xff, ..] => return Start::Certain(Encoding::Utf16 { big: true }, 2),
        [0xff, 0xfe, ..] => return Start::Certain(Encoding::Utf16 { big: false }, 2),
        [0, b, ..] if *b != 0 => return Start::Certain(Encoding::Utf16 { big: true }, 0),
        [b, 0, ..] if *b != 0 => return Start::Certain(Encoding::Utf16 { big: false }, 0),
        [] | [_] if !complete => return Start::Unknown,
        [0xef, 0xbb] if !complete => return Start::Unknown,
        _ => {}
    }
    const XML: &[u8] = b"<?xml";
    let seen = raw.len().min(XML.len());
    if raw[..seen] != XML[..seen] {
        return Start::Declared(None);
    }
    let Some(end) = raw.windows(2).position(|w| w == b"?>") else {
        return if complete || raw.len() > 4096 { Start::Declared(None) } else { Start::Unknown };
    };
    let declaration = String::from_utf8_lossy(&raw[..end]);
    let named = declaration.find("encoding").and_then(|at| {
        let rest = declaration[at + "encoding".len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next().filter(|q| matches!(q, '"' | '\''))?;
        rest[1..].split(quote).next().map(str::to_owned)
    });
    Start::Declared(named)
}

/// May a document whose first bytes told one encoding declare another?
pub fn agrees(actual: &Encoding, declared: &str) -> Result<(), Code> {
    let wide = declared.to_ascii_uppercase().starts_with("UTF-16");
    match (actual, wide) {
        (Encoding::Utf16 { .. }, false) | (Encoding::Utf8, true) => Err(Code::INCORRECT_ENCODING),
        _ => Ok(()),
    }
}
