//! Unicode 3.2.0 (`unicodedata.ucd_3_2_0`), which `stringprep` and the IDNA codec ask for: the present database and what
//! was different then. Case, `isalpha` and the like have no old version.

use super::tables_3_2::{CORRECTIONS, RANGES};
use super::{normalize, records::DbRecord, tables};
use crate::{NoMemory, Text, TextData};

pub const UNIDATA_VERSION: &str = "3.2.0";

/// What 3.2.0 says of a range of characters.
#[derive(Debug)]
pub struct Old {
    record: DbRecord,
    /// 255: none.
    decimal: u8,
    /// 0: none, unless the present numeric value is 0 too.
    numeric: f64,
}

impl Old {
    pub const fn new(cat: u8, bidi: u8, combining: u8, mirrored: u8, width: u8, decimal: u8, numeric: f64) -> Self {
        Old { record: DbRecord::new(cat, bidi, combining, mirrored, width, 0), decimal, numeric }
    }
}

fn old(code: u32) -> Option<&'static Old> {
    let i = RANGES.partition_point(|&(_, last, _)| last < code);
    RANGES.get(i).filter(|&&(first, _, _)| first <= code).map(|(_, _, old)| old)
}

fn record(code: u32) -> &'static DbRecord {
    old(code).map_or_else(|| super::db_record(code), |o| &o.record)
}

/// Whether the character was there in 3.2.0.
pub fn is_assigned(code: u32) -> bool {
    record(code).category != 0
}

pub fn category(code: u32) -> &'static str {
    super::name_of(&tables::CATEGORIES, record(code).category)
}
pub fn bidirectional(code: u32) -> &'static str {
    super::name_of(&tables::BIDIRECTIONALS, record(code).bidirectional)
}
pub fn combining(code: u32) -> u8 {
    record(code).combining
}
pub fn mirrored(code: u32) -> bool {
    record(code).mirrored != 0
}
pub fn east_asian_width(code: u32) -> &'static str {
    super::name_of(&tables::WIDTHS, record(code).width)
}
pub fn decimal_value(code: u32) -> Option<u8> {
    old(code).map_or_else(|| super::decimal_value(code), |o| Some(o.decimal).filter(|&d| d != 255))
}
pub fn numeric_value(code: u32) -> Option<f64> {
    // These stand for zero now, and did not then.
    if matches!(code, 0x6D1E | 0xF9B2) {
        return None;
    }
    match old(code) {
        None => super::numeric_value(code),
        Some(o) if o.numeric == 0.0 => super::numeric_value(code).filter(|&v| v == 0.0 && o.record.category != 0),
        Some(o) => Some(o.numeric),
    }
}
pub fn decomposition(code: u32) -> String {
    if is_assigned(code) { super::decomposition(code) } else { String::new() }
}
/// The name, if the character was there.
pub fn name(code: u32) -> Option<String> {
    if is_assigned(code) { super::names::name(code) } else { None }
}

/// How the decomposition of a character differs from the present one.
pub(super) enum Change {
    None,
    Unassigned,
    To(u32),
}

pub(super) fn decomposition_change(code: u32) -> Change {
    if !is_assigned(code) {
        return Change::Unassigned;
    }
    CORRECTIONS.iter().find(|&&(from, _)| from == code).map_or(Change::None, |&(_, to)| Change::To(to))
}

/// `ucd_3_2_0.normalize`.
pub fn normalize(text: Text<'_>, form: normalize::Form) -> Result<TextData, NoMemory> {
    normalize::normalize_slow(text, form, true)
}
