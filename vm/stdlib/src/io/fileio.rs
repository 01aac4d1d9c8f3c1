//! `FileIO`: a file descriptor.

use brolga_runtime::codecs;
use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};

use super::memory::heap_struct;
use super::{base, os, unsupported};

heap_struct! {
    PyFileIO, IO_FILE,
    fields {
        /// What was opened: a path or a descriptor.
        name,
    }
    data {
        /// The descriptor plus one; 0 while there is none.
        fd1: i32,
        flags: u32,
        blksize: u32,
    }
}

const CREATED: u32 = 1;
const READABLE: u32 = 2;
const WRITABLE: u32 = 4;
const APPENDING: u32 = 8;
const CLOSEFD: u32 = 16;
const FINALIZING: u32 = 32;
const SEEKABLE: u32 = 64;
const NOT_SEEKABLE: u32 = 128;
/// A character device: only then `isatty` needs to ask.
const CHARACTER_DEVICE: u32 = 256;

impl PyFileIO {
    pub fn fd(&self) -> i32 {
        self.fd1.get() - 1
    }

    pub fn is_closed(&self) -> bool {
        self.fd1.get() <= 0
    }

    fn has(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    fn set_flag(&self, flag: u32, on: bool) {
        let flags = self.flags.get() & !flag;
        self.flags.set(if on { flags | flag } else { flags });
    }

    pub fn is_readable(&self) -> bool {
        self.has(READABLE)
    }

    pub fn is_writable(&self) -> bool {
        self.has(WRITABLE)
    }

    pub fn set_finalizing(&self) {
        self.set_flag(FINALIZING, true);
    }

    pub fn blksize(&self) -> usize {
        self.blksize.get() as usize
    }

    /// `isatty` where what was opened can't have changed since.
    pub fn isatty_open_only(&self) -> bool {
        self.has(CHARACTER_DEVICE) && os::isatty(self.fd())
    }

    pub fn mode(&self) -> &'static str {
        match (self.has(CREATED), self.has(APPENDING), self.has(READABLE), self.has(WRITABLE)) {
            (true, _, true, _) => "xb+",
            (true, ..) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, ..) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }
}

fn closed_error(vm: &Vm) -> Raised {
    vm.value_error("I/O operation on closed file")
}

impl PyFileIO {
    pub fn open_fd(&self, vm: &Vm) -> PyResult<i32> {
        if self.is_closed() { Err(closed_error(vm)) } else { Ok(self.fd()) }
    }

    /// Reads into memory; `None` where the descriptor does not block and has nothing.
    ///
    /// # Safety
    /// As [`os::read`].
    pub unsafe fn read_to(&self, vm: &Vm, ptr: *mut u8, len: usize) -> PyResult<Option<usize>> {
        let fd = self.open_fd(vm)?;
        if !self.is_readable() {
            return Err(unsupported(vm, "File not open for reading"));
        }
        // SAFETY: by the contract.
        unsafe { os::read(vm, fd, ptr, len) }
    }

    /// # Safety
    /// As [`os::write`].
    pub unsafe fn write_from(&self, vm: &Vm, ptr: *const u8, len: usize) -> PyResult<Option<usize>> {
        let fd = self.open_fd(vm)?;
        if !self.is_writable() {
            return Err(unsupported(vm, "File not open for writing"));
        }
        // SAFETY: by the contract.
        unsafe { os::write(vm, fd, ptr, len) }
    }

    pub fn is_seekable(&self, vm: &Vm) -> PyResult<bool> {
        let fd = self.open_fd(vm)?;
        if !self.has(SEEKABLE | NOT_SEEKABLE) {
            // SAFETY: no memory is passed.
            let able = unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) } >= 0;
            self.set_flag(if able { SEEKABLE } else { NOT_SEEKABLE }, true);
        }
        Ok(self.has(SEEKABLE))
    }

    pub fn seek_to(&self, vm: &Vm, offset: i64, whence: i32) -> PyResult<i64> {
        let fd = self.open_fd(vm)?;
        os::seek(vm, fd, offset, whence)
    }
}

/// The mode of a raw file.
#[derive(Copy, Clone, Default)]
struct Mode {
    oflags: i32,
    flags: u32,
}

