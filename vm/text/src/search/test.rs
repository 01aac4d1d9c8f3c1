//! `isalpha` and its like, of whole texts. All are false for the empty text but `is_ascii` and `is_printable`.

use crate::{Text, unicode};

fn all(text: Text<'_>, test: impl Fn(u32) -> bool) -> bool {
    !text.is_empty() && text.iter().all(test)
}

pub fn is_alpha(text: Text<'_>) -> bool {
    all(text, unicode::is_alpha)
}
pub fn is_alnum(text: Text<'_>) -> bool {
    all(text, unicode::is_alnum)
}
pub fn is_decimal(text: Text<'_>) -> bool {
    all(text, unicode::is_decimal)
}
pub fn is_digit(text: Text<'_>) -> bool {
    all(text, unicode::is_digit)
}
pub fn is_numeric(text: Text<'_>) -> bool {
    all(text, unicode::is_numeric)
}
pub fn is_space(text: Text<'_>) -> bool {
    all(text, unicode::is_space)
}
pub fn is_printable(text: Text<'_>) -> bool {
    text.iter().all(unicode::is_printable)
}

/// Some letter is lower case and none is upper or title case.
pub fn is_lower(text: Text<'_>) -> bool {
    let mut cased = false;
    for code in text.iter() {
        if unicode::is_upper(code) || unicode::is_title(code) {
            return false;
        }
        cased = cased || unicode::is_lower(code);
    }
    cased
}

/// Some letter is upper case and none is lower or title case.
pub fn is_upper(text: Text<'_>) -> bool {
    let mut cased = false;
    for code in text.iter() {
        if unicode::is_lower(code) || unicode::is_title(code) {
            return false;
        }
        cased = cased || unicode::is_upper(code);
    }
    cased
}

/// Upper and title case only after what has no case, lower case only after what has.
pub fn is_title(text: Text<'_>) -> bool {
    let (mut cased, mut previous) = (false, false);
    for code in text.iter() {
        if unicode::is_upper(code) || unicode::is_title(code) {
            if previous {
                return false;
            }
            (previous, cased) = (true, true);
        } else if unicode::is_lower(code) {
            if !previous {
                return false;
            }
            cased = true;
        } else {
            previous = false;
        }
    }
    cased
}

pub fn is_identifier(text: Text<'_>) -> bool {
    match text.get(0) {
        Some(first) if unicode::is_xid_start(first) => {}
        _ => return false,
    }
    match text {
        Text::One(s) if s.is_ascii() => s.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_'),
        _ => text.iter().all(unicode::is_xid_continue),
    }
}
