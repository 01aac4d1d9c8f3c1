//! A second tokenizer, for failing sources only: finds the errors that CPython's tokenizer reports, which win over the parser's,
//! and gives the tokens by which [`super::parse`] tells CPython's special cases apart.

use super::fields::{Literal, Stop, mixes};
use super::{ErrorKind, SyntaxError, at_offsets, line_column, line_text, never_closed};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TokenKind {
    Name,
    Number,
    String,
    Op,
    Newline,
    Indent,
    Dedent,
    End,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Open brackets around it.
    pub(crate) level: usize,
}

/// What a scan found.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    pub(crate) tokens: Vec<Token>,
    pub(crate) error: Option<SyntaxError>,
    /// Offsets of brackets still open at the end.
    pub(crate) open: Vec<usize>,
    /// The source ends inside a triple-quoted string or a field of a literal, or behind a backslash.
    pub(crate) cut_off: bool,
}

pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) filename: &'a str,
    pub(super) at: usize,
    pub(super) open: Vec<usize>,
    /// Widths of the open indentations, with tabs to 8 and to 1 column.
    indents: Vec<(usize, usize)>,
    pub(super) tokens: Vec<Token>,
    /// The f- and t-strings that it is in.
    pub(super) literals: Vec<Literal>,
    pub(super) cut_off: bool,
}

pub(crate) fn scan(text: &str, filename: &str) -> Scan {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        filename,
        at: 0,
        open: Vec::new(),
        indents: vec![(0, 0)],
        tokens: Vec::new(),
        literals: Vec::new(),
        cut_off: false,
    };
    let error = scanner.run().err();
    Scan { tokens: scanner.tokens, error, open: scanner.open, cut_off: scanner.cut_off }
}

pub(super) type Step = Result<(), SyntaxError>;

fn is_name_start(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_start(c)
}

fn is_name(c: char) -> bool {
    unicode_ident::is_xid_continue(c)
}

const OPERATORS: [&str; 25] = [
    "**=", "//=", ">>=", "<<=", "...", "!=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "==",
    "<=", ">=", "<<", ">>", "**", "//", "<>",
];

