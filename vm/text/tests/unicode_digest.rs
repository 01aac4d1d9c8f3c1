//! The whole database against what CPython 3.14 answered for each of the 0x110000 code points.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]

use brolga_text::unicode::normalize::{Form, normalize};
use brolga_text::unicode::{self as u};
use brolga_text::{Text, TextBuf};

fn digest<I: IntoIterator<Item = u64>>(row: impl Fn(u32) -> I) -> u64 {
    let mut h = 0u64;
    for code in 0..=u::MAX_CODE {
        for x in row(code) {
            h = h.wrapping_mul(0x100_0000_01B3).wrapping_add(x).wrapping_add(1);
        }
    }
    h
}

fn number(names: &[&str], name: &str) -> [u64; 1] {
    [names.iter().position(|n| *n == name).unwrap() as u64]
}

fn expected(name: &str) -> u64 {
    let line = include_str!("unicode_digest.txt").lines().find(|l| l.split(' ').next() == Some(name)).unwrap();
    u64::from_str_radix(line.split(' ').nth(1).unwrap(), 16).unwrap()
}

const CATEGORIES: &str = "Cn Lu Ll Lt Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Lm Lo Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So";
const BIDI: &str = " L LRE LRO R AL RLE RLO PDF EN ES ET AN CS NSM BN B S WS ON LRI RLI FSI PDI";

fn codes(v: &[u32]) -> Vec<u64> {
    v.iter().map(|&c| u64::from(c)).collect()
}

fn normal(form: Form, input: &[u32]) -> Vec<u64> {
    match normalize(Text::Four(input), form).unwrap() {
        None => codes(input),
        Some(data) => data.as_text().iter().map(u64::from).collect(),
    }
}

#[test]
fn types() {
    let flags = digest(|c| {
        let bits = [
            u::is_alpha(c),
            u::is_decimal(c),
            u::is_digit(c),
            u::is_numeric(c),
            u::is_space(c),
            u::is_printable(c),
            u::is_lower(c),
            u::is_upper(c),
            u::is_title(c),
            u::is_cased(c),
            u::is_case_ignorable(c),
            u::is_xid_start(c),
            u::is_xid_continue(c),
        ];
        [bits.iter().enumerate().map(|(i, &b)| u64::from(b) << i).sum::<u64>()]
    });
    assert_eq!(flags, expected("flags"));
    assert_eq!(digest(|c| [u64::from(u::decimal_value(c).unwrap_or(255))]), expected("decimal"));
    assert_eq!(digest(|c| [u64::from(u::digit_value(c).unwrap_or(255))]), expected("digit"));
    assert_eq!(digest(|c| [u::numeric_value(c).map_or(0, f64::to_bits)]), expected("numeric"));
    assert_eq!(digest(|c| [u64::from(u::is_linebreak(c)) + 1]), expected("linebreak"));
}

#[test]
fn case() {
    assert_eq!(digest(|c| [u64::from(u::simple_lower(c))]), expected("simple_lower"));
    assert_eq!(digest(|c| codes(u::to_lower(c).as_slice())), expected("lower"));
    assert_eq!(digest(|c| codes(u::to_upper(c).as_slice())), expected("upper"));
    assert_eq!(digest(|c| codes(u::to_title(c).as_slice())), expected("title"));
    assert_eq!(digest(|c| codes(u::to_casefold(c).as_slice())), expected("fold"));
}

#[test]
fn database() {
    let categories: Vec<_> = CATEGORIES.split(' ').collect();
    let bidi: Vec<_> = BIDI.split(' ').collect();
    assert_eq!(digest(|c| number(&categories, u::category(c))), expected("category"));
    assert_eq!(digest(|c| number(&bidi, u::bidirectional(c))), expected("bidirectional"));
    assert_eq!(digest(|c| [u64::from(u::combining(c))]), expected("combining"));
    assert_eq!(digest(|c| [u64::from(u::mirrored(c))]), expected("mirrored"));
    let widths = ["N", "F", "H", "W", "Na", "A"];
    assert_eq!(digest(|c| number(&widths, u::east_asian_width(c))), expected("width"));
    assert_eq!(digest(|c| u::decomposition(c).bytes().map(u64::from).collect::<Vec<_>>()), expected("decomposition"));
}

#[test]
fn normal_forms() {
    for (name, form) in [("NFC", Form::Nfc), ("NFD", Form::Nfd), ("NFKC", Form::Nfkc), ("NFKD", Form::Nfkd)] {
        assert_eq!(digest(|c| normal(form, &[c])), expected(name));
        let context = digest(|c| normal(form, &[0x65, c, 0x323, 0x301, c, 0x1161, 0x11A8]));
        assert_eq!(context, expected(&format!("{name}-context")), "{name}");
    }
}

#[test]
fn version_3_2() {
    use brolga_text::unicode::v3_2 as old;
    let categories: Vec<_> = CATEGORIES.split(' ').collect();
    let bidi: Vec<_> = BIDI.split(' ').collect();
    let widths = ["N", "F", "H", "W", "Na", "A"];
    let all = digest(|c| {
        [
            number(&categories, old::category(c))[0],
            number(&bidi, old::bidirectional(c))[0],
            u64::from(old::combining(c)),
            u64::from(old::mirrored(c)),
            number(&widths, old::east_asian_width(c))[0],
            u64::from(old::decimal_value(c).unwrap_or(255)),
            old::numeric_value(c).map_or(0, f64::to_bits),
        ]
    });
    assert_eq!(all, expected("v3_2"));
    let decomposition = digest(|c| old::decomposition(c).bytes().map(u64::from).collect::<Vec<_>>());
    assert_eq!(decomposition, expected("v3_2-decomposition"));
    assert_eq!(digest(|c| [u64::from(old::name(c).is_some())]), expected("v3_2-name"));
    for (name, form) in [("NFC", Form::Nfc), ("NFKC", Form::Nfkc), ("NFKD", Form::Nfkd)] {
        let normal =
            |c| old::normalize(Text::Four(&[c]), form).unwrap().as_text().iter().map(u64::from).collect::<Vec<_>>();
        assert_eq!(digest(normal), expected(&format!("v3_2-{name}")), "{name}");
    }
}

#[test]
fn names() {
    let name = |c| u::names::name(c).unwrap_or_default();
    assert_eq!(digest(|c| name(c).bytes().map(u64::from).collect::<Vec<_>>()), expected("name"));
    for c in 0..=u::MAX_CODE {
        if let Some(name) = u::names::name(c) {
            assert_eq!(u::names::lookup(&name), Some(c), "{name}");
        }
    }
}

#[test]
fn nothing_past_the_end() {
    for c in [u::MAX_CODE + 1, u32::MAX] {
        assert!(!u::is_alpha(c) && !u::is_printable(c));
        assert_eq!(u::to_lower(c).as_slice(), &[c]);
        assert_eq!(u::category(c), "Cn");
        let mut buf = TextBuf::new();
        buf.push(c);
        assert!(!buf.failed());
    }
}
