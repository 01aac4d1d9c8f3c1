//! Codecs and their error handlers against recorded answers of CPython 3.14.
#![allow(clippy::unwrap_used, clippy::panic, dead_code, reason = "a failing test may panic")]

mod common;

use brolga_text::codecs::policy::{BuiltIn, CodecError, Encoding};
use brolga_text::codecs::utf16::Order;
use brolga_text::codecs::{ByteOrder, Policy, charmap, escape, single, utf7, utf8, utf16};
use brolga_text::{TextBuf, TextData};
use common::{cases, decode, flat, text};

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect()
}

fn table() -> TextData {
    let mut out = TextBuf::new();
    for b in 0..=255u8 {
        let high = [
            0x20AC, 0xFFFE, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0xFFFE,
            0x17D, 0xFFFE, 0xFFFE, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161,
            0x203A, 0x153, 0xFFFE, 0x17E, 0x178,
        ];
        out.push(if (0x80..0xA0).contains(&b) { high[usize::from(b) - 0x80] } else { u32::from(b) });
    }
    out.finish().unwrap()
}

fn handler(policy: &str, encoding: &str) -> BuiltIn {
    let encoding = match encoding {
        "utf-8" => Encoding::Utf8,
        "utf-16-le" | "utf-16" => Encoding::Utf16Le,
        "utf-16-be" => Encoding::Utf16Be,
        "utf-32-le" | "utf-32" => Encoding::Utf32Le,
        "utf-32-be" => Encoding::Utf32Be,
        "ascii" | "latin-1" => Encoding::Single,
        _ => Encoding::Other,
    };
    BuiltIn { policy: Policy::by_name(policy).unwrap(), encoding }
}

fn failure(e: CodecError) -> String {
    match e {
        CodecError::Invalid { start, end, reason } => format!("!{start},{end},{reason}"),
        e => format!("{e:?}"),
    }
}

#[test]
fn decoders() {
    let mut bad = 0;
    for c in cases(include_str!("recorded/decode.txt")) {
        let input = bytes(c[3]);
        let is_final = c[2] == "1";
        let mut out = TextBuf::new();
        let mut h = handler(c[1], c[0]);
        let fixed = Order::Fixed;
        let (little, big) = (ByteOrder::Little, ByteOrder::Big);
        let used = match c[0] {
            "utf-8" => utf8::decode(&input, is_final, &mut out, &mut h),
            "utf-16" => utf16::decode16(&input, Order::Detect, is_final, &mut out, &mut h).map(|r| r.0),
            "utf-16-le" => utf16::decode16(&input, fixed(little), is_final, &mut out, &mut h).map(|r| r.0),
            "utf-16-be" => utf16::decode16(&input, fixed(big), is_final, &mut out, &mut h).map(|r| r.0),
            "utf-32" => utf16::decode32(&input, Order::Detect, is_final, &mut out, &mut h).map(|r| r.0),
            "utf-32-le" => utf16::decode32(&input, fixed(little), is_final, &mut out, &mut h).map(|r| r.0),
            "utf-32-be" => utf16::decode32(&input, fixed(big), is_final, &mut out, &mut h).map(|r| r.0),
            "utf-7" => utf7::decode(&input, is_final, &mut out, &mut h),
            "unicode_escape" => escape::decode_unicode(&input, is_final, &mut out, &mut h).map(|r| r.0),
            "raw_unicode_escape" => escape::decode_raw(&input, is_final, &mut out, &mut h),
            "ascii" => single::decode_ascii(&input, &mut out, &mut h).map(|()| input.len()),
            _ => charmap::decode(&input, table().as_text(), &mut out, &mut h).map(|()| input.len()),
        };
        let data = out.finish().unwrap();
        let got = match used {
            Ok(used) => (data.as_text().iter().collect(), used.to_string()),
            Err(e) => (failure(e).chars().map(|c| c as u32).collect::<Vec<_>>(), String::new()),
        };
        let want = (decode(c[4]), c.get(5).unwrap_or(&"").to_string());
        if got != want {
            bad += 1;
            println!(
                "{c:?}: {:?} {:?}",
                String::from_iter(got.0.iter().map(|&c| char::from_u32(c).unwrap_or('?'))),
                got.1
            );
        }
    }
    assert_eq!(bad, 0);
}

#[test]
fn encoders() {
    let mut bad = 0;
    let map = charmap::EncodingMap::new(table().as_text()).unwrap();
    for c in cases(include_str!("recorded/encode.txt")) {
        let input = flat(c[2]);
        let t = input.as_text();
        let mut h = handler(c[1], c[0]);
        let (little, big) = (Some(ByteOrder::Little), Some(ByteOrder::Big));
        let got = match c[0] {
            "utf-8" => utf8::encode(t, &mut h),
            "utf-16" => utf16::encode16(t, None, &mut h),
            "utf-16-le" => utf16::encode16(t, little, &mut h),
            "utf-16-be" => utf16::encode16(t, big, &mut h),
            "utf-32" => utf16::encode32(t, None, &mut h),
            "utf-32-le" => utf16::encode32(t, little, &mut h),
            "utf-32-be" => utf16::encode32(t, big, &mut h),
            "utf-7" => utf7::encode(t).map_err(Into::into),
            "unicode_escape" => escape::encode_unicode(t).map_err(Into::into),
            "raw_unicode_escape" => escape::encode_raw(t).map_err(Into::into),
            "ascii" => single::encode_ascii(t, &mut h),
            "latin-1" => single::encode_latin1(t, &mut h),
            _ => {
                let mut get = |code| Ok(map.get(code).map_or(charmap::Mapped::Undefined, charmap::Mapped::Byte));
                charmap::encode(t, &mut get, &mut h)
            }
        };
        let got = match got {
            Ok(b) => b.iter().map(|b| format!("{b:02x}")).collect(),
            Err(e) => failure(e),
        };
        if got != c[3] {
            bad += 1;
            println!("{c:?}: {got}");
        }
    }
    assert_eq!(bad, 0);
}

#[test]
fn bytes_escapes() {
    for c in cases(include_str!("recorded/escape_decode.txt")) {
        let input: Vec<u8> = decode(c[0]).iter().map(|&c| c as u8).collect();
        let policy = match c[1] {
            "strict" => escape::BytesPolicy::Strict,
            "replace" => escape::BytesPolicy::Replace,
            _ => escape::BytesPolicy::Ignore,
        };
        let got = match escape::decode_bytes(&input, policy) {
            Ok((b, _)) => b.iter().map(|b| format!("{b:02x}")).collect(),
            Err(e) => format!("!ValueError: {e}"),
        };
        assert_eq!(got, text(c[2]), "{c:?}");
    }
}
