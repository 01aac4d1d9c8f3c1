//! The inside of f- and t-strings, for failing sources: CPython tokenizes replacement fields in place, and its parser has
//! messages of its own for what is wrong in one.

use super::scan::{Scanner, Step, Token, TokenKind};
use super::{ErrorKind, SyntaxError, at_offsets, never_closed};

/// An f- or t-string that the scanner is in.
#[derive(Clone, Copy)]
pub(super) struct Literal {
    /// `f` or `t`.
    pub(super) prefix: char,
    raw: bool,
    pub(super) quote: u8,
    pub(super) triple: bool,
}

/// CPython's limits: strings in strings, and fields in format specs.
const MAX_LITERALS: usize = 150;
const MAX_FIELDS: usize = 3;

/// Why the scan of a literal ended before its end.
pub(super) enum Stop {
    Unterminated,
    Error(Box<SyntaxError>),
}

impl From<SyntaxError> for Stop {
    fn from(e: SyntaxError) -> Stop {
        Stop::Error(Box::new(e))
    }
}

/// What stands in a field where its expression has ended.
enum Next {
    /// `=`, `!`, `:` or `}` on the field's own level.
    End(u8),
    Token(Token),
}

fn is_operator(word: &str) -> bool {
    matches!(
        word,
        "+" | "-"
            | "*"
            | "/"
            | "//"
            | "%"
            | "@"
            | "**"
            | "<<"
            | ">>"
            | "&"
            | "|"
            | "^"
            | "<"
            | ">"
            | "<="
            | ">="
            | "=="
            | "!="
            | "."
            | "and"
            | "or"
            | "in"
            | "is"
            | "not"
            | "if"
            | "else"
            | "for"
            | "async"
    )
}

/// How far the expression of a field has got.
struct Progress {
    /// The first token of the field, and of the operand chain since the last comma.
    first: usize,
    chain: usize,
    /// An operand must come.
    wants: bool,
    /// An operand may come.
    may: bool,
    /// Behind the last token at which the expression was complete.
    good: Option<usize>,
}

