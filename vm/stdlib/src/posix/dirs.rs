//! `listdir`, `scandir`, the current directory.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::list::PyList;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::path::{self, Allow, Path, path, system};
use super::stat;
use crate::object::{class_getitem, itself, object};
use crate::vectors;

struct RawEntry {
    name: Vec<u8>,
    kind: u8,
    inode: u64,
}

/// All entries of a directory but `.` and `..`.
fn entries(vm: &Vm, path: &Path) -> PyResult<Vec<RawEntry>> {
    let read = || -> Result<Vec<RawEntry>, std::io::Error> {
        // SAFETY: the path is a C string; a duplicated number is the stream's own.
        let stream = unsafe {
            match path.fd {
                Some(fd) => {
                    let own = libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0);
                    if own < 0 {
                        return Err(std::io::Error::last_os_error());
                    }
                    let stream = libc::fdopendir(own);
                    if stream.is_null() {
                        let error = std::io::Error::last_os_error();
                        libc::close(own);
                        return Err(error);
                    }
                    libc::rewinddir(stream);
                    stream
                }
                None => libc::opendir(path.as_ptr()),
            }
        };
        if stream.is_null() {
            return Err(std::io::Error::last_os_error());
        }
        let mut found = Vec::new();
        let mut room = true;
        // SAFETY: the stream is open; an entry is valid until the next call.
        while let Some(entry) = unsafe { libc::readdir(stream).as_ref() } {
            // SAFETY: the name ends in a zero byte.
            let name = unsafe { std::ffi::CStr::from_ptr(entry.d_name.as_ptr()) }.to_bytes();
            if name != b"." && name != b".." {
                let mut copy = Vec::new();
                room = copy.try_reserve_exact(name.len()).is_ok() && found.try_reserve(1).is_ok();
                if !room {
                    break;
                }
                copy.extend_from_slice(name);
                found.push(RawEntry { name: copy, kind: entry.d_type, inode: entry.d_ino });
            }
        }
        // SAFETY: the stream is open, and not used after.
        unsafe { libc::closedir(stream) };
        if room { Ok(found) } else { Err(std::io::ErrorKind::OutOfMemory.into()) }
    };
    vm.allow_threads(read).map_err(|error| {
        if error.kind() == std::io::ErrorKind::OutOfMemory && error.raw_os_error().is_none() {
            return vm.memory_error();
        }
        let name = if path.given.is_none() { None } else { Some(path.given) };
        vm.io_error(&error, name)
    })
}

fn listdir(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let path = path(vm, args.opt(0).unwrap_or(Value::NONE), "listdir", "path", Allow { fd: true, none: true })?;
    vm.audit("os.listdir", &[args.opt(0).unwrap_or(Value::NONE)])?;
    let list = PyList::new(vm, &[])?;
    for entry in entries(vm, &path)? {
        list.push(vm, path.name(vm, &entry.name)?)?;
    }
    Ok(list.value())
}

object!(pub struct ScandirIterator: POSIX_SCANDIR { entries: Field, next: Cell<usize> });
object!(pub struct DirEntry: POSIX_DIR_ENTRY {
    name: Field,
    path: Field,
    stat: Field,
    lstat: Field,
    inode: Field,
    kind: Cell<u8>,
    /// The directory's number plus one, where it was given by number.
    dir: Cell<i32>,
});

