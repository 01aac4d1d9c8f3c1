//! No input panics: random texts and bytes through every parser, decoder and search.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]

use brolga_text::codecs::policy::{BuiltIn, Encoding};
use brolga_text::codecs::utf16::Order;
use brolga_text::codecs::{ByteOrder, Policy, escape, utf7, utf8, utf16};
use brolga_text::format::{apply, percent, spec, template};
use brolga_text::search::{case, find, replace, split, test};
use brolga_text::unicode::normalize::{self, Form};
use brolga_text::{Text, TextBuf, TextData, float, int, repr, struct_format};

/// xorshift64: the same cases every time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }
    fn text(&mut self, alphabet: &[u32], most: usize) -> TextData {
        let mut out = TextBuf::new();
        for _ in 0..self.below(most + 1) {
            let code = alphabet[self.below(alphabet.len())];
            out.push(code);
        }
        out.finish().unwrap()
    }
}

fn codes(s: &str) -> Vec<u32> {
    s.chars().map(u32::from).collect()
}

#[test]
fn formats() {
    let mut r = Random(0x5EED);
    let alphabet = codes("{}[]().:!%<>^=+- z#0123456789,_.bcdeEfFgGnosxX*hlL\\aé\u{661}\u{1F600}");
    for _ in 0..60_000 {
        let t = r.text(&alphabet, 10);
        let t = t.as_text();
        let mut pieces = template::Pieces::new(0..t.len());
        while let Some(Ok(piece)) = pieces.next(t) {
            if let Some(field) = piece.field
                && let Ok((_, mut steps)) = template::split_name(t, field.name)
            {
                while let Some(Ok(_)) = steps.next(t) {}
            }
        }
        let mut pieces = percent::Pieces::default();
        while let Some(Ok(piece)) = pieces.next(t) {
            if let percent::Piece::Conversion(mut c) = piece {
                if !matches!(c.width, percent::Size::Given(0..=5000)) {
                    c.set_width(-7);
                }
                if !matches!(c.precision, percent::Size::Given(0..=5000)) {
                    c.set_precision(3).unwrap();
                }
                let mut out = TextBuf::new();
                c.format_float(-1.5e10, &mut out).unwrap();
                c.format_int(true, "123", &mut out).unwrap();
                c.format_text(t, &mut out);
            }
        }
        for kind in [0, 100, 115] {
            let Ok(mut s) = spec::parse(t, kind, b'>') else { continue };
            s.width = s.width.map(|w| w % 5000);
            s.precision = s.precision.map(|w| w % 5000);
            let mut out = TextBuf::new();
            let _ = apply::format_str(t, &s, &mut out);
            for x in [0.0, -0.0, 1.0, -12345.678, 1e300, 5e-324, f64::NAN, f64::INFINITY] {
                let _ = apply::format_float(x, &s, apply::Locale::C, &mut out);
                let _ = apply::format_complex(x, -x, &s, apply::Locale::C, &mut out);
            }
            let locale = apply::Locale { decimal_point: "٫", thousands_separator: "\u{a0}é", grouping: &[3, 2, 127] };
            let _ = apply::format_int(true, "1234567890123", &s, locale, &mut out);
            let _ = apply::format_char(0x20AC, &s, &mut out);
        }
    }
}

#[test]
fn numbers() {
    let mut r = Random(0xF00D);
    let alphabet = codes("0123456789+-._eExXpPoObBjJ() \tinfaANy\u{661}\u{2003}é\0");
    for _ in 0..100_000 {
        let t = r.text(&alphabet, 9);
        let t = t.as_text();
        let _ = float::parse::parse(t);
        let _ = float::parse::parse_complex(t);
        let _ = float::hex::from_hex(t);
        let base = [0, 2, 8, 10, 16, 36][r.below(6)];
        if let Ok(parsed) = int::parse(t, base, 4300) {
            let _ = parsed.limbs();
        }
        let bytes: Vec<u8> = t.iter().map(|c| c as u8).collect();
        let _ = struct_format::parse(&bytes);
        let x = f64::from_bits(((r.below(1 << 32) as u64) << 32) ^ r.below(1 << 32) as u64);
        let _ = float::round(x, r.below(700) as i64 - 350);
        assert!(x.is_nan() || float::repr(x).parse::<f64>() == Ok(x));
        assert!(x.is_nan() || float::hex::from_hex(Text::One(float::hex::to_hex(x).as_bytes())) == Ok(x));
        let _ = float::hash(x);
        if let Some(half) = struct_format::f64_to_half(x) {
            let _ = struct_format::half_to_f64(half);
        }
    }
}

