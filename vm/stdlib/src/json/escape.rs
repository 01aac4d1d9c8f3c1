//! Strings in quotes.

use brolga_text::{CodeUnit, Text, TextBuf};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Must the character be escaped where all of ASCII but control characters may stand? (DEL counts as one.)
const ESCAPED: [bool; 256] = {
    let mut table = [false; 256];
    let mut c = 0;
    while c < 256 {
        table[c] = c < 0x20 || c == 0x22 || c == 0x5c || c >= 0x7f;
        c += 1;
    }
    table
};

fn is_escaped(c: u32, ascii: bool) -> bool {
    match ESCAPED.get(c as usize) {
        Some(escaped) => *escaped && (ascii || c < 0x7f),
        None => ascii,
    }
}

fn push_unit(out: &mut TextBuf, unit: u32) {
    let digit = |shift: u32| HEX[(unit >> shift & 15) as usize];
    out.push_latin1(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
}

fn push_escape(out: &mut TextBuf, c: u32) {
    let short = match c {
        0x22 => b'"',
        0x5c => b'\\',
        0x0a => b'n',
        0x0d => b'r',
        0x09 => b't',
        0x08 => b'b',
        0x0c => b'f',
        0x1_0000.. => {
            let c = c - 0x1_0000;
            push_unit(out, 0xd800 | c >> 10);
            push_unit(out, 0xdc00 | c & 0x3ff);
            return;
        }
        _ => {
            push_unit(out, c);
            return;
        }
    };
    out.push_latin1(&[b'\\', short]);
}

fn push_units<U: CodeUnit>(out: &mut TextBuf, mut units: &[U], ascii: bool) {
    loop {
        let plain = units.iter().position(|u| is_escaped(u.code(), ascii)).unwrap_or(units.len());
        let (run, rest) = units.split_at(plain);
        out.push_slice(run);
        let Some((first, rest)) = rest.split_first() else { return };
        push_escape(out, first.code());
        units = rest;
    }
}

/// Appends the text in quotes; with `ascii` everything beyond ASCII is escaped.
pub fn push(out: &mut TextBuf, text: Text<'_>, ascii: bool) {
    out.push(u32::from(b'"'));
    match text {
        Text::One(units) => push_units(out, units, ascii),
        Text::Two(units) => push_units(out, units, ascii),
        Text::Four(units) => push_units(out, units, ascii),
    }
    out.push(u32::from(b'"'));
}
