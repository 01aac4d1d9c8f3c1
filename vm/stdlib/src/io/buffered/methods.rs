//! What Python sees of the buffered streams.

use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::super::fileio::PyFileIO;
use super::super::{base, class_arg, format_str, guarded_repr, name_of, no_pickle, offset_arg, receiver, type_display};
use super::{DETACHED, FINALIZING, Kind, PyBuffered, READY, alloc, check_init, is_closed, raw_of, read, seek, write};

type Me = Ref<PyBuffered>;

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Me> {
    alloc(vm, class_arg(vm, args)?)
}

fn init(vm: &Vm, args: &Args<'_>, kind: Kind) -> PyResult<()> {
    let this = receiver::<PyBuffered>(vm, args.get(0))?;
    let size =
        args.opt(2).map_or(Ok(super::super::DEFAULT_BUFFER_SIZE as i64), |v| vm.to_isize(v).map(|n| n as i64))?;
    super::init(vm, this, kind, args.get(1), size)
}

fn init_reader(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    init(vm, args, Kind::Reader)
}

fn init_writer(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    init(vm, args, Kind::Writer)
}

fn init_random(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    init(vm, args, Kind::Random)
}

fn repr(vm: &Vm, this: Me) -> PyResult<Value> {
    let class = type_display(vm, this.value());
    match name_of(vm, this.value())? {
        None => Ok(vm.new_str(&format!("<{class}>"))?.value()),
        Some(name) => {
            let text = guarded_repr(vm, this.value(), name)?;
            format_str(vm, &["<", &class, " name="], Some(text), ">")
        }
    }
}

fn detach(vm: &Vm, this: Me) -> PyResult<Value> {
    check_init(vm, this)?;
    vm.call_method(this.value(), "flush", &[])?;
    let raw = raw_of(vm, this)?;
    this.raw.set(this, None);
    this.raw_shape.set(0);
    this.flags.set(this.flags.get() & !READY | DETACHED);
    Ok(raw)
}

fn simple_flush(vm: &Vm, this: Me) -> PyResult<Value> {
    vm.call_method(raw_of(vm, this)?, "flush", &[])
}

fn flush(vm: &Vm, this: Me) -> PyResult<()> {
    write::flush(vm, this)
}

/// Tells the raw stream that it was not closed, for `source`'s sake.
pub fn dealloc_warn(vm: &Vm, this: Me, source: Value) {
    if !this.has(READY) {
        return;
    }
    let Some(raw) = this.raw.get() else { return };
    if let Some(file) = this.raw_file() {
        super::super::fileio::dealloc_warn(vm, file, source);
    } else if let Err(raised) = vm.call_method(raw, "_dealloc_warn", &[source]) {
        vm.take_raised(raised);
    }
}

fn dealloc_warn_method(vm: &Vm, this: Me, source: Value) {
    dealloc_warn(vm, this, source);
}

fn close(vm: &Vm, this: Me) -> PyResult<Value> {
    if is_closed(vm, this)? {
        return Ok(Value::NONE);
    }
    if this.has(FINALIZING) {
        dealloc_warn(vm, this, this.value());
    }
    let flushed = vm.call_method(this.value(), "flush", &[]);
    let raw = raw_of(vm, this)?;
    let result = base::chain(vm, flushed, |vm| vm.call_method(raw, "close", &[]));
    this.buffer.set(this, None);
    this.reset_read();
    this.reset_write();
    result
}

fn ask(vm: &Vm, this: Me, method: &str) -> PyResult<Value> {
    let raw = raw_of(vm, this)?;
    vm.call_method(raw, method, &[])
}

super::super::delegates!(ask(Me): seekable, readable, writable, fileno, isatty);

fn read(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver::<PyBuffered>(vm, args.get(0))?;
    let n = base::size_arg(vm, args.opt(1))?;
    if n < -1 {
        return Err(vm.value_error("read length must be non-negative or -1"));
    }
    check_init(vm, this)?;
    if n == -1 { read::read_all(vm, this) } else { read::read_n(vm, this, n as usize) }
}

fn read1(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver::<PyBuffered>(vm, args.get(0))?;
    let n = args.opt(1).map_or(Ok(-1), |v| vm.to_isize(v))?;
    read::read1(vm, this, n as i64)
}

fn peek(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver::<PyBuffered>(vm, args.get(0))?;
    if let Some(n) = args.opt(1) {
        vm.to_isize(n)?;
    }
    read::peek_slice(vm, this)
}

fn readinto(vm: &Vm, this: Me, target: Value) -> PyResult<Value> {
    read::read_into(vm, this, target, true)
}

fn readinto1(vm: &Vm, this: Me, target: Value) -> PyResult<Value> {
    read::read_into(vm, this, target, false)
}

fn readline(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver::<PyBuffered>(vm, args.get(0))?;
    let limit = base::size_arg(vm, args.opt(1))?;
    read::readline(vm, this, limit)
}

/// The next line: natively unless a subclass has its own `readline`.
fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let class = vm.type_of(this);
    if class.is_heap_type() {
        return base::next(vm, this);
    }
    let line = read::readline(vm, receiver(vm, this)?, -1)?;
    Ok(if line.downcast::<brolga_runtime::types::bytes::PyBytes>().is_some_and(|b| b.is_empty()) {
        None
    } else {
        Some(line)
    })
}

fn write(vm: &Vm, this: Me, data: Value) -> PyResult<usize> {
    check_init(vm, this)?;
    let loan = vm.buffer(data, false)?;
    let bytes = loan.as_slice();
    // SAFETY: the loan keeps the memory in place until after the call; a stream never lends its own buffer.
    unsafe { write::write_slice(vm, this, bytes.as_ptr(), bytes.len()) }
}

