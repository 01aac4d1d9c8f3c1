//! What a tokenizer knows between two tokens, and how it reads characters.
//!
//! The text is read line by line, in UTF-8, into [`State::buf`]. A new line replaces the lines before it, unless a token
//! (or an f-string) has begun there: then it is appended. All positions are indices into the buffer.

use brolga_runtime::{PyResult, Raised};

/// What [`Lexer::next_char`] gives at the end of the text, and where there is an error.
pub const EOF: i32 = -1;

/// As deep as indentation, brackets, and f-strings in f-strings may be nested.
pub const MAX_INDENT: usize = 100;
pub const MAX_BRACKETS: usize = 200;
pub const MAX_STRINGS: usize = 150;
/// Replacement fields in format specifications.
pub const MAX_FIELDS: i32 = 3;

/// Why reading has ended.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Done {
    Ok,
    Eof,
    /// A syntax error has been reported.
    Error,
    /// `readline` failed.
    Unreadable,
    /// In a string of one line, of several.
    EofInString,
    Dedent,
    TabSpace,
    TooDeep,
    LineCont,
}

/// A syntax error at a place in one line.
pub struct SyntaxFault {
    pub message: String,
    pub line: Vec<u8>,
    pub lineno: i64,
    /// From 1, in characters.
    pub column: i64,
    pub end_column: i64,
}

/// Why there is no next token, if [`State::done`] does not say it.
pub enum Fault {
    Syntax(SyntaxFault),
    /// An exception of `readline`'s, or a warning that is an error.
    Raised(Raised),
}

/// Where the text comes from and warnings go to.
pub trait Host {
    /// The next line in UTF-8; empty at the end.
    fn line(&self) -> PyResult<Vec<u8>>;
    /// Gives a SyntaxWarning. `false`: a filter makes it an error, which is to be reported as a syntax error.
    fn warn(&self, message: &str, lineno: i64) -> PyResult<bool>;
}

/// An open bracket.
#[derive(Copy, Clone)]
pub struct Bracket {
    pub open: u8,
    pub lineno: i64,
}

/// An f-string or t-string that has begun and not ended.
pub struct Literal {
    /// Are the characters to come part of the text (or of a format specification), or of an expression?
    pub in_text: bool,
    pub template: bool,
    pub raw: bool,
    pub quote: i32,
    pub quote_size: usize,
    /// Where its first character is, the line of that, and its number.
    pub start: usize,
    pub line_start: usize,
    pub lineno: i64,
    /// Open brackets in the expression.
    pub depth: i32,
    /// The depth at which the innermost replacement field began; -1 outside of all.
    pub field_depth: i32,
    pub in_format_spec: bool,
    /// An `=` was seen in the expression.
    pub debug: bool,
}

impl Literal {
    pub fn prefix(&self) -> char {
        if self.template { 't' } else { 'f' }
    }

    /// Is it in a replacement field?
    pub fn in_field(&self) -> bool {
        self.field_depth >= 0
    }
}

/// A token. Without `start` it has no text.
pub struct Token {
    pub kind: i32,
    pub start: Option<usize>,
    pub end: usize,
}

/// Of a tokenizer, what stays between two tokens.
pub struct State {
    pub buf: Vec<u8>,
    /// The next character.
    pub cur: usize,
    /// The present token's first character.
    pub start: Option<usize>,
    pub line_start: usize,
    /// The line in which the present string literal begins, and its number.
    pub multi_line_start: usize,
    pub first_lineno: i64,
    pub lineno: i64,
    pub done: Done,
    /// Give comments and newlines without meaning, and be liberal with brackets and numbers.
    pub extra_tokens: bool,
    /// The last line had no newline: it was added.
    pub implicit_newline: bool,
    /// At the beginning of a logical line.
    pub at_line_start: bool,
    /// The last comment stood on a line without code.
    pub comment_newline: bool,
    /// Columns of the indentations, with tabs to each 8th column, and with tabs of one column: the first for
    /// comparison, the second to see whether the result would depend on the size of tabs.
    pub indents: Vec<(usize, usize)>,
    /// Indents to give (or dedents, if negative).
    pub pending: i32,
    pub brackets: Vec<Bracket>,
    pub literals: Vec<Literal>,
}

impl State {
    pub fn new(extra_tokens: bool) -> State {
        State {
            buf: Vec::new(),
            cur: 0,
            start: None,
            line_start: 0,
            multi_line_start: 0,
            first_lineno: 0,
            lineno: 0,
            done: Done::Ok,
            extra_tokens,
            implicit_newline: false,
            at_line_start: true,
            comment_newline: false,
            indents: vec![(0, 0)],
            pending: 0,
            brackets: Vec::new(),
            literals: Vec::new(),
        }
    }

