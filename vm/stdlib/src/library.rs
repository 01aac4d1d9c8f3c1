//! The library in the binary: CPython's `Lib`, compiled by the build script, each module's code as it is and one deflated
//! block for each file.
//!
//! Its files seem to lie in [`DIR`], which no file system has: `__file__`, `co_filename` and the entry in `sys.path`
//! begin with it. Modules that CPython freezes have `<frozen name>` for their code's file, as they have there.

use std::borrow::Cow;
use std::cell::RefCell;

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::described::Described;
use brolga_runtime::{PyResult, marshal};

/// `sys._stdlib_dir`. Absolute, so that `os.path.abspath` leaves it alone; the angle brackets say that it is no place
/// on a disk.
pub const DIR: &str = "/<brolga>/lib/python3.14";

/// A block of the blob: deflated, or as it is where both lengths are equal.
#[derive(Copy, Clone)]
pub struct Part {
    at: usize,
    len: usize,
    unpacked: usize,
}

/// A module.
pub struct Module {
    /// Its path below [`DIR`] without `.py` or `/__init__.py`.
    pub key: &'static str,
    pub package: bool,
    /// Served by `FrozenImporter`.
    pub frozen: bool,
    code: Part,
    source: Part,
}

/// A file that is no module.
pub struct File {
    pub name: &'static str,
    data: Part,
}

mod index {
    use super::{File, Module, Part};
    include!(concat!(env!("OUT_DIR"), "/library.rs"));
}

/// What CPython's own native modules say of themselves.
pub const DESCRIBED: Described = Described {
    signatures: include_str!("../data/natives.txt"),
    docs: include_str!(concat!(env!("OUT_DIR"), "/docs.txt")),
};

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));

impl Part {
    /// The bytes, inflated. Empty where memory is short or the blob is not what the index says.
    fn read(self) -> Cow<'static, [u8]> {
        let mut room = Vec::new();
        let Some(packed) = BLOB.get(self.at..self.at + self.len) else { return Cow::Owned(room) };
        if self.len == self.unpacked {
            return Cow::Borrowed(packed);
        }
        if room.try_reserve_exact(self.unpacked).is_err() {
            return Cow::Owned(room);
        }
        room.resize(self.unpacked, 0);
        let n = zlib_rs::decompress_slice(&mut room, packed, zlib_rs::InflateConfig::default()).0.len();
        room.truncate(n);
        Cow::Owned(room)
    }
}

impl Module {
    /// The code object, made anew.
    pub fn code(&self, vm: &Vm) -> PyResult<Ref<PyCode>> {
        let bytes = self.marshalled();
        if bytes.is_empty() {
            return Err(vm.memory_error());
        }
        let (value, _) = marshal::load(vm, &bytes, marshal::Trust::Own, true)?;
        value.downcast().ok_or_else(|| vm.system_error("the embedded library holds no code object"))
    }

    /// The code object's marshal stream.
    pub fn marshalled(&self) -> Cow<'static, [u8]> {
        self.code.read()
    }

    /// The source file's bytes.
    pub fn source(&self) -> Cow<'static, [u8]> {
        self.source.read()
    }

    /// The dotted name it has when [`DIR`] is on `sys.path`.
    pub fn name(&self) -> String {
        self.key.replace('/', ".")
    }

    /// The path below [`DIR`].
    pub fn path(&self) -> String {
        format!("{}{}", self.key, if self.package { "/__init__.py" } else { ".py" })
    }
}

/// The module at this path below [`DIR`], without `.py` or `/__init__.py`.
pub fn module(key: &str) -> Option<&'static Module> {
    let all = &index::MODULES;
    all.binary_search_by(|m| m.key.cmp(key)).ok().and_then(|i| all.get(i))
}

/// The modules directly in a directory, given as its path below [`DIR`], empty or with a slash at its end.
pub fn modules_in(prefix: &str) -> impl Iterator<Item = &'static Module> {
    let start = index::MODULES.partition_point(|m| m.key < prefix);
    let rest = index::MODULES.get(start..).unwrap_or(&[]);
    rest.iter()
        .take_while(move |m| m.key.starts_with(prefix))
        .filter(move |m| m.key.get(prefix.len()..).is_some_and(|tail| !tail.is_empty() && !tail.contains('/')))
}

