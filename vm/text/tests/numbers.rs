//! Floats, integers and the format-spec language against recorded answers of CPython 3.14.
#![allow(clippy::unwrap_used, clippy::panic, dead_code, reason = "a failing test may panic")]

mod common;

use brolga_text::float::{self, hex, parse};
use brolga_text::format::{apply, spec};
use brolga_text::{TextBuf, int};
use common::{cases, flat, float as bits, text};

fn shown(buf: TextBuf) -> String {
    buf.finish().unwrap().as_text().to_string_lossy()
}

#[test]
fn repr_hex_hash() {
    for c in cases(include_str!("recorded/float_repr.txt")) {
        let x = bits(c[0]);
        assert_eq!(float::repr(x), c[1]);
        assert_eq!(hex::to_hex(x), c[2]);
        if let Some(h) = float::hash(x) {
            assert_eq!(h.to_string(), c[3], "{x}");
        }
        if !c[5].is_empty() {
            let (negative, m, e) = float::decompose_odd(x);
            let n = format!("{}{}", if negative && m != 0 { "-" } else { "" }, u128::from(m) << e.max(0));
            if e < 60 && e > -120 {
                assert_eq!(n, c[5]);
                assert_eq!((1u128 << (-e).max(0)).to_string(), c[6]);
            }
        }
    }
}

#[test]
fn float_formats() {
    let mut bad = 0;
    for c in cases(include_str!("recorded/float_format.txt")) {
        let s = spec::parse(flat(c[1]).as_text(), 0, b'>').unwrap();
        let mut out = TextBuf::new();
        apply::format_float(bits(c[0]), &s, apply::Locale::C, &mut out).unwrap();
        let got = shown(out);
        if got != text(c[2]) {
            bad += 1;
            println!("{} {}: {got:?} for {:?}", float::repr(bits(c[0])), c[1], text(c[2]));
        }
    }
    assert_eq!(bad, 0);
}

#[test]
fn float_parsing() {
    let quiet = |x: f64| if x.is_nan() { "nan".into() } else { format!("{:016x}", x.to_bits()) };
    let wanted = |f: &str| if f.starts_with('!') { f.to_string() } else { quiet(bits(f)) };
    for c in cases(include_str!("recorded/float_parse.txt")) {
        let got = parse::parse(flat(c[0]).as_text()).map_or_else(|_| "!ValueError".into(), quiet);
        assert_eq!(got, wanted(c[1]), "{:?}", c[0]);
    }
    for c in cases(include_str!("recorded/complex_parse.txt")) {
        let got = parse::parse_complex(flat(c[0]).as_text())
            .map_or_else(|_| "!ValueError".into(), |(r, i)| format!("{} {}", quiet(r), quiet(i)));
        let want: Vec<_> = c[1].split(' ').map(wanted).collect();
        assert_eq!(got, want.join(" "), "{:?}", c[0]);
    }
    for c in cases(include_str!("recorded/float_fromhex.txt")) {
        let got = match hex::from_hex(flat(c[0]).as_text()) {
            Ok(x) => quiet(x),
            Err(e @ hex::FromHexError::TooLarge) => format!("!OverflowError: {e}"),
            Err(e) => format!("!ValueError: {e}"),
        };
        assert_eq!(got, wanted(c[1]), "{:?}", c[0]);
    }
    for c in cases(include_str!("recorded/complex_repr.txt")) {
        assert_eq!(float::repr_complex(bits(c[0]), bits(c[1])), c[2]);
    }
}

#[test]
fn float_rounding() {
    for c in cases(include_str!("recorded/float_round.txt")) {
        let got = match float::round(bits(c[0]), c[1].parse().unwrap()) {
            Ok(x) if x.is_nan() => bits("7ff8000000000000").to_bits(),
            Ok(x) => x.to_bits(),
            Err(_) => {
                assert!(c[2].starts_with("!OverflowError"), "{c:?}");
                continue;
            }
        };
        assert_eq!(format!("{got:016x}"), c[2], "{} {}", bits(c[0]), c[1]);
    }
}

