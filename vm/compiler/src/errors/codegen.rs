//! Errors of the symbol table and the code generator.

use rustpython_codegen::error::{CodegenError, CodegenErrorType};

use super::scan::scan;
use super::{ErrorKind, Phase, SyntaxError, line_text};

pub(crate) fn codegen_error(text: &str, filename: &str, error: &CodegenError) -> SyntaxError {
    let kind = match &error.error {
        CodegenErrorType::RecursionError => ErrorKind::RecursionError,
        CodegenErrorType::SyntaxError(message) if message.starts_with("compiler_") => ErrorKind::SystemError,
        _ => ErrorKind::SyntaxError,
    };
    let mut out = SyntaxError::bare(kind, crate::renamed::message(message(&error.error)));
    out.phase = Phase::Compile;
    let Some(start) = error.location else { return out };
    out.filename = Some(filename.to_owned());
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let column = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    (out.line, out.column) = (number(start.line.get()), column(start.character_offset.get()));
    let end = error.end_location.unwrap_or(start);
    (out.end_line, out.end_column) = (number(end.line.get()), column(end.character_offset.get()));
    if let Some(end) = alias_end(text, out.line, out.column) {
        out.end_column = end;
    }
    out.text = Some(format!("{}\n", line_text(text, out.line)));
    out
}

fn message(error: &CodegenErrorType) -> String {
    match error {
        CodegenErrorType::SyntaxError(text) => match text.strip_prefix("Duplicate parameter \"") {
            Some(rest) => format!("duplicate argument '{}' in function definition", rest.trim_end_matches('"')),
            None => text.clone(),
        },
        other => other.to_string(),
    }
}

/// The code generator knows where an import's alias begins: its end, if there is one at this place.
fn alias_end(text: &str, line: u32, column: i32) -> Option<i32> {
    let line = line_text(text, line);
    let start = usize::try_from(column).ok()?.checked_sub(1)?;
    let behind = |word: &str| {
        let before: String = line.chars().take(start).collect();
        let before = before.trim_end_matches([' ', '\t', '(']);
        before.ends_with(word) || before.ends_with(',')
    };
    let at = line.char_indices().nth(start)?.0;
    let rest = line.get(at..)?;
    let tokens = scan(rest, "").tokens;
    let word = |i: usize| tokens.get(i).and_then(|t| rest.get(t.start..t.end)).unwrap_or_default();
    let mut i = 1;
    while word(i) == "." {
        i += 2;
    }
    let alias = behind("import") && word(i) == "as";
    let end = tokens.get(i + 1).filter(|_| alias)?.end;
    i32::try_from(start + rest.get(..end)?.chars().count() + 1).ok()
}
