//! Character properties: what the engine asks its embedder about characters.

use crate::codes::{Category, Kind};

/// Unicode and locale properties of characters, as CPython 3.14's `_sre` asks for them.
///
/// The engine knows those of the first 256 code points itself (they are stable in Unicode) and asks only for the rest. The
/// locale methods are asked at every match, because the C locale may change between two.
pub trait Props {
    /// `Py_UNICODE_ISALNUM`: alphabetic, decimal, digit or numeric.
    fn is_alnum(&self, ch: u32) -> bool;
    /// `Py_UNICODE_ISDECIMAL`.
    fn is_decimal(&self, ch: u32) -> bool;
    /// `Py_UNICODE_ISSPACE`.
    fn is_space(&self, ch: u32) -> bool;
    /// `Py_UNICODE_ISLINEBREAK`.
    fn is_linebreak(&self, ch: u32) -> bool;
    /// `Py_UNICODE_TOLOWER`: one character; the first where the full mapping has several.
    fn to_lower(&self, ch: u32) -> u32;
    /// `Py_UNICODE_TOUPPER`: one character; the first where the full mapping has several.
    fn to_upper(&self, ch: u32) -> u32;
    /// `isalnum` of the current C locale.
    fn loc_is_alnum(&self, ch: u8) -> bool {
        ch.is_ascii_alphanumeric()
    }
    /// `tolower` of the current C locale.
    fn loc_to_lower(&self, ch: u8) -> u8 {
        ch.to_ascii_lowercase()
    }
    /// `toupper` of the current C locale.
    fn loc_to_upper(&self, ch: u8) -> u8 {
        ch.to_ascii_uppercase()
    }
}

/// The properties of the first 256 code points; knows nothing above. Enough for bytes and Latin-1 subjects.
#[derive(Clone, Copy, Debug, Default)]
pub struct Latin1;

impl Props for Latin1 {
    fn is_alnum(&self, ch: u32) -> bool {
        match ch {
            0..=0x7f => (ch as u8).is_ascii_alphanumeric(),
            0xaa | 0xb2 | 0xb3 | 0xb5 | 0xb9 | 0xba | 0xbc..=0xbe => true,
            0xd7 | 0xf7 => false,
            0xc0..=0xff => true,
            _ => false,
        }
    }
    fn is_decimal(&self, ch: u32) -> bool {
        (0x30..=0x39).contains(&ch)
    }
    fn is_space(&self, ch: u32) -> bool {
        matches!(ch, 0x09..=0x0d | 0x1c..=0x20 | 0x85 | 0xa0)
    }
    fn is_linebreak(&self, ch: u32) -> bool {
        matches!(ch, 0x0a..=0x0d | 0x1c..=0x1e | 0x85)
    }
    fn to_lower(&self, ch: u32) -> u32 {
        match ch {
            0x41..=0x5a | 0xc0..=0xd6 | 0xd8..=0xde => ch + 0x20,
            _ => ch,
        }
    }
    fn to_upper(&self, ch: u32) -> u32 {
        match ch {
            0x61..=0x7a | 0xe0..=0xf6 | 0xf8..=0xfe => ch - 0x20,
            0xb5 => 0x39c,
            0xdf => 0x53, // the full mapping is "SS"
            0xff => 0x178,
            _ => ch,
        }
    }
}

/// Unicode's word characters among the first 256 code points.
pub(crate) static LATIN1_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut i = 0;
    while i < 256 {
        let c = i as u8;
        table[i] = c.is_ascii_alphanumeric()
            || matches!(c, b'_' | 0xaa | 0xb2 | 0xb3 | 0xb5 | 0xb9 | 0xba | 0xbc..=0xbe)
            || (c >= 0xc0 && c != 0xd7 && c != 0xf7);
        i += 1;
    }
    table
};

#[inline]
pub(crate) fn lower_ascii(ch: u32) -> u32 {
    if (0x41..=0x5a).contains(&ch) { ch + 0x20 } else { ch }
}

#[inline]
pub(crate) fn lower_unicode(ch: u32, props: &dyn Props) -> u32 {
    if ch < 256 { Latin1.to_lower(ch) } else { props.to_lower(ch) }
}

pub(crate) fn lower_locale(ch: u32, props: &dyn Props) -> u32 {
    u8::try_from(ch).map_or(ch, |b| u32::from(props.loc_to_lower(b)))
}

pub(crate) fn upper_locale(ch: u32, props: &dyn Props) -> u32 {
    u8::try_from(ch).map_or(ch, |b| u32::from(props.loc_to_upper(b)))
}

pub(crate) fn is_word_ascii(ch: u32) -> bool {
    u8::try_from(ch).is_ok_and(|b| b.is_ascii_alphanumeric() || b == b'_')
}

pub(crate) fn is_word_locale(ch: u32, props: &dyn Props) -> bool {
    u8::try_from(ch).is_ok_and(|b| b == b'_' || props.loc_is_alnum(b))
}

#[inline]
pub(crate) fn is_word_unicode(ch: u32, props: &dyn Props) -> bool {
    match LATIN1_WORD.get(ch as usize) {
        Some(&word) => word,
        None => props.is_alnum(ch),
    }
}

/// Membership of `ch` in a category.
pub(crate) fn in_category(category: Category, ch: u32, props: &dyn Props) -> bool {
    let low: &dyn Props = if ch < 256 { &Latin1 } else { props };
    let member = match category.kind {
        Kind::Digit => (0x30..=0x39).contains(&ch),
        Kind::Space => matches!(ch, 0x09..=0x0d | 0x20),
        Kind::Word => is_word_ascii(ch),
        Kind::Linebreak => ch == 0x0a,
        Kind::LocWord => is_word_locale(ch, props),
        Kind::UniDigit => low.is_decimal(ch),
        Kind::UniSpace => low.is_space(ch),
        Kind::UniWord => is_word_unicode(ch, props),
        Kind::UniLinebreak => low.is_linebreak(ch),
    };
    member == category.sense
}
