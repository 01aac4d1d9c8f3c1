//! The Unicode 16.0.0 database, as CPython 3.14 has it.
//!
//! Every function takes any `u32`; what lies past U+10FFFF has no property. The tables are two-stage tries written by
//! `tools/make_unicode.py`.

mod alias_tables;
pub mod names;
pub mod normalize;
mod records;
#[rustfmt::skip]
mod tables;
#[rustfmt::skip]
mod tables_3_2;
pub mod v3_2;

use records::{DbRecord, TypeRecord};

pub const UNIDATA_VERSION: &str = "16.0.0";
pub const MAX_CODE: u32 = 0x0010_FFFF;

#[inline]
fn trie<T: Copy + Into<usize>, V: Copy + Into<usize>>(index: &[T], data: &[V], shift: u32, code: u32) -> usize {
    let block: usize = index.get((code >> shift) as usize).copied().map_or(0, Into::into);
    data.get((block << shift) | (code as usize & ((1 << shift) - 1))).copied().map_or(0, Into::into)
}

/// The record of a code point that is not a character at all.
static NO_TYPE: TypeRecord = TypeRecord::new(0, 0, 0, 0, 0, 0, 255, 255);
static NO_RECORD: DbRecord = DbRecord::new(0, 0, 0, 0, 0, 0);

#[inline]
fn type_record(code: u32) -> &'static TypeRecord {
    if code > MAX_CODE {
        return &NO_TYPE;
    }
    let i = trie(&tables::TYPE_INDEX, &tables::TYPE_DATA, tables::TYPE_SHIFT, code);
    tables::TYPES.get(i).unwrap_or(&NO_TYPE)
}

#[inline]
fn db_record(code: u32) -> &'static DbRecord {
    if code > MAX_CODE {
        return &NO_RECORD;
    }
    let i = trie(&tables::DB_INDEX, &tables::DB_DATA, tables::DB_SHIFT, code);
    tables::RECORDS.get(i).unwrap_or(&NO_RECORD)
}

#[inline]
fn has(code: u32, flag: u16) -> bool {
    type_record(code).flags & flag != 0
}

/// `str.isalpha` of one character.
#[inline]
pub fn is_alpha(code: u32) -> bool {
    if code < 0x80 { (code as u8).is_ascii_alphabetic() } else { has(code, tables::ALPHA) }
}
#[inline]
pub fn is_decimal(code: u32) -> bool {
    if code < 0x80 { (code as u8).is_ascii_digit() } else { has(code, tables::DECIMAL) }
}
#[inline]
pub fn is_digit(code: u32) -> bool {
    has(code, tables::DIGIT)
}
#[inline]
pub fn is_numeric(code: u32) -> bool {
    has(code, tables::NUMERIC)
}
/// `str.isalnum` of one character.
#[inline]
pub fn is_alnum(code: u32) -> bool {
    has(code, tables::ALPHA | tables::DECIMAL | tables::DIGIT | tables::NUMERIC)
}
#[inline]
pub fn is_space(code: u32) -> bool {
    if code < 0x80 { matches!(code, 0x09..=0x0D | 0x1C..=0x20) } else { has(code, tables::SPACE) }
}
#[inline]
pub fn is_printable(code: u32) -> bool {
    if code < 0x80 { matches!(code, 0x20..=0x7E) } else { has(code, tables::PRINTABLE) }
}
#[inline]
pub fn is_lower(code: u32) -> bool {
    if code < 0x80 { (code as u8).is_ascii_lowercase() } else { has(code, tables::LOWER) }
}
#[inline]
pub fn is_upper(code: u32) -> bool {
    if code < 0x80 { (code as u8).is_ascii_uppercase() } else { has(code, tables::UPPER) }
}
/// Titlecase letters (`Lt`), such as U+01C5.
#[inline]
pub fn is_title(code: u32) -> bool {
    has(code, tables::TITLE)
}
#[inline]
pub fn is_cased(code: u32) -> bool {
    if code < 0x80 { (code as u8).is_ascii_alphabetic() } else { has(code, tables::CASED) }
}
#[inline]
pub fn is_case_ignorable(code: u32) -> bool {
    has(code, tables::CASE_IGNORABLE)
}
/// Can begin an identifier; the underscore can.
#[inline]
pub fn is_xid_start(code: u32) -> bool {
    has(code, tables::XID_START)
}
#[inline]
pub fn is_xid_continue(code: u32) -> bool {
    has(code, tables::XID_CONTINUE)
}
/// A boundary for `str.splitlines`.
#[inline]
pub fn is_linebreak(code: u32) -> bool {
    matches!(code, 0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
}
#[inline]
pub fn is_surrogate(code: u32) -> bool {
    matches!(code, 0xD800..=0xDFFF)
}

/// Value of a decimal digit of any script.
#[inline]
pub fn decimal_value(code: u32) -> Option<u8> {
    if code < 0x80 {
        let d = (code as u8).wrapping_sub(b'0');
        return (d < 10).then_some(d);
    }
    Some(type_record(code).decimal).filter(|&d| d != 255)
}
#[inline]
pub fn digit_value(code: u32) -> Option<u8> {
    Some(type_record(code).digit).filter(|&d| d != 255)
}
pub fn numeric_value(code: u32) -> Option<f64> {
    match type_record(code).numeric {
        0 => None,
        i => tables::NUMERICS.get(usize::from(i)).copied(),
    }
}

#[inline]
fn offset(code: u32, by: i32) -> u32 {
    code.wrapping_add_signed(by)
}

/// The one-character mappings, which `re` uses.
#[inline]
pub fn simple_lower(code: u32) -> u32 {
    if code < 0x80 { u32::from((code as u8).to_ascii_lowercase()) } else { offset(code, type_record(code).lower) }
}
#[inline]
pub fn simple_upper(code: u32) -> u32 {
    if code < 0x80 { u32::from((code as u8).to_ascii_uppercase()) } else { offset(code, type_record(code).upper) }
}
#[inline]
pub fn simple_title(code: u32) -> u32 {
    if code < 0x80 { u32::from((code as u8).to_ascii_uppercase()) } else { offset(code, type_record(code).title) }
}

/// Up to three code points: the result of a full case mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    codes: [u32; 3],
    len: u8,
}

