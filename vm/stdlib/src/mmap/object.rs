//! `mmap.mmap`: the map itself. What reads and writes through it stands in [`access`](super::access).

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::protocol::buffer::{BufferProcs, Exports, RawBuffer};
use brolga_runtime::state::Vm;

use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::access;
use crate::arguments::{c_int, c_int_or};
use crate::object::{class_argument, object};
use crate::posix::path::system;

pub const DEFAULT: i32 = 0;
pub const READ: i32 = 1;
pub const WRITE: i32 = 2;
pub const COPY: i32 = 3;

object!(
    /// The memory stands outside the heap. Null: closed.
    pub struct Map: MMAP {
        /// An int that the program chose.
        offset: Field,
        pub memory: Cell<*mut u8>,
        pub len: Cell<usize>,
        pub at: Cell<usize>,
        exports: Exports,
        /// The file's number and one; 0: none.
        file: Cell<usize>,
        access: Cell<i32>,
        shared: Cell<bool>,
        tracked: Cell<bool>,
    }
);
object!(
    /// Iterates over the bytes.
    pub struct Iter: MMAP_ITER { map: Field, at: Cell<usize> }
);

/// Gives back what a dead map owned.
///
/// # Safety
/// `cell` is a `Map` that nothing reaches any more.
pub unsafe fn drop_map(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Map> = unsafe { Ref::from_ptr(cell) };
    drop(this.take());
}

/// A map's memory and file, taken out of the object.
struct Owned {
    memory: *mut u8,
    len: usize,
    file: Option<usize>,
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: they were the object's own, which does not know them any more.
        unsafe {
            if !self.memory.is_null() {
                libc::munmap(self.memory.cast(), self.len);
            }
            if let Some(fd) = self.file {
                libc::close(fd as i32);
            }
        }
    }
}

impl Map {
    /// Closes the object, with the GIL held: no thread finds the memory from now on.
    fn take(&self) -> Owned {
        Owned {
            memory: self.memory.replace(std::ptr::null_mut()),
            len: self.len.get(),
            file: self.file.replace(0).checked_sub(1),
        }
    }

    pub fn is_closed(&self) -> bool {
        self.memory.get().is_null()
    }

    /// The bytes. They may change at any time, by other processes as well: don't hold them across anything.
    pub fn bytes(&self) -> &[u8] {
        if self.is_closed() {
            return &[];
        }
        // SAFETY: mapped for reading (`new` sees to that) with this length until it is closed or resized, which both
        // happen with the GIL held.
        unsafe { std::slice::from_raw_parts(self.memory.get(), self.len.get()) }
    }

    /// The bytes for writing; [`writable`] was asked.
    #[expect(clippy::mut_from_ref, reason = "the memory is not the object's own")]
    pub fn bytes_mut(&self) -> &mut [u8] {
        if self.is_closed() {
            return &mut [];
        }
        // SAFETY: as `bytes`, mapped for writing; the callers make one at a time and keep it for one copy.
        unsafe { std::slice::from_raw_parts_mut(self.memory.get(), self.len.get()) }
    }

    pub fn fd(&self) -> Option<i32> {
        self.file.get().checked_sub(1).map(|fd| fd as i32)
    }
}

/// The map, unless it is closed.
pub fn open(vm: &Vm, this: Ref<Map>) -> PyResult<Ref<Map>> {
    if this.is_closed() { Err(vm.value_error("mmap closed or invalid")) } else { Ok(this) }
}

pub fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Map>> {
    match args.get(0).downcast::<Map>() {
        Some(this) => open(vm, this),
        None => Err(vm.type_error("an mmap is required")),
    }
}

/// Refuses to write into a map for reading.
pub fn writable(vm: &Vm, this: Ref<Map>) -> PyResult<()> {
    if this.access.get() == READ {
        return Err(vm.type_error("mmap can't modify a readonly memory map."));
    }
    Ok(())
}