fn parse_mode(vm: &Vm, mode: &str) -> PyResult<Mode> {
    let mut m = Mode::default();
    let (mut kinds, mut plus) = (0, 0);
    for c in mode.chars() {
        match c {
            'x' => {
                kinds += 1;
                m.flags |= CREATED | WRITABLE;
                m.oflags |= libc::O_EXCL | libc::O_CREAT;
            }
            'r' => {
                kinds += 1;
                m.flags |= READABLE;
            }
            'w' => {
                kinds += 1;
                m.flags |= WRITABLE;
                m.oflags |= libc::O_CREAT | libc::O_TRUNC;
            }
            'a' => {
                kinds += 1;
                m.flags |= WRITABLE | APPENDING;
                m.oflags |= libc::O_APPEND | libc::O_CREAT;
            }
            'b' => {}
            '+' => plus += 1,
            _ => return Err(vm.value_error(format!("invalid mode: {mode}"))),
        }
        if kinds > 1 || plus > 1 {
            break;
        }
    }
    if kinds != 1 || plus > 1 {
        return Err(vm.value_error("Must have exactly one of create/read/write/append mode and at most one plus"));
    }
    if plus == 1 {
        m.flags |= READABLE | WRITABLE;
    }
    m.oflags |= match (m.flags & READABLE != 0, m.flags & WRITABLE != 0) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        _ => libc::O_WRONLY,
    };
    m.oflags |= libc::O_CLOEXEC;
    Ok(m)
}