fn seek(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    let this = receiver::<PyBuffered>(vm, args.get(0))?;
    check_init(vm, this)?;
    let whence = args.opt(2).map_or(Ok(0), |w| vm.to_i32(w))?;
    let target = offset_arg(vm, args.get(1))?;
    seek::seek(vm, this, target, whence)
}

fn tell(vm: &Vm, this: Me) -> PyResult<i64> {
    seek::tell(vm, this)
}

fn truncate(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = receiver::<PyBuffered>(vm, args.get(0))?;
    check_init(vm, this)?;
    seek::truncate(vm, this, args.opt(1).unwrap_or(Value::NONE))
}

fn sizeof(vm: &Vm, this: Me) -> usize {
    let own = vm.heap.size_of_cell(this.obj().as_ptr());
    own + super::buffer_of(&this.buffer).map_or(0, |b| vm.heap.size_of_cell(b.obj().as_ptr()))
}

fn get_closed(vm: &Vm, this: Me) -> PyResult<bool> {
    is_closed(vm, this)
}

fn get_name(vm: &Vm, this: Me) -> PyResult<Value> {
    vm.get_attr_str(raw_of(vm, this)?, "name")
}

fn get_mode(vm: &Vm, this: Me) -> PyResult<Value> {
    vm.get_attr_str(raw_of(vm, this)?, "mode")
}

fn get_raw(_: &Vm, this: Me) -> Value {
    this.raw.get_or_none()
}

fn get_finalizing(_: &Vm, this: Me) -> bool {
    this.has(FINALIZING)
}

fn set_finalizing(vm: &Vm, this: Me, value: Slot) -> PyResult<()> {
    let on = vm.is_true(value.unwrap_or(Value::FALSE))?;
    this.set_finalizing(on);
    // The file below gets its warning from here, not from its own finalizer.
    if let Some(file) = this.raw.get().and_then(Value::downcast::<PyFileIO>)
        && !on
    {
        let _ = file;
    }
    Ok(())
}

const COMMON: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__repr__", 1, repr),
    method!("detach", 1, detach),
    method!("close", 1, close),
    method!("seekable", 1, seekable),
    method!("fileno", 1, fileno),
    method!("isatty", 1, isatty),
    method!("_dealloc_warn", 2, dealloc_warn_method),
    method!("seek", "($self, target, whence=0, /)", seek),
    method!("tell", 1, tell),
    method!("truncate", "($self, pos=None, /)", truncate),
    method!("__sizeof__", 1, sizeof),
    method!("__getstate__", 1, no_pickle),
];

const READING: &[MethodDef] = &[
    method!("readable", 1, readable),
    method!("read", "($self, size=-1, /)", read),
    method!("peek", "($self, size=0, /)", peek),
    method!("read1", "($self, size=-1, /)", read1),
    method!("readinto", 2, readinto),
    method!("readinto1", 2, readinto1),
    method!("readline", "($self, size=-1, /)", readline),
];

const WRITING: &[MethodDef] =
    &[method!("writable", 1, writable), method!("write", 2, write), method!("flush", 1, flush)];

const READER_ONLY: &[MethodDef] = &[
    method!("__init__", "($self, /, raw, buffer_size=DEFAULT_BUFFER_SIZE)", init_reader),
    method!("flush", 1, simple_flush),
];

const WRITER_ONLY: &[MethodDef] =
    &[method!("__init__", "($self, /, raw, buffer_size=DEFAULT_BUFFER_SIZE)", init_writer)];

const RANDOM_ONLY: &[MethodDef] =
    &[method!("__init__", "($self, /, raw, buffer_size=DEFAULT_BUFFER_SIZE)", init_random)];

const GETSET: &[GetSetDef] = &[
    getset!("raw", get_raw).member(),
    getset!("_finalizing", get_finalizing, set_finalizing).member(),
    getset!("closed", get_closed),
    getset!("name", get_name),
    getset!("mode", get_mode),
];

pub static READER: TypeDef = TypeDef {
    module: "_io",
    layout: Some(crate::layouts::IO_BUFFERED),
    flags: base::FLAGS,
    methods: &[COMMON, READING, READER_ONLY],
    getset: GETSET,
    iternext: Some(next),
    doc: Some("Create a new buffered reader using the given readable raw IO object."),
    ..TypeDef::new("BufferedReader")
};

pub static WRITER: TypeDef = TypeDef {
    module: "_io",
    layout: Some(crate::layouts::IO_BUFFERED),
    flags: base::FLAGS,
    methods: &[COMMON, WRITING, WRITER_ONLY],
    getset: GETSET,
    iternext: Some(base::next),
    doc: Some(
        "A buffer for a writeable sequential RawIO object.\n\nThe constructor creates a BufferedWriter for the given writeable raw\nstream. If the buffer_size is not given, it defaults to\nDEFAULT_BUFFER_SIZE.",
    ),
    ..TypeDef::new("BufferedWriter")
};

pub static RANDOM: TypeDef = TypeDef {
    module: "_io",
    layout: Some(crate::layouts::IO_BUFFERED),
    flags: base::FLAGS,
    methods: &[COMMON, READING, WRITING, RANDOM_ONLY],
    getset: GETSET,
    iternext: Some(next),
    doc: Some(
        "A buffered interface to random access streams.\n\nThe constructor creates a reader and writer for a seekable stream,\nraw, given in the first argument. If the buffer_size is omitted it\ndefaults to DEFAULT_BUFFER_SIZE.",
    ),
    ..TypeDef::new("BufferedRandom")
};