impl Scanner<'_> {
    /// A whole literal; `self.at` is at its quote.
    pub(super) fn interpolated(&mut self, prefix: &str, quote: u8, triple: bool) -> Result<(), Stop> {
        let literal =
            Literal { prefix: if prefix.contains('f') { 'f' } else { 't' }, raw: prefix.contains('r'), quote, triple };
        if self.literals.len() >= MAX_LITERALS {
            return Err(self
                .error::<()>("too many nested f-strings or t-strings".to_owned(), self.at, self.at)
                .err()
                .map_or(Stop::Unterminated, Stop::from));
        }
        self.at += if triple { 3 } else { 1 };
        let mark = self.tokens.len();
        self.literals.push(literal);
        let result = self.text_of(literal);
        self.literals.pop();
        self.tokens.truncate(mark);
        result
    }

    fn ends(&self, literal: Literal) -> bool {
        self.peek(0) == literal.quote
            && (!literal.triple || self.bytes.get(self.at..self.at + 3) == Some(&[literal.quote; 3]))
    }

    /// Over a backslash and what it escapes.
    fn escape(&mut self, literal: Literal) {
        self.at += 1;
        match self.peek(0) {
            b'{' | b'}' => {}
            b'N' if !literal.raw && self.peek(1) == b'{' => {
                let rest = self.bytes.get(self.at..).unwrap_or_default();
                let stop = rest.iter().position(|b| matches!(b, b'}' | b'\n') || *b == literal.quote);
                self.at += match stop {
                    Some(n) if rest.get(n) == Some(&b'}') => n + 1,
                    _ => 2,
                };
            }
            _ => self.at += 1,
        }
    }

    fn text_of(&mut self, literal: Literal) -> Result<(), Stop> {
        loop {
            let Some(&byte) = self.bytes.get(self.at) else { return Err(Stop::Unterminated) };
            if self.ends(literal) {
                self.at += if literal.triple { 3 } else { 1 };
                return Ok(());
            }
            match byte {
                b'\n' if !literal.triple => return Err(Stop::Unterminated),
                b'{' | b'}' if self.peek(1) == byte => self.at += 2,
                b'{' => self.field(literal, 0)?,
                b'}' => {
                    self.at += 1;
                    self.error(
                        format!("{}-string: single '}}' is not allowed", literal.prefix),
                        self.at - 1,
                        self.at - 1,
                    )?;
                }
                b'\\' => self.escape(literal),
                _ => self.at += 1,
            }
        }
    }

    /// An error of CPython's parser: its text is the whole line.
    fn wrong<T>(&self, literal: Literal, message: &str, start: usize, end: usize) -> Result<T, Stop> {
        let message = format!("{}-string: {message}", literal.prefix);
        Err(at_offsets(self.text, self.filename, ErrorKind::SyntaxError, message, start, end).into())
    }

    /// A replacement field; `self.at` is at its brace.
    fn field(&mut self, literal: Literal, nesting: usize) -> Result<(), Stop> {
        if nesting >= MAX_FIELDS {
            self.at += 1;
            let message = format!("{}-string: expressions nested too deeply", literal.prefix);
            self.error(message, self.at - 1, self.at - 1)?;
        }
        self.open.push(self.at);
        self.at += 1;
        let level = self.open.len();
        let mut end = self.expression(literal, level)?;
        if end == b'=' {
            self.at += 1;
            end = self.after(literal, level, b"!:}", "expecting '!', or ':', or '}'")?;
        }
        if end == b'!' {
            self.conversion(literal, level)?;
            end = self.after(literal, level, b":}", "expecting ':' or '}'")?;
        }
        if end == b':' {
            self.at += 1;
            self.spec(literal, nesting)?;
        }
        self.open.pop();
        self.at += 1;
        Ok(())
    }

    /// Over blanks, comments and line ends.
    fn blanks(&mut self, level: usize) -> Result<(), Stop> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\x0c' | b'\r' | b'\n') => self.at += 1,
                Some(b'#') => {
                    while !matches!(self.peek(0), 0 | b'\n') {
                        self.at += 1;
                    }
                }
                Some(b'\\') => self.continuation()?,
                Some(_) => return Ok(()),
                None => {
                    self.cut_off = true;
                    let open = self.open.get(level - 1).copied().unwrap_or(0);
                    let bracket = self.open.last().copied().unwrap_or(open);
                    return Err(never_closed(self.text, self.filename, bracket).into());
                }
            }
        }
    }

    /// The next token of a field, which `self.tokens` gets, too.
    fn next_token(&mut self, literal: Literal, level: usize) -> Result<Next, Stop> {
        self.blanks(level)?;
        let start = self.at;
        let byte = self.peek(0);
        if self.open.len() == level {
            match byte {
                b'}' | b':' => return Ok(Next::End(byte)),
                b'!' | b'=' if self.peek(1) != b'=' => return Ok(Next::End(byte)),
                b')' | b']' => {
                    self.at += 1;
                    self.error(format!("{}-string: unmatched '{}'", literal.prefix, char::from(byte)), start, start)?;
                }
                _ => {}
            }
        }
        match byte {
            b'"' | b'\'' => self.string(start)?,
            b'0'..=b'9' => self.number()?,
            b'.' if self.peek(1).is_ascii_digit() => self.number()?,
            _ => self.other(start)?,
        }
        let end = self.at;
        Ok(Next::Token(self.tokens.last().copied().unwrap_or(Token { kind: TokenKind::Op, start, end, level })))
    }

    fn word(&self, token: Token) -> &str {
        self.text.get(token.start..token.end).unwrap_or("")
    }

    /// Reads the expression of a field; what ends it is not consumed.
    fn expression(&mut self, literal: Literal, level: usize) -> Result<u8, Stop> {
        let first = self.tokens.len();
        let mut p = Progress { first, chain: first, wants: true, may: true, good: None };
        loop {
            let token = match self.next_token(literal, level)? {
                Next::End(byte) => {
                    if self.tokens.len() == first {
                        let message = format!("valid expression required before '{}'", char::from(byte));
                        return self.wrong(literal, &message, self.at, self.at + 1);
                    }
                    if p.wants {
                        return self.broken(literal, &p);
                    }
                    return Ok(byte);
                }
                Next::Token(token) => token,
            };
            let index = self.tokens.len().saturating_sub(1);
            if self.open.len() > level {
                // A bracket of the field's level has opened: it is passed as a whole.
                let trailer = !p.wants && matches!(self.word(token), "(" | "[");
                if !trailer && !p.may {
                    return self.broken(literal, &p);
                }
                if !self.bracket(literal, level)? {
                    return self.broken(literal, &p);
                }
                (p.wants, p.may, p.good) = (false, false, Some(self.tokens.len()));
                continue;
            }
            self.step(literal, &mut p, index, token)?;
        }
    }

    /// Passes what an open bracket holds. False if it can't be an expression's beginning.
    fn bracket(&mut self, literal: Literal, level: usize) -> Result<bool, Stop> {
        let mut fresh = true;
        let mut sound = true;
        let mut before: Option<Token> = None;
        while self.open.len() > level {
            if let Next::Token(token) = self.next_token(literal, level)? {
                let word = self.word(token);
                let name = token.kind == TokenKind::Name && !super::parse::is_keyword(word);
                let number = token.kind == TokenKind::Number;
                if let Some(before) = before.filter(|b| b.level == token.level)
                    && (name || number || token.kind == TokenKind::String && before.kind == TokenKind::Number)
                {
                    let message = "invalid syntax. Perhaps you forgot a comma?".to_owned();
                    let (text, filename) = (self.text, self.filename);
                    return Err(
                        at_offsets(text, filename, ErrorKind::SyntaxError, message, before.start, token.end).into()
                    );
                }
                before = (name || number).then_some(token);
                if fresh && token.kind == TokenKind::Op {
                    sound &= matches!(
                        word,
                        "(" | "[" | "{" | ")" | "]" | "}" | "+" | "-" | "~" | "*" | "**" | "..." | ":" | "."
                    );
                }
                fresh = matches!(word, "(" | "[" | "{");
            }
        }
        Ok(sound)
    }

    /// One token on the field's own level.
    fn step(&mut self, literal: Literal, p: &mut Progress, index: usize, token: Token) -> Result<(), Stop> {
        let word = self.word(token).to_owned();
        let operand = match token.kind {
            TokenKind::Name => !super::parse::is_keyword(&word) || matches!(word.as_str(), "None" | "True" | "False"),
            TokenKind::Number | TokenKind::String => true,
            _ => word == "...",
        };
        if p.may {
            if operand {
                (p.wants, p.may, p.good) = (false, false, Some(index + 1));
                return Ok(());
            }
            match word.as_str() {
                "lambda" if index == p.chain => {
                    return self.wrong(
                        literal,
                        "lambda expressions are not allowed without parentheses",
                        token.start,
                        self.text
                            .get(token.start..)
                            .and_then(|t| t.find(':'))
                            .map_or(token.end, |n| token.start + n + 1),
                    );
                }
                "yield" if index == p.chain => {
                    // Alone, or with an operand, or with `from`.
                    (p.wants, p.good) = (false, Some(index + 1));
                    return Ok(());
                }
                "from" if index == p.first + 1 => {
                    p.wants = true;
                    return Ok(());
                }
                "+" | "-" | "~" | "not" | "await" => {
                    p.wants = true;
                    return Ok(());
                }
                "*" if index == p.chain => {
                    p.wants = true;
                    return Ok(());
                }
                _ => {}
            }
            if p.wants || !is_operator(&word) {
                return self.broken(literal, p);
            }
        }
        match word.as_str() {
            "," => (p.wants, p.may, p.chain, p.good) = (false, true, index + 1, Some(index + 1)),
            _ if is_operator(&word) => (p.wants, p.may) = (true, true),
            _ if token.kind == TokenKind::String
                && index > 0
                && self.tokens.get(index - 1).is_some_and(|t| t.kind == TokenKind::String) =>
            {
                p.good = Some(index + 1);
            }
            _ if operand => {
                let start = self.tokens.get(p.chain).map_or(token.start, |t| t.start);
                let message = "invalid syntax. Perhaps you forgot a comma?".to_owned();
                return Err(
                    at_offsets(self.text, self.filename, ErrorKind::SyntaxError, message, start, token.end).into()
                );
            }
            _ => return self.broken(literal, p),
        }
        Ok(())
    }

    /// The expression is none, or ends before what stands there.
    fn broken<T>(&self, literal: Literal, p: &Progress) -> Result<T, Stop> {
        let (index, message) = match p.good {
            None => (p.first, "expecting a valid expression after '{'"),
            Some(good) => (good, "expecting '=', or '!', or ':', or '}'"),
        };
        let (start, end) = self.tokens.get(index).map_or((self.at, self.at + 1), |t| (t.start, t.end));
        self.wrong(literal, message, start, end)
    }

    /// One of the bytes that may follow; else the error.
    fn after(&mut self, literal: Literal, level: usize, allowed: &[u8], message: &str) -> Result<u8, Stop> {
        match self.next_token(literal, level)? {
            Next::End(byte) if allowed.contains(&byte) => Ok(byte),
            Next::End(_) => self.wrong(literal, message, self.at, self.at + 1),
            Next::Token(token) => self.wrong(literal, message, token.start, token.end),
        }
    }

    /// `!r`; `self.at` is at the exclamation mark.
    fn conversion(&mut self, literal: Literal, level: usize) -> Result<(), Stop> {
        let mark = self.at;
        self.at += 1;
        match self.next_token(literal, level)? {
            Next::End(b':' | b'}') => self.wrong(literal, "missing conversion character", self.at, self.at + 1),
            Next::End(_) => self.wrong(literal, "invalid conversion character", self.at, self.at + 1),
            Next::Token(token) if token.kind != TokenKind::Name => {
                self.wrong(literal, "invalid conversion character", token.start, token.end)
            }
            Next::Token(token) if token.start != mark + 1 => {
                self.wrong(literal, "conversion type must come right after the exclamation mark", mark, token.end)
            }
            Next::Token(token) => match self.word(token) {
                "s" | "r" | "a" => Ok(()),
                word => {
                    let message = format!("invalid conversion character '{word}': expected 's', 'r', or 'a'");
                    self.wrong(literal, &message, token.start, token.end)
                }
            },
        }
    }

    /// The text of a format spec, up to the brace that ends the field.
    fn spec(&mut self, literal: Literal, nesting: usize) -> Result<(), Stop> {
        loop {
            let Some(&byte) = self.bytes.get(self.at) else { return Err(Stop::Unterminated) };
            if self.ends(literal) {
                let end = self.at + if literal.triple { 3 } else { 1 };
                return self.wrong(literal, "expecting '}', or format specs", self.at, end);
            }
            match byte {
                b'}' => return Ok(()),
                b'{' => self.field(literal, nesting + 1)?,
                b'\n' if !literal.triple => {
                    let p = literal.prefix;
                    let message = format!(
                        "{p}-string: newlines are not allowed in format specifiers for single quoted {p}-strings"
                    );
                    self.error(message, self.at, self.at)?;
                }
                b'\\' => self.escape(literal),
                _ => self.at += 1,
            }
        }
    }
}

/// Do two literals side by side mix bytes and text?
pub(super) fn mixes(scanner: &Scanner<'_>, before: Token, prefix: &str) -> Step {
    let text = scanner.text.get(before.start..before.end).unwrap_or("");
    let other = text.find(['"', '\'']).and_then(|n| text.get(..n)).unwrap_or("").to_ascii_lowercase();
    let differ = |letter: char| other.contains(letter) != prefix.contains(letter);
    if before.kind == TokenKind::String && (differ('b') || differ('t')) {
        let message = if differ('t') {
            "cannot mix t-string literals with string or bytes literals".to_owned()
        } else {
            "cannot mix bytes and nonbytes literals".to_owned()
        };
        return Err(at_offsets(
            scanner.text,
            scanner.filename,
            ErrorKind::SyntaxError,
            message,
            before.start,
            scanner.at,
        ));
    }
    Ok(())
}