fn size_argument(vm: &Vm, v: Value, what: &str) -> PyResult<usize> {
    let n = vm.to_isize(v)?;
    usize::try_from(n).map_err(|_| vm.overflow_error(format!("memory mapped {what} must be positive")))
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Map>> {
    let class = class_argument(vm, args)?;
    for (at, name) in [(1, "fileno"), (2, "length")] {
        if args.opt(at).is_none() {
            return Err(vm.type_error(format!("function missing required argument '{name}' (pos {at})")));
        }
    }
    let fd = c_int(vm, args.get(1))?;
    let mut len = vm.to_isize(args.get(2))?;
    let mut flags = c_int_or(vm, args.opt(3), libc::MAP_SHARED)?;
    let mut protection = c_int_or(vm, args.opt(4), libc::PROT_READ | libc::PROT_WRITE)?;
    let mut access = c_int_or(vm, args.opt(5), DEFAULT)?;
    let offset_value = args.opt(6).unwrap_or(Value::from_i32(0));
    let tracked = args.opt(7).map_or(Ok(true), |v| vm.is_true(v))?;
    if len < 0 {
        return Err(vm.overflow_error("memory mapped length must be positive"));
    }
    // As an int from here on: no later use of it runs Python.
    let offset_value = vm.index(offset_value)?;
    let offset = size_argument(vm, offset_value, "offset")?;
    let length = Value::from_int_truncated(len as i64);
    vm.audit("mmap.__new__", &[Value::from_i32(fd), length, Value::from_i32(access), offset_value])?;
    let both = libc::PROT_READ | libc::PROT_WRITE;
    if access != DEFAULT && (flags != libc::MAP_SHARED || protection != both) {
        return Err(vm.value_error("mmap can't specify both access and flags, prot."));
    }
    match access {
        READ => protection = libc::PROT_READ,
        WRITE => {}
        COPY => flags = libc::MAP_PRIVATE,
        DEFAULT if protection & both == both => {}
        DEFAULT => access = if protection & libc::PROT_WRITE != 0 { WRITE } else { READ },
        _ => return Err(vm.value_error("mmap invalid access parameter.")),
    }
    // Every method reads: memory that could not be read would end the process at the first of them.
    protection |= libc::PROT_READ;
    if fd != -1
        && let Ok(stat) = crate::io::os::stat(fd)
        && stat.st_mode & libc::S_IFMT == libc::S_IFREG
    {
        let size = stat.st_size as usize;
        if len == 0 {
            if size == 0 {
                return Err(vm.value_error("cannot mmap an empty file"));
            }
            if offset >= size {
                return Err(vm.value_error("mmap offset is greater than file size"));
            }
            len = (size - offset) as isize;
        } else if offset > size || size - offset < len as usize {
            return Err(vm.value_error("mmap length is greater than file size"));
        }
    }
    let this: Ref<Map> = vm.alloc_instance(class)?;
    this.offset.init(offset_value);
    // SAFETY: a fresh cell of this heap, whose layout has a drop function, which accepts one without memory.
    if unsafe { vm.heap.register_drop(this.obj().as_ptr()) }.is_err() {
        return Err(vm.memory_error());
    }
    if fd == -1 {
        flags |= libc::MAP_ANONYMOUS;
    } else if tracked {
        // SAFETY: no memory is involved.
        let own = system(vm, None, || unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) })?;
        this.file.set(own as usize + 1);
    }
    this.access.set(access);
    this.shared.set(flags & libc::MAP_SHARED != 0);
    this.tracked.set(tracked);
    let (memory, error) = vm.allow_threads(|| {
        // SAFETY: a new map, where the system puts it.
        let memory =
            unsafe { libc::mmap(std::ptr::null_mut(), len as usize, protection, flags, fd, offset as libc::off_t) };
        (memory, std::io::Error::last_os_error())
    });
    if memory == libc::MAP_FAILED {
        drop(this.take());
        return Err(vm.io_error(&error, None));
    }
    this.memory.set(memory.cast());
    this.len.set(len as usize);
    Ok(this)
}

fn close(vm: &Vm, this: Ref<Map>) -> PyResult<()> {
    if this.exports.any_alive(vm) {
        return Err(vm.buffer_error("cannot close exported pointers exist"));
    }
    let owned = this.take();
    vm.allow_threads(|| drop(owned));
    Ok(())
}