#[test]
fn codecs() {
    let mut r = Random(0xC0DEC);
    let policies = ["strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass"];
    let letters = b"+-A/\\xuUN{}0178\n\x00\x80\xBF\xC3\xE2\xED\xA0\xF0\x9F\xD8\xDC\xFE\xFF q";
    for _ in 0..60_000 {
        let bytes: Vec<u8> = (0..r.below(14)).map(|_| letters[r.below(letters.len())]).collect();
        let policy = Policy::by_name(policies[r.below(policies.len())]).unwrap();
        let is_final = r.below(2) == 0;
        let encodings = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf32Be, Encoding::Other];
        let mut h = BuiltIn { policy, encoding: encodings[r.below(4)] };
        let mut out = TextBuf::new();
        let _ = utf8::decode(&bytes, is_final, &mut out, &mut h);
        let _ = utf7::decode(&bytes, is_final, &mut out, &mut h);
        let _ = escape::decode_unicode(&bytes, is_final, &mut out, &mut h);
        let _ = escape::decode_raw(&bytes, is_final, &mut out, &mut h);
        let _ = escape::decode_bytes(&bytes, escape::BytesPolicy::Replace);
        for order in [Order::Detect, Order::Fixed(ByteOrder::Little), Order::Fixed(ByteOrder::Big)] {
            let _ = utf16::decode16(&bytes, order, is_final, &mut out, &mut h);
            let _ = utf16::decode32(&bytes, order, is_final, &mut out, &mut h);
        }
        // What was decoded goes out and comes back.
        let text = out.finish().unwrap();
        let mut pass = BuiltIn { policy: Policy::SurrogatePass, encoding: Encoding::Utf8 };
        let encoded = utf8::encode(text.as_text(), &mut pass).unwrap();
        let mut back = TextBuf::new();
        utf8::decode(&encoded, true, &mut back, &mut pass).unwrap();
        assert_eq!(back.finish().unwrap(), text);
        let raw = escape::encode_unicode(text.as_text()).unwrap();
        let mut back = TextBuf::new();
        escape::decode_unicode(&raw, true, &mut back, &mut pass).unwrap();
        assert_eq!(back.finish().unwrap(), text);
        let seven = utf7::encode(text.as_text()).unwrap();
        let mut back = TextBuf::new();
        let _ = utf7::decode(&seven, true, &mut back, &mut pass);
    }
}

#[test]
fn texts() {
    let mut r = Random(0x7E47);
    let alphabets = [
        codes("ab"),
        codes("aé Σς\t\n\r'"),
        codes("aΣ\u{301}\u{1F600}ßǅ\u{2028}\u{AC00}\u{11A8}"),
        vec![97, 0xD800, 0xDFFF, 0x10FFFF],
    ];
    for _ in 0..40_000 {
        let alphabet = &alphabets[r.below(alphabets.len())];
        let (hay, needle) = (r.text(alphabet, 12), r.text(alphabet, 3));
        let (h, n) = (hay.as_text(), needle.as_text());
        let all: Vec<u32> = h.iter().collect();
        let sub: Vec<u32> = n.iter().collect();
        let naive = (0..=all.len()).find(|&i| all[i..].starts_with(&sub));
        assert_eq!(find::find(h, n), naive);
        assert_eq!(find::rfind(h, n), (0..=all.len()).rev().find(|&i| all[i..].starts_with(&sub)));
        let count = find::count(h, n);
        let most = r.below(4);
        let _ = replace::replace(h, n, h, most).unwrap();
        if !n.is_empty() {
            assert_eq!(split::split(h, n, usize::MAX).unwrap().len(), count + 1);
            split::rsplit(h, n, most).unwrap();
            // Replacing a needle by itself changes nothing.
            if let Some(same) = replace::replace(h, n, n, usize::MAX).unwrap() {
                assert_eq!(same, hay);
            }
        }
        split::split_whitespace(h, most, split::Rules::Str).unwrap();
        split::rsplit_whitespace(h, most, split::Rules::Bytes).unwrap();
        let lines = split::split_lines(h, true, split::Rules::Str).unwrap();
        assert_eq!(lines.iter().map(|l| l.len()).sum::<usize>(), h.len());
        split::strip(h, Some(n), split::Ends::Both, split::Rules::Str);
        for f in [case::lower, case::upper, case::title, case::capitalize, case::swapcase, case::casefold] {
            f(h).unwrap();
        }
        let _ = (test::is_title(h), test::is_identifier(h), test::is_printable(h));
        repr::repr_str(h).unwrap();
        for form in [Form::Nfc, Form::Nfd, Form::Nfkc, Form::Nfkd] {
            let done = normalize::normalize(h, form).unwrap().unwrap_or_else(|| hay.clone());
            assert!(normalize::is_normalized(done.as_text(), form).unwrap());
        }
    }
}
