//! `TextIOWrapper`: text over a binary stream. UTF-8, ASCII and Latin-1 are coded natively, all else by the codecs'
//! own incremental encoders and decoders.

mod coding;
mod methods;
mod read;
mod seek;
mod write;

pub use methods::DEF;

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};

use super::buffered::{self, Kind, PyBuffered};
use super::memory::heap_struct;
use super::newline::LineEnd;
use super::open::TextArgs;
use super::{base, fileio};

heap_struct! {
    PyTextIO, IO_TEXT,
    fields {
        buffer,
        encoding,
        errors,
        /// `newline` as it was given.
        newline,
        /// Incremental coders, where the codec is no native one.
        decoder,
        encoder,
        /// Encoded, not yet written: a `PyByteBuffer`.
        pending,
        /// The last piece that was decoded.
        decoded,
        /// Where the decoder stood before that piece: bytes it had got since its state was `snapshot_flags`.
        snapshot,
        snapshot_flags,
    }
    data {
        flags: u32,
        /// See `coding::Codec`.
        codec: u32,
        /// The shape of the binary stream, if it is a plain one of this module.
        buffer_shape: u32,
        /// Newlines: bit 0 a `\r` was held back, 8.. endings seen.
        newline_state: u32,
        /// Native UTF-8 decoder: bytes of an incomplete character, their number in the top byte.
        tail: u32,
        /// How much of `decoded` was given out.
        used: usize,
        pending_len: usize,
        chunk: usize,
        /// Bytes a character took, of late.
        ratio: f64,
    }
}

const READY: u32 = 1;
const DETACHED: u32 = 2;
const LINE_BUFFERING: u32 = 4;
const WRITE_THROUGH: u32 = 8;
/// Endings become `\n`.
const READ_TRANSLATE: u32 = 16;
/// Any ending ends a line.
const READ_UNIVERSAL: u32 = 32;
/// `\n` becomes `\r`, `\r\n`.
const WRITE_CR: u32 = 64;
const WRITE_CRLF: u32 = 128;
const SEEKABLE: u32 = 256;
/// `tell` works now.
const TELLING: u32 = 512;
const CAN_READ: u32 = 1024;
const CAN_WRITE: u32 = 2048;
const FINALIZING: u32 = 4096;
const HAS_READ1: u32 = 8192;
const READNL_CR: u32 = 16384;
const READNL_CRLF: u32 = 32768;

const CHUNK_SIZE: usize = 8192;

type Me = Ref<PyTextIO>;

