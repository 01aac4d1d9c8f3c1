//! What interactive mode (`single`) asks beyond the grammar of a module.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::parse::incomplete;
use super::words::is_compound;
use super::{ErrorKind, SyntaxError, at_offsets};

/// One statement, or several simple ones on one line; not nothing.
pub(crate) fn check_single(
    text: &str,
    filename: &str,
    tree: &ast::Mod,
    allow_incomplete: bool,
    open_blocks: bool,
) -> Result<(), SyntaxError> {
    let ast::Mod::Module(module) = tree else { return Ok(()) };
    if module.body.is_empty() {
        if allow_incomplete {
            return Err(incomplete(text, filename));
        }
        let mut e = at_offsets(text, filename, ErrorKind::SyntaxError, "invalid syntax".to_owned(), 0, 0);
        (e.line, e.column, e.end_line, e.end_column) = (0, 0, 0, 0);
        return Err(e);
    }
    for pair in module.body.windows(2) {
        let (end, start) = (pair[0].range().end().to_usize(), pair[1].range().start().to_usize());
        if text.get(end..start).is_some_and(|between| between.contains('\n')) {
            if is_compound(&pair[0]) {
                // CPython stops at the next line's first word.
                let word = text.get(start..).map_or(0, first_word);
                let kind = ErrorKind::SyntaxError;
                return Err(at_offsets(text, filename, kind, "invalid syntax".to_owned(), start, start + word));
            }
            let message = "multiple statements found while compiling a single statement".to_owned();
            return Err(at_offsets(text, filename, ErrorKind::SyntaxError, message, end, end + 1));
        }
    }
    // While more lines may come, a block ends with a line of its own: without a line's end it is not over.
    let compound = module.body.last().is_some_and(is_compound);
    // A block on its header's line needs that line's end in any case.
    let indented = text.rsplit('\n').next().is_some_and(|line| line.starts_with([' ', '\t', '\x0c']));
    if compound && (open_blocks || !indented) && !text.ends_with('\n') {
        // The line as it stands; the place is where the parser stood, which has not got beyond it.
        let mut e = if allow_incomplete {
            let mut e = incomplete(text, filename);
            (e.column, e.end_column) = (e.column - 1, -1);
            e
        } else {
            let message = "invalid syntax".to_owned();
            let mut e = at_offsets(text, filename, ErrorKind::SyntaxError, message, text.len(), text.len());
            (e.column, e.end_column) = (0, 0);
            e
        };
        e.text = e.text.map(|line| line.trim_end_matches('\n').to_owned());
        return Err(e);
    }
    Ok(())
}

/// Bytes of the token that a text begins with.
fn first_word(text: &str) -> usize {
    super::scan::scan(text, "").tokens.first().map_or(0, |t| t.end)
}
