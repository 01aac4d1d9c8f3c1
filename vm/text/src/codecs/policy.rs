//! CPython's built-in error handlers.

use super::{ByteBuf, DecodeErrors, EncodeErrors, Replacement};
use crate::unicode::is_surrogate;
use crate::{NoMemory, Text, TextBuf};

/// The encoding, as far as handlers must know it: `surrogatepass` for its form, `surrogateescape` because some encoders of
/// CPython take what it can escape before they raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
    /// ASCII and Latin-1.
    Single,
    Other,
}

/// A built-in error handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    SurrogateEscape,
    SurrogatePass,
    XmlCharRefReplace,
    NameReplace,
}

/// Why decoding or encoding ended: what `UnicodeDecodeError` and `UnicodeEncodeError` hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodecError {
    Invalid {
        start: usize,
        end: usize,
        reason: &'static str,
    },
    /// `xmlcharrefreplace` and `namereplace` cannot decode: "don't know how to handle UnicodeDecodeError in error callback"
    /// (`TypeError`).
    WrongDirection,
    NoMemory,
}

impl From<NoMemory> for CodecError {
    fn from(_: NoMemory) -> Self {
        CodecError::NoMemory
    }
}

impl Policy {
    /// By the name that `codecs.lookup_error` takes.
    pub fn by_name(name: &str) -> Option<Policy> {
        Some(match name {
            "strict" => Policy::Strict,
            "ignore" => Policy::Ignore,
            "replace" => Policy::Replace,
            "backslashreplace" => Policy::BackslashReplace,
            "surrogateescape" => Policy::SurrogateEscape,
            "surrogatepass" => Policy::SurrogatePass,
            "xmlcharrefreplace" => Policy::XmlCharRefReplace,
            "namereplace" => Policy::NameReplace,
            _ => return None,
        })
    }

    /// Decodes what is wrong: appends to `out` and returns where to go on, `None` to raise the error.
    pub fn decode(
        self,
        encoding: Encoding,
        input: &[u8],
        start: usize,
        end: usize,
        out: &mut TextBuf,
    ) -> Result<Option<usize>, CodecError> {
        let wrong = input.get(start..end).unwrap_or(&[]);
        match self {
            Policy::Strict => return Ok(None),
            Policy::Ignore => {}
            Policy::Replace => out.push(0xFFFD),
            Policy::BackslashReplace => {
                for &b in wrong {
                    crate::repr::push_escape(out, u32::from(b));
                }
            }
            Policy::SurrogateEscape => {
                // At most four bytes, and none that is ASCII: those would come back as something else.
                let n = wrong.iter().take(4).take_while(|b| !b.is_ascii()).count();
                if n == 0 {
                    return Ok(None);
                }
                for &b in wrong.iter().take(n) {
                    out.push(0xDC00 + u32::from(b));
                }
                return Ok(Some(start + n));
            }
            Policy::SurrogatePass => {
                let Some((code, len)) = encoded_surrogate(encoding, input.get(start..).unwrap_or(&[])) else {
                    return Ok(None);
                };
                out.push(code);
                return Ok(Some(start + len));
            }
            Policy::XmlCharRefReplace | Policy::NameReplace => return Err(CodecError::WrongDirection),
        }
        Ok(Some(end))
    }