fn resize(vm: &Vm, this: Ref<Map>, size: Value) -> PyResult<()> {
    let this = open(vm, this)?;
    let new = vm.to_isize(size)?;
    if this.exports.any_alive(vm) {
        return Err(vm.buffer_error("mmap can't resize with extant buffers exported."));
    }
    if this.file.get() == 0 && !this.tracked.get() {
        return Err(vm.value_error("mmap can't resize with trackfd=False."));
    }
    if matches!(this.access.get(), READ | COPY) {
        return Err(vm.type_error("mmap can't resize a readonly or copy-on-write memory map."));
    }
    let offset = vm.to_i64(this.offset.get_or_none())?;
    let Some(end) = (new as i64).checked_add(offset).filter(|_| new >= 0) else {
        return Err(vm.value_error("new size out of range"));
    };
    let new = new as usize;
    match this.fd() {
        Some(fd) => {
            // SAFETY: no memory is involved.
            system(vm, None, || unsafe { libc::ftruncate(fd, end) })?;
        }
        None if this.shared.get() && new > this.len.get() => {
            return Err(vm.value_error("mmap: can't expand a shared anonymous mapping"));
        }
        None => {}
    }
    // Another thread may have run meanwhile.
    let old = open(vm, this)?.memory.get();
    if this.exports.any() {
        return Err(vm.buffer_error("mmap can't resize with extant buffers exported."));
    }
    // SAFETY: the object's own map; nobody else has its memory, and the GIL is held.
    let memory = unsafe { libc::mremap(old.cast(), this.len.get(), new, libc::MREMAP_MAYMOVE) };
    if memory == libc::MAP_FAILED {
        return Err(vm.last_os_error(None));
    }
    this.memory.set(memory.cast());
    this.len.set(new);
    this.at.set(this.at.get().min(new));
    Ok(())
}

fn size(vm: &Vm, this: Ref<Map>) -> PyResult<i64> {
    let this = open(vm, this)?;
    match this.fd() {
        Some(fd) => crate::io::os::stat(fd).map(|s| s.st_size).map_err(|e| vm.os_error(e, None)),
        None if this.tracked.get() => Ok(this.len.get() as i64),
        None => Err(vm.os_error(libc::EBADF, None)),
    }
}

fn flush(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let offset = args.opt(1).map_or(Ok(0), |v| vm.to_isize(v))?;
    let len = this.len.get() as isize;
    let size = match args.opt_not_none(2) {
        Some(v) => vm.to_isize(v)?,
        None => len,
    };
    let size = if args.opt_not_none(2).is_none() { len.saturating_sub(offset) } else { size };
    if offset < 0 || size < 0 || len - offset < size {
        return Err(vm.value_error("flush values out of range"));
    }
    if matches!(this.access.get(), READ | COPY) {
        return Ok(());
    }
    let start = this.memory.get().wrapping_add(offset as usize) as usize;
    let (result, error) = vm.allow_threads(|| {
        // SAFETY: inside the map.
        let result = unsafe { libc::msync(start as *mut libc::c_void, size as usize, libc::MS_SYNC) };
        (result, std::io::Error::last_os_error())
    });
    if result < 0 { Err(vm.io_error(&error, None)) } else { Ok(()) }
}

fn madvise(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let option = c_int(vm, args.get(1))?;
    let start = args.opt(2).map_or(Ok(0), |v| vm.to_isize(v))?;
    let len = match args.opt_not_none(3) {
        Some(v) => vm.to_isize(v)?,
        None => this.len.get() as isize,
    };
    if start < 0 || start as usize >= this.len.get() {
        return Err(vm.value_error("madvise start out of bounds"));
    }
    if len < 0 {
        return Err(vm.value_error("madvise length invalid"));
    }
    if isize::MAX - start < len {
        return Err(vm.overflow_error("madvise length too large"));
    }
    let len = (len as usize).min(this.len.get() - start as usize);
    // SAFETY: inside the map; advice that empties it leaves zeros, which are bytes.
    if unsafe { libc::madvise(this.memory.get().wrapping_add(start as usize).cast(), len, option) } < 0 {
        return Err(vm.last_os_error(None));
    }
    Ok(())
}

fn enter(vm: &Vm, this: Ref<Map>) -> PyResult<Ref<Map>> {
    open(vm, this)
}

fn exit(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    vm.call_method(args.get(0), "close", &[])
}

