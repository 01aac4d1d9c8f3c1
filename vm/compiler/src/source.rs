//! Bytes to the text that gets compiled: byte order mark, PEP 263 encoding declaration, line ends, null bytes.

use std::borrow::Cow;

use crate::errors::{ErrorKind, SyntaxError};

/// What to compile.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// As given to `compile()`: an encoding declaration counts.
    Bytes(&'a [u8]),
    /// The same of a program's own file, whose problems are told in the order of its lines.
    File(&'a [u8]),
    /// Text: a declaration is only a comment.
    Text(&'a str),
}

/// Why a [`Decoder`] gave no text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DecodeFailure {
    /// No such codec, or one that is no text encoding.
    UnknownEncoding,
    /// The codec's own message.
    Invalid(String),
}

/// Decodes bytes in the named encoding.
pub type Decoder<'a> = dyn Fn(&str, &[u8]) -> Result<String, DecodeFailure> + 'a;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Decodes a source and turns every line end into `\n`.
pub fn decode_source<'a>(
    source: Source<'a>,
    filename: &str,
    decoder: Option<&Decoder<'_>>,
) -> Result<Cow<'a, str>, SyntaxError> {
    let text = match source {
        Source::Text(text) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Source::Bytes(bytes) => {
            if bytes.contains(&0) && !may_be_wide(bytes) {
                return Err(null_bytes());
            }
            decode(bytes, filename, decoder)?
        }
        Source::File(bytes) => match bytes.iter().position(|b| *b == 0) {
            Some(at) if !may_be_wide(bytes) => {
                // What is wrong before that line is said first.
                let start = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
                if let Err(error) = decode(&bytes[..start], filename, decoder) {
                    return Err(in_file(error, filename));
                }
                return Err(null_in_file(
                    &bytes[start..at],
                    bytes[..start].iter().filter(|b| **b == b'\n').count(),
                    filename,
                ));
            }
            _ => decode(bytes, filename, decoder).map_err(|error| in_file(error, filename))?,
        },
    };
    if text.as_bytes().contains(&0) {
        return Err(null_bytes());
    }
    if !text.as_bytes().contains(&b'\r') {
        return Ok(text);
    }
    Ok(Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")))
}

fn null_bytes() -> SyntaxError {
    SyntaxError::bare(ErrorKind::SyntaxError, "source code string cannot contain null bytes".to_owned())
}

/// Bytes whose declared encoding may use zeros.
fn may_be_wide(bytes: &[u8]) -> bool {
    declared_encoding(bytes).is_some_and(|name| name.contains("16") || name.contains("32"))
}

/// A null byte in line `lines` (from 0) of a file; `line` is what stands before it.
fn null_in_file(line: &[u8], lines: usize, filename: &str) -> SyntaxError {
    let mut error = SyntaxError::bare(ErrorKind::SyntaxError, "source code cannot contain null bytes".to_owned());
    error.filename = Some(filename.to_owned());
    error.line = u32::try_from(lines + 1).unwrap_or(u32::MAX);
    error.end_line = error.line;
    error.text = Some(String::from_utf8_lossy(line).into_owned());
    error
}

/// Names the file in the message about bytes of no declared encoding.
fn in_file(mut error: SyntaxError, filename: &str) -> SyntaxError {
    if error.message.starts_with("Non-UTF-8 code") {
        error.message = error.message.replacen(" on line ", &format!(" in file {filename} on line "), 1);
    }
    error
}

fn decode<'a>(bytes: &'a [u8], filename: &str, decoder: Option<&Decoder<'_>>) -> Result<Cow<'a, str>, SyntaxError> {
    let (body, bom) = match bytes.strip_prefix(BOM) {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    // CPython says that the encoding is the problem, and where is not known.
    let problem = |message: String| {
        let mut error = SyntaxError::bare(ErrorKind::SyntaxError, message);
        error.filename = Some(filename.to_owned());
        error.column = -1;
        error
    };
    let declared = declared_encoding(body);
    match declared.as_deref() {
        None | Some("utf-8") => match std::str::from_utf8(body) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(e) => Err(not_utf8(body, e.valid_up_to(), filename, declared.is_some() || bom)),
        },
        Some(name) if bom => {
            // Here it is known: the line that declares it. (The first one begins behind the BOM.)
            let mut error = problem(format!("encoding problem: {name} with BOM"));
            let lines = || body.split(|b| *b == b'\n');
            let second = u32::from(lines().next().is_none_or(|first| cookie(first).is_none()));
            let text = String::from_utf8_lossy(lines().nth(second as usize).unwrap_or_default());
            let text = text.trim_end_matches('\r').to_owned();
            (error.line, error.end_line, error.column) = (second + 1, second + 1, 0);
            error.end_column = i32::try_from(text.chars().count()).unwrap_or(i32::MAX).saturating_add_unsigned(second);
            error.text = Some(text);
            Err(error)
        }
        Some(name) if is_alias(name, &["utf8", "u8", "cp65001"]) => match std::str::from_utf8(body) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(e) => Err(not_utf8(body, e.valid_up_to(), filename, true)),
        },
        Some(name) if is_alias(name, &["iso88591", "latin1", "latin", "l1", "iso8859", "cp819"]) => {
            Ok(Cow::Owned(body.iter().map(|b| char::from(*b)).collect()))
        }
        Some(name) if is_alias(name, &["ascii", "usascii", "646"]) => match body.iter().position(|b| !b.is_ascii()) {
            None => Ok(String::from_utf8_lossy(body)),
            Some(at) => Err(problem(format!(
                "(unicode error) 'ascii' codec can't decode byte 0x{:02x} in position {at}: ordinal not in range(128)",
                body[at]
            ))),
        },
        Some(name) => match decoder.map(|d| d(name, body)) {
            Some(Ok(text)) => Ok(Cow::Owned(text)),
            Some(Err(DecodeFailure::Invalid(message))) => Err(problem(format!("(unicode error) {message}"))),
            Some(Err(DecodeFailure::UnknownEncoding)) | None => Err(problem(format!("unknown encoding: {name}"))),
        },
    }
}

