//! `-X jit-log=FILE`: what the JIT does, one JSON object a line. docs/jit-log.md has the schema.

use std::cell::RefCell;
use std::fmt::{Display, Write as _};
use std::fs::File;
use std::io::Write;

/// One line that is being made.
pub struct Line(String);

impl Line {
    pub fn new(event: &str) -> Line {
        let mut line = Line("{\"event\":".to_owned());
        quote(&mut line.0, event);
        line
    }

    pub fn text(mut self, name: &str, value: &str) -> Line {
        self.name(name);
        quote(&mut self.0, value);
        self
    }

    pub fn number(mut self, name: &str, value: impl Display) -> Line {
        self.name(name);
        let _ = write!(self.0, "{value}");
        self
    }

    fn name(&mut self, name: &str) {
        self.0.push(',');
        quote(&mut self.0, name);
        self.0.push(':');
    }
}

fn quote(to: &mut String, text: &str) {
    to.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                to.push('\\');
                to.push(c);
            }
            c if c < ' ' => {
                let _ = write!(to, "\\u{:04x}", c as u32);
            }
            c => to.push(c),
        }
    }
    to.push('"');
}

/// The open file. A forked child writes nothing.
#[derive(Debug)]
pub struct Log {
    file: RefCell<File>,
    process: u32,
}

impl Log {
    pub fn open(path: &str) -> std::io::Result<Log> {
        Ok(Log { file: RefCell::new(File::create(path)?), process: std::process::id() })
    }

    pub fn write(&self, line: Line) {
        self.write_all([line]);
    }

    pub fn write_all(&self, lines: impl IntoIterator<Item = Line>) {
        if std::process::id() != self.process {
            return;
        }
        let mut text = String::new();
        for line in lines {
            text.push_str(&line.0);
            text.push_str("}\n");
        }
        // What can't be written is lost: the program goes on.
        let _ = self.file.borrow_mut().write_all(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let line = Line::new("compiled").text("function", "a\"b\\\n<\u{e9}>").number("version", 2);
        assert_eq!(line.0, "{\"event\":\"compiled\",\"function\":\"a\\\"b\\\\\\u000a<\u{e9}>\",\"version\":2");
    }
}
