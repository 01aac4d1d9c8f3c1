//! Strings as code objects hold them: UTF-8 that may also hold lone surrogates (WTF-8), because Python strings may.

use std::fmt;

/// An immutable string in WTF-8. Most are plain UTF-8; [`Wtf8String::as_str`] tells.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Wtf8String(Box<[u8]>);

impl Wtf8String {
    pub fn from_utf8(text: &str) -> Self {
        Wtf8String(text.as_bytes().into())
    }

    /// `None` unless the bytes are well-formed generalised UTF-8 (surrogates allowed, paired ones included: CPython's
    /// marshal keeps them apart, so they are).
    pub fn from_wtf8(bytes: Box<[u8]>) -> Option<Self> {
        is_generalised_utf8(&bytes).then_some(Wtf8String(bytes))
    }

    /// From code points, surrogates included; anything above U+10FFFF becomes U+FFFD.
    pub fn from_code_points(points: impl IntoIterator<Item = u32>) -> Self {
        let mut out = Vec::new();
        for point in points {
            push_code_point(&mut out, point);
        }
        Wtf8String(out.into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text when it holds no surrogate.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The text with surrogates replaced, for messages.
    pub fn to_string_lossy(&self) -> String {
        match self.as_str() {
            Some(s) => s.to_owned(),
            None => self.code_points().map(|p| char::from_u32(p).unwrap_or(char::REPLACEMENT_CHARACTER)).collect(),
        }
    }

    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }

    /// The code points, surrogates included.
    pub fn code_points(&self) -> CodePoints<'_> {
        CodePoints { bytes: &self.0 }
    }
}

impl From<&str> for Wtf8String {
    fn from(text: &str) -> Self {
        Wtf8String::from_utf8(text)
    }
}

impl From<String> for Wtf8String {
    fn from(text: String) -> Self {
        Wtf8String(text.into_bytes().into())
    }
}

impl PartialEq<str> for Wtf8String {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other.as_bytes()
    }
}

impl fmt::Debug for Wtf8String {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for point in self.code_points() {
            match char::from_u32(point) {
                Some(c) => write!(f, "{}", c.escape_debug())?,
                None => write!(f, "\\u{{{point:x}}}")?,
            }
        }
        f.write_str("\"")
    }
}

/// Iterator over the code points of well-formed WTF-8.
#[derive(Clone, Debug)]
pub struct CodePoints<'a> {
    bytes: &'a [u8],
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (point, len) = decode(self.bytes)?;
        self.bytes = &self.bytes[len..];
        Some(point)
    }
}

/// Appends one code point in generalised UTF-8.
pub fn push_code_point(out: &mut Vec<u8>, point: u32) {
    match point {
        0..=0x7f => out.push(point as u8),
        0x80..=0x7ff => out.extend([0xc0 | (point >> 6) as u8, 0x80 | (point & 0x3f) as u8]),
        0x800..=0xffff => {
            out.extend([0xe0 | (point >> 12) as u8, 0x80 | (point >> 6 & 0x3f) as u8, 0x80 | (point & 0x3f) as u8])
        }
        0x1_0000..=0x10_ffff => out.extend([
            0xf0 | (point >> 18) as u8,
            0x80 | (point >> 12 & 0x3f) as u8,
            0x80 | (point >> 6 & 0x3f) as u8,
            0x80 | (point & 0x3f) as u8,
        ]),
        _ => push_code_point(out, 0xfffd),
    }
}

/// First code point and its length; `None` at the end or on malformed bytes.
fn decode(bytes: &[u8]) -> Option<(u32, usize)> {
    let first = *bytes.first()?;
    let (len, low, bits) = match first {
        0..=0x7f => return Some((u32::from(first), 1)),
        0xc2..=0xdf => (2, 0x80, first & 0x1f),
        0xe0..=0xef => (3, 0x800, first & 0x0f),
        0xf0..=0xf4 => (4, 0x1_0000, first & 0x07),
        _ => return None,
    };
    let mut point = u32::from(bits);
    for i in 1..len {
        let byte = *bytes.get(i)?;
        if byte & 0xc0 != 0x80 {
            return None;
        }
        point = point << 6 | u32::from(byte & 0x3f);
    }
    (point >= low && point <= 0x10_ffff).then_some((point, len))
}

/// Whether the bytes are UTF-8 with surrogates allowed ("surrogatepass").
pub fn is_generalised_utf8(bytes: &[u8]) -> bool {
    let mut rest = match std::str::from_utf8(bytes) {
        Ok(_) => return true,
        Err(e) => &bytes[e.valid_up_to()..],
    };
    while !rest.is_empty() {
        match decode(rest) {
            Some((_, len)) => rest = &rest[len..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surrogates_survive() {
        let s = Wtf8String::from_code_points([0x61, 0xd800, 0x1f600, 0xdfff]);
        assert!(s.as_str().is_none());
        assert_eq!(s.code_points().collect::<Vec<_>>(), [0x61, 0xd800, 0x1f600, 0xdfff]);
        assert!(is_generalised_utf8(s.as_bytes()));
        assert!(!is_generalised_utf8(&[0xed, 0xa0]));
        assert!(!is_generalised_utf8(&[0xc0, 0x80]));
        assert!(!is_generalised_utf8(&[0xf5, 0x80, 0x80, 0x80]));
    }
}