fn repr(vm: &Vm, this: Ref<Map>) -> PyResult<String> {
    let name = vm.type_full_name(vm.type_of(this.value()));
    if this.is_closed() {
        return Ok(format!("<{name} closed=True>"));
    }
    let access = ["ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY"];
    let access = access.get(this.access.get() as usize).unwrap_or(&"ACCESS_DEFAULT");
    let offset = vm.repr_lossy(this.offset.get_or_none())?;
    Ok(format!(
        "<{name} closed=False, access={access}, length={}, pos={}, offset={offset}>",
        this.len.get(),
        this.at.get()
    ))
}

fn closed(_: &Vm, this: Ref<Map>) -> bool {
    this.is_closed()
}

fn len(vm: &Vm, this: Ref<Map>) -> PyResult<usize> {
    Ok(open(vm, this)?.len.get())
}

fn make_iter(vm: &Vm, this: Ref<Map>) -> PyResult<Ref<Iter>> {
    let it: Ref<Iter> = vm.alloc_instance(vm.native_type(&ITER)?)?;
    it.map.init(this.value());
    Ok(it)
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let Some(it) = this.downcast::<Iter>() else { return Ok(None) };
    let Some(map) = it.map.get().and_then(Value::downcast::<Map>) else { return Ok(None) };
    let at = it.at.get();
    let Some(byte) = open(vm, map)?.bytes().get(at).copied() else {
        it.map.set(it, None);
        return Ok(None);
    };
    it.at.set(at + 1);
    Ok(Some(brolga_runtime::types::bytes::PyBytes::new(vm, &[byte])?.value()))
}

static ITER: TypeDef = TypeDef {
    module: "mmap",
    layout: Some(crate::layouts::MMAP_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[method!("__iter__", 1, crate::object::itself)]],
    iternext: Some(next),
    ..TypeDef::new("mmap_iterator")
};

fn reduce(vm: &Vm, this: Value) -> PyResult<Value> {
    Err(vm.type_error(format!("cannot pickle '{}' object", vm.type_full_name(vm.type_of(this)))))
}

fn lend(vm: &Vm, v: Value, writing: bool) -> PyResult<RawBuffer> {
    let Some(this) = v.downcast::<Map>() else { return Err(vm.type_error("an mmap is required")) };
    let this = open(vm, this)?;
    let readonly = this.access.get() == READ;
    if writing && readonly {
        return Err(vm.buffer_error("Object is not writable."));
    }
    this.exports.add();
    Ok(RawBuffer::bytes(this.memory.get(), this.len.get(), readonly))
}

fn take_back(_: &Vm, v: Value) {
    if let Some(this) = v.downcast::<Map>() {
        this.exports.remove();
    }
}

static METHODS: &[MethodDef] = &[
    method!(
        "__new__",
        "($type, fileno=<unrepresentable>, length=<unrepresentable>, flags=1, prot=3, access=0, offset=0, *, trackfd=True)",
        new
    )
    .static_(),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, reduce),
    method!("__len__", 1, len),
    method!("__iter__", 1, make_iter),
    method!("__enter__", 1, enter),
    method!("__exit__", "($self, exc_type, exc_value, traceback, /)", exit),
    method!("close", 1, close),
    method!("flush", "($self, offset=0, size=None, /)", flush),
    method!("madvise", "($self, option, start=0, length=None, /)", madvise),
    method!("resize", 2, resize),
    method!("size", 1, size),
];

static GETSET: &[GetSetDef] = &[getset!("closed", closed)];

pub static DEF: TypeDef = TypeDef {
    module: "mmap",
    layout: Some(crate::layouts::MMAP),
    flags: type_flags::BASETYPE | type_flags::WEAKREFABLE,
    methods: &[METHODS, access::METHODS],
    getset: GETSET,
    buffer: Some(BufferProcs { get: lend, release: take_back, lender: None }),
    doc: Some(
        "Windows: mmap(fileno, length[, tagname[, access[, offset]]])\n\nMaps length bytes from the file specified by the file handle fileno,\nand returns a mmap object.  If length is larger than the current size\nof the file, the file is extended to contain length bytes.  If length\nis 0, the maximum length of the map is the current size of the file,\nexcept that if the file is empty Windows raises an exception (you cannot\ncreate an empty mapping on Windows).\n\nUnix: mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])\n\nMaps length bytes from the file specified by the file descriptor fileno,\nand returns a mmap object.  If length is 0, the maximum length of the map\nwill be the current size of the file when mmap is called.",
    ),
    ..TypeDef::new("mmap")
};
