//! `replace`, `expandtabs`.

use super::find::{Finder, same_width};
use crate::text::{CodeUnit, Text};
use crate::{NoMemory, TextBuf, TextData};

/// `text.replace(old, new, most)`; `None` when nothing is to be replaced.
pub fn replace(text: Text<'_>, old: Text<'_>, new: Text<'_>, most: usize) -> Result<Option<TextData>, NoMemory> {
    if most == 0 || old.len() > text.len() {
        return Ok(None);
    }
    same_width!(text, old, Ok(None), |t, o| replace_units(t, o, new, most))
}

fn replace_units<U: CodeUnit>(text: &[U], old: &[U], new: Text<'_>, most: usize) -> Result<Option<TextData>, NoMemory> {
    let mut out = TextBuf::new();
    let Some(finder) = Finder::new(old) else { return interleave(text, new, most) };
    let Some(mut at) = finder.find(text, 0) else { return Ok(None) };
    if let ([old], 1, Some(one)) = (old, new.len(), U::from_code(new.at(0)))
        && most >= text.len()
    {
        // One for one: a plain copy.
        let mut units: Vec<U> = Vec::new();
        units.try_reserve_exact(text.len())?;
        units.extend(text.iter().map(|u| if u == old { one } else { *u }));
        out.push_slice(&units);
        return out.finish().map(Some);
    }
    // Room for one result of the same size; it grows as it must.
    out.prepare(new.max_code(), text.len());
    let (mut copied, mut n) = (0, 0);
    loop {
        out.push_slice(text.get(copied..at).unwrap_or(&[]));
        out.push_text(new);
        copied = at + old.len();
        n += 1;
        match finder.find(text, copied) {
            Some(next) if n < most && !out.failed() => at = next,
            _ => break,
        }
    }
    out.push_slice(text.get(copied..).unwrap_or(&[]));
    out.finish().map(Some)
}

/// `new` before each code point and at the end, `most` times.
fn interleave<U: CodeUnit>(text: &[U], new: Text<'_>, most: usize) -> Result<Option<TextData>, NoMemory> {
    let mut out = TextBuf::new();
    let copies = most.min(text.len() + 1);
    let len = copies.checked_mul(new.len()).and_then(|n| n.checked_add(text.len())).ok_or(NoMemory)?;
    out.prepare(new.max_code(), len);
    for (i, &u) in text.iter().enumerate() {
        if i < copies {
            out.push_text(new);
        }
        out.push(u.code());
    }
    if copies > text.len() {
        out.push_text(new);
    }
    out.finish().map(Some)
}

/// `text.expandtabs(size)`: tabs become spaces up to the next column that `size` divides. None without a tab.
pub fn expand_tabs(text: Text<'_>, size: usize) -> Result<Option<TextData>, NoMemory> {
    if super::find::find(text, Text::One(b"\t")).is_none() {
        return Ok(None);
    }
    let mut out = TextBuf::with_capacity(text.len());
    let mut column = 0usize;
    for code in text.iter() {
        match code {
            0x09 => {
                if size > 0 {
                    let by = size - column % size;
                    out.push_repeated(0x20, by);
                    column = column.checked_add(by).ok_or(NoMemory)?;
                }
            }
            0x0A | 0x0D => {
                out.push(code);
                column = 0;
            }
            _ => {
                out.push(code);
                column += 1;
            }
        }
        if out.failed() {
            return Err(NoMemory);
        }
    }
    out.finish().map(Some)
}
