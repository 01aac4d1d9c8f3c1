//! Bad escapes in string literals: CPython shows the error of its codec, for the whole literal or an f-string's part.

use super::SyntaxError;
use super::parse::Context;

impl Context<'_> {
    pub(super) fn escape(&self) -> Option<SyntaxError> {
        let token = self.tok(self.token);
        let literal = self.text.get(token.start..token.end)?;
        let quote_at = literal.find(['"', '\''])?;
        let quotes = literal.get(quote_at..)?;
        let width = if quotes.starts_with("\"\"\"") || quotes.starts_with("'''") { 3 } else { 1 };
        let body = quotes.get(width..quotes.len().checked_sub(width)?)?;
        let prefix = literal.get(..quote_at)?.to_ascii_lowercase();
        if prefix.contains('b') {
            let (from, ..) = bad_escape(body)?;
            return Some(self.here(format!("(value error) invalid \\x escape at position {from}")));
        }
        if !prefix.contains(['f', 't']) {
            let (from, to, what) = bad_escape(body)?;
            return Some(self.here(codec(from, to, what)));
        }
        let base = token.start + quote_at + width;
        parts(body).into_iter().find_map(|(start, end)| {
            let (from, to, what) = bad_escape(body.get(start..end)?)?;
            Some(self.syntax(codec(from, to, what), base + start, base + end))
        })
    }
}

fn codec(from: usize, to: usize, what: &str) -> String {
    format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {from}-{to}: {what}")
}

/// The text between the fields of an f-string's body.
fn parts(body: &str) -> Vec<(usize, usize)> {
    let bytes = body.as_bytes();
    let (mut found, mut start, mut depth, mut i) = (Vec::new(), 0, 0_usize, 0);
    while let Some(byte) = bytes.get(i) {
        match byte {
            b'\\' if depth == 0 && bytes.get(i + 1) == Some(&b'N') && bytes.get(i + 2) == Some(&b'{') => {
                i = body.get(i..).and_then(|rest| rest.find('}')).map_or(bytes.len(), |n| i + n);
            }
            b'\\' => i += 1,
            b'{' | b'}' if depth == 0 && bytes.get(i + 1) == Some(byte) => i += 1,
            b'{' => {
                if depth == 0 {
                    found.push((start, i));
                }
                depth += 1;
            }
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    start = i + 1;
                }
            }
            _ => {}
        }
        i += 1;
    }
    if depth == 0 {
        found.push((start, bytes.len()));
    }
    found
}

/// The first escape that is none: where it begins and ends, and what is wrong with it.
fn bad_escape(body: &str) -> Option<(usize, usize, &'static str)> {
    let bytes = body.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] != b'\\' {
            i += 1;
            continue;
        }
        let kind = bytes.get(i + 1).copied().unwrap_or(0);
        let (digits, name) = match kind {
            b'x' => (2, "truncated \\xXX escape"),
            b'u' => (4, "truncated \\uXXXX escape"),
            b'U' => (8, "truncated \\UXXXXXXXX escape"),
            b'N' => {
                let close = body.get(i..).and_then(|rest| rest.find('}')).map(|n| i + n);
                return Some(match (bytes.get(i + 2), close) {
                    (Some(b'{'), Some(close)) if close > i + 3 => (i, close, "unknown Unicode character name"),
                    (Some(b'{'), Some(_)) => (i, i + 2, "malformed \\N character escape"),
                    (Some(b'{'), None) => (i, bytes.len() - 1, "malformed \\N character escape"),
                    _ => (i, i + 1, "malformed \\N character escape"),
                });
            }
            _ => {
                i += 2;
                continue;
            }
        };
        let found = bytes[i + 2..].iter().take(digits).take_while(|b| b.is_ascii_hexdigit()).count();
        if found < digits {
            return Some((i, i + 1 + found, name));
        }
        let value = body.get(i + 2..i + 2 + digits).and_then(|text| u32::from_str_radix(text, 16).ok());
        if value.is_none_or(|value| value > 0x10_ffff) {
            return Some((i, i + 1 + digits, "illegal Unicode character"));
        }
        i += 2 + digits;
    }
    None
}
