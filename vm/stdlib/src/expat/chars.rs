//! Characters and names of XML 1.0.

/// White space.
#[inline(always)]
pub fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r')
}

/// May the character stand in a document at all?
pub fn is_char(c: u32) -> bool {
    matches!(c, 0x9 | 0xa | 0xd | 0x20..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..=0x10_ffff)
}

pub fn starts_name(c: char) -> bool {
    matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

pub fn in_name(c: char) -> bool {
    starts_name(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// The length of the name that the text begins with; 0 for none.
pub fn name_len(text: &str) -> usize {
    match text.chars().next() {
        Some(c) if starts_name(c) => token_len(text),
        _ => 0,
    }
}

/// The length of the name token that the text begins with.
pub fn token_len(text: &str) -> usize {
    text.find(|c| !in_name(c)).unwrap_or(text.len())
}

/// May the character stand in a public identifier?
pub fn in_public_id(c: char) -> bool {
    matches!(c, ' ' | '\r' | '\n' | 'a'..='z' | 'A'..='Z' | '0'..='9') || "-'()+,./:=?;!*#@$_%".contains(c)
}

/// The character that `&#...;` names, given what stands between `#` and `;`.
pub fn char_ref(digits: &str) -> Option<char> {
    let number = match digits.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse::<u32>().ok()?,
    };
    if is_char(number) { char::from_u32(number) } else { None }
}

/// Line ends as XML has them: `\r\n` and `\r` become `\n`.
pub fn normal_lines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}