/// Every module that `FrozenImporter` serves.
pub fn frozen() -> impl Iterator<Item = &'static Module> {
    index::MODULES.iter().filter(|m| m.frozen)
}

/// Where the name of a file below [`DIR`] begins, if `path` is one.
pub fn below(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(DIR)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// The contents of the file of this name below [`DIR`].
pub fn file(name: &str) -> Option<Cow<'static, [u8]>> {
    if let Some(stem) = name.strip_suffix(".py") {
        let (key, package) = match stem.strip_suffix("/__init__") {
            Some(key) => (key, true),
            None => (stem, false),
        };
        return module(key).filter(|m| m.package == package).map(Module::source);
    }
    index::FILES.iter().find(|f| f.name == name).map(|f| f.data.read())
}

/// Names of the entries of a directory below [`DIR`] (empty for itself), directories with a slash at their end; `None`
/// where there is no such directory.
pub fn list(dir: &str) -> Option<Vec<String>> {
    let prefix = if dir.is_empty() { String::new() } else { format!("{}/", dir.trim_end_matches('/')) };
    let modules = index::MODULES.iter().map(Module::path);
    let files = index::FILES.iter().map(|f| f.name.to_owned());
    let mut names: Vec<String> = modules
        .chain(files)
        .filter_map(|path| {
            let tail = path.strip_prefix(&prefix)?;
            Some(match tail.split_once('/') {
                Some((sub, _)) => format!("{sub}/"),
                None => tail.to_owned(),
            })
        })
        .collect();
    names.sort();
    names.dedup();
    if names.is_empty() { None } else { Some(names) }
}

thread_local! {
    /// The last source that a traceback showed lines of.
    static SHOWN: RefCell<(String, Vec<u8>)> = const { RefCell::new((String::new(), Vec::new())) };
}

/// `InterpreterState::source_hook`: a line of a library file for tracebacks.
pub fn source_line(_: &Vm, path: &str, line: usize) -> Option<String> {
    let name = below(path)?;
    SHOWN.with_borrow_mut(|(shown, source)| {
        if shown != name || source.is_empty() {
            *source = file(name)?.into_owned();
            name.clone_into(shown);
        }
        let text = source.split(|b| *b == b'\n').nth(line.checked_sub(1)?)?;
        Some(String::from_utf8_lossy(text).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_unpacks() {
        for m in &index::MODULES {
            assert_eq!(m.code.read().len(), m.code.unpacked, "{}", m.key);
            assert_eq!(m.source.read().len(), m.source.unpacked, "{}", m.key);
        }
        for f in &index::FILES {
            assert_eq!(f.data.read().len(), f.data.unpacked, "{}", f.name);
        }
    }

    #[test]
    fn lookups() {
        assert!(module("json/decoder").is_some_and(|m| !m.package && !m.frozen));
        assert!(module("json").is_some_and(|m| m.package));
        assert!(module("os").is_some_and(|m| m.frozen));
        assert!(module("json/__init__").is_none());
        assert!(file("json/__init__.py").is_some_and(|s| s.starts_with(b"r\"\"\"JSON")));
        assert!(modules_in("json/").any(|m| m.key == "json/tool"));
        assert!(modules_in("").all(|m| !m.key.contains('/')));
        assert!(list("json").is_some_and(|l| l.contains(&"encoder.py".to_owned())));
        assert_eq!(below("/<brolga>/lib/python3.14/os.py"), Some("os.py"));
        let dir = std::path::Path::new(DIR);
        assert!(!dir.exists());
    }

    #[test]
    fn nothing_of_another_interpreter() {
        for m in &index::MODULES {
            let source = m.source();
            let found = source.windows(10).any(|w| w.eq_ignore_ascii_case(b"RUSTPYTHON"));
            assert!(!found || m.key == "_opcode_metadata", "{}", m.key);
        }
    }
}
