//! Errors of the symbol table and the code generator.

use rustpython_codegen::error::{CodegenError, CodegenErrorType};

use super::{ErrorKind, Phase, SyntaxError, line_text};

pub(crate) fn codegen_error(text: &str, filename: &str, error: &CodegenError) -> SyntaxError {
    let kind = match &error.error {
        CodegenErrorType::RecursionError => ErrorKind::RecursionError,
        CodegenErrorType::SyntaxError(message) if message.starts_with("compiler_") => ErrorKind::SystemError,
        _ => ErrorKind::SyntaxError,
    };
    let mut out = SyntaxError::bare(kind, message(&error.error));
    out.phase = Phase::Compile;
    let Some(start) = error.location else { return out };
    out.filename = Some(filename.to_owned());
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let column = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    (out.line, out.column) = (number(start.line.get()), column(start.character_offset.get()));
    let end = error.end_location.unwrap_or(start);
    (out.end_line, out.end_column) = (number(end.line.get()), column(end.character_offset.get()));
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
