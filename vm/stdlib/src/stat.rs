//! `_stat`.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

fn mode_of(vm: &Vm, v: Value) -> PyResult<u32> {
    let v = vm.index(v)?;
    match int::to_u64(v) {
        Some(mode) => u32::try_from(mode).map_err(|_| vm.overflow_error("mode out of range")),
        None if int::is_negative(v) => Err(vm.overflow_error("can't convert negative value to unsigned int")),
        None => Err(vm.overflow_error("Python int too large to convert to C unsigned long")),
    }
}

const S_IFMT: u32 = 0o170000;

macro_rules! tests {
    ($($name:ident $kind:literal),* $(,)?) => {$(
        fn $name(vm: &Vm, mode: Value) -> PyResult<bool> {
            Ok(mode_of(vm, mode)? & S_IFMT == $kind)
        }
    )*};
}
tests! {
    is_dir 0o040000, is_chr 0o020000, is_blk 0o060000, is_reg 0o100000, is_fifo 0o010000, is_lnk 0o120000, is_sock 0o140000,
}

fn never(vm: &Vm, mode: Value) -> PyResult<bool> {
    mode_of(vm, mode)?;
    Ok(false)
}

fn imode(vm: &Vm, mode: Value) -> PyResult<u32> {
    Ok(mode_of(vm, mode)? & 0o7777)
}

fn ifmt(vm: &Vm, mode: Value) -> PyResult<u32> {
    Ok(mode_of(vm, mode)? & S_IFMT)
}

/// As `ls -l` shows it.
fn filemode(vm: &Vm, mode: Value) -> PyResult<String> {
    let mode = mode_of(vm, mode)?;
    let mut text = String::new();
    text.push(match mode & S_IFMT {
        0o100000 => '-',
        0o040000 => 'd',
        0o120000 => 'l',
        0o060000 => 'b',
        0o020000 => 'c',
        0o010000 => 'p',
        0o140000 => 's',
        _ => '?',
    });
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    Ok(text)
}

static CONSTANTS: &[(&str, i64)] = &[
    ("S_IFDIR", 0o040000),
    ("S_IFCHR", 0o020000),
    ("S_IFBLK", 0o060000),
    ("S_IFREG", 0o100000),
    ("S_IFIFO", 0o010000),
    ("S_IFLNK", 0o120000),
    ("S_IFSOCK", 0o140000),
    ("S_IFDOOR", 0),
    ("S_IFPORT", 0),
    ("S_IFWHT", 0),
    ("S_ISUID", 0o4000),
    ("S_ISGID", 0o2000),
    ("S_ISVTX", 0o1000),
    ("S_ENFMT", 0o2000),
    ("S_IREAD", 0o400),
    ("S_IWRITE", 0o200),
    ("S_IEXEC", 0o100),
    ("S_IRWXU", 0o700),
    ("S_IRUSR", 0o400),
    ("S_IWUSR", 0o200),
    ("S_IXUSR", 0o100),
    ("S_IRWXG", 0o070),
    ("S_IRGRP", 0o040),
    ("S_IWGRP", 0o020),
    ("S_IXGRP", 0o010),
    ("S_IRWXO", 0o007),
    ("S_IROTH", 0o004),
    ("S_IWOTH", 0o002),
    ("S_IXOTH", 0o001),
    ("UF_SETTABLE", 0x0000_ffff),
    ("UF_NODUMP", 0x0000_0001),
    ("UF_IMMUTABLE", 0x0000_0002),
    ("UF_APPEND", 0x0000_0004),
    ("UF_OPAQUE", 0x0000_0008),
    ("UF_NOUNLINK", 0x0000_0010),
    ("UF_COMPRESSED", 0x0000_0020),
    ("UF_TRACKED", 0x0000_0040),
    ("UF_DATAVAULT", 0x0000_0080),
    ("UF_HIDDEN", 0x0000_8000),
    ("SF_SETTABLE", 0xffff_0000),
    ("SF_ARCHIVED", 0x0001_0000),
    ("SF_IMMUTABLE", 0x0002_0000),
    ("SF_APPEND", 0x0004_0000),
    ("SF_NOUNLINK", 0x0010_0000),
    ("SF_SNAPSHOT", 0x0020_0000),
    ("SF_FIRMLINK", 0x0080_0000),
    ("SF_DATALESS", 0x4000_0000),
    ("ST_MODE", 0),
    ("ST_INO", 1),
    ("ST_DEV", 2),
    ("ST_NLINK", 3),
    ("ST_UID", 4),
    ("ST_GID", 5),
    ("ST_SIZE", 6),
    ("ST_ATIME", 7),
    ("ST_MTIME", 8),
    ("ST_CTIME", 9),
];

static FUNCTIONS: &[MethodDef] = &[
    method!("S_ISDIR", 1, is_dir),
    method!("S_ISCHR", 1, is_chr),
    method!("S_ISBLK", 1, is_blk),
    method!("S_ISREG", 1, is_reg),
    method!("S_ISFIFO", 1, is_fifo),
    method!("S_ISLNK", 1, is_lnk),
    method!("S_ISSOCK", 1, is_sock),
    method!("S_ISDOOR", 1, never),
    method!("S_ISPORT", 1, never),
    method!("S_ISWHT", 1, never),
    method!("S_IMODE", 1, imode),
    method!("S_IFMT", 1, ifmt),
    method!("filemode", 1, filemode),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for (name, value) in CONSTANTS {
        module.add_int(vm, name, *value)?;
    }
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef::new("_stat", FUNCTIONS, init);
