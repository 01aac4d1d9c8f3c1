//! `split`, `rsplit`, `splitlines`, `strip`.

use super::find::{Finder, rfind_units, same_width};
use crate::text::{CodeUnit, Text};
use crate::{NoMemory, unicode, with_units};

/// Start and end in code points.
pub type Span = std::ops::Range<usize>;

/// Which characters are blank, and which end a line: those of `str` or those of `bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    Str,
    Bytes,
}

impl Rules {
    #[inline]
    pub fn is_space(self, code: u32) -> bool {
        match self {
            Rules::Str => unicode::is_space(code),
            Rules::Bytes => matches!(code, 0x09..=0x0D | 0x20),
        }
    }

    #[inline]
    fn is_linebreak(self, code: u32) -> bool {
        match self {
            Rules::Str => unicode::is_linebreak(code),
            Rules::Bytes => matches!(code, 0x0A | 0x0D),
        }
    }
}

fn push(out: &mut Vec<Span>, span: Span) -> Result<(), NoMemory> {
    if out.len() == out.capacity() {
        out.try_reserve(1)?;
    }
    out.push(span);
    Ok(())
}

fn one(span: Span) -> Result<Vec<Span>, NoMemory> {
    let mut out = Vec::new();
    push(&mut out, span)?;
    Ok(out)
}

/// `text.split(separator, most)`; the separator must not be empty.
pub fn split(text: Text<'_>, separator: Text<'_>, most: usize) -> Result<Vec<Span>, NoMemory> {
    same_width!(text, separator, one(0..text.len()), |t, s| split_units(t, s, most))
}

fn split_units<U: CodeUnit>(text: &[U], separator: &[U], most: usize) -> Result<Vec<Span>, NoMemory> {
    let mut out = Vec::new();
    let mut start = 0;
    if let Some(finder) = Finder::new(separator) {
        while out.len() < most {
            let Some(at) = finder.find(text, start) else { break };
            push(&mut out, start..at)?;
            start = at + separator.len();
        }
    }
    push(&mut out, start..text.len())?;
    Ok(out)
}

/// `text.rsplit(separator, most)`, in text order; the separator must not be empty.
pub fn rsplit(text: Text<'_>, separator: Text<'_>, most: usize) -> Result<Vec<Span>, NoMemory> {
    same_width!(text, separator, one(0..text.len()), |t, s| rsplit_units(t, s, most))
}

fn rsplit_units<U: CodeUnit>(text: &[U], separator: &[U], most: usize) -> Result<Vec<Span>, NoMemory> {
    let mut out = Vec::new();
    let mut end = text.len();
    while out.len() < most && !separator.is_empty() {
        let Some(at) = text.get(..end).and_then(|t| rfind_units(t, separator)) else { break };
        push(&mut out, at + separator.len()..end)?;
        end = at;
    }
    push(&mut out, 0..end)?;
    out.reverse();
    Ok(out)
}

/// `text.split(None, most)`.
pub fn split_whitespace(text: Text<'_>, most: usize, rules: Rules) -> Result<Vec<Span>, NoMemory> {
    with_units!(text, |s| {
        let blank = |i: &usize| s.get(*i).is_some_and(|u| rules.is_space(u.code()));
        let mut out = Vec::new();
        let mut at = 0;
        loop {
            while blank(&at) {
                at += 1;
            }
            if at >= s.len() {
                break;
            }
            if out.len() >= most {
                push(&mut out, at..s.len())?;
                break;
            }
            let start = at;
            while at < s.len() && !blank(&at) {
                at += 1;
            }
            push(&mut out, start..at)?;
        }
        Ok(out)
    })
}

/// `text.rsplit(None, most)`, in text order.
pub fn rsplit_whitespace(text: Text<'_>, most: usize, rules: Rules) -> Result<Vec<Span>, NoMemory> {
    with_units!(text, |s| {
        // Positions are ends here: `before(i)` looks at what stands left of `i`.
        let blank = |i: usize| i > 0 && s.get(i - 1).is_some_and(|u| rules.is_space(u.code()));
        let mut out = Vec::new();
        let mut at = s.len();
        loop {
            while blank(at) {
                at -= 1;
            }
            if at == 0 {
                break;
            }
            if out.len() >= most {
                push(&mut out, 0..at)?;
                break;
            }
            let end = at;
            while at > 0 && !blank(at) {
                at -= 1;
            }
            push(&mut out, at..end)?;
        }
        out.reverse();
        Ok(out)
    })
}

/// `text.splitlines(keepends)`.
pub fn split_lines(text: Text<'_>, keep_ends: bool, rules: Rules) -> Result<Vec<Span>, NoMemory> {
    with_units!(text, |s| {
        let mut out = Vec::new();
        let mut start = 0;
        while start < s.len() {
            let end = s.iter().skip(start).position(|u| rules.is_linebreak(u.code())).map_or(s.len(), |i| i + start);
            let code = |i: usize| s.get(i).map(|u| u.code());
            let next = match (code(end), code(end + 1)) {
                (None, _) => end,
                (Some(0x0D), Some(0x0A)) => end + 2,
                _ => end + 1,
            };
            push(&mut out, start..if keep_ends { next } else { end })?;
            start = next;
        }
        Ok(out)
    })
}

/// Which ends `strip` works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    Left,
    Right,
    Both,
}

/// `strip`, `lstrip`, `rstrip`: what is left. `None` for `chars` strips blanks.
pub fn strip(text: Text<'_>, chars: Option<Text<'_>>, ends: Ends, rules: Rules) -> Span {
    // A small set as bits, so that long sets of ASCII do not cost a search for each character.
    let mut ascii = [0u64; 2];
    let mut wide = false;
    if let Some(chars) = chars {
        for code in chars.iter() {
            match ascii.get_mut(code as usize / 64) {
                Some(bits) => *bits |= 1 << (code % 64),
                None => wide = true,
            }
        }
    }
    let gone = |code: u32| match chars {
        None => rules.is_space(code),
        Some(chars) => match ascii.get(code as usize / 64) {
            Some(bits) => bits >> (code % 64) & 1 != 0,
            None => wide && chars.iter().any(|c| c == code),
        },
    };
    let mut start = 0;
    let mut end = text.len();
    if ends != Ends::Right {
        while start < end && gone(text.at(start)) {
            start += 1;
        }
    }
    if ends != Ends::Left {
        while end > start && gone(text.at(end - 1)) {
            end -= 1;
        }
    }
    start..end
}