/// The bytes of a path, as `os.fsencode(os.fspath(path))` gives them, without zero bytes.
pub fn path_bytes(vm: &Vm, path: Value) -> PyResult<Vec<u8>> {
    let path = super::fspath(vm, path)?;
    if let Some(s) = path.downcast::<PyStr>() {
        let bytes = codecs::fs_encode(vm, s)?;
        if bytes.contains(&0) {
            return Err(vm.value_error("embedded null byte"));
        }
        return Ok(bytes);
    }
    let Some(b) = path.downcast::<PyBytes>() else {
        return Err(vm.type_error(format!("expected str, bytes or os.PathLike object, not {}", vm.type_name(path))));
    };
    if b.as_slice().contains(&0) {
        return Err(vm.value_error("embedded null byte"));
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(b.len() + 1).map_err(|_| vm.memory_error())?;
    bytes.extend_from_slice(b.as_slice());
    Ok(bytes)
}

/// `open(2)`. When descriptors run out, garbage may hold some: it is collected, and the call made again.
fn open_path(vm: &Vm, path: &[u8], oflags: i32, name: Value) -> PyResult<i32> {
    let mut path = path.to_vec();
    path.push(0);
    let mut retried = false;
    loop {
        // SAFETY: the path ends in a zero byte.
        let result = os::blocking(vm, || unsafe { libc::open(path.as_ptr().cast(), oflags, 0o666) } as isize)?;
        match result {
            Ok(fd) => return Ok(fd as i32),
            Err(libc::EMFILE | libc::ENFILE) if !retried => {
                retried = true;
                vm.collect_garbage();
            }
            Err(e) => return Err(vm.os_error(e, Some(name))),
        }
    }
}

/// An int that may be a descriptor; `None` where it is something else.
pub fn descriptor(vm: &Vm, v: Value) -> PyResult<Option<i32>> {
    if v.is_bool() {
        vm.warn(vm.types.runtime_warning, "bool is used as a file descriptor", 1)?;
    }
    if !vm.is_instance(v, vm.types.int) {
        return Ok(None);
    }
    let fd = vm.to_i32(v)?;
    if fd < 0 {
        return Err(vm.value_error("negative file descriptor"));
    }
    Ok(Some(fd))
}

/// `FileIO(name, mode, closefd, opener)` into an object.
pub fn init(vm: &Vm, this: Ref<PyFileIO>, name: Value, mode: &str, closefd: bool, opener: Slot) -> PyResult<()> {
    crate::host::check(vm)?;
    if !this.is_closed() {
        if this.has(CLOSEFD) {
            close_descriptor(vm, this)?;
        } else {
            this.fd1.set(0);
        }
    }
    let given = descriptor(vm, name)?;
    let path = if given.is_none() { Some(path_bytes(vm, name)?) } else { None };
    let m = parse_mode(vm, mode)?;
    if vm.is_audited() {
        vm.audit("open", &[name, vm.new_str(mode)?.value(), Value::from_i32(m.oflags)])?;
    }
    this.flags.set(m.flags);
    let mut own = false;
    match (given, path) {
        (Some(fd), _) => {
            this.fd1.set(fd.saturating_add(1));
            this.set_flag(CLOSEFD, closefd);
        }
        (None, path) => {
            if !closefd {
                return Err(vm.value_error("Cannot use closefd=False with file name"));
            }
            this.set_flag(CLOSEFD, true);
            let fd = match opener {
                Some(opener) => {
                    let fd = vm.call(opener, &[name, Value::from_i32(m.oflags)])?;
                    if !vm.is_instance(fd, vm.types.int) {
                        return Err(vm.type_error("expected integer from opener"));
                    }
                    let fd = vm.to_i32(fd)?;
                    if fd < 0 {
                        return Err(vm.value_error(format!("opener returned {fd}")));
                    }
                    // SAFETY: no memory is passed.
                    unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
                    fd
                }
                None => open_path(vm, &path.unwrap_or_default(), m.oflags, name)?,
            };
            own = true;
            this.fd1.set(fd.saturating_add(1));
        }
    }
    let result = check_opened(vm, this, name);
    if result.is_err() {
        if own {
            // SAFETY: a descriptor that was just opened and that nobody else has seen.
            unsafe { libc::close(this.fd()) };
        }
        this.fd1.set(0);
    }
    result
}

fn check_opened(vm: &Vm, this: Ref<PyFileIO>, name: Value) -> PyResult<()> {
    this.blksize.set(super::DEFAULT_BUFFER_SIZE as u32);
    match os::stat(this.fd()) {
        Ok(st) => {
            if st.st_mode & libc::S_IFMT == libc::S_IFDIR {
                return Err(vm.os_error(libc::EISDIR, Some(name)));
            }
            this.set_flag(CHARACTER_DEVICE, st.st_mode & libc::S_IFMT == libc::S_IFCHR);
            if st.st_blksize > 1 {
                this.blksize.set(u32::try_from(st.st_blksize).unwrap_or(u32::MAX));
            }
        }
        Err(libc::EBADF) => return Err(vm.os_error(libc::EBADF, None)),
        Err(_) => this.set_flag(CHARACTER_DEVICE, true),
    }
    this.name.set(this, name);
    if this.has(APPENDING) {
        // Pipes can't seek, and need not.
        // SAFETY: no memory is passed.
        let end = unsafe { libc::lseek(this.fd(), 0, libc::SEEK_END) };
        if end < 0 {
            let e = os::errno();
            if e != libc::ESPIPE {
                return Err(vm.os_error(e, None));
            }
        }
    }
    Ok(())
}

/// A new `FileIO`.
pub fn create(vm: &Vm, name: Value, mode: &str, closefd: bool, opener: Slot) -> PyResult<Ref<PyFileIO>> {
    let class = vm.native_type(&DEF)?;
    let this = alloc(vm, class)?;
    init(vm, this, name, mode, closefd, opener)?;
    Ok(this)
}

fn alloc(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<PyFileIO>> {
    let this: Ref<PyFileIO> = vm.alloc_instance(class)?;
    this.flags.set(CLOSEFD);
    super::register(vm, this.obj());
    Ok(this)
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyFileIO>> {
    alloc(vm, super::class_arg(vm, args)?)
}

fn init_method(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = super::receiver::<PyFileIO>(vm, args.get(0))?;
    let mode = match args.opt(2) {
        None => "r".to_owned(),
        Some(m) => match m.downcast::<PyStr>() {
            Some(m) => m.to_lossy(),
            None => {
                return Err(vm.type_error(format!("FileIO() argument 'mode' must be str, not {}", vm.type_name(m))));
            }
        },
    };
    let closefd = match args.opt(3) {
        None => true,
        Some(v) => vm.is_true(v)?,
    };
    init(vm, this, args.get(1), &mode, closefd, args.opt_not_none(4))
}

/// Closes the descriptor.
fn close_descriptor(vm: &Vm, this: Ref<PyFileIO>) -> PyResult<()> {
    let fd = this.fd();
    if fd < 0 {
        return Ok(());
    }
    this.fd1.set(0);
    let result = vm.allow_threads(|| {
        // SAFETY: no memory is passed; the object has forgotten the descriptor.
        if unsafe { libc::close(fd) } < 0 { Err(os::errno()) } else { Ok(()) }
    });
    result.map_err(|e| vm.os_error(e, None))
}

/// `close()`: of an exact FileIO, or the native part of a subclass's.
pub fn close(vm: &Vm, this: Ref<PyFileIO>) -> PyResult<()> {
    if this.has(FINALIZING) {
        dealloc_warn(vm, this, this.value());
    }
    // What `_IOBase.close` does: marks the object, and flushes where a subclass has its own `flush`.
    let exact = vm.type_of(this.value()) == vm.native_type(&DEF)?;
    if exact {
        return if this.has(CLOSEFD) {
            close_descriptor(vm, this)
        } else {
            this.fd1.set(0);
            Ok(())
        };
    }
    let class = vm.native_type(&base::RAW_BASE)?;
    let flushed = vm.get_attr_str(class.value(), "close").and_then(|f| vm.call(f, &[this.value()]));
    if !this.has(CLOSEFD) {
        this.fd1.set(0);
        return flushed.map(|_| ());
    }
    base::chain(vm, flushed, |vm| close_descriptor(vm, this))
}

/// The ResourceWarning of a file that was not closed, for `source`.
pub fn dealloc_warn(vm: &Vm, this: Ref<PyFileIO>, source: Value) {
    if this.is_closed() || !this.has(CLOSEFD) {
        return;
    }
    super::resource_warning(vm, source);
}

fn dealloc_warn_method(vm: &Vm, this: Ref<PyFileIO>, source: Value) {
    dealloc_warn(vm, this, source);
}

fn able(vm: &Vm, this: Ref<PyFileIO>, flag: u32) -> PyResult<bool> {
    this.open_fd(vm)?;
    Ok(this.has(flag))
}

fn readable(vm: &Vm, this: Ref<PyFileIO>) -> PyResult<bool> {
    able(vm, this, READABLE)
}

fn writable(vm: &Vm, this: Ref<PyFileIO>) -> PyResult<bool> {
    able(vm, this, WRITABLE)
}

fn seekable(vm: &Vm, this: Ref<PyFileIO>) -> PyResult<bool> {
    this.is_seekable(vm)
}

fn fileno(vm: &Vm, this: Ref<PyFileIO>) -> PyResult<i32> {
    this.open_fd(vm)
}

fn isatty(vm: &Vm, this: Ref<PyFileIO>) -> PyResult<bool> {
    Ok(os::isatty(this.open_fd(vm)?))
}

fn isatty_open_only(_: &Vm, this: Ref<PyFileIO>) -> bool {
    this.isatty_open_only()
}

fn check_mode(vm: &Vm, this: Ref<PyFileIO>, flag: u32, action: &str) -> PyResult<()> {
    this.open_fd(vm)?;
    if this.has(flag) { Ok(()) } else { Err(unsupported(vm, &format!("File not open for {action}"))) }
}

fn readinto(vm: &Vm, this: Ref<PyFileIO>, target: Value) -> PyResult<Value> {
    check_mode(vm, this, READABLE, "reading")?;
    let mut buffer = vm.writable_buffer(target, "readinto() argument")?;
    let to = buffer.as_mut_slice();
    let (ptr, len) = (to.as_mut_ptr(), to.len());
    // SAFETY: the loan keeps the memory in place, and lasts until after the call.
    let n = unsafe { this.read_to(vm, ptr, len) }?;
    Ok(n.map_or(Value::NONE, Value::from_len))
}

/// A bytes object of `len` bytes that `fill` writes to; cut where it gives less.
pub fn fill_bytes(
    vm: &Vm,
    len: usize,
    fill: impl FnOnce(*mut u8, usize) -> PyResult<Option<usize>>,
) -> PyResult<Option<Ref<PyBytes>>> {
    let bytes = PyBytes::build(vm, shape::bytes, len, |_| ())?;
    // Nobody else has seen the object yet: its memory may be written.
    let got = fill(bytes.as_slice().as_ptr().cast_mut(), len)?;
    Ok(match got {
        None => None,
        Some(n) if n >= len => Some(bytes),
        Some(n) => Some(PyBytes::new(vm, bytes.as_slice().get(..n).unwrap_or(&[]))?),
    })
}

fn read(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = super::receiver::<PyFileIO>(vm, args.get(0))?;
    check_mode(vm, this, READABLE, "reading")?;
    let n = base::size_arg(vm, args.opt(1))?;
    if n < 0 {
        return readall(vm, this);
    }
    // SAFETY: the new object is held by the caller's stack.
    let got = fill_bytes(vm, n as usize, |ptr, len| unsafe { this.read_to(vm, ptr, len) })?;
    Ok(got.map_or(Value::NONE, Ref::value))
}

/// Everything up to the end.
pub fn readall(vm: &Vm, this: Ref<PyFileIO>) -> PyResult<Value> {
    check_mode(vm, this, READABLE, "reading")?;
    let fd = this.fd();
    // SAFETY: no memory is passed.
    let at = unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) };
    let left = match os::stat(fd) {
        Ok(st) if at >= 0 && st.st_size > at => (st.st_size - at) as usize,
        _ => 0,
    };
    let mut head: Option<Ref<PyBytes>> = None;
    if left > 0 {
        // The size of a file is a promise that seldom fails: its bytes go straight to their place.
        let mut blocked = false;
        let got = fill_bytes(vm, left, |ptr, len| {
            let mut done = 0;
            while done < len {
                // SAFETY: within the new object, held by the caller's stack.
                match unsafe { this.read_to(vm, ptr.add(done), len - done) }? {
                    Some(0) => {
                        blocked = true;
                        break;
                    }
                    Some(n) => done += n,
                    None => {
                        blocked = true;
                        break;
                    }
                }
            }
            Ok(Some(done))
        })?;
        if blocked {
            return Ok(got.map_or(Value::NONE, Ref::value));
        }
        head = got;
    }
    let mut rest: Vec<u8> = Vec::new();
    loop {
        let size = if rest.is_empty() && head.is_some() { 512 } else { rest.len().max(8192) };
        let used = rest.len();
        rest.try_reserve(size).map_err(|_| vm.memory_error())?;
        // SAFETY: the vector has room for `size` bytes behind those it has.
        let n = unsafe { this.read_to(vm, rest.as_mut_ptr().add(used), size) }?;
        match n {
            Some(0) => break,
            // SAFETY: so many bytes were read into the room.
            Some(n) => unsafe { rest.set_len(used + n) },
            None if rest.is_empty() && head.is_none() => return Ok(Value::NONE),
            None => break,
        }
    }
    match head {
        Some(head) if rest.is_empty() => Ok(head.value()),
        Some(head) => {
            let len = head.len() + rest.len();
            Ok(PyBytes::build(vm, shape::bytes, len, |out| {
                let (a, b) = out.split_at_mut(head.len());
                a.copy_from_slice(head.as_slice());
                b.copy_from_slice(&rest);
            })?
            .value())
        }
        None => Ok(PyBytes::new(vm, &rest)?.value()),
    }
}

fn write(vm: &Vm, this: Ref<PyFileIO>, data: Value) -> PyResult<Value> {
    check_mode(vm, this, WRITABLE, "writing")?;
    let buffer = vm.buffer(data, false)?;
    let from = buffer.as_slice();
    // SAFETY: the loan keeps the memory in place, and lasts until after the call.
    let n = unsafe { this.write_from(vm, from.as_ptr(), from.len()) }?;
    Ok(n.map_or(Value::NONE, Value::from_len))
}

fn seek(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    let this = super::receiver::<PyFileIO>(vm, args.get(0))?;
    this.open_fd(vm)?;
    let offset = super::offset_arg(vm, args.get(1))?;
    let whence = args.opt(2).map_or(Ok(0), |w| vm.to_i32(w))?;
    this.seek_to(vm, offset, whence)
}

fn tell(vm: &Vm, this: Ref<PyFileIO>) -> PyResult<i64> {
    this.seek_to(vm, 0, libc::SEEK_CUR)
}

fn truncate(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = super::receiver::<PyFileIO>(vm, args.get(0))?;
    check_mode(vm, this, WRITABLE, "writing")?;
    let (size, result) = match args.opt_not_none(1) {
        Some(v) => (super::offset_arg(vm, v)?, v),
        None => {
            let at = this.seek_to(vm, 0, libc::SEEK_CUR)?;
            (at, vm.new_int(at)?)
        }
    };
    let fd = this.fd();
    // SAFETY: no memory is passed.
    match os::blocking(vm, || unsafe { libc::ftruncate(fd, size) } as isize)? {
        Ok(_) => Ok(result),
        Err(e) => Err(vm.os_error(e, None)),
    }
}

fn repr(vm: &Vm, this: Ref<PyFileIO>) -> PyResult<Value> {
    let class = super::type_display(vm, this.value());
    if this.is_closed() {
        return Ok(vm.new_str(&format!("<{class} [closed]>"))?.value());
    }
    let closefd = if this.has(CLOSEFD) { "True" } else { "False" };
    let name = super::name_of(vm, this.value())?;
    let text = match name {
        None => {
            return Ok(vm
                .new_str(&format!("<{class} fd={} mode='{}' closefd={closefd}>", this.fd(), this.mode()))?
                .value());
        }
        Some(name) => super::guarded_repr(vm, this.value(), name)?,
    };
    super::format_str(
        vm,
        &[&format!("<{class} name=")],
        Some(text),
        &format!(" mode='{}' closefd={closefd}>", this.mode()),
    )
}

fn get_closed(_: &Vm, this: Ref<PyFileIO>) -> bool {
    this.is_closed()
}

fn get_closefd(_: &Vm, this: Ref<PyFileIO>) -> bool {
    this.has(CLOSEFD)
}

fn get_mode(_: &Vm, this: Ref<PyFileIO>) -> &'static str {
    this.mode()
}

