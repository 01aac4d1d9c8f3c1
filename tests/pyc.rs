//! `program.py` -> `program.pyc` -> result: what is written beside a source, when it is used, and when it is made anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod folder;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use folder::Folder;

impl Folder {
    fn pyc(&self, module: &str) -> PathBuf {
        self.0.join("__pycache__").join(format!("{module}.cpython-314.pyc"))
    }

    /// What Brolga writes to standard output, started in the folder.
    fn run(&self, args: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_brolga"))
            .args(args)
            .current_dir(&self.0)
            .env_remove("PYTHONDONTWRITEBYTECODE")
            .env_remove("PYTHONPYCACHEPREFIX")
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {err}");
        assert_eq!(err, "", "{args:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn set_mtime(path: &Path, time: SystemTime) {
    std::fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

fn mtime(path: &Path) -> SystemTime {
    path.metadata().unwrap().modified().unwrap()
}

/// Seconds since the epoch, as a `.pyc` has them.
fn seconds(time: SystemTime) -> u32 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() as u32
}

fn word(pyc: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(pyc[at..at + 4].try_into().unwrap())
}

#[test]
fn a_program_compiled_to_a_pyc_gives_the_same_result() {
    let folder = Folder::new("program");
    folder.write("program.py", "import sys\nprint(__name__, 6 * 7, sys.argv[1:])\n");
    let expected = "__main__ 42 ['a', 'b']\n";
    assert_eq!(folder.run(&["program.py", "a", "b"]), expected);
    assert!(!folder.pyc("program").exists(), "running a program writes no .pyc of it");
    folder.run(&["-m", "py_compile", "program.py"]);
    let pyc = folder.pyc("program");
    std::fs::copy(&pyc, folder.0.join("program.pyc")).unwrap();
    std::fs::remove_file(folder.0.join("program.py")).unwrap();
    assert_eq!(folder.run(&["program.pyc", "a", "b"]), expected);
    assert_eq!(folder.run(&[pyc.to_str().unwrap(), "a", "b"]), expected);
}

#[test]
fn a_pyc_holds_magic_number_time_size_and_the_code_object() {
    let folder = Folder::new("header");
    let source = folder.write("module.py", "class C:\n    pass\ndef f():\n    return 'text'\n");
    folder.run(&["-c", "import module"]);
    let pyc = std::fs::read(folder.pyc("module")).unwrap();
    assert_eq!(&pyc[2..4], b"\r\n");
    assert_eq!(u16::from_le_bytes([pyc[0], pyc[1]]), 3627, "3.14's magic number");
    assert_eq!(word(&pyc, 4), 0, "flags: checked by time and size");
    assert_eq!(word(&pyc, 8), seconds(mtime(&source)));
    assert_eq!(u64::from(word(&pyc, 12)), source.metadata().unwrap().len());
    let show = "import marshal, importlib.util\ndata = open(importlib.util.cache_from_source('module.py'), 'rb').read()\n\
                print(data[:4] == importlib.util.MAGIC_NUMBER)\ncode = marshal.loads(data[16:])\n\
                print(code.co_name, code.co_names, [c.co_name for c in code.co_consts if hasattr(c, 'co_name')])";
    assert_eq!(folder.run(&["-c", show]), "True\n<module> ('C', 'f') ['C', 'f']\n");
}

#[test]
fn an_import_writes_the_pyc_once() {
    let folder = Folder::new("once");
    folder.write("module.py", "x = 1\n");
    folder.run(&["-c", "import module"]);
    let pyc = folder.pyc("module");
    let old = SystemTime::now() - Duration::from_secs(1000);
    set_mtime(&pyc, old);
    assert_eq!(folder.run(&["-c", "import module; print(module.x, module.__cached__.endswith('.pyc'))"]), "1 True\n");
    assert_eq!(seconds(mtime(&pyc)), seconds(old), "it was not written again");
}

#[test]
fn no_pyc_is_written_where_that_is_not_wanted() {
    let folder = Folder::new("unwanted");
    folder.write("module.py", "x = 1\n");
    folder.run(&["-B", "-c", "import module"]);
    assert!(!folder.pyc("module").exists());
}

#[test]
fn a_pyc_is_used_while_it_fits_its_source() {
    let folder = Folder::new("fits");
    let source = folder.write("module.py", "x = 'old'\n");
    folder.run(&["-c", "import module"]);
    // Another text of the same size and time: the source is not even read.
    let time = mtime(&source);
    std::fs::write(&source, "x = 'new'\n").unwrap();
    set_mtime(&source, time);
    assert_eq!(folder.run(&["-c", "import module; print(module.x)"]), "old\n");
}

#[test]
fn a_pyc_is_made_anew_when_the_source_is_younger() {
    let folder = Folder::new("younger");
    let source = folder.write("module.py", "x = 'old'\n");
    folder.run(&["-c", "import module"]);
    std::fs::write(&source, "x = 'new'\n").unwrap();
    let later = SystemTime::now() + Duration::from_secs(10);
    set_mtime(&source, later);
    assert_eq!(folder.run(&["-c", "import module; print(module.x)"]), "new\n");
    let pyc = std::fs::read(folder.pyc("module")).unwrap();
    assert_eq!(word(&pyc, 8), seconds(later));
}

#[test]
fn a_pyc_is_made_anew_when_the_size_differs() {
    let folder = Folder::new("size");
    let source = folder.write("module.py", "x = 'old'\n");
    folder.run(&["-c", "import module"]);
    let time = mtime(&source);
    std::fs::write(&source, "x = 'longer'\n").unwrap();
    set_mtime(&source, time);
    assert_eq!(folder.run(&["-c", "import module; print(module.x)"]), "longer\n");
}

#[test]
fn a_pyc_is_made_anew_when_its_magic_number_differs() {
    let folder = Folder::new("magic");
    folder.write("module.py", "x = 1\n");
    folder.run(&["-c", "import module"]);
    let path = folder.pyc("module");
    let good = std::fs::read(&path).unwrap();
    let mut foreign = good.clone();
    foreign[0] ^= 0xff;
    std::fs::write(&path, foreign).unwrap();
    assert_eq!(folder.run(&["-c", "import module; print(module.x)"]), "1\n");
    assert_eq!(std::fs::read(&path).unwrap(), good);
}

#[test]
fn a_damaged_pyc_is_an_error_or_made_anew_and_never_more() {
    let folder = Folder::new("damaged");
    folder.write("module.py", "x = 1\n");
    folder.run(&["-c", "import module"]);
    let path = folder.pyc("module");
    let good = std::fs::read(&path).unwrap();
    std::fs::write(&path, &good[..10]).unwrap();
    assert_eq!(folder.run(&["-c", "import module; print(module.x)"]), "1\n", "a header cut short is no .pyc");
    std::fs::write(&path, &good[..20]).unwrap();
    let catch = "try: import module\nexcept (EOFError, ValueError) as e: print(type(e).__name__, e)";
    assert_eq!(folder.run(&["-c", catch]), "EOFError marshal data too short\n");
}

#[test]
fn lists_and_dicts_of_constants_are_made_anew_at_each_loading() {
    let folder = Folder::new("containers");
    let text = "l = [1, 2, 3]\nd = {'a': 1, 'b': [2]}\ns = {1, 2, 3}\nt = (1, (2, 'x'), frozenset({4}))\ndef f():\n    return [1, 2, 3]\n";
    folder.write("module.py", text);
    let change = "import module\nmodule.l.append(4); module.d['c'] = 5; module.s.add(9)\nmodule.f().append(1)\n\
                  print(module.l, module.d, sorted(module.s), module.t, module.f(), module.f() is module.f())";
    let changed =
        "[1, 2, 3, 4] {'a': 1, 'b': [2], 'c': 5} [1, 2, 3, 9] (1, (2, 'x'), frozenset({4})) [1, 2, 3] False\n";
    assert_eq!(folder.run(&["-c", change]), changed);
    assert!(folder.pyc("module").exists());
    assert_eq!(folder.run(&["-c", change]), changed, "from the .pyc, as fresh as the first time");
}

#[test]
fn an_unwritable_folder_is_no_error() {
    let folder = Folder::new("unwritable");
    folder.write("module.py", "x = 1\n");
    // A file where the cache's folder would be: not even root writes into that.
    folder.write("__pycache__", "");
    assert_eq!(folder.run(&["-c", "import module; print(module.x)"]), "1\n");
}

#[test]
fn the_cache_may_stand_elsewhere() {
    let folder = Folder::new("prefix");
    folder.write("module.py", "x = 1\n");
    folder.run(&["-X", "pycache_prefix=cache", "-c", "import module"]);
    assert!(!folder.pyc("module").exists());
    assert!(folder.0.join("cache").is_dir());
}
