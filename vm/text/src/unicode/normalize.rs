//! Normal forms: NFC, NFD, NFKC, NFKD.

use super::v3_2::{self, Change};
use super::{MAX_CODE, combining, db_record, decomposition_parts, tables};
use crate::{NoMemory, Text, TextBuf, TextData};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

impl Form {
    /// By the name that `unicodedata.normalize` takes.
    pub fn by_name(name: &str) -> Option<Form> {
        Some(match name {
            "NFC" => Form::Nfc,
            "NFD" => Form::Nfd,
            "NFKC" => Form::Nfkc,
            "NFKD" => Form::Nfkd,
            _ => return None,
        })
    }

    fn compatible(self) -> bool {
        matches!(self, Form::Nfkc | Form::Nfkd)
    }

    fn composes(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }

    /// The bit of the generated quick check that says "never in this form".
    fn bit(self) -> u8 {
        match self {
            Form::Nfd => 1,
            Form::Nfkd => 2,
            Form::Nfc => 4,
            Form::Nfkc => 8,
        }
    }
}

/// In the quick check bits: may compose with what comes before.
const MAYBE: u8 = 16;

const S_BASE: u32 = 0xAC00;
const L_BASE: u32 = 0x1100;
const V_BASE: u32 = 0x1161;
const T_BASE: u32 = 0x11A7;
const L_COUNT: u32 = 19;
const V_COUNT: u32 = 21;
const T_COUNT: u32 = 28;
const S_COUNT: u32 = L_COUNT * V_COUNT * T_COUNT;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuickCheck {
    Yes,
    Maybe,
    No,
}

/// Whether `text` is in `form`, as far as a look at each character tells.
pub fn quick_check(text: Text<'_>, form: Form) -> QuickCheck {
    if text.is_ascii() {
        return QuickCheck::Yes;
    }
    let mut previous = 0;
    let mut answer = QuickCheck::Yes;
    for code in text.iter() {
        let r = db_record(code);
        if r.quick_check & form.bit() != 0 || (r.combining != 0 && r.combining < previous) {
            return QuickCheck::No;
        }
        if form.composes() && r.quick_check & MAYBE != 0 {
            answer = QuickCheck::Maybe;
        }
        previous = r.combining;
    }
    answer
}

pub fn is_normalized(text: Text<'_>, form: Form) -> Result<bool, NoMemory> {
    match quick_check(text, form) {
        QuickCheck::Yes => Ok(true),
        QuickCheck::No => Ok(false),
        QuickCheck::Maybe => Ok(normalize_slow(text, form, false)?.as_text().equals(text)),
    }
}

/// `text` in `form`, or `None` when it is in it already.
pub fn normalize(text: Text<'_>, form: Form) -> Result<Option<TextData>, NoMemory> {
    match quick_check(text, form) {
        QuickCheck::Yes => Ok(None),
        _ => normalize_slow(text, form, false).map(Some),
    }
}

/// The two or three jamo of a Hangul syllable.
pub(super) fn hangul(code: u32) -> Option<([u32; 3], usize)> {
    let s = code.wrapping_sub(S_BASE);
    if s >= S_COUNT {
        return None;
    }
    let t = s % T_COUNT;
    let (l, v) = (s / (V_COUNT * T_COUNT), s % (V_COUNT * T_COUNT) / T_COUNT);
    Some(([L_BASE + l, V_BASE + v, T_BASE + t], if t == 0 { 2 } else { 3 }))
}

/// Appends the full decomposition of `code`. Database mappings nest a few levels deep, so the recursion is bounded.
fn decompose(code: u32, compatible: bool, old: bool, out: &mut Vec<u32>) -> Result<(), NoMemory> {
    if let Some((parts, len)) = hangul(code) {
        out.try_reserve(3)?;
        out.extend(parts.iter().take(len));
        return Ok(());
    }
    let change = if old { v3_2::decomposition_change(code) } else { Change::None };
    let parts = match change {
        Change::None => decomposition_parts(code),
        Change::Unassigned => None,
        Change::To(code) => {
            out.try_reserve(1)?;
            out.push(code);
            return Ok(());
        }
    };
    match parts {
        Some((prefix, parts)) if prefix.is_empty() || compatible => {
            for &part in parts {
                decompose(part, compatible, old, out)?;
            }
        }
        _ => {
            out.try_reserve(1)?;
            out.push(code);
        }
    }
    Ok(())
}

/// The primary composite of two code points.
pub fn compose_pair(first: u32, second: u32) -> Option<u32> {
    if first.wrapping_sub(L_BASE) < L_COUNT && second.wrapping_sub(V_BASE) < V_COUNT {
        return Some(S_BASE + ((first - L_BASE) * V_COUNT + (second - V_BASE)) * T_COUNT);
    }
    if first.wrapping_sub(S_BASE) < S_COUNT
        && (first - S_BASE).is_multiple_of(T_COUNT)
        && (1..T_COUNT).contains(&second.wrapping_sub(T_BASE))
    {
        return Some(first + (second - T_BASE));
    }
    if first > MAX_CODE || second > MAX_CODE {
        return None;
    }
    let key = u64::from(first) << 32 | u64::from(second);
    let at = tables::COMPOSE_KEYS.binary_search(&key).ok()?;
    tables::COMPOSE_VALUES.get(at).copied()
}

/// `old`: as in Unicode 3.2.0.
pub(super) fn normalize_slow(text: Text<'_>, form: Form, old: bool) -> Result<TextData, NoMemory> {
    let mut codes: Vec<u32> = Vec::new();
    codes.try_reserve(text.len())?;
    for code in text.iter() {
        decompose(code, form.compatible(), old, &mut codes)?;
    }
    reorder(&mut codes);
    if form.composes() {
        compose(&mut codes);
    }
    let mut out = TextBuf::new();
    out.push_slice(&codes);
    out.finish()
}

/// Puts each run of combining characters in the order of their classes; equal classes stay as they are.
fn reorder(codes: &mut [u32]) {
    let mut rest = codes;
    while let Some(start) = rest.iter().position(|&c| combining(c) != 0) {
        let (_, tail) = rest.split_at_mut(start);
        let len = tail.iter().position(|&c| combining(c) == 0).unwrap_or(tail.len());
        let (run, after) = tail.split_at_mut(len);
        run.sort_by_key(|&c| combining(c));
        rest = after;
    }
}

/// Composes in place: each combining character joins the last starter unless something between blocks it.
fn compose(codes: &mut Vec<u32>) {
    let mut write = 0;
    let mut starter: Option<usize> = None;
    // Class of what was last kept after the starter; 0 when nothing was.
    let mut last_class = 0;
    for read in 0..codes.len() {
        let Some(&code) = codes.get(read) else { break };
        let class = combining(code);
        let blocked = match starter {
            Some(s) => write != s + 1 && (last_class == 0 || last_class >= class),
            None => true,
        };
        let joined = match starter.and_then(|s| codes.get(s).copied()) {
            Some(first) if !blocked => compose_pair(first, code),
            _ => None,
        };
        if let (Some(joined), Some(s)) = (joined, starter) {
            if let Some(slot) = codes.get_mut(s) {
                *slot = joined;
            }
            continue;
        }
        if let Some(slot) = codes.get_mut(write) {
            *slot = code;
        }
        if class == 0 {
            starter = Some(write);
        }
        last_class = class;
        write += 1;
    }
    codes.truncate(write);
}