fn scandir(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let path = path(vm, args.opt(0).unwrap_or(Value::NONE), "scandir", "path", Allow { fd: true, none: true })?;
    vm.audit("os.scandir", &[args.opt(0).unwrap_or(Value::NONE)])?;
    let list = PyList::new(vm, &[])?;
    let class = vm.native_type(&DIR_ENTRY)?;
    for raw in entries(vm, &path)? {
        let name = path.name(vm, &raw.name)?;
        let full = if path.fd.is_some() {
            name
        } else {
            let mut full = vectors::copy(vm, path.text.to_bytes())?;
            vectors::reserve(vm, &mut full, raw.name.len() + 1)?;
            if full.last().is_some_and(|b| *b != b'/') {
                full.push(b'/');
            }
            full.extend_from_slice(&raw.name);
            path.name(vm, &full)?
        };
        let inode = vm.new_int_u64(raw.inode)?;
        let entry: Ref<DirEntry> = vm.alloc_instance(class)?;
        entry.name.init(name);
        entry.path.init(full);
        entry.inode.init(inode);
        entry.kind.set(raw.kind);
        entry.dir.set(path.fd.map_or(0, |fd| fd.saturating_add(1)));
        list.push(vm, entry.value())?;
    }
    let this: Ref<ScandirIterator> = vm.alloc_instance(vm.native_type(&SCANDIR)?)?;
    this.entries.init(list.value());
    Ok(this.value())
}

fn scandir_next(_: &Vm, this: Value) -> PyResult<Slot> {
    let Some(this) = this.downcast::<ScandirIterator>() else { return Ok(None) };
    let item = this.entries.get().and_then(Value::downcast::<PyList>).and_then(|l| l.get(this.next.get()));
    match item {
        Some(_) => this.next.set(this.next.get() + 1),
        None => this.entries.set(this, None),
    }
    Ok(item)
}

fn scandir_close(_: &Vm, this: Ref<ScandirIterator>) {
    this.entries.set(this, None);
}

fn scandir_exit(_: &Vm, args: &Args<'_>) {
    if let Some(this) = args.get(0).downcast::<ScandirIterator>() {
        this.entries.set(this, None);
    }
}

static SCANDIR_METHODS: &[MethodDef] = &[
    method!("__iter__", 1, itself),
    method!("__enter__", 1, itself),
    method!("__exit__", "($self, /, *args)", scandir_exit),
    method!("close", 1, scandir_close),
];

pub static SCANDIR: TypeDef = TypeDef {
    module: "posix",
    layout: Some(crate::layouts::POSIX_SCANDIR),
    flags: type_flags::DISALLOW_NEW,
    methods: &[SCANDIR_METHODS],
    iternext: Some(scandir_next),
    ..TypeDef::new("ScandirIterator")
};

fn entry_path(vm: &Vm, entry: Ref<DirEntry>) -> PyResult<(Path, i32)> {
    let dir = entry.dir.get();
    let path = path(vm, entry.path.get_or_none(), "DirEntry.stat", "path", Allow::default())?;
    Ok((path, if dir == 0 { libc::AT_FDCWD } else { dir - 1 }))
}

fn entry_stat_raw(vm: &Vm, entry: Ref<DirEntry>, follow: bool) -> PyResult<Result<libc::stat, i32>> {
    let (path, dir) = entry_path(vm, entry)?;
    stat::stat_raw(vm, &path, dir, follow)
}

fn follow_argument(vm: &Vm, args: &Args<'_>) -> PyResult<(Ref<DirEntry>, bool)> {
    let entry = args.get(0).downcast::<DirEntry>().ok_or_else(|| vm.type_error("a DirEntry is required"))?;
    Ok((entry, args.opt(1).map_or(Ok(true), |v| vm.is_true(v))?))
}

fn entry_stat(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (entry, follow) = follow_argument(vm, args)?;
    let follow = follow && (entry.kind.get() == libc::DT_LNK || entry.kind.get() == libc::DT_UNKNOWN);
    let field = if follow { &entry.stat } else { &entry.lstat };
    if let Some(known) = field.get() {
        return Ok(known);
    }
    match entry_stat_raw(vm, entry, follow)? {
        Ok(s) => {
            let result = stat::result(vm, &s)?;
            field.set(entry, result);
            Ok(result)
        }
        Err(errno) => Err(vm.os_error(errno, entry.path.get())),
    }
}

