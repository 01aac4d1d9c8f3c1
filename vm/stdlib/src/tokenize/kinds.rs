//! The numbers of the tokens, as `Lib/token.py` has them.

pub const ENDMARKER: i32 = 0;
pub const NAME: i32 = 1;
pub const NUMBER: i32 = 2;
pub const STRING: i32 = 3;
pub const NEWLINE: i32 = 4;
pub const INDENT: i32 = 5;
pub const DEDENT: i32 = 6;
pub const DOT: i32 = 23;
pub const ELLIPSIS: i32 = 52;
pub const COLON: i32 = 11;
pub const OP: i32 = 55;
pub const FSTRING_START: i32 = 59;
pub const FSTRING_MIDDLE: i32 = 60;
pub const FSTRING_END: i32 = 61;
pub const TSTRING_START: i32 = 62;
pub const TSTRING_MIDDLE: i32 = 63;
pub const TSTRING_END: i32 = 64;
pub const COMMENT: i32 = 65;
pub const NL: i32 = 66;

/// Does the token stand in quotes? Its position then begins where the literal does, perhaps lines above.
pub fn is_string_literal(kind: i32) -> bool {
    kind == STRING || (FSTRING_START..=TSTRING_END).contains(&kind)
}

/// The operator of one character; [`OP`] for a character that is none.
pub fn one_char(c: i32) -> i32 {
    match u8::try_from(c).unwrap_or(0) {
        b'(' => 7,
        b')' => 8,
        b'[' => 9,
        b']' => 10,
        b':' => COLON,
        b',' => 12,
        b';' => 13,
        b'+' => 14,
        b'-' => 15,
        b'*' => 16,
        b'/' => 17,
        b'|' => 18,
        b'&' => 19,
        b'<' => 20,
        b'>' => 21,
        b'=' => 22,
        b'.' => DOT,
        b'%' => 24,
        b'{' => 25,
        b'}' => 26,
        b'~' => 31,
        b'^' => 32,
        b'@' => 49,
        b'!' => 54,
        _ => OP,
    }
}

/// The operator of two characters, or [`OP`].
pub fn two_chars(a: i32, b: i32) -> i32 {
    let (Ok(a), Ok(b)) = (u8::try_from(a), u8::try_from(b)) else { return OP };
    match &[a, b] {
        b"==" => 27,
        b"!=" => 28,
        b"<=" => 29,
        b">=" => 30,
        b"<<" => 33,
        b">>" => 34,
        b"**" => 35,
        b"+=" => 36,
        b"-=" => 37,
        b"*=" => 38,
        b"/=" => 39,
        b"%=" => 40,
        b"&=" => 41,
        b"|=" => 42,
        b"^=" => 43,
        b"//" => 47,
        b"@=" => 50,
        b"->" => 51,
        b":=" => 53,
        _ => OP,
    }
}

/// The operator of three characters, or [`OP`].
pub fn three_chars(a: i32, b: i32, c: i32) -> i32 {
    let (Ok(a), Ok(b), Ok(c)) = (u8::try_from(a), u8::try_from(b), u8::try_from(c)) else { return OP };
    match &[a, b, c] {
        b"<<=" => 44,
        b">>=" => 45,
        b"**=" => 46,
        b"//=" => 48,
        b"..." => ELLIPSIS,
        _ => OP,
    }
}
