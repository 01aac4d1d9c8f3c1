//! Formatting by templates, searching, case and repr against recorded answers of CPython 3.14.
#![allow(clippy::unwrap_used, clippy::panic, dead_code, reason = "a failing test may panic")]

mod common;

use brolga_text::format::{percent, template};
use brolga_text::search::{case, find, replace, split, test};
use brolga_text::{Text, TextBuf, TextData, repr};
use common::{cases, decode, flat, text};

fn codes(d: &TextData) -> Vec<u32> {
    d.as_text().iter().collect()
}

fn span(t: Text<'_>, s: &std::ops::Range<usize>) -> String {
    t.slice(s.start, s.end).to_string_lossy()
}

fn percent_case(c: &[&str]) -> Result<TextData, percent::PercentError> {
    let f = flat(c[0]);
    let mut args = c[2..].iter();
    let mut out = TextBuf::new();
    let mut pieces = percent::Pieces::default();
    while let Some(piece) = pieces.next(f.as_text()) {
        match piece? {
            percent::Piece::Literal(s) => out.push_text(f.as_text().slice(s.start, s.end)),
            percent::Piece::Percent => out.push(37),
            percent::Piece::Conversion(conv) => {
                let arg = flat(args.next().unwrap());
                let arg_text = arg.as_text().to_string_lossy();
                match conv.check(false)? {
                    percent::Kind::Str | percent::Kind::Char => conv.format_text(arg.as_text(), &mut out),
                    percent::Kind::Repr => conv.format_text(repr::repr_str(arg.as_text())?.as_text(), &mut out),
                    percent::Kind::Ascii => conv.format_text(repr::ascii_str(arg.as_text())?.as_text(), &mut out),
                    percent::Kind::Float => conv.format_float(arg_text.parse().unwrap(), &mut out)?,
                    kind => {
                        let v: i64 = arg_text.parse().unwrap();
                        let base = if let percent::Kind::Based(b) = kind { b } else { 10 };
                        let digits = brolga_text::int::format_i64(v.abs(), base);
                        conv.format_int(v < 0, &digits, &mut out)?;
                    }
                }
            }
        }
    }
    Ok(out.finish()?)
}

#[test]
fn percent_formats() {
    for c in cases(include_str!("recorded/percent.txt")) {
        let want = decode(c.last().unwrap());
        let got = match percent_case(&c) {
            Ok(d) => codes(&d),
            Err(e) => format!("!ValueError: {e}").chars().map(|c| c as u32).collect(),
        };
        assert_eq!(got, want, "{c:?}");
    }
}

#[test]
fn templates() {
    for c in cases(include_str!("recorded/template.txt")) {
        let t = flat(c[0]);
        let t = t.as_text();
        let mut pieces = template::Pieces::new(0..t.len());
        let mut got = Vec::new();
        while let Some(p) = pieces.next(t) {
            match p {
                Ok(p) => {
                    let field = p.field.map_or("None|None|None".into(), |f| {
                        let conversion = f.conversion.map_or("None".into(), |c| char::from_u32(c).unwrap().to_string());
                        assert_eq!(f.nested, span(t, &f.spec).contains('{'));
                        format!("{}|{}|{conversion}", span(t, &f.name), span(t, &f.spec))
                    });
                    got.push(format!("{}|{field}", span(t, &p.literal)));
                }
                Err(e) => {
                    got.push(format!("!{e}"));
                    break;
                }
            }
        }
        let want: Vec<_> = c[1..].iter().map(|f| text(f)).collect();
        assert_eq!(got, want, "{:?}", c[0]);
    }
    for c in cases(include_str!("recorded/field_name.txt")) {
        let t = flat(c[0]);
        let t = t.as_text();
        let mut got = Vec::new();
        match template::split_name(t, 0..t.len()) {
            Err(e) => got.push(format!("!{e}")),
            Ok((first, mut steps)) => {
                got.push(match first {
                    template::First::Empty => "''".into(),
                    template::First::Index(i) => i.to_string(),
                    template::First::Name(s) => format!("'{}'", span(t, &s)),
                });
                while let Some(step) = steps.next(t) {
                    match step {
                        Ok(template::Step::Attribute(s)) => got.push(format!(".'{}'", span(t, &s))),
                        Ok(template::Step::Key(s)) => got.push(format!("['{}'", span(t, &s))),
                        Ok(template::Step::Index(i)) => got.push(format!("[{i}")),
                        Err(e) => {
                            got.push(format!("!{e}"));
                            break;
                        }
                    }
                }
            }
        }
        let want: Vec<_> = c[1..].iter().map(|f| text(f)).collect();
        assert_eq!(got, want, "{:?}", c[0]);
    }
}

