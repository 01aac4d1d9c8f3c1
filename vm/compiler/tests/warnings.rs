//! `SyntaxWarning`s, with CPython 3.14's texts and lines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail by panicking")]

use brolga_compiler::{Mode, Options, Source, compile};

fn warnings(source: &str) -> Vec<(u32, String)> {
    let compiled = compile(Source::Text(source), "<test>", Mode::Exec, &Options::default()).unwrap();
    compiled.warnings.into_iter().map(|w| (w.line, w.message)).collect()
}

fn escape(c: &str) -> String {
    format!(
        "\"\\{c}\" is an invalid escape sequence. Such sequences will not work in the future. \
         Did you mean \"\\\\{c}\"? A raw string is also an option."
    )
}

#[test]
fn escapes() {
    assert_eq!(warnings("\"a\" \"\\w\\z\"\n\"\"\"\n\\k\"\"\""), [(1, escape("w")), (3, escape("k"))]);
    assert_eq!(warnings("f\"\\d{x}\\q\""), [(1, escape("d")), (1, escape("q"))]);
    assert_eq!(warnings("b'\\u1234'"), [(1, escape("u"))]);
    assert!(warnings("r'\\d'; rf'\\d{x}'; '\\x41\\u1234\\N{BULLET}\\377\\0'; b'\\x00'").is_empty());
    assert!(warnings("'\\777'")[0].1.starts_with("\"\\777\" is an invalid octal escape sequence."));
}

#[test]
fn others() {
    assert_eq!(warnings("x is 1")[0].1, "\"is\" with 'int' literal. Did you mean \"==\"?");
    assert_eq!(warnings("assert (1, 2)")[0].1, "assertion is always true, perhaps remove parentheses?");
    assert_eq!(warnings("()()")[0].1, "'tuple' object is not callable; perhaps you missed a comma?");
    let finally = "def f():\n  try: pass\n  finally: return 1";
    assert_eq!(warnings(finally), [(3, "'return' in a 'finally' block".to_owned())]);
}