    pub fn slice(&self, from: usize, to: usize) -> &[u8] {
        self.buf.get(from..to).unwrap_or(&[])
    }

    pub fn byte_at(&self, i: usize) -> u8 {
        self.buf.get(i).copied().unwrap_or(0)
    }
}

/// A tokenizer at work.
pub struct Lexer<'a> {
    pub s: &'a mut State,
    pub host: &'a dyn Host,
    pub fault: Option<Fault>,
}

/// `Err`: no token; [`Lexer::fault`] or [`State::done`] says why.
pub struct NoToken;

pub type Got<T = Token> = Result<T, NoToken>;

impl Lexer<'_> {
    /// Reads the next character.
    pub fn next_char(&mut self) -> i32 {
        loop {
            if let Some(c) = self.s.buf.get(self.s.cur) {
                self.s.cur += 1;
                return i32::from(*c);
            }
            if self.s.done != Done::Ok || !self.read_line() {
                return EOF;
            }
            self.s.line_start = self.s.cur;
            if self.s.buf.get(self.s.cur..).is_some_and(|line| line.contains(&0)) {
                self.syntax_error("source code cannot contain null bytes");
                self.s.cur = self.s.buf.len();
                return EOF;
            }
        }
    }

    /// Takes the last character back.
    pub fn back(&mut self, c: i32) {
        if c != EOF {
            self.s.cur = self.s.cur.saturating_sub(1);
        }
    }

    fn read_line(&mut self) -> bool {
        if self.s.start.is_none() && self.s.literals.is_empty() {
            self.s.buf.clear();
            self.s.cur = 0;
        }
        let line = match self.host.line() {
            Ok(line) => line,
            Err(raised) => {
                self.s.buf.clear();
                self.s.cur = 0;
                self.s.done = Done::Unreadable;
                self.fault = Some(Fault::Raised(raised));
                return false;
            }
        };
        if line.is_empty() {
            self.s.done = Done::Eof;
            return false;
        }
        self.s.buf.extend_from_slice(&line);
        self.s.implicit_newline = line.last() != Some(&b'\n');
        if self.s.implicit_newline {
            self.s.buf.push(b'\n');
        }
        self.s.lineno += 1;
        true
    }

    /// Reports a syntax error that reaches up to the present character.
    pub fn syntax_error(&mut self, message: impl Into<String>) -> NoToken {
        let column = chars(self.s.slice(self.s.line_start, self.s.cur));
        self.fail(message.into(), column, column)
    }

    /// Reports a syntax error at these columns, from 1.
    pub fn syntax_error_at(&mut self, column: usize, end_column: usize, message: impl Into<String>) -> NoToken {
        self.fail(message.into(), column as i64, end_column as i64)
    }

    fn fail(&mut self, message: String, column: i64, end_column: i64) -> NoToken {
        if self.s.done != Done::Error && self.fault.is_none() {
            let line = self.s.buf.get(self.s.line_start..).unwrap_or(&[]);
            let end = line.iter().position(|b| *b == b'\n' || *b == 0).unwrap_or(line.len());
            let line = line.get(..end).unwrap_or(&[]).to_vec();
            self.fault = Some(Fault::Syntax(SyntaxFault { message, line, lineno: self.s.lineno, column, end_column }));
        }
        self.s.done = Done::Error;
        NoToken
    }

    /// Ends with an error for which only the reason is known.
    pub fn stop(&mut self, done: Done) -> NoToken {
        self.s.done = done;
        self.s.cur = self.s.buf.len();
        NoToken
    }

    /// Gives a SyntaxWarning, which a filter may make a syntax error (of perhaps other words).
    pub fn warn(&mut self, message: &str, error: &str) -> Got<()> {
        match self.host.warn(message, self.s.lineno) {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.syntax_error(error)),
            Err(raised) => {
                self.s.done = Done::Error;
                self.fault = Some(Fault::Raised(raised));
                Err(NoToken)
            }
        }
    }

    /// A token from the start of the present one to here.
    pub fn token(&self, kind: i32) -> Token {
        Token { kind, start: self.s.start, end: self.s.cur }
    }
}

/// How many characters there are in UTF-8.
pub fn chars(utf8: &[u8]) -> i64 {
    utf8.iter().filter(|b| **b & 0xc0 != 0x80).count() as i64
}
