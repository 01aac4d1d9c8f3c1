//! Reads the cases that `tools/record.py` wrote.

/// Code points of a field: printable ASCII stands for itself, the rest is `\x{HEX}`.
pub fn decode(field: &str) -> Vec<u32> {
    let mut out = Vec::new();
    let mut rest = field;
    while let Some(c) = rest.chars().next() {
        if let Some(tail) = rest.strip_prefix("\\x{") {
            let (hex, after) = tail.split_once('}').unwrap();
            out.push(u32::from_str_radix(hex, 16).unwrap());
            rest = after;
        } else {
            out.push(c as u32);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// As `decode`, for fields without surrogates.
pub fn text(field: &str) -> String {
    decode(field).into_iter().map(|c| char::from_u32(c).unwrap()).collect()
}

pub fn cases(recorded: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    recorded.lines().map(|l| l.split('\t').collect())
}

pub fn float(bits: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(bits, 16).unwrap())
}

#[allow(dead_code, reason = "not every test file needs it")]
pub fn flat(field: &str) -> brolga_text::TextData {
    let mut buf = brolga_text::TextBuf::new();
    buf.push_slice(&decode(field));
    buf.finish().unwrap()
}
