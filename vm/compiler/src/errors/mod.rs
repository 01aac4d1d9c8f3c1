//! Syntax errors with CPython's classes, messages and positions.

mod codegen;
mod context;
mod escape;
mod fields;
mod parse;
mod position;
mod scan;
mod single;
mod statements;
mod targets;
mod words;

pub(crate) use codegen::codegen_error;
pub(crate) use parse::parse_error;
pub(crate) use single::check_single;

/// The exception's class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    SyntaxError,
    IndentationError,
    TabError,
    /// `_IncompleteInputError`.
    IncompleteInput,
    RecursionError,
    /// A bug in the compiler.
    SystemError,
}

/// Which stage found the error. The parser's errors carry the source line; for the compiler's, CPython reads the line from the
/// file named, so that `text` is `None` when there is no such file (`<string>`): do the same with `text`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    Parse,
    Compile,
}

/// One syntax error. Lines and columns count from 1, columns in characters, as the exception's attributes do; a column may be 0
/// or -1 where CPython's is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    pub kind: ErrorKind,
    pub message: String,
    /// `None`: the exception has no location at all, only the message.
    pub filename: Option<String>,
    pub line: u32,
    pub column: i32,
    pub end_line: u32,
    pub end_column: i32,
    /// The source line, with its line end if CPython keeps it.
    pub text: Option<String>,
    pub phase: Phase,
    /// Of plain "invalid syntax": where the last whole statement with a block before it begins (line from 1, or 0; column
    /// from 0). It tells `traceback` where to look for misspelt keywords.
    pub last_statement: Option<(u32, u32)>,
}

impl SyntaxError {
    /// CPython's tokenizer has come to this line: of a line before it the text has no line end.
    pub(crate) fn cut_text(&mut self, line: u32) {
        if line > self.line
            && let Some(text) = &mut self.text
            && text.ends_with('\n')
        {
            text.pop();
        }
    }

    /// A message without a place.
    pub(crate) fn bare(kind: ErrorKind, message: String) -> SyntaxError {
        SyntaxError {
            kind,
            message,
            filename: None,
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            text: None,
            phase: Phase::Parse,
            last_statement: None,
        }
    }
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {} ({}:{})", self.kind, self.message, self.line, self.column)
    }
}

impl std::error::Error for SyntaxError {}

/// The tokenizer's limit on nesting, which holds for sources that are otherwise fine.
pub(crate) fn too_many_parentheses(text: &str, filename: &str) -> Option<SyntaxError> {
    scan::scan(text, filename).error.filter(|e| e.message == "too many nested parentheses")
}

/// 1-based line and column (in characters) of a byte offset.
pub(crate) fn line_column(text: &str, offset: usize) -> (u32, i32) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let column = before[start..].chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), i32::try_from(column).unwrap_or(i32::MAX))
}

/// The byte offset of a 1-based line and column.
pub(crate) fn offset(text: &str, line: u32, column: i32) -> usize {
    let before = text.split_inclusive('\n').take((line as usize).saturating_sub(1)).map(str::len).sum();
    let line = text.get(before..).unwrap_or("");
    let column = usize::try_from(column).unwrap_or(0).saturating_sub(1);
    before + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
}

/// The text of a line (from 1), without its line end.
pub(crate) fn line_text(text: &str, line: u32) -> &str {
    text.split('\n').nth((line as usize).saturating_sub(1)).unwrap_or("")
}

/// The source ends, and the bracket at this offset is open. CPython leaves out the line end of a line that it has read beyond.
pub(crate) fn never_closed(text: &str, filename: &str, bracket: usize) -> SyntaxError {
    let shown = char::from(text.as_bytes().get(bracket).copied().unwrap_or(b'('));
    let message = format!("'{shown}' was never closed");
    let mut e = at_offsets(text, filename, ErrorKind::SyntaxError, message, bracket, bracket);
    e.end_column = 0;
    e.cut_text(lines(text));
    e
}

/// How many lines there are, whether or not the last one has an end.
pub(crate) fn lines(text: &str) -> u32 {
    line_column(text, text.strip_suffix('\n').unwrap_or(text).len()).0
}

/// A parse error between two byte offsets. CPython's parser gives the line with its line end, also where the source lacks it.
pub(crate) fn at_offsets(
    text: &str,
    filename: &str,
    kind: ErrorKind,
    message: String,
    start: usize,
    end: usize,
) -> SyntaxError {
    let (line, column) = line_column(text, start);
    let (mut end_line, mut end_column) = line_column(text, end.max(start));
    // A line end is one column wide, also where the source leaves the last one out.
    if end == start + 1 && matches!(text.as_bytes().get(start), None | Some(b'\n')) {
        (end_line, end_column) = (line, column.saturating_add(1));
    }
    SyntaxError {
        kind,
        message,
        filename: Some(filename.to_owned()),
        line,
        column,
        end_line,
        end_column,
        text: Some(format!("{}\n", line_text(text, line))),
        phase: Phase::Parse,
        last_statement: None,
    }
}
