//! `/tmp/perf-PID.map`: tells profilers which function an address of native code belongs to (`-X perf`, or
//! `PYTHONPERFSUPPORT=1`), as CPython's does for its trampolines: a line `START SIZE NAME`, numbers in hexadecimal.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::Write;

use brolga_runtime::state::config::Config;

/// The map of this process. A forked child gets one of its own, for what it compiles itself.
#[derive(Debug, Default)]
pub struct PerfMap {
    file: RefCell<Option<(u32, File)>>,
}

impl PerfMap {
    pub fn is_wanted(config: &Config) -> bool {
        let option = config.x_options.iter().rev().find(|(name, _)| name == "perf");
        match option {
            Some((_, value)) => value.as_deref() != Some("0"),
            None => !config.ignore_environment && std::env::var("PYTHONPERFSUPPORT").is_ok_and(|v| v == "1"),
        }
    }

    /// Names the code at an address. What can't be written is left out.
    pub fn add(&self, start: usize, size: usize, name: &str) {
        let process = std::process::id();
        let mut file = self.file.borrow_mut();
        if file.as_ref().is_none_or(|(owner, _)| *owner != process) {
            let opened = OpenOptions::new().create(true).append(true).open(format!("/tmp/perf-{process}.map"));
            *file = opened.ok().map(|f| (process, f));
        }
        if let Some((_, file)) = &mut *file {
            let _ = file.write_all(line(start, size, name).as_bytes());
        }
    }
}

fn line(start: usize, size: usize, name: &str) -> String {
    format!("{start:x} {size:x} {}\n", name.replace(['\n', '\r'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        assert_eq!(line(0x7f00_1000, 64, "py::f:a\nb.py"), "7f001000 40 py::f:a b.py\n");
    }

    #[test]
    fn options() {
        let config = |value: Option<&str>| Config {
            x_options: vec![("perf".to_owned(), value.map(str::to_owned))],
            ..Config::default()
        };
        assert!(PerfMap::is_wanted(&config(None)));
        assert!(PerfMap::is_wanted(&config(Some("1"))));
        assert!(!PerfMap::is_wanted(&config(Some("0"))));
    }
}