fn get_blksize(_: &Vm, this: Ref<PyFileIO>) -> u32 {
    this.blksize.get()
}

fn get_finalizing(_: &Vm, this: Ref<PyFileIO>) -> bool {
    this.has(FINALIZING)
}

fn set_finalizing(vm: &Vm, this: Ref<PyFileIO>, value: Slot) -> PyResult<()> {
    let on = vm.is_true(value.unwrap_or(Value::FALSE))?;
    this.set_flag(FINALIZING, on);
    Ok(())
}

fn get_name(vm: &Vm, this: Ref<PyFileIO>) -> PyResult<Value> {
    match this.name.get() {
        Some(name) => Ok(name),
        None => Err(vm.no_attribute(this.value(), vm.intern("name")?)),
    }
}

fn set_name(_: &Vm, this: Ref<PyFileIO>, value: Slot) -> PyResult<()> {
    this.name.set(this, value);
    Ok(())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, file, mode='r', closefd=True, opener=None)", init_method),
    method!("__repr__", 1, repr),
    method!("read", "($self, size=-1, /)", read),
    method!("readall", 1, readall),
    method!("readinto", 2, readinto),
    method!("write", 2, write),
    method!("seek", "($self, pos, whence=0, /)", seek),
    method!("tell", 1, tell),
    method!("truncate", "($self, size=None, /)", truncate),
    method!("close", 1, close),
    method!("seekable", 1, seekable),
    method!("readable", 1, readable),
    method!("writable", 1, writable),
    method!("fileno", 1, fileno),
    method!("isatty", 1, isatty),
    method!("_isatty_open_only", 1, isatty_open_only),
    method!("_dealloc_warn", 2, dealloc_warn_method),
    method!("__getstate__", 1, super::no_pickle),
];

