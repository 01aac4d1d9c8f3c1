//! `BufferedReader`, `BufferedWriter`, `BufferedRandom`: one struct, one buffer for both directions.
//!
//! Positions count from the buffer's start. `pos` is where the stream is, `raw_pos` where the raw stream is; bytes up to
//! `read_end` were read ahead (-1: none), bytes from `write_pos` to `write_end` are to be written (-1: none).

mod lock;
mod methods;
mod raw;
mod read;
mod seek;
mod write;

pub use methods::{RANDOM, READER, WRITER};
pub use read::{read_all, read1_bytes};
pub use write::write_slice;

use brolga_runtime::object::{Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytearray::PyByteBuffer;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};

use super::fileio::PyFileIO;
use super::memory::{buffer_of, heap_struct};
use super::{base, fileio};

heap_struct! {
    PyBuffered, IO_BUFFERED,
    fields {
        raw,
        /// A `PyByteBuffer`; made when first needed.
        buffer,
    }
    data {
        flags: u32,
        /// The shape of the raw stream, if it is a plain `FileIO`: then calls go straight to the system. Else 0.
        raw_shape: u32,
        size: usize,
        pos: i64,
        raw_pos: i64,
        read_end: i64,
        write_pos: i64,
        write_end: i64,
        /// Position of the raw stream, -1 while unknown.
        abs_pos: i64,
        /// See `lock`.
        lock: u32,
        owner: u64,
    }
}

const READABLE: u32 = 1;
const WRITABLE: u32 = 2;
const READY: u32 = 4;
const DETACHED: u32 = 8;
const FINALIZING: u32 = 16;

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    Reader,
    Writer,
    Random,
}

impl Kind {
    pub fn def(self) -> &'static TypeDef {
        match self {
            Kind::Reader => &READER,
            Kind::Writer => &WRITER,
            Kind::Random => &RANDOM,
        }
    }

    fn flags(self) -> u32 {
        match self {
            Kind::Reader => READABLE,
            Kind::Writer => WRITABLE,
            Kind::Random => READABLE | WRITABLE,
        }
    }
}

