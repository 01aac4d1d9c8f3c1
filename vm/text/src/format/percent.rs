//! printf-style formatting: `%[(key)][flags][width][.precision][hlL]type`, of `str` and of `bytes` (as Latin-1 text).
//!
//! The scanner holds a position only, as those of [`super::template`] do.

use super::template::Span;
use crate::float::{self, Flags};
use crate::{Text, TextBuf};

/// Why a format is wrong (`ValueError`, but `NoMemory`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PercentError {
    Incomplete,
    IncompleteKey,
    WidthTooBig,
    PrecisionTooBig,
    Unsupported { code: u32, index: usize },
    NoMemory,
}

impl std::fmt::Display for PercentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PercentError::Incomplete => f.write_str("incomplete format"),
            PercentError::IncompleteKey => f.write_str("incomplete format key"),
            PercentError::WidthTooBig => f.write_str("width too big"),
            PercentError::PrecisionTooBig => f.write_str("precision too big"),
            PercentError::Unsupported { code, index } => {
                let shown = char::from_u32(*code).filter(|_| (31..=126).contains(code)).unwrap_or('?');
                write!(f, "unsupported format character '{shown}' (0x{code:x}) at index {index}")
            }
            PercentError::NoMemory => crate::NoMemory.fmt(f),
        }
    }
}

impl From<crate::NoMemory> for PercentError {
    fn from(_: crate::NoMemory) -> Self {
        PercentError::NoMemory
    }
}

/// A width or a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    None,
    Given(usize),
    /// `*`: taken from the arguments; see [`Conversion::set_width`] and [`Conversion::set_precision`].
    Star,
}

impl Size {
    fn value(self) -> Option<usize> {
        if let Size::Given(n) = self { Some(n) } else { None }
    }
}

/// One conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    pub key: Option<Span>,
    pub left: bool,
    pub plus: bool,
    pub blank: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: Size,
    pub precision: Size,
    /// The type character; any character until [`Conversion::check`] has been asked.
    pub code: u32,
    /// Where the type character stands.
    pub index: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Literal(Span),
    /// `%%`
    Percent,
    Conversion(Conversion),
}

/// Walks a format.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    at: usize,
}

impl Pieces {
    /// The next piece, `None` at the end.
    pub fn next(&mut self, text: Text<'_>) -> Option<Result<Piece, PercentError>> {
        let start = self.at;
        if start >= text.len() {
            return None;
        }
        let rest = text.slice(start, text.len());
        let len = crate::with_units!(rest, |s| find_percent(s));
        if len > 0 {
            self.at += len;
            return Some(Ok(Piece::Literal(start..self.at)));
        }
        self.at += 1;
        if text.get(self.at) == Some(0x25) {
            self.at += 1;
            return Some(Ok(Piece::Percent));
        }
        let conversion = self.conversion(text);
        if conversion.is_err() {
            self.at = text.len();
        }
        Some(conversion.map(Piece::Conversion))
    }

    fn number(&mut self, text: Text<'_>, most: usize, error: PercentError) -> Result<Size, PercentError> {
        let mut value: Option<usize> = None;
        while let Some(d) = text.get(self.at).and_then(|c| char::from_u32(c)?.to_digit(10)) {
            let next = value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add(d as usize));
            value = Some(next.filter(|&v| v <= most).ok_or(error)?);
            self.at += 1;
        }
        Ok(value.map_or(Size::None, Size::Given))
    }

    fn conversion(&mut self, text: Text<'_>) -> Result<Conversion, PercentError> {
        let mut out = Conversion {
            key: None,
            left: false,
            plus: false,
            blank: false,
            alternate: false,
            zero: false,
            width: Size::None,
            precision: Size::None,
            code: 0,
            index: 0,
        };
        let peek = |at: usize| text.get(at).and_then(|c| u8::try_from(c).ok()).unwrap_or(0);
        if peek(self.at) == b'(' {
            let start = self.at + 1;
            let mut depth = 1usize;
            let mut at = start;
            while depth > 0 {
                match text.get(at) {
                    None => return Err(PercentError::IncompleteKey),
                    Some(0x28) => depth += 1,
                    Some(0x29) => depth -= 1,
                    Some(_) => {}
                }
                at += 1;
            }
            out.key = Some(start..at - 1);
            self.at = at;
        }
        loop {
            match peek(self.at) {
                b'-' => out.left = true,
                b'+' => out.plus = true,
                b' ' => out.blank = true,
                b'#' => out.alternate = true,
                b'0' => out.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        if peek(self.at) == b'*' {
            out.width = Size::Star;
            self.at += 1;
        } else {
            out.width = self.number(text, isize::MAX as usize, PercentError::WidthTooBig)?;
        }
        if peek(self.at) == b'.' {
            self.at += 1;
            if peek(self.at) == b'*' {
                out.precision = Size::Star;
                self.at += 1;
            } else {
                out.precision = match self.number(text, i32::MAX as usize, PercentError::PrecisionTooBig)? {
                    Size::None => Size::Given(0),
                    given => given,
                };
            }
        }
        if matches!(peek(self.at), b'h' | b'l' | b'L') {
            self.at += 1;
        }
        out.code = text.get(self.at).ok_or(PercentError::Incomplete)?;
        out.index = self.at;
        self.at += 1;
        Ok(out)
    }
}

fn find_percent<U: crate::CodeUnit>(s: &[U]) -> usize {
    U::from_code(0x25).and_then(|p| p.position(s)).unwrap_or(s.len())
}

/// What a conversion needs for an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `s`, and `b` of bytes.
    Str,
    Repr,
    Ascii,
    Char,
    /// `d i u`: any number, by `int()`.
    Decimal,
    /// `o x X`: an integer; the base.
    Based(u32),
    Float,
}