#[test]
fn string_methods() {
    for c in cases(include_str!("recorded/strings.txt")) {
        let subject = flat(c[1]);
        let s = subject.as_text();
        let boolean = |b: bool| vec![if b { "True" } else { "False" }.chars().map(|c| c as u32).collect()];
        let spans = |v: Vec<std::ops::Range<usize>>| {
            let mut out = vec![decode(c[2]), decode(c[3]), vec![]];
            out.extend(v.into_iter().map(|r| s.slice(r.start, r.end).iter().collect::<Vec<u32>>()));
            out
        };
        let optional = |d: Option<TextData>| d.map_or_else(|| s.iter().collect(), |d| codes(&d));
        let most = || c[3].parse::<isize>().map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
        let got: Vec<Vec<u32>> = match c[0] {
            "lower" => vec![codes(&case::lower(s).unwrap())],
            "upper" => vec![codes(&case::upper(s).unwrap())],
            "title" => vec![codes(&case::title(s).unwrap())],
            "capitalize" => vec![codes(&case::capitalize(s).unwrap())],
            "swapcase" => vec![codes(&case::swapcase(s).unwrap())],
            "casefold" => vec![codes(&case::casefold(s).unwrap())],
            "isalpha" => boolean(test::is_alpha(s)),
            "isalnum" => boolean(test::is_alnum(s)),
            "isdecimal" => boolean(test::is_decimal(s)),
            "isdigit" => boolean(test::is_digit(s)),
            "isnumeric" => boolean(test::is_numeric(s)),
            "isspace" => boolean(test::is_space(s)),
            "isprintable" => boolean(test::is_printable(s)),
            "islower" => boolean(test::is_lower(s)),
            "isupper" => boolean(test::is_upper(s)),
            "istitle" => boolean(test::is_title(s)),
            "isidentifier" => boolean(test::is_identifier(s)),
            "isascii" => boolean(s.is_ascii()),
            "repr" => vec![codes(&repr::repr_str(s).unwrap())],
            "ascii" => vec![codes(&repr::ascii_str(s).unwrap())],
            "expandtabs" => {
                let n: usize = c[2].parse().unwrap();
                vec![decode(c[2]), optional(replace::expand_tabs(s, n).unwrap())]
            }
            "splitlines" => spans(split::split_lines(s, false, split::Rules::Str).unwrap()),
            "splitlines-keep" => spans(split::split_lines(s, true, split::Rules::Str).unwrap()),
            "split" if c[2] == "-" => spans(split::split_whitespace(s, most(), split::Rules::Str).unwrap()),
            "rsplit" if c[2] == "-" => spans(split::rsplit_whitespace(s, most(), split::Rules::Str).unwrap()),
            "split" => spans(split::split(s, flat(c[2]).as_text(), most()).unwrap()),
            "rsplit" => spans(split::rsplit(s, flat(c[2]).as_text(), most()).unwrap()),
            "replace" => {
                let mut new = TextBuf::new();
                new.push_str(if c[2].is_empty() { "-" } else { "<\u{20ac}>" });
                let new = new.finish().unwrap();
                let got = replace::replace(s, flat(c[2]).as_text(), new.as_text(), most()).unwrap();
                vec![decode(c[2]), decode(c[3]), optional(got)]
            }
            "search" => {
                let sub = flat(c[2]);
                let n = sub.as_text();
                let number = |p: Option<usize>| p.map_or("-1".into(), |i| i.to_string());
                let all = [number(find::find(s, n)), number(find::rfind(s, n)), find::count(s, n).to_string()];
                let mut out = vec![decode(c[2])];
                out.extend(all.iter().map(|s| s.chars().map(|c| c as u32).collect::<Vec<u32>>()));
                out.extend(boolean(find::starts_with(s, n)));
                out.extend(boolean(find::ends_with(s, n)));
                out
            }
            "strip" => {
                let chars = flat(c[2]);
                let chars = if c[2] == "-" { None } else { Some(chars.as_text()) };
                let one = |e| {
                    let r = split::strip(s, chars, e, split::Rules::Str);
                    s.slice(r.start, r.end).iter().collect::<Vec<u32>>()
                };
                vec![decode(c[2]), one(split::Ends::Both), one(split::Ends::Left), one(split::Ends::Right)]
            }
            other => panic!("{other}"),
        };
        let want: Vec<_> = c[2..].iter().map(|f| decode(f)).collect();
        assert_eq!(got, want, "{c:?}");
    }
}

#[test]
fn bytes_repr() {
    for c in cases(include_str!("recorded/bytes_repr.txt")) {
        let bytes: Vec<u8> =
            (0..c[0].len() / 2).map(|i| u8::from_str_radix(&c[0][2 * i..2 * i + 2], 16).unwrap()).collect();
        assert_eq!(codes(&repr::repr_bytes(&bytes).unwrap()), decode(c[1]));
    }
}