impl PyTextIO {
    fn has(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    fn set_flag(&self, flag: u32, on: bool) {
        let flags = self.flags.get() & !flag;
        self.flags.set(if on { flags | flag } else { flags });
    }

    /// The binary stream as one of this module's, used directly.
    fn native_buffer(&self) -> Option<Ref<PyBuffered>> {
        let buffer = self.buffer.get()?.as_obj()?;
        if self.buffer_shape.get() != 0 && buffer.shape_id() == self.buffer_shape.get() {
            buffer.downcast()
        } else {
            None
        }
    }

    fn decoded_text(&self) -> Option<Ref<PyStr>> {
        self.decoded.get().and_then(Value::downcast)
    }

    fn line_end(&self) -> LineEnd {
        if self.has(READ_TRANSLATE) {
            LineEnd::Lf
        } else if self.has(READ_UNIVERSAL) {
            LineEnd::Any
        } else if self.has(READNL_CR) {
            LineEnd::Cr
        } else if self.has(READNL_CRLF) {
            LineEnd::CrLf
        } else {
            LineEnd::Lf
        }
    }
}

fn forget_decoded(this: Me) {
    this.decoded.set(this, None);
    this.used.set(0);
}

fn forget_snapshot(this: Me) {
    this.snapshot.set(this, None);
}

#[cold]
fn not_ready(vm: &Vm, this: Me) -> Raised {
    if this.has(DETACHED) {
        vm.value_error("underlying buffer has been detached")
    } else {
        vm.value_error("I/O operation on uninitialized object")
    }
}

fn check_init(vm: &Vm, this: Me) -> PyResult<()> {
    if this.has(READY) { Ok(()) } else { Err(not_ready(vm, this)) }
}

/// The binary stream.
fn buffer_of(vm: &Vm, this: Me) -> PyResult<Value> {
    check_init(vm, this)?;
    this.buffer.get().ok_or_else(|| not_ready(vm, this))
}

fn is_closed(vm: &Vm, this: Me) -> PyResult<bool> {
    check_init(vm, this)?;
    match this.native_buffer() {
        Some(b) => buffered::is_closed(vm, b),
        None => base::attr_true(vm, buffer_of(vm, this)?, "closed"),
    }
}

fn check_closed(vm: &Vm, this: Me) -> PyResult<()> {
    let closed = if vm.type_of(this.value()).is_heap_type() {
        check_init(vm, this)?;
        base::attr_true(vm, this.value(), "closed")?
    } else {
        is_closed(vm, this)?
    };
    if closed { Err(vm.value_error(base::CLOSED)) } else { Ok(()) }
}

/// The flags that a `newline` argument stands for.
fn newline_flags(vm: &Vm, newline: Option<Ref<PyStr>>) -> PyResult<u32> {
    let Some(newline) = newline else { return Ok(READ_UNIVERSAL | READ_TRANSLATE) };
    match newline.as_ascii() {
        Some("") => Ok(READ_UNIVERSAL),
        Some("\n") => Ok(0),
        Some("\r") => Ok(READNL_CR | WRITE_CR),
        Some("\r\n") => Ok(READNL_CRLF | WRITE_CRLF),
        _ => Err(vm.value_error(format!("illegal newline value: {}", newline.to_lossy()))),
    }
}

const NEWLINE_FLAGS: u32 = READ_UNIVERSAL | READ_TRANSLATE | READNL_CR | READNL_CRLF | WRITE_CR | WRITE_CRLF;

/// `TextIOWrapper(buffer, ...)` into an object.
pub fn init(
    vm: &Vm,
    this: Me,
    buffer: Value,
    args: TextArgs,
    line_buffering: bool,
    write_through: bool,
) -> PyResult<()> {
    this.flags.set(this.flags.get() & FINALIZING);
    let newline = newline_flags(vm, args.newline)?;
    let encoding = match args.encoding {
        None => {
            super::warn_of_no_encoding(vm, 1)?;
            super::locale_encoding(vm)?
        }
        Some(e) if e.as_ascii() == Some("locale") => super::locale_encoding(vm)?,
        Some(e) => e,
    };
    let errors = args.errors.unwrap_or(vm.names.strict);
    let set = |flag: u32, on: bool| if on { flag } else { 0 };
    this.flags
        .set(this.flags.get() | newline | set(LINE_BUFFERING, line_buffering) | set(WRITE_THROUGH, write_through));
    this.buffer.set(this, buffer);
    this.buffer_shape.set(plain_shape(vm, buffer)?);
    this.encoding.set(this, encoding.value());
    this.errors.set(this, errors.value());
    this.newline.set(this, args.newline.map_or(Value::NONE, Ref::value));
    this.chunk.set(CHUNK_SIZE);
    this.pending_len.set(0);
    this.newline_state.set(0);
    this.tail.set(0);
    this.ratio.set(0.0);
    forget_decoded(this);
    forget_snapshot(this);
    coding::check_codec(vm, encoding)?;
    let (readable, writable, seekable) = match this.native_buffer() {
        Some(b) => {
            let kind = b.flags.get();
            let raw = buffered::raw_of(vm, b)?;
            let seekable = match raw.downcast::<fileio::PyFileIO>() {
                Some(f) if b.raw_shape.get() != 0 => f.is_seekable(vm)?,
                _ => truth(vm, buffer, "seekable")?,
            };
            if b.raw_shape.get() != 0 {
                (kind & 1 != 0, kind & 2 != 0, seekable)
            } else {
                (truth(vm, buffer, "readable")?, truth(vm, buffer, "writable")?, seekable)
            }
        }
        None => (truth(vm, buffer, "readable")?, truth(vm, buffer, "writable")?, truth(vm, buffer, "seekable")?),
    };
    coding::make_coders(vm, this, readable, writable)?;
    this.set_flag(SEEKABLE | TELLING, seekable);
    let has_read1 = match this.native_buffer() {
        Some(_) => true,
        None => vm.get_attr_opt(buffer, vm.intern("read1")?)?.is_some(),
    };
    this.set_flag(HAS_READ1, has_read1);
    if writable {
        super::remember_writer(vm, this.value())?;
    }
    this.set_flag(READY, true);
    coding::fix_encoder(vm, this)
}

fn truth(vm: &Vm, stream: Value, method: &str) -> PyResult<bool> {
    let v = vm.call_method(stream, method, &[])?;
    vm.is_true(v)
}

/// The shape of a stream of exactly one of this module's buffered classes, without attributes of its own; else 0.
fn plain_shape(vm: &Vm, buffer: Value) -> PyResult<u32> {
    if buffer.downcast::<PyBuffered>().is_some()
        && let Some(object) = buffer.as_obj()
    {
        for kind in [Kind::Reader, Kind::Writer, Kind::Random] {
            let class = vm.native_type(kind.def())?;
            if object.shape_id() == class.root_shape() {
                return Ok(object.shape_id());
            }
        }
    }
    Ok(0)
}

fn alloc(vm: &Vm, class: Ref<PyType>) -> PyResult<Me> {
    let this: Me = vm.alloc_instance(class)?;
    super::register(vm, this.obj());
    Ok(this)
}

pub fn create(vm: &Vm, buffer: Value, args: TextArgs, line_buffering: bool, write_through: bool) -> PyResult<Me> {
    let this = alloc(vm, vm.native_type(&DEF)?)?;
    init(vm, this, buffer, args, line_buffering, write_through)?;
    Ok(this)
}

/// A standard stream: text over a buffer over descriptor `fd`, which stays open when it is closed. `mode` is `"r"` or
/// `"w"`, `name` what `repr` shows (`<stdin>`). Without a valid descriptor the stream is None, as in CPython.
pub fn standard_stream(
    vm: &Vm,
    fd: i32,
    mode: &str,
    name: &str,
    encoding: &str,
    errors: &str,
    line_buffering: bool,
    write_through: bool,
) -> PyResult<Value> {
    super::make_types(vm)?;
    if super::os::stat(fd).is_err() {
        return Ok(Value::NONE);
    }
    let writing = mode != "r";
    let raw = fileio::create(vm, Value::from_i32(fd), if writing { "wb" } else { "rb" }, false, None)?;
    raw.name.set(raw, vm.new_str(name)?.value());
    let kind = if writing { Kind::Writer } else { Kind::Reader };
    // `-u`: nothing stays in the buffer, which Python still can see.
    let buffer = if write_through && writing {
        raw.value()
    } else {
        buffered::create(vm, kind, raw.value(), super::DEFAULT_BUFFER_SIZE as i64)?.value()
    };
    let args = TextArgs {
        encoding: Some(vm.intern(encoding)?),
        errors: Some(vm.intern(errors)?),
        newline: Some(vm.intern("\n")?),
    };
    let stream = create(vm, buffer, args, line_buffering, write_through)?;
    vm.set_attr_str(stream.value(), "mode", vm.new_str(mode)?.value())?;
    Ok(stream.value())
}
