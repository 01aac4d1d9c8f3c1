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

fn push_lower(text: Text<'_>, at: usize, code: u32, out: &mut TextBuf) {
    if code == CAPITAL_SIGMA {
        out.push(lower_sigma(text, at));
    } else {
        out.push_slice(unicode::to_lower(code).as_slice());
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
    let mut out = TextBuf::with_capacity(text.len());
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
    let mut out = TextBuf::with_capacity(text.len());
    for code in text.iter() {
        out.push_slice(unicode::to_upper(code).as_slice());
    }
    out.finish()
}

pub fn casefold(text: Text<'_>) -> Result<TextData, NoMemory> {
    if text.is_ascii() {
        return lower(text);
    }
    let mut out = TextBuf::with_capacity(text.len());
    for code in text.iter() {
        out.push_slice(unicode::to_casefold(code).as_slice());
    }
    out.finish()
}

pub fn swapcase(text: Text<'_>) -> Result<TextData, NoMemory> {
    let mut out = TextBuf::with_capacity(text.len());
    for (i, code) in text.iter().enumerate() {
        if unicode::is_upper(code) {
            push_lower(text, i, code, &mut out);
        } else if unicode::is_lower(code) {
            out.push_slice(unicode::to_upper(code).as_slice());
        } else {
            out.push(code);
        }
    }
    out.finish()
}

pub fn capitalize(text: Text<'_>) -> Result<TextData, NoMemory> {
    let mut out = TextBuf::with_capacity(text.len());
    for (i, code) in text.iter().enumerate() {
        if i == 0 {
            out.push_slice(unicode::to_title(code).as_slice());
        } else {
            push_lower(text, i, code, &mut out);
        }
    }
    out.finish()
}

pub fn title(text: Text<'_>) -> Result<TextData, NoMemory> {
    let mut out = TextBuf::with_capacity(text.len());
    let mut previous = false;
    for (i, code) in text.iter().enumerate() {
        if previous {
            push_lower(text, i, code, &mut out);
        } else {
            out.push_slice(unicode::to_title(code).as_slice());
        }
        previous = unicode::is_cased(code);
    }
    out.finish()
}