/// Is the entry of this kind? A file that is gone is of none.
fn test(vm: &Vm, entry: Ref<DirEntry>, follow: bool, kind: u8, mode: libc::mode_t) -> PyResult<bool> {
    let known = entry.kind.get();
    if known != libc::DT_UNKNOWN && !(follow && known == libc::DT_LNK) {
        return Ok(known == kind);
    }
    match entry_stat_raw(vm, entry, follow)? {
        Ok(s) => Ok(s.st_mode & libc::S_IFMT == mode),
        Err(libc::ENOENT) => Ok(false),
        Err(errno) => Err(vm.os_error(errno, entry.path.get())),
    }
}

fn is_dir(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let (entry, follow) = follow_argument(vm, args)?;
    test(vm, entry, follow, libc::DT_DIR, libc::S_IFDIR)
}

fn is_file(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let (entry, follow) = follow_argument(vm, args)?;
    test(vm, entry, follow, libc::DT_REG, libc::S_IFREG)
}

fn is_symlink(vm: &Vm, entry: Ref<DirEntry>) -> PyResult<bool> {
    test(vm, entry, false, libc::DT_LNK, libc::S_IFLNK)
}

fn is_junction(_: &Vm, _: Ref<DirEntry>) -> bool {
    false
}

fn inode(_: &Vm, entry: Ref<DirEntry>) -> Slot {
    entry.inode.get()
}

fn name(_: &Vm, entry: Ref<DirEntry>) -> Slot {
    entry.name.get()
}

fn full_path(_: &Vm, entry: Ref<DirEntry>) -> Slot {
    entry.path.get()
}

fn entry_repr(vm: &Vm, entry: Ref<DirEntry>) -> PyResult<String> {
    Ok(format!("<DirEntry {}>", vm.repr_lossy(entry.name.get_or_none())?))
}

static ENTRY_METHODS: &[MethodDef] = &[
    method!("is_dir", "($self, /, *, follow_symlinks=True)", is_dir),
    method!("is_file", "($self, /, *, follow_symlinks=True)", is_file),
    method!("is_symlink", 1, is_symlink),
    method!("is_junction", 1, is_junction),
    method!("stat", "($self, /, *, follow_symlinks=True)", entry_stat),
    method!("inode", 1, inode),
    method!("__fspath__", 1, full_path),
    method!("__repr__", 1, entry_repr),
    method!("__class_getitem__", 2, class_getitem).class(),
];
static ENTRY_GETSET: &[GetSetDef] = &[getset!("name", name).member(), getset!("path", full_path).member()];

pub static DIR_ENTRY: TypeDef = TypeDef {
    module: "posix",
    layout: Some(crate::layouts::POSIX_DIR_ENTRY),
    flags: type_flags::DISALLOW_NEW,
    methods: &[ENTRY_METHODS],
    getset: ENTRY_GETSET,
    ..TypeDef::new("DirEntry")
};

fn current(vm: &Vm) -> PyResult<Vec<u8>> {
    use std::os::unix::ffi::OsStringExt;
    match std::env::current_dir() {
        Ok(path) => Ok(path.into_os_string().into_vec()),
        Err(error) => Err(vm.io_error(&error, None)),
    }
}

fn getcwd(vm: &Vm) -> PyResult<Value> {
    Ok(path::decode(vm, &current(vm)?)?.value())
}

fn getcwdb(vm: &Vm) -> PyResult<Value> {
    Ok(PyBytes::new(vm, &current(vm)?)?.value())
}

fn chdir(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let path = path(vm, args.get(0), "chdir", "path", Allow { fd: true, none: false })?;
    vm.audit("os.chdir", &[path.given])?;
    // SAFETY: the path is a C string.
    system(vm, Some(path.given), || unsafe {
        match path.fd {
            Some(fd) => libc::fchdir(fd),
            None => libc::chdir(path.as_ptr()),
        }
    })
    .map(|_| ())
}

pub static FUNCTIONS: &[MethodDef] = &[
    method!("listdir", "($module, /, path=None)", listdir),
    method!("scandir", "($module, /, path=None)", scandir),
    method!("getcwd", 0, getcwd),
    method!("getcwdb", 0, getcwdb),
    method!("chdir", "($module, /, path)", chdir),
    method!("fchdir", "($module, /, fd)", chdir),
];
