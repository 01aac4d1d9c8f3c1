//! Which Pythons there are.

use std::path::PathBuf;

use brolga_tools::child::find_program;

/// A Python: what it is called, and its command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Python {
    pub name: String,
    pub command: Vec<String>,
}

/// `NAME=COMMAND`, its words apart.
pub fn parse(text: &str) -> Result<Python, String> {
    let (name, command) = text.split_once('=').ok_or_else(|| format!("{text:?} is not NAME=COMMAND"))?;
    let command: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    if name.is_empty() || command.is_empty() {
        return Err(format!("{text:?} is not NAME=COMMAND"));
    }
    Ok(Python { name: name.to_owned(), command })
}

/// The brolga that was built with this program.
pub fn brolga() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok()?.parent()?.join("brolga");
    if beside.is_file() { Some(beside) } else { find_program("brolga") }
}

/// Those that are installed, the one to compare with first.
pub fn found() -> Vec<Python> {
    let known = [
        ("cpython", "python3.14", None),
        ("cpython-3.15-jit", "python3.15", Some("PYTHON_JIT=1")),
        ("pypy", "pypy3", None),
        ("graalpy", "graalpy", None),
        ("rustpython", "rustpython", None),
    ];
    let mut all: Vec<Python> = known
        .into_iter()
        .filter_map(|(name, program, variable)| {
            let program = find_program(program)?.display().to_string();
            let with = variable.map(|v| vec!["env".to_owned(), v.to_owned()]).unwrap_or_default();
            Some(Python { name: name.to_owned(), command: with.into_iter().chain([program]).collect() })
        })
        .collect();
    if let Some(path) = brolga() {
        all.push(Python { name: "brolga".to_owned(), command: vec![path.display().to_string()] });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands() {
        let python = parse("off=brolga -X jit=off").unwrap_or_else(|e| unreachable!("{e}"));
        assert_eq!((python.name.as_str(), python.command.len()), ("off", 3));
        for wrong in ["brolga", "=brolga", "x=", "x= "] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