impl Conversion {
    /// The kind of argument, after the argument was fetched (CPython complains of a missing one first). `bytes` also
    /// has `b`.
    pub fn check(&self, bytes: bool) -> Result<Kind, PercentError> {
        Ok(match u8::try_from(self.code).unwrap_or(b'%') {
            b's' => Kind::Str,
            b'b' if bytes => Kind::Str,
            b'r' => Kind::Repr,
            b'a' => Kind::Ascii,
            b'c' => Kind::Char,
            b'd' | b'i' | b'u' => Kind::Decimal,
            b'o' => Kind::Based(8),
            b'x' | b'X' => Kind::Based(16),
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => Kind::Float,
            _ => return Err(PercentError::Unsupported { code: self.code, index: self.index }),
        })
    }

    /// Gives the value of a `*` width: a negative one aligns to the left.
    pub fn set_width(&mut self, width: i64) {
        self.left |= width < 0;
        self.width = Size::Given(usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX));
    }

    /// Gives the value of a `*` precision: a negative one counts as 0. `None` when it is too big for a C `int`.
    pub fn set_precision(&mut self, precision: i64) -> Result<(), PercentError> {
        let precision = usize::try_from(precision.max(0)).unwrap_or(usize::MAX);
        if precision > i32::MAX as usize {
            return Err(PercentError::PrecisionTooBig);
        }
        self.precision = Size::Given(precision);
        Ok(())
    }

    fn pad(&self, len: usize) -> usize {
        self.width.value().unwrap_or(0).saturating_sub(len)
    }

    fn push_number(&self, negative: bool, prefix: &str, digits: &str, out: &mut TextBuf) {
        let sign = match negative {
            true => "-",
            false if self.plus => "+",
            false if self.blank => " ",
            false => "",
        };
        let pad = self.pad(sign.len() + prefix.len() + digits.len());
        if !self.left && !self.zero {
            out.push_repeated(0x20, pad);
        }
        out.push_str(sign);
        out.push_str(prefix);
        if !self.left && self.zero {
            out.push_repeated(0x30, pad);
        }
        out.push_str(digits);
        if self.left {
            out.push_repeated(0x20, pad);
        }
    }

    /// `d i u o x X`: `digits` are those of the magnitude in the base of [`Conversion::check`], lower case.
    pub fn format_int(&self, negative: bool, digits: &str, out: &mut TextBuf) -> Result<(), PercentError> {
        let upper = self.code == u32::from(b'X');
        let zeros = self.precision.value().unwrap_or(0).saturating_sub(digits.len());
        let mut text = String::new();
        text.try_reserve(zeros.saturating_add(digits.len())).map_err(|_| PercentError::NoMemory)?;
        text.extend(std::iter::repeat_n('0', zeros));
        text.push_str(digits);
        if upper {
            text.make_ascii_uppercase();
        }
        let prefix = match (self.alternate, char::from_u32(self.code)) {
            (true, Some('o')) => "0o",
            (true, Some('x')) => "0x",
            (true, Some('X')) => "0X",
            _ => "",
        };
        self.push_number(negative, prefix, &text, out);
        Ok(())
    }

    /// `e E f F g G`.
    pub fn format_float(&self, value: f64, out: &mut TextBuf) -> Result<(), PercentError> {
        let flags = Flags { alternate: self.alternate, ..Flags::default() };
        let code = u8::try_from(self.code).unwrap_or(b'g');
        let text = float::format_double(value, code, self.precision.value().unwrap_or(6), flags)?;
        match text.strip_prefix('-') {
            Some(digits) => self.push_number(true, "", digits, out),
            None => self.push_number(false, "", &text, out),
        }
        Ok(())
    }

    /// `s r a` (cut to the precision) and `c`.
    pub fn format_text(&self, text: Text<'_>, out: &mut TextBuf) {
        let most = if self.code == u32::from(b'c') { None } else { self.precision.value() };
        let shown = text.slice(0, most.unwrap_or(usize::MAX));
        let pad = self.pad(shown.len());
        if !self.left {
            out.push_repeated(0x20, pad);
        }
        out.push_text(shown);
        if self.left {
            out.push_repeated(0x20, pad);
        }
    }
}