/// Whether a name is one of a codec's, without regard to case and punctuation.
fn is_alias(name: &str, aliases: &[&str]) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    aliases.contains(&plain.as_str())
}

fn not_utf8(bytes: &[u8], at: usize, filename: &str, declared: bool) -> SyntaxError {
    let line = 1 + bytes[..at].iter().filter(|b| **b == b'\n').count();
    let line_start = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let line_end = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| at + i);
    let byte = bytes.get(at).copied().unwrap_or_default();
    let message = if declared {
        let reason = if (0x80..0xc2).contains(&byte) || byte > 0xf4 {
            "invalid start byte"
        } else {
            "invalid continuation byte"
        };
        format!("(unicode error) 'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: {reason}")
    } else {
        format!(
            "Non-UTF-8 code starting with '\\x{byte:02x}' on line {line}, but no encoding declared; \
             see https://peps.python.org/pep-0263/ for details"
        )
    };
    let column = i32::try_from(String::from_utf8_lossy(&bytes[line_start..at]).chars().count() + 1).unwrap_or(i32::MAX);
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    let mut error = SyntaxError::bare(ErrorKind::SyntaxError, message);
    error.filename = Some(filename.to_owned());
    (error.line, error.end_line) = (line, line);
    (error.column, error.end_column) = (column, column);
    error.text = Some(String::from_utf8_lossy(&bytes[line_start..line_end]).into_owned());
    error
}

/// The encoding that one of the first two lines declares (PEP 263), normalised as CPython does: `utf-8*` and `latin-1`,
/// `iso-8859-1` and `iso-latin-1` with their suffixes become `utf-8` and `iso-8859-1`.
pub fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.split(|b| *b == b'\n');
    let first = lines.next()?;
    if let Some(name) = cookie(first) {
        return Some(name);
    }
    // The second line counts only below a line that is blank or a comment.
    let blank = first.iter().find(|b| !matches!(b, b' ' | b'\t' | b'\x0c' | b'\r')).is_none_or(|b| *b == b'#');
    if blank { cookie(lines.next()?) } else { None }
}

/// `^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)`
fn cookie(line: &[u8]) -> Option<String> {
    let hash = line.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\x0c'))?;
    if line[hash] != b'#' {
        return None;
    }
    let mut rest = &line[hash..];
    while let Some(at) = rest.windows(6).position(|w| w == b"coding") {
        rest = &rest[at + 6..];
        if !matches!(rest.first(), Some(b':' | b'=')) {
            continue;
        }
        let name = &rest[1..];
        let skip = name.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let name: String = name[skip..]
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
            .map(|b| char::from(*b))
            .collect();
        if !name.is_empty() {
            return Some(normalise(name));
        }
    }
    None
}

fn normalise(name: String) -> String {
    let short: String = name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let is = |base: &str| short == base || short.strip_prefix(base).is_some_and(|r| r.starts_with('-'));
    if is("utf-8") {
        "utf-8".to_owned()
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations() {
        assert_eq!(declared_encoding(b"# -*- coding: Latin-1 -*-\n").as_deref(), Some("iso-8859-1"));
        assert_eq!(declared_encoding(b"#!/usr/bin/python\n# vim: set fileencoding=utf8 :\n").as_deref(), Some("utf8"));
        assert_eq!(declared_encoding(b"x = 1\n# coding: koi8-r\n"), None);
        assert_eq!(declared_encoding(b"\n# coding: UTF_8\n").as_deref(), Some("utf-8"));
        assert_eq!(declared_encoding(b"# coding\n"), None);
    }

    #[test]
    fn line_ends_and_latin1() {
        let text = decode_source(Source::Bytes(b"# coding: latin-1\r\nx = '\xe9'\r"), "f", None).unwrap();
        assert_eq!(text, "# coding: latin-1\nx = 'é'\n");
        let e = decode_source(Source::Bytes(b"a=1\nb=\"\xff\"\n"), "f", None).unwrap_err();
        assert_eq!((e.line, e.column), (2, 4));
    }
}
