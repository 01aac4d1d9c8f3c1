//! Character names: `unicodedata.name`, `unicodedata.lookup` and `\N{...}`.

use super::alias_tables::{ALIASES, SEQUENCES};

/// The name of a character, or `None` if it has none (control characters and surrogates do not).
pub fn name(code: u32) -> Option<String> {
    unicode_names2::name(char::from_u32(code)?).map(|n| n.to_string())
}

/// The character of a name or of an alias; case does not matter, and nothing else is forgiven.
pub fn lookup(name: &str) -> Option<u32> {
    // No name is longer; this also keeps hostile input cheap.
    if name.len() > 120 || !name.is_ascii() {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    if let Ok(i) = ALIASES.binary_search_by(|(alias, _)| (*alias).cmp(upper.as_str())) {
        return ALIASES.get(i).map(|&(_, code)| code);
    }
    // The crate also matches loosely (UAX #44: spaces, hyphens and underscores aside); CPython does not.
    let c = unicode_names2::character(&upper)?;
    unicode_names2::name(c).is_some_and(|n| n.to_string() == upper).then_some(u32::from(c))
}

/// The characters of a named sequence, which `unicodedata.lookup` knows and `\N{...}` does not.
pub fn lookup_sequence(name: &str) -> Option<&'static str> {
    let upper = name.to_ascii_uppercase();
    let i = SEQUENCES.binary_search_by(|(n, _)| (*n).cmp(upper.as_str())).ok()?;
    SEQUENCES.get(i).map(|&(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact_but_for_case() {
        assert_eq!(lookup("snowman"), Some(0x2603));
        assert_eq!(lookup("SNOW MAN"), None);
        assert_eq!(lookup("latinsmalllettera"), None);
        assert_eq!(lookup("LINE FEED"), Some(0x0A));
        assert_eq!(lookup("LINEFEED"), None);
        assert_eq!(lookup("CJK UNIFIED IDEOGRAPH-4E00"), Some(0x4E00));
        assert_eq!(lookup("hangul syllable gag"), Some(0xAC01));
        assert_eq!(lookup("HANGUL JUNGSEONG O-E"), Some(0x1180));
        assert_eq!(lookup("HANGUL JUNGSEONG OE"), Some(0x116C));
        assert_eq!(lookup_sequence("KEYCAP DIGIT ONE"), Some("1\u{fe0f}\u{20e3}"));
        assert_eq!(name(0x41).as_deref(), Some("LATIN CAPITAL LETTER A"));
        assert_eq!(name(0x0A), None);
    }
}