impl Mapping {
    #[inline]
    fn one(code: u32) -> Self {
        Mapping { codes: [code, 0, 0], len: 1 }
    }
    #[inline]
    pub fn as_slice(&self) -> &[u32] {
        self.codes.get(..usize::from(self.len)).unwrap_or(&[])
    }
}

#[derive(Clone, Copy)]
enum Full {
    Lower = 0,
    Upper = 1,
    Title = 2,
    Fold = 3,
}

fn full(record: &TypeRecord, which: Full, code: u32) -> Mapping {
    let table = &tables::FULL_CASE_MAPPINGS;
    let mut at = usize::from(record.full);
    for _ in 0..which as usize {
        at += 1 + table.get(at).map_or(0, |&n| usize::from(n));
    }
    let len = table.get(at).copied().unwrap_or(0);
    let mut mapping = Mapping::one(code);
    mapping.len = len.min(3) as u8;
    for (i, slot) in mapping.codes.iter_mut().enumerate().take(usize::from(len)) {
        *slot = table.get(at + 1 + i).copied().map_or(0, u32::from);
    }
    mapping
}

/// Full lower case mapping of one character. The final sigma depends on its neighbours: see `search::case`.
#[inline]
pub fn to_lower(code: u32) -> Mapping {
    if code < 0x80 {
        return Mapping::one(u32::from((code as u8).to_ascii_lowercase()));
    }
    let r = type_record(code);
    if r.full == 0 { Mapping::one(offset(code, r.lower)) } else { full(r, Full::Lower, code) }
}
#[inline]
pub fn to_upper(code: u32) -> Mapping {
    if code < 0x80 {
        return Mapping::one(u32::from((code as u8).to_ascii_uppercase()));
    }
    let r = type_record(code);
    if r.full == 0 { Mapping::one(offset(code, r.upper)) } else { full(r, Full::Upper, code) }
}
#[inline]
pub fn to_title(code: u32) -> Mapping {
    if code < 0x80 {
        return Mapping::one(u32::from((code as u8).to_ascii_uppercase()));
    }
    let r = type_record(code);
    if r.full == 0 { Mapping::one(offset(code, r.title)) } else { full(r, Full::Title, code) }
}
#[inline]
pub fn to_casefold(code: u32) -> Mapping {
    if code < 0x80 {
        return Mapping::one(u32::from((code as u8).to_ascii_lowercase()));
    }
    let r = type_record(code);
    if r.full == 0 { Mapping::one(offset(code, r.lower)) } else { full(r, Full::Fold, code) }
}

fn name_of(names: &[&'static str], i: u8) -> &'static str {
    names.get(usize::from(i)).copied().unwrap_or("")
}

/// `unicodedata.category`, such as `"Lu"`.
pub fn category(code: u32) -> &'static str {
    name_of(&tables::CATEGORIES, db_record(code).category)
}
/// `unicodedata.bidirectional`: empty for unassigned characters.
pub fn bidirectional(code: u32) -> &'static str {
    name_of(&tables::BIDIRECTIONALS, db_record(code).bidirectional)
}
pub fn combining(code: u32) -> u8 {
    db_record(code).combining
}
pub fn mirrored(code: u32) -> bool {
    db_record(code).mirrored != 0
}
pub fn east_asian_width(code: u32) -> &'static str {
    name_of(&tables::WIDTHS, db_record(code).width)
}

/// The mapping in the database: its prefix (empty: canonical) and its code points. Hangul syllables have none here.
pub fn decomposition_parts(code: u32) -> Option<(&'static str, &'static [u32])> {
    if code > MAX_CODE {
        return None;
    }
    let at = trie(&tables::DECOMP_INDEX, &tables::DECOMP_DATA, tables::DECOMP_SHIFT, code);
    if at == 0 {
        return None;
    }
    let head = *tables::DECOMPOSITIONS.get(at)?;
    let codes = tables::DECOMPOSITIONS.get(at + 1..at + 1 + (head >> 8) as usize)?;
    Some((name_of(&tables::PREFIXES, (head & 0xFF) as u8), codes))
}

/// `unicodedata.decomposition`: for instance `"<compat> 0020 0308"`.
pub fn decomposition(code: u32) -> String {
    use std::fmt::Write;
    let jamo = normalize::hangul(code);
    let (prefix, codes) = match (&jamo, decomposition_parts(code)) {
        (Some((parts, len)), _) => ("", parts.get(..*len).unwrap_or(&[])),
        (None, Some(parts)) => parts,
        (None, None) => return String::new(),
    };
    let mut out = String::from(prefix);
    for c in codes {
        if !out.is_empty() {
            out.push(' ');
        }
        // Writing to a String cannot fail.
        let _ = write!(out, "{c:04X}");
    }
    out
}