impl Scanner<'_> {
    pub(super) fn peek(&self, n: usize) -> u8 {
        self.bytes.get(self.at + n).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token { kind, start, end: self.at, level: self.open.len() });
    }

    /// An error whose text is its line, without a line end.
    pub(super) fn error<T>(&self, message: String, start: usize, end: usize) -> Result<T, SyntaxError> {
        let mut e = at_offsets(self.text, self.filename, ErrorKind::SyntaxError, message, start, end);
        let line_start = self.text[..start].rfind('\n').map_or(0, |i| i + 1);
        e.text = self.text.get(line_start..).and_then(|rest| rest.split('\n').next()).map(str::to_owned);
        Err(e)
    }

    fn run(&mut self) -> Step {
        let mut line_start = true;
        loop {
            if line_start && self.open.is_empty() {
                self.indentation()?;
            }
            line_start = false;
            while matches!(self.peek(0), b' ' | b'\t' | b'\x0c') {
                self.at += 1;
            }
            let start = self.at;
            let Some(&byte) = self.bytes.get(self.at) else { break };
            match byte {
                b'#' => {
                    while !matches!(self.peek(0), 0 | b'\n') {
                        self.at += 1;
                    }
                }
                b'\n' => {
                    self.at += 1;
                    line_start = true;
                    if self.open.is_empty() && self.tokens.last().is_some_and(|t| !is_layout(t.kind)) {
                        self.tokens.push(Token { kind: TokenKind::Newline, start, end: start + 1, level: 0 });
                    }
                }
                b'\\' => self.continuation()?,
                b'"' | b'\'' => self.string(start)?,
                b'0'..=b'9' => self.number()?,
                b'.' if self.peek(1).is_ascii_digit() => self.number()?,
                _ => self.other(start)?,
            }
        }
        let end = self.bytes.len();
        if self.open.is_empty() && self.tokens.last().is_some_and(|t| !is_layout(t.kind)) {
            self.tokens.push(Token { kind: TokenKind::Newline, start: end, end: end + 1, level: 0 });
        }
        self.push(TokenKind::End, end);
        Ok(())
    }

    fn indentation(&mut self) -> Step {
        let start = self.at;
        let (mut wide, mut narrow) = (0, 0);
        loop {
            match self.peek(0) {
                b' ' => (wide, narrow) = (wide + 1, narrow + 1),
                b'\t' => (wide, narrow) = ((wide / 8 + 1) * 8, narrow + 1),
                b'\x0c' => (wide, narrow) = (0, 0),
                _ => break,
            }
            self.at += 1;
        }
        if self.at >= self.bytes.len() {
            (wide, narrow) = (0, 0);
        } else if matches!(self.peek(0), b'#' | b'\n') {
            return Ok(());
        }
        let (top, top_narrow) = self.indents.last().copied().unwrap_or((0, 0));
        if wide == top {
            if narrow != top_narrow {
                return self.tab_error(start);
            }
        } else if wide > top {
            if narrow <= top_narrow {
                return self.tab_error(start);
            }
            self.indents.push((wide, narrow));
            self.push(TokenKind::Indent, start);
        } else {
            while self.indents.len() > 1 && self.indents.last().is_some_and(|i| wide < i.0) {
                self.indents.pop();
                self.tokens.push(Token { kind: TokenKind::Dedent, start: self.at, end: self.at, level: 0 });
            }
            let (top, top_narrow) = self.indents.last().copied().unwrap_or((0, 0));
            if wide != top {
                let line = line_column(self.text, start).0;
                let width = line_text(self.text, line).chars().count() + 1;
                let message = "unindent does not match any outer indentation level".to_owned();
                let mut e = at_offsets(self.text, self.filename, ErrorKind::IndentationError, message, start, start);
                (e.column, e.end_column) = (i32::try_from(width).unwrap_or(i32::MAX), -1);
                return Err(e);
            }
            if narrow != top_narrow {
                return self.tab_error(start);
            }
        }
        Ok(())
    }

    fn tab_error(&self, start: usize) -> Step {
        let message = "inconsistent use of tabs and spaces in indentation".to_owned();
        let mut e = at_offsets(self.text, self.filename, ErrorKind::TabError, message, start, start);
        (e.column, e.end_column) = (1, 0);
        Err(e)
    }

    pub(super) fn continuation(&mut self) -> Step {
        let start = self.at;
        self.at += 1;
        match self.bytes.get(self.at) {
            Some(b'\n') => {
                self.at += 1;
                self.cut_off |= self.at >= self.bytes.len();
                Ok(())
            }
            None => {
                self.cut_off = true;
                if let Some(bracket) = self.open.last() {
                    return Err(never_closed(self.text, self.filename, *bracket));
                }
                self.error("unexpected EOF while parsing".to_owned(), start + 1, start + 1)
            }
            Some(_) => {
                let message = "unexpected character after line continuation character".to_owned();
                let mut e = at_offsets(self.text, self.filename, ErrorKind::SyntaxError, message, start + 1, start + 1);
                e.end_column = 0;
                Err(e)
            }
        }
    }

    /// A string literal; `start` is where its prefix begins, `self.at` its quote.
    pub(super) fn string(&mut self, start: usize) -> Step {
        let prefix = self.text[start..self.at].to_ascii_lowercase();
        let interpolated = prefix.contains('f') || prefix.contains('t');
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        let quote_at = self.at;
        let ended = if interpolated {
            match self.interpolated(&prefix, quote, triple) {
                Ok(()) => true,
                Err(Stop::Unterminated) => false,
                Err(Stop::Error(e)) => return Err(*e),
            }
        } else {
            let end = self.plain(self.at, quote, triple);
            self.at = end.unwrap_or(self.at);
            end.is_some()
        };
        if !ended {
            if !interpolated
                && let Some(around) = self.literals.last().filter(|l| l.quote == quote && l.triple == triple)
            {
                // The quote that ends the literal around it, whose field is still open.
                let message = format!("{}-string: expecting '}}'", around.prefix);
                return self.error(message, quote_at, quote_at);
            }
            let last = line_column(self.text, if triple { self.bytes.len() } else { start }).0;
            let trailing = triple && self.text.ends_with('\n');
            let last = if trailing { last - 1 } else { last };
            let what = match (interpolated, triple) {
                (true, true) => format!(
                    "unterminated triple-quoted {}-string literal",
                    if prefix.contains('f') { 'f' } else { 't' }
                ),
                (true, false) => {
                    format!("unterminated {}-string literal", if prefix.contains('f') { 'f' } else { 't' })
                }
                (false, true) => "unterminated triple-quoted string literal".to_owned(),
                (false, false) => "unterminated string literal".to_owned(),
            };
            self.cut_off |= triple;
            let hint = !triple && !interpolated && self.looks_nested(start, quote);
            let hint = if hint { "; perhaps you escaped the end quote?" } else { "" };
            let eol = self.bytes[start..].iter().position(|b| *b == b'\n').map_or(self.bytes.len(), |i| start + i);
            self.at = eol;
            return self.error(format!("{what} (detected at line {last}){hint}"), start, start);
        }
        if let Some(before) = self.tokens.last().copied() {
            mixes(self, before, &prefix)?;
        }
        self.push(TokenKind::String, start);
        Ok(())
    }

    /// CPython's hint: the line ends with an escaped quote.
    fn looks_nested(&self, start: usize, quote: u8) -> bool {
        let line = self.bytes[start..].split(|b| *b == b'\n').next().unwrap_or_default();
        line.windows(2).any(|w| w == [b'\\', quote])
    }

    /// Prefix letters that exclude each other.
    fn prefixes(&self, prefix: &str, start: usize) -> Step {
        let once = |c: char| prefix.matches(c).count() == 1;
        if !prefix.chars().all(|c| "bfrtu".contains(c) && once(c)) {
            return Ok(());
        }
        for (a, b) in [('u', 'b'), ('u', 'r'), ('u', 'f'), ('u', 't'), ('b', 'f'), ('b', 't'), ('f', 't')] {
            if prefix.contains(a) && prefix.contains(b) {
                let message = format!("'{a}' and '{b}' prefixes are incompatible");
                return self.error(message, start, self.at);
            }
        }
        Ok(())
    }

    fn plain(&self, at: usize, quote: u8, triple: bool) -> Option<usize> {
        let mut i = at + if triple { 3 } else { 1 };
        loop {
            let byte = *self.bytes.get(i)?;
            if byte == b'\\' {
                i += 2;
            } else if byte == quote && (!triple || self.bytes.get(i..i + 3) == Some(&[quote; 3])) {
                return Some(i + if triple { 3 } else { 1 });
            } else if byte == b'\n' && !triple {
                return None;
            } else {
                i += 1;
            }
        }
    }

    pub(super) fn number(&mut self) -> Step {
        let start = self.at;
        let radix = match (self.peek(0), self.peek(1).to_ascii_lowercase()) {
            (b'0', b'x') => Some(("hexadecimal", 16)),
            (b'0', b'o') => Some(("octal", 8)),
            (b'0', b'b') => Some(("binary", 2)),
            _ => None,
        };
        if let Some((name, base)) = radix {
            self.at += 2;
            loop {
                if self.peek(0) == b'_' {
                    self.at += 1;
                }
                if !char::from(self.peek(0)).is_digit(base) {
                    if self.peek(0).is_ascii_digit() {
                        let digit = char::from(self.peek(0));
                        self.at += 1;
                        return self.error(
                            format!("invalid digit '{digit}' in {name} literal"),
                            self.at - 1,
                            self.at - 1,
                        );
                    }
                    return self.error(format!("invalid {name} literal"), self.at - 1, self.at - 1);
                }
                while char::from(self.peek(0)).is_digit(base) {
                    self.at += 1;
                }
                if self.peek(0) != b'_' {
                    break;
                }
            }
            if self.peek(0).is_ascii_digit() {
                let digit = char::from(self.peek(0));
                self.at += 1;
                return self.error(format!("invalid digit '{digit}' in {name} literal"), self.at - 1, self.at - 1);
            }
            self.end_of_number(name)?;
            self.push(TokenKind::Number, start);
            return Ok(());
        }
        let mut kind = "decimal";
        self.digits()?;
        let integer = &self.bytes[start..self.at];
        let zeros = integer.iter().take_while(|b| matches!(b, b'0' | b'_')).count();
        let octal = integer.len() > zeros && zeros > 0;
        let mut float = false;
        if self.peek(0) == b'.' {
            float = true;
            self.at += 1;
            if self.peek(0).is_ascii_digit() {
                self.digits()?;
            }
        }
        if self.peek(0).eq_ignore_ascii_case(&b'e') {
            let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
            if self.peek(1 + sign).is_ascii_digit() {
                float = true;
                self.at += 1 + sign;
                self.digits()?;
            } else if sign == 1 {
                self.at += 1;
                return self.error("invalid decimal literal".to_owned(), self.at, self.at);
            }
        }
        if self.peek(0).eq_ignore_ascii_case(&b'j') {
            self.at += 1;
            kind = "imaginary";
        } else if octal && !float {
            let message =
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers";
            return self.error(message.to_owned(), start, start + zeros);
        }
        self.end_of_number(kind)?;
        self.push(TokenKind::Number, start);
        Ok(())
    }

    fn digits(&mut self) -> Step {
        loop {
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
            if self.peek(0) != b'_' {
                return Ok(());
            }
            self.at += 1;
            if !self.peek(0).is_ascii_digit() {
                return self.error("invalid decimal literal".to_owned(), self.at - 1, self.at - 1);
            }
        }
    }

    /// A letter right behind a number is an error, unless a keyword begins there.
    fn end_of_number(&self, kind: &str) -> Step {
        let rest = &self.text[self.at..];
        if !rest.starts_with(is_name_start)
            || ["and", "else", "for", "if", "in", "is", "not", "or"].iter().any(|k| rest.starts_with(k))
        {
            return Ok(());
        }
        self.error(format!("invalid {kind} literal"), self.at.saturating_sub(1), self.at.saturating_sub(1))
    }

    pub(super) fn other(&mut self, start: usize) -> Step {
        let Some(c) = self.text[start..].chars().next() else { return Ok(()) };
        if is_name_start(c) {
            while let Some(c) = self.text[self.at..].chars().next().filter(|c| is_name(*c)) {
                self.at += c.len_utf8();
            }
            let prefix = self.text[start..self.at].to_ascii_lowercase();
            if matches!(self.peek(0), b'"' | b'\'')
                && ["r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"].contains(&prefix.as_str())
            {
                return self.string(start);
            }
            if matches!(self.peek(0), b'"' | b'\'') && prefix.len() <= 5 {
                self.prefixes(&prefix, start)?;
            }
            self.push(TokenKind::Name, start);
            return Ok(());
        }
        if !c.is_ascii() {
            let code = u32::from(c);
            self.at += c.len_utf8();
            let printable = !(c.is_control()
                || c.is_whitespace()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2028}'..='\u{202e}' | '\u{ad}'));
            let message = if printable {
                format!("invalid character '{c}' (U+{code:04X})")
            } else {
                format!("invalid non-printable character U+{code:04X}")
            };
            return self.error(message, start, start);
        }
        if (c.is_ascii_control()) && c != '\x0c' {
            self.at += 1;
            return self.error(format!("invalid non-printable character U+{:04X}", u32::from(c)), start, start);
        }
        match c {
            '(' | '[' | '{' => {
                if self.open.len() >= 200 {
                    return self.error("too many nested parentheses".to_owned(), start, start);
                }
                self.at += 1;
                self.push(TokenKind::Op, start);
                self.open.push(start);
                return Ok(());
            }
            ')' | ']' | '}' => {
                self.at += 1;
                let Some(open_at) = self.open.pop() else {
                    return self.error(format!("unmatched '{c}'"), start, start);
                };
                let open = char::from(self.bytes[open_at]);
                if !matches!((open, c), ('(', ')') | ('[', ']') | ('{', '}')) {
                    let (line, here) = (line_column(self.text, open_at).0, line_column(self.text, start).0);
                    let at = if line == here { String::new() } else { format!(" on line {line}") };
                    let message = format!("closing parenthesis '{c}' does not match opening parenthesis '{open}'{at}");
                    return self.error(message, start, start);
                }
                self.push(TokenKind::Op, start);
                return Ok(());
            }
            _ => {}
        }
        let rest = &self.text[start..];
        self.at += OPERATORS.iter().find(|o| rest.starts_with(**o)).map_or(1, |o| o.len());
        self.push(TokenKind::Op, start);
        Ok(())
    }
}

pub(crate) fn is_layout(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)
}
