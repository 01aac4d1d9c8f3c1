//! Interactive input, as `codeop` asks: complete, incomplete, or wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail by panicking")]

use brolga_compiler::{ErrorKind, Mode, Options, Source, compile};

fn verdict(source: &str) -> &'static str {
    let options = Options { allow_incomplete_input: true, dont_imply_dedent: true, ..Options::default() };
    match compile(Source::Text(source), "<stdin>", Mode::Single, &options) {
        Ok(_) => "complete",
        Err(e) if e.kind == ErrorKind::IncompleteInput => "incomplete",
        Err(_) => "error",
    }
}

#[test]
fn verdicts() {
    // Recorded: compile(source, "<stdin>", "single", 0x4200) under CPython 3.14.
    for (source, want) in [
        ("x = 1\n", "complete"),
        ("x = (\n", "incomplete"),
        ("if 1:\n", "incomplete"),
        ("if 1:\n  pass\n", "complete"),
        ("if 1:\n  pass\n\n", "complete"),
        ("if 1: pass\n", "complete"),
        ("if 1: pass\n\n", "complete"),
        ("def f():\n  return 1\n", "complete"),
        ("def f():\n  return 1\n\n", "complete"),
        ("a b\n", "error"),
        ("x = '''abc\n", "incomplete"),
        ("x = 'abc\n", "error"),
        ("for i in x:\n  if i:\n    pass\n", "complete"),
        ("@d\n", "incomplete"),
        ("try:\n  x\n", "incomplete"),
        ("try:\n  x\n\n", "incomplete"),
        ("x = 1 + \\\n", "incomplete"),
        ("class A:\n", "incomplete"),
        ("else:\n", "error"),
        ("x\n\n", "complete"),
        ("", "incomplete"),
        ("\n", "incomplete"),
        ("# c\n", "incomplete"),
        ("x = [1,\n2]\n", "complete"),
        ("with a: pass\n", "complete"),
        ("lambda\n", "error"),
        ("x =\n", "error"),
        ("(a,\nb c\n", "error"),
    ] {
        assert_eq!(verdict(source), want, "{source:?}");
    }
}