impl PyBuffered {
    fn has(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    fn reading(&self) -> bool {
        self.has(READABLE) && self.read_end.get() != -1
    }

    fn writing(&self) -> bool {
        self.has(WRITABLE) && self.write_end.get() != -1
    }

    /// Bytes read ahead.
    fn ahead(&self) -> i64 {
        if self.reading() { (self.read_end.get() - self.pos.get()).max(0) } else { 0 }
    }

    /// How far the raw stream is before this one.
    fn raw_offset(&self) -> i64 {
        if (self.reading() || self.writing()) && self.raw_pos.get() >= 0 {
            self.raw_pos.get() - self.pos.get()
        } else {
            0
        }
    }

    fn move_to(&self, pos: i64) {
        self.pos.set(pos);
        if self.reading() && self.read_end.get() < pos {
            self.read_end.set(pos);
        }
    }

    fn reset_read(&self) {
        self.read_end.set(-1);
    }

    fn reset_write(&self) {
        self.write_pos.set(0);
        self.write_end.set(-1);
    }

    /// The raw stream as a plain file.
    fn raw_file(&self) -> Option<Ref<PyFileIO>> {
        let raw = self.raw.get()?.as_obj()?;
        if self.raw_shape.get() != 0 && raw.shape_id() == self.raw_shape.get() { raw.downcast() } else { None }
    }

    pub fn set_finalizing(&self, on: bool) {
        let flags = self.flags.get() & !FINALIZING;
        self.flags.set(if on { flags | FINALIZING } else { flags });
    }
}

/// The raw stream, if there is one.
pub fn raw_of(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<Value> {
    check_init(vm, this)?;
    this.raw.get().ok_or_else(|| not_ready(vm, this))
}

#[cold]
fn not_ready(vm: &Vm, this: Ref<PyBuffered>) -> Raised {
    if this.has(DETACHED) {
        vm.value_error("raw stream has been detached")
    } else {
        vm.value_error("I/O operation on uninitialized object")
    }
}

fn check_init(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<()> {
    if this.has(READY) { Ok(()) } else { Err(not_ready(vm, this)) }
}

pub fn is_closed(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<bool> {
    check_init(vm, this)?;
    match this.raw_file() {
        Some(file) => Ok(file.is_closed()),
        None => base::attr_true(vm, this.raw.get_or_none(), "closed"),
    }
}

/// ValueError `message` on a closed stream. What was read ahead is given even then.
fn check_closed(vm: &Vm, this: Ref<PyBuffered>, message: &str) -> PyResult<()> {
    check_init(vm, this)?;
    if is_closed(vm, this)? && this.ahead() == 0 { Err(vm.value_error(message)) } else { Ok(()) }
}

/// The buffer, made if need be.
fn buffer(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<Ref<PyByteBuffer>> {
    if let Some(b) = buffer_of(&this.buffer) {
        return Ok(b);
    }
    let b = PyByteBuffer::new(vm, this.size.get())?;
    this.buffer.set(this, b.value());
    Ok(b)
}

/// `Buffered*(raw, buffer_size)` into an object.
pub fn init(vm: &Vm, this: Ref<PyBuffered>, kind: Kind, raw: Value, size: i64) -> PyResult<()> {
    this.flags.set(this.flags.get() & !(READY | DETACHED));
    let file = raw.downcast::<PyFileIO>().filter(|_| {
        vm.native_type(&fileio::DEF).is_ok_and(|class| raw.as_obj().is_some_and(|o| o.shape_id() == class.root_shape()))
    });
    let need = |able: bool, method: &str| if able { Ok(()) } else { Err(base::not_able(vm, method)) };
    match file {
        Some(f) => {
            f.open_fd(vm)?;
            if kind == Kind::Random {
                need(f.is_seekable(vm)?, "seekable")?;
            }
            if kind != Kind::Writer {
                need(f.is_readable(), "readable")?;
            }
            if kind != Kind::Reader {
                need(f.is_writable(), "writable")?;
            }
        }
        None => {
            if kind == Kind::Random {
                base::check_able(vm, raw, "seekable")?;
            }
            if kind != Kind::Writer {
                base::check_able(vm, raw, "readable")?;
            }
            if kind != Kind::Reader {
                base::check_able(vm, raw, "writable")?;
            }
        }
    }
    if size <= 0 {
        return Err(vm.value_error("buffer size must be strictly positive"));
    }
    this.raw.set(this, raw);
    this.raw_shape.set(match (file, raw.as_obj()) {
        (Some(_), Some(o)) => o.shape_id(),
        _ => 0,
    });
    this.buffer.set(this, None);
    this.size.set(size as usize);
    this.flags.set(this.flags.get() & FINALIZING | kind.flags() | READY);
    this.pos.set(0);
    this.raw_pos.set(0);
    this.reset_read();
    this.reset_write();
    this.abs_pos.set(-1);
    // A buffer that no memory could ever hold is refused at once, as CPython does.
    if size > 64 << 20 {
        buffer(vm, this)?;
    }
    if let Err(raised) = raw::tell(vm, this) {
        vm.catch(raised, vm.types.exception)?;
    }
    if kind != Kind::Reader {
        super::remember_writer(vm, this.value())?;
    }
    Ok(())
}

pub fn alloc(vm: &Vm, class: Ref<PyType>) -> PyResult<Ref<PyBuffered>> {
    let this: Ref<PyBuffered> = vm.alloc_instance(class)?;
    super::register(vm, this.obj());
    Ok(this)
}

pub fn create(vm: &Vm, kind: Kind, raw: Value, size: i64) -> PyResult<Ref<PyBuffered>> {
    let this = alloc(vm, vm.native_type(kind.def())?)?;
    init(vm, this, kind, raw, size)?;
    Ok(this)
}

pub use methods::dealloc_warn;