const GETSET: &[GetSetDef] = &[
    getset!("closed", get_closed).doc("True if the file is closed"),
    getset!("closefd", get_closefd),
    getset!("mode", get_mode),
    getset!("_blksize", get_blksize),
    getset!("_finalizing", get_finalizing, set_finalizing).member(),
    getset!("name", get_name, set_name),
];

pub static DEF: TypeDef = TypeDef {
    module: "_io",
    layout: Some(crate::layouts::IO_FILE),
    flags: base::FLAGS,
    methods: &[METHODS],
    getset: GETSET,
    iternext: Some(base::next),
    doc: Some(
        "Open a file.\n\nThe mode can be 'r' (default), 'w', 'x' or 'a' for reading,\nwriting, exclusive creation or appending.  The file will be created\nif it doesn't exist when opened for writing or appending; it will be\ntruncated when opened for writing.  A FileExistsError will be raised if\nit already exists when opened for creating.  Opening a file for creating\nimplies writing so this mode behaves in a similar way to 'w'.  Add a '+'\nto the mode to allow simultaneous reading and writing.  A custom opener\ncan be used by passing a callable as *opener*.  The underlying file\ndescriptor for the file object is then obtained by calling opener with\n(*name*, *flags*).  *opener* must return an open file descriptor (passing\nos.open as *opener* results in functionality similar to passing None).",
    ),
    ..TypeDef::new("FileIO")
};
