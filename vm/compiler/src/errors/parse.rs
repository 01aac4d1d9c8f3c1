//! Errors of the parser.

use ruff_python_ast as ast;
use ruff_python_parser::Parsed;

use super::{ErrorKind, SyntaxError, at_offsets};
use crate::compile::{Mode, Options};

pub(crate) fn parse_error(
    text: &str,
    filename: &str,
    _mode: Mode,
    _options: &Options<'_>,
    parsed: &Parsed<ast::Mod>,
) -> SyntaxError {
    let (range, message) = match (parsed.errors().first(), parsed.unsupported_syntax_errors().first()) {
        (Some(e), _) => (e.location, e.error.to_string()),
        (None, Some(e)) => (e.range, "invalid syntax".to_owned()),
        (None, None) => (Default::default(), "invalid syntax".to_owned()),
    };
    at_offsets(text, filename, ErrorKind::SyntaxError, message, range.start().to_usize(), range.end().to_usize())
}
