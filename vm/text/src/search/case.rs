//! `lower`, `upper`, `title`, `capitalize`, `swapcase`, `casefold`.

use crate::{NoMemory, Text, TextBuf, TextData, unicode};

const CAPITAL_SIGMA: u32 = 0x3A3;

/// The lower case of a capital sigma at `at`: final after a letter and with none following, looking past what case ignores.
fn lower_sigma(text: Text<'_>, at: usize) -> u32 {
    let before = (0..at).rev().map(|i| text.at(i)).find(|&c| !unicode::is_case_ignorable(c));
    let after = (at + 1..text.len()).map(|i| text.at(i)).find(|&c| !unicode::is_case_ignorable(c));
    let is_final = before.is_some_and(unicode::is_cased) && !after.is_some_and(unicode::is_cased);
    if is_final { 0x3C2 } else { 0x3C3 }
}

#[inline]
fn push_mapping(mapping: &unicode::Mapping, out: &mut TextBuf) {
    match mapping.as_slice() {
        [one] => out.push(*one),
        more => out.push_slice(more),
    }
}

/// A buffer as wide and as long as `text`: most case mappings keep both.
fn buffer_like(text: Text<'_>) -> TextBuf {
    let mut out = TextBuf::new();
    out.prepare(text.max_code(), text.len());
    out
}

#[inline]
fn push_lower(text: Text<'_>, at: usize, code: u32, out: &mut TextBuf) {
    if code == CAPITAL_SIGMA {
        out.push(lower_sigma(text, at));
    } else {
        push_mapping(&unicode::to_lower(code), out);
    }
}

fn ascii(bytes: Vec<u8>) -> Result<TextData, NoMemory> {
    Ok(TextData::One(bytes))
}

fn copied(s: &[u8]) -> Result<Vec<u8>, NoMemory> {
    let mut v = Vec::new();
    v.try_reserve_exact(s.len())?;
    v.extend_from_slice(s);
    Ok(v)
}

pub fn lower(text: Text<'_>) -> Result<TextData, NoMemory> {
    if let Text::One(s) = text
        && s.is_ascii()
    {
        let mut v = copied(s)?;
        v.make_ascii_lowercase();
        return ascii(v);
    }
    let mut out = buffer_like(text);
    for (i, code) in text.iter().enumerate() {
        push_lower(text, i, code, &mut out);
    }
    out.finish()
}

pub fn upper(text: Text<'_>) -> Result<TextData, NoMemory> {
    if let Text::One(s) = text
        && s.is_ascii()
    {
        let mut v = copied(s)?;
        v.make_ascii_uppercase();
        return ascii(v);
    }
    let mut out = buffer_like(text);
    for code in text.iter() {
        push_mapping(&unicode::to_upper(code), &mut out);
    }
    out.finish()
}

pub fn casefold(text: Text<'_>) -> Result<TextData, NoMemory> {
    if text.is_ascii() {
        return lower(text);
    }
    let mut out = buffer_like(text);
    for code in text.iter() {
        push_mapping(&unicode::to_casefold(code), &mut out);
    }
    out.finish()
}

pub fn swapcase(text: Text<'_>) -> Result<TextData, NoMemory> {
    let mut out = buffer_like(text);
    for (i, code) in text.iter().enumerate() {
        if unicode::is_upper(code) {
            push_lower(text, i, code, &mut out);
        } else if unicode::is_lower(code) {
            push_mapping(&unicode::to_upper(code), &mut out);
        } else {
            out.push(code);
        }
    }
    out.finish()
}

pub fn capitalize(text: Text<'_>) -> Result<TextData, NoMemory> {
    let mut out = buffer_like(text);
    for (i, code) in text.iter().enumerate() {
        if i == 0 {
            push_mapping(&unicode::to_title(code), &mut out);
        } else {
            push_lower(text, i, code, &mut out);
        }
    }
    out.finish()
}

pub fn title(text: Text<'_>) -> Result<TextData, NoMemory> {
    let mut out = buffer_like(text);
    let mut previous = false;
    for (i, code) in text.iter().enumerate() {
        if previous {
            push_lower(text, i, code, &mut out);
        } else {
            push_mapping(&unicode::to_title(code), &mut out);
        }
        previous = unicode::is_cased(code);
    }
    out.finish()
}