#[test]
fn integers() {
    for c in cases(include_str!("recorded/int_parse.txt")) {
        let base: u32 = c[1].parse().unwrap();
        let got = match int::parse(flat(c[0]).as_text(), base, int::DEFAULT_MAX_STR_DIGITS) {
            Ok(int::ParsedInt::Small(v)) => format!("{}0x{:x}", if v < 0 { "-" } else { "" }, v.unsigned_abs()),
            Ok(big @ int::ParsedInt::Big { .. }) => match big.limbs() {
                Some(limbs) => {
                    let mut s: String = limbs.iter().rev().map(|l| format!("{l:016x}")).collect();
                    s = s.trim_start_matches('0').into();
                    let int::ParsedInt::Big { negative, .. } = big else { unreachable!() };
                    format!("{}0x{s}", if negative { "-" } else { "" })
                }
                None => continue,
            },
            Err(int::ParseIntError::Invalid) => {
                assert!(c[2].starts_with("!ValueError: invalid literal"), "{c:?}");
                continue;
            }
            Err(e) => format!("!ValueError: {e}"),
        };
        assert_eq!(got, c[2], "{:?} {base}", c[0]);
    }
    assert_eq!(int::format_i64(i64::MIN, 2), format!("-1{}", "0".repeat(63)));
    assert_eq!(int::format_i64(-255, 16), "-ff");
    assert_eq!(int::format_i64(0, 8), "0");
}

fn format_case(kind: &str, value: &str, text_spec: &str) -> Result<String, (spec::SpecError, &'static str)> {
    let mut out = TextBuf::new();
    let fmt = flat(text_spec);
    let default = match kind {
        "str" => 's' as u32,
        "int" => 'd' as u32,
        _ => 0,
    };
    let align = if kind == "str" { b'<' } else { b'>' };
    let value = text(value);
    let name = match kind {
        "str" => "str",
        "int" => "int",
        "float" => "float",
        "bool" => "bool",
        _ => "complex",
    };
    let default = if kind == "bool" { 'd' as u32 } else { default };
    let s = spec::parse(fmt.as_text(), default, align).map_err(|e| (e, name))?;
    match kind {
        "str" => {
            let mut v = TextBuf::new();
            v.push_str(&value);
            apply::format_str(v.finish().unwrap().as_text(), &s, &mut out)
        }
        "float" => apply::format_float(value.parse().unwrap(), &s, apply::Locale::C, &mut out),
        "int" | "bool" => {
            let v: i128 = match value.as_str() {
                "True" => 1,
                v => v.parse().unwrap(),
            };
            match s.int_kind().map_err(|e| (e, name))? {
                spec::IntKind::Char => apply::format_char(i64::try_from(v).unwrap_or(-1), &s, &mut out),
                spec::IntKind::Float => apply::format_float(v as f64, &s, apply::Locale::C, &mut out),
                spec::IntKind::Base(b) => {
                    let m = v.unsigned_abs();
                    let digits = match b {
                        2 => format!("{m:b}"),
                        8 => format!("{m:o}"),
                        16 => format!("{m:x}"),
                        _ => m.to_string(),
                    };
                    apply::format_int(v < 0, &digits, &s, apply::Locale::C, &mut out)
                }
            }
        }
        _ => {
            let mut v = TextBuf::new();
            v.push_str(&value);
            let (re, im) = parse::parse_complex(v.finish().unwrap().as_text()).unwrap();
            apply::format_complex(re, im, &s, apply::Locale::C, &mut out)
        }
    }
    .map_err(|e| (e, name))?;
    Ok(shown(out))
}

#[test]
fn format_specs() {
    let mut bad = 0;
    for c in cases(include_str!("recorded/format_spec.txt")) {
        let want = text(c[3]);
        let got = match format_case(c[0], c[1], c[2]) {
            Ok(s) => s,
            Err((e @ spec::SpecError::CharRange, name)) if c[1].len() > 20 => {
                let _ = (e, name);
                "!OverflowError: Python int too large to convert to C long".into()
            }
            Err((e @ spec::SpecError::CharRange, name)) => format!("!OverflowError: {}", e.message(name)),
            Err((e, name)) => format!("!ValueError: {}", e.message(name)),
        };
        if got != want {
            bad += 1;
            println!("{} {:?} {:?}: {got:?} for {want:?}", c[0], c[1], c[2]);
        }
    }
    assert_eq!(bad, 0);
}