    /// The replacement of `text[start..end]` and where to go on, `None` to raise the error.
    pub fn encode(
        self,
        encoding: Encoding,
        text: Text<'_>,
        start: usize,
        end: usize,
    ) -> Result<Option<(Replacement, usize)>, NoMemory> {
        let wrong = text.slice(start, end);
        let mut bytes = ByteBuf::default();
        match self {
            Policy::Strict => return Ok(None),
            Policy::Ignore => return Ok(Some((Replacement::Bytes(Vec::new()), end))),
            Policy::Replace => {
                let mut out = TextBuf::new();
                out.push_repeated(0x3F, wrong.len());
                return Ok(Some((Replacement::Text(out.finish()?), end)));
            }
            Policy::BackslashReplace => {
                let mut out = TextBuf::new();
                for code in wrong.iter() {
                    crate::repr::push_escape(&mut out, code);
                }
                return Ok(Some((Replacement::Text(out.finish()?), end)));
            }
            Policy::XmlCharRefReplace => {
                let mut out = TextBuf::new();
                for code in wrong.iter() {
                    out.push_str(&format!("&#{code};"));
                }
                return Ok(Some((Replacement::Text(out.finish()?), end)));
            }
            Policy::NameReplace => {
                let mut out = TextBuf::new();
                for code in wrong.iter() {
                    match crate::unicode::names::name(code) {
                        Some(name) => out.push_str(&format!("\\N{{{name}}}")),
                        None => crate::repr::push_escape(&mut out, code),
                    }
                }
                return Ok(Some((Replacement::Text(out.finish()?), end)));
            }
            Policy::SurrogateEscape => {
                let escaped = |code: &u32| matches!(code, 0xDC80..=0xDCFF);
                wrong.iter().take_while(escaped).for_each(|code| bytes.push(code as u8));
                let n = wrong.iter().take_while(escaped).count();
                let partly = matches!(encoding, Encoding::Utf8 | Encoding::Single) && n > 0;
                if n < wrong.len() && !partly {
                    return Ok(None);
                }
                return Ok(Some((Replacement::Bytes(bytes.finish()?), start + n)));
            }
            Policy::SurrogatePass => {
                for code in wrong.iter() {
                    if !is_surrogate(code) {
                        return Ok(None);
                    }
                    let unit = code as u16;
                    match encoding {
                        Encoding::Utf8 => super::utf8::push_three(&mut bytes, code),
                        Encoding::Utf16Le => bytes.extend(&unit.to_le_bytes()),
                        Encoding::Utf16Be => bytes.extend(&unit.to_be_bytes()),
                        Encoding::Utf32Le => bytes.extend(&code.to_le_bytes()),
                        Encoding::Utf32Be => bytes.extend(&code.to_be_bytes()),
                        Encoding::Single | Encoding::Other => return Ok(None),
                    }
                }
            }
        }
        Ok(Some((Replacement::Bytes(bytes.finish()?), end)))
    }
}

/// A surrogate encoded at the start of `bytes`, and its length.
fn encoded_surrogate(encoding: Encoding, bytes: &[u8]) -> Option<(u32, usize)> {
    let (code, len) = match (encoding, bytes) {
        (Encoding::Utf8, &[a @ 0xE0..=0xEF, b @ 0x80..=0xBF, c @ 0x80..=0xBF, ..]) => {
            ((u32::from(a) & 15) << 12 | (u32::from(b) & 63) << 6 | (u32::from(c) & 63), 3)
        }
        (Encoding::Utf16Le, &[a, b, ..]) => (u32::from(u16::from_le_bytes([a, b])), 2),
        (Encoding::Utf16Be, &[a, b, ..]) => (u32::from(u16::from_be_bytes([a, b])), 2),
        (Encoding::Utf32Le, &[a, b, c, d, ..]) => (u32::from_le_bytes([a, b, c, d]), 4),
        (Encoding::Utf32Be, &[a, b, c, d, ..]) => (u32::from_be_bytes([a, b, c, d]), 4),
        _ => return None,
    };
    is_surrogate(code).then_some((code, len))
}

/// A [`Policy`] as a handler, for callers that need no Python-level one.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    pub policy: Policy,
    pub encoding: Encoding,
}

impl DecodeErrors for BuiltIn {
    type Error = CodecError;
    fn handle(
        &mut self,
        input: &[u8],
        start: usize,
        end: usize,
        reason: &'static str,
        out: &mut TextBuf,
    ) -> Result<usize, CodecError> {
        let next = self.policy.decode(self.encoding, input, start, end, out)?;
        next.ok_or(CodecError::Invalid { start, end, reason })
    }
}

impl EncodeErrors for BuiltIn {
    type Error = CodecError;
    fn handle(
        &mut self,
        text: Text<'_>,
        start: usize,
        end: usize,
        reason: &'static str,
    ) -> Result<(Replacement, usize), CodecError> {
        match self.policy.encode(self.encoding, text, start, end)? {
            Some(done) => Ok(done),
            None => Err(self.strict(text, start, end, reason)),
        }
    }
    fn strict(&mut self, _: Text<'_>, start: usize, end: usize, reason: &'static str) -> CodecError {
        CodecError::Invalid { start, end, reason }
    }
}
