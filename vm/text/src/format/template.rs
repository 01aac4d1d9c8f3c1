//! Templates of `str.format`: `{0.a[b]!r:spec}`.
//!
//! The scanners hold positions only and are given the text at each step, so that nothing is borrowed while the caller
//! runs Python code between two pieces. They are lazy: an error comes when the scan reaches it, as in CPython.

use super::spec::read_integer;
use crate::Text;

/// Start and end of a part of the text.
pub type Span = std::ops::Range<usize>;

/// Why a template is wrong (`ValueError`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateError {
    SingleOpen,
    SingleClose,
    ExpectedClose,
    UnexpectedOpen,
    UnmatchedOpen,
    EndInConversion,
    ExpectedColon,
    MissingBracket,
    AfterBracket,
    EmptyAttribute,
    TooManyDigits,
    ManualToAutomatic,
    AutomaticToManual,
    /// For the caller, which does the nesting: at most two levels.
    Recursion,
}

impl std::fmt::Display for TemplateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            TemplateError::SingleOpen => "Single '{' encountered in format string",
            TemplateError::SingleClose => "Single '}' encountered in format string",
            TemplateError::ExpectedClose => "expected '}' before end of string",
            TemplateError::UnexpectedOpen => "unexpected '{' in field name",
            TemplateError::UnmatchedOpen => "unmatched '{' in format spec",
            TemplateError::EndInConversion => "end of string while looking for conversion specifier",
            TemplateError::ExpectedColon => "expected ':' after conversion specifier",
            TemplateError::MissingBracket => "Missing ']' in format string",
            TemplateError::AfterBracket => "Only '.' or '[' may follow ']' in format field specifier",
            TemplateError::EmptyAttribute => "Empty attribute in format string",
            TemplateError::TooManyDigits => "Too many decimal digits in format string",
            TemplateError::ManualToAutomatic => {
                "cannot switch from manual field specification to automatic field numbering"
            }
            TemplateError::AutomaticToManual => {
                "cannot switch from automatic field numbering to manual field specification"
            }
            TemplateError::Recursion => "Max string recursion exceeded",
        })
    }
}

/// "Unknown conversion specifier ..." (`ValueError`).
pub fn unknown_conversion(code: u32) -> String {
    match char::from_u32(code) {
        Some(c) if (33..127).contains(&code) => format!("Unknown conversion specifier {c}"),
        _ => format!("Unknown conversion specifier \\x{code:x}"),
    }
}

/// A replacement field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Span,
    /// The character after `!`.
    pub conversion: Option<u32>,
    pub spec: Span,
    /// The spec holds braces: it is a template itself.
    pub nested: bool,
}

/// Literal text and the field that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub literal: Span,
    pub field: Option<Field>,
}

/// Walks the pieces of a template.
#[derive(Clone, Debug)]
pub struct Pieces {
    at: usize,
    end: usize,
}

const OPEN: u32 = 0x7B;
const CLOSE: u32 = 0x7D;

impl Pieces {
    /// The part `span` of the text that will be given to `next`.
    pub fn new(span: Span) -> Self {
        Pieces { at: span.start, end: span.end }
    }

    fn read(&mut self, text: Text<'_>) -> Option<u32> {
        let code = self.peek(text)?;
        self.at += 1;
        Some(code)
    }

    fn peek(&self, text: Text<'_>) -> Option<u32> {
        if self.at < self.end { text.get(self.at) } else { None }
    }

    /// The next piece, `None` at the end.
    pub fn next(&mut self, text: Text<'_>) -> Option<Result<Piece, TemplateError>> {
        let start = self.at;
        let mut brace = 0;
        self.peek(text)?;
        while let Some(code) = self.read(text) {
            if code == OPEN || code == CLOSE {
                brace = code;
                break;
            }
        }
        if brace == 0 {
            return Some(Ok(Piece { literal: start..self.at, field: None }));
        }
        match (brace, self.peek(text)) {
            (_, Some(next)) if next == brace => {
                // A doubled brace: the first ends the literal, the second is passed over.
                self.at += 1;
                return Some(Ok(Piece { literal: start..self.at - 1, field: None }));
            }
            (CLOSE, _) => return Some(Err(TemplateError::SingleClose)),
            (_, None) => return Some(Err(TemplateError::SingleOpen)),
            _ => {}
        }
        let literal = start..self.at - 1;
        Some(self.field(text).map(|field| Piece { literal, field: Some(field) }))
    }

    fn field(&mut self, text: Text<'_>) -> Result<Field, TemplateError> {
        let start = self.at;
        let stop = loop {
            match self.read(text).and_then(char::from_u32) {
                Some('{') => return Err(TemplateError::UnexpectedOpen),
                Some('[') => {
                    while self.peek(text).is_some_and(|c| c != 0x5D) {
                        self.at += 1;
                    }
                }
                Some(c @ ('}' | ':' | '!')) => break c,
                None if self.at >= self.end => return Err(TemplateError::ExpectedClose),
                _ => {}
            }
        };
        let name = start..self.at - 1;
        let mut conversion = None;
        if stop == '}' {
            return Ok(Field { name, conversion, spec: self.at..self.at, nested: false });
        }
        if stop == '!' {
            conversion = Some(self.read(text).ok_or(TemplateError::EndInConversion)?);
            match self.read(text) {
                Some(CLOSE) => return Ok(Field { name, conversion, spec: self.at..self.at, nested: false }),
                Some(0x3A) | None => {}
                Some(_) => return Err(TemplateError::ExpectedColon),
            }
        }
        let spec = self.at;
        let mut nested = false;
        let mut depth = 1usize;
        while let Some(code) = self.read(text) {
            match code {
                OPEN => {
                    nested = true;
                    depth += 1;
                }
                CLOSE => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(Field { name, conversion, spec: spec..self.at - 1, nested });
            }
        }
        Err(TemplateError::UnmatchedOpen)
    }
}

/// The start of a field name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// Nothing: numbered automatically.
    Empty,
    Index(usize),
    Name(Span),
}

/// A step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Attribute(Span),
    Index(usize),
    Key(Span),
}

/// Walks the steps of a field name.
#[derive(Clone, Debug)]
pub struct Steps {
    at: usize,
    end: usize,
}

/// A whole decimal number, or `None` for other text.
fn whole_integer(text: Text<'_>, span: &Span) -> Result<Option<usize>, TemplateError> {
    let mut at = 0;
    let number = read_integer(text.slice(span.start, span.end), &mut at).map_err(|_| TemplateError::TooManyDigits)?;
    Ok(number.filter(|_| at == span.len()))
}

/// Splits a field name into its first part and the steps after it.
pub fn split_name(text: Text<'_>, name: Span) -> Result<(First, Steps), TemplateError> {
    let is_step = |i: &usize| matches!(text.get(*i), Some(0x2E | 0x5B));
    let end = name.clone().find(is_step).unwrap_or(name.end);
    let first = name.start..end;
    let steps = Steps { at: end, end: name.end };
    let first = match whole_integer(text, &first)? {
        Some(index) => First::Index(index),
        None if first.is_empty() => First::Empty,
        None => First::Name(first),
    };
    Ok((first, steps))
}

impl Steps {
    /// The next step, `None` at the end.
    pub fn next(&mut self, text: Text<'_>) -> Option<Result<Step, TemplateError>> {
        if self.at >= self.end {
            return None;
        }
        Some(self.step(text))
    }

    fn step(&mut self, text: Text<'_>) -> Result<Step, TemplateError> {
        let kind = text.get(self.at);
        let start = self.at + 1;
        match kind {
            Some(0x2E) => {
                let is_stop = |i: &usize| matches!(text.get(*i), Some(0x2E | 0x5B));
                self.at = (start..self.end).find(is_stop).unwrap_or(self.end);
                let span = start..self.at;
                if span.is_empty() { Err(TemplateError::EmptyAttribute) } else { Ok(Step::Attribute(span)) }
            }
            Some(0x5B) => {
                let close = (start..self.end).find(|&i| text.get(i) == Some(0x5D));
                let Some(close) = close else {
                    self.at = self.end;
                    return Err(TemplateError::MissingBracket);
                };
                self.at = close + 1;
                let span = start..close;
                if span.is_empty() {
                    return Err(TemplateError::EmptyAttribute);
                }
                Ok(whole_integer(text, &span)?.map_or(Step::Key(span), Step::Index))
            }
            _ => {
                self.at = self.end;
                Err(TemplateError::AfterBracket)
            }
        }
    }
}

/// Numbers the empty fields of one template, nested specs included.
#[derive(Clone, Copy, Debug, Default)]
pub struct AutoNumber {
    next: usize,
    mode: Option<bool>,
}

impl AutoNumber {
    /// The index for a field that has none.
    pub fn automatic(&mut self) -> Result<usize, TemplateError> {
        if self.mode == Some(false) {
            return Err(TemplateError::ManualToAutomatic);
        }
        self.mode = Some(true);
        self.next += 1;
        Ok(self.next - 1)
    }

    /// To be called for a field with an explicit index.
    pub fn manual(&mut self) -> Result<(), TemplateError> {
        if self.mode == Some(true) {
            return Err(TemplateError::AutomaticToManual);
        }
        self.mode = Some(false);
        Ok(())
    }
}
