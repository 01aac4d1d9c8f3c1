//! `BytesIO`: a binary stream in memory.

use brolga_runtime::object::{Args, Field, GetSetDef, Header, HeapType, LayoutId, MethodDef, Ref, TypeDef};
use brolga_runtime::protocol::buffer::{BufferProcs, RawBuffer};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytearray::PyByteBuffer;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::shape;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::memory::{buffer_of, heap_struct, room};
use super::{base, class_arg, receiver};

heap_struct! {
    PyBytesIO, IO_BYTES,
    fields {
        /// A `PyByteBuffer`, or the `bytes` it began with or gave out last, which are not written to.
        data,
    }
    data {
        len: usize,
        pos: usize,
        exports: usize,
        closed: bool,
    }
}

type Me = Ref<PyBytesIO>;

impl PyBytesIO {
    fn as_ptr(&self) -> *const u8 {
        match buffer_of(&self.data) {
            Some(b) => b.as_ptr(),
            None => match self.data.get().and_then(Value::downcast::<PyBytes>) {
                Some(b) => b.as_slice().as_ptr(),
                None => std::ptr::NonNull::dangling().as_ptr(),
            },
        }
    }

    /// The contents. Not to be held across anything that runs Python.
    fn as_slice(&self) -> &[u8] {
        // SAFETY: the buffer or the bytes object has `len` bytes at least.
        unsafe { std::slice::from_raw_parts(self.as_ptr(), self.len.get()) }
    }

    fn rest(&self) -> &[u8] {
        self.as_slice().get(self.pos.get()..).unwrap_or(&[])
    }
}

fn check(vm: &Vm, this: Me) -> PyResult<()> {
    if this.closed.get() { Err(vm.value_error(base::CLOSED)) } else { Ok(()) }
}

fn check_exports(vm: &Vm, this: Me) -> PyResult<()> {
    if this.exports.get() > 0 {
        return Err(vm.buffer_error("Existing exports of data: object cannot be re-sized"));
    }
    Ok(())
}

/// The contents in memory of their own, with room for `more` bytes behind the first `used`.
fn own(vm: &Vm, this: Me, used: usize, more: usize) -> PyResult<Ref<PyByteBuffer>> {
    if buffer_of(&this.data).is_none() {
        let wanted = used.checked_add(more).ok_or_else(|| vm.memory_error())?;
        let len = this.len.get();
        let capacity = if len == 0 { wanted.max(64) } else { wanted.max(len).max(used.saturating_mul(2)) };
        let new = PyByteBuffer::new(vm, capacity)?;
        // SAFETY: the new buffer is at least `len` long.
        unsafe { std::ptr::copy_nonoverlapping(this.as_ptr(), new.as_ptr(), len) };
        this.data.set(this, new.value());
        return Ok(new);
    }
    room(vm, this.obj(), &this.data, used, more)
}

/// Writes at the position.
fn write_bytes(vm: &Vm, this: Me, ptr: *const u8, len: usize) -> PyResult<()> {
    check_exports(vm, this)?;
    if len == 0 {
        return Ok(());
    }
    let (pos, old) = (this.pos.get(), this.len.get());
    let end = pos.checked_add(len).filter(|e| *e <= isize::MAX as usize);
    let Some(end) = end else { return Err(vm.overflow_error("new position too large")) };
    // The source may be this stream's own bytes: they stay alive on the stack, in the cell they are in.
    let used = old.max(pos.min(old));
    let buffer = own(vm, this, used, end.saturating_sub(used))?;
    // SAFETY: `own` made room up to `end`. What lies between the old end and the position becomes zero.
    unsafe {
        if pos > old {
            std::ptr::write_bytes(buffer.as_ptr().add(old), 0, pos - old);
        }
        std::ptr::copy(ptr, buffer.as_ptr().add(pos), len);
    }
    this.pos.set(end);
    this.len.set(old.max(end));
    Ok(())
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Me> {
    let class = class_arg(vm, args)?;
    let this: Me = vm.alloc_instance(class)?;
    Ok(this)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this: Me = receiver(vm, args.get(0))?;
    check_exports(vm, this)?;
    this.len.set(0);
    this.pos.set(0);
    this.closed.set(false);
    this.data.set(this, None);
    if let Some(initial) = args.opt_not_none(1) {
        match vm.exact::<PyBytes>(initial, shape::bytes) {
            Some(bytes) => {
                this.data.set(this, initial);
                this.len.set(bytes.len());
            }
            None => {
                let loan = vm.buffer(initial, false)?;
                write_bytes(vm, this, loan.as_slice().as_ptr(), loan.len())?;
                this.pos.set(0);
            }
        }
    }
    Ok(())
}

fn yes(vm: &Vm, this: Me) -> PyResult<bool> {
    check(vm, this)?;
    Ok(true)
}

fn isatty(vm: &Vm, this: Me) -> PyResult<bool> {
    check(vm, this)?;
    Ok(false)
}

fn flush(vm: &Vm, this: Me) -> PyResult<()> {
    check(vm, this)
}

fn close(vm: &Vm, this: Me) -> PyResult<()> {
    check_exports(vm, this)?;
    this.closed.set(true);
    this.data.set(this, None);
    this.len.set(0);
    Ok(())
}

fn tell(vm: &Vm, this: Me) -> PyResult<usize> {
    check(vm, this)?;
    Ok(this.pos.get())
}

fn write(vm: &Vm, this: Me, data: Value) -> PyResult<Value> {
    check(vm, this)?;
    if let Some(b) = data.downcast::<PyBytes>() {
        write_bytes(vm, this, b.as_slice().as_ptr(), b.len())?;
        return Ok(Value::from_len(b.len()));
    }
    let loan = vm.buffer(data, false)?;
    let bytes = loan.as_slice();
    // A `__buffer__` may have closed the stream.
    check(vm, this)?;
    write_bytes(vm, this, bytes.as_ptr(), bytes.len())?;
    Ok(Value::from_len(loan.len()))
}

fn writelines(vm: &Vm, this: Me, lines: Value) -> PyResult<()> {
    check(vm, this)?;
    vm.for_each(lines, |line| write(vm, this, line).map(|_| ()))
}

/// Takes `n` bytes at the position.
fn take(vm: &Vm, this: Me, n: usize) -> PyResult<Value> {
    let rest = this.rest();
    let n = n.min(rest.len());
    // All of the contents, which are a bytes object already.
    if n > 1
        && n == this.len.get()
        && this.exports.get() == 0
        && let Some(b) = this.data.get().and_then(|v| vm.exact::<PyBytes>(v, shape::bytes))
        && b.len() == n
    {
        this.pos.set(n);
        return Ok(b.value());
    }
    let bytes = PyBytes::new(vm, rest.get(..n).unwrap_or(&[]))?;
    this.pos.set(this.pos.get() + n);
    Ok(bytes.value())
}

fn read(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Me = receiver(vm, args.get(0))?;
    let n = base::size_arg(vm, args.opt(1))?;
    check(vm, this)?;
    take(vm, this, usize::try_from(n).unwrap_or(usize::MAX))
}

fn line_len(this: Me, limit: i64) -> usize {
    let rest = this.rest();
    let n = super::newline::find_byte(b'\n', rest).map_or(rest.len(), |i| i + 1);
    n.min(usize::try_from(limit).unwrap_or(usize::MAX))
}

fn readline(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Me = receiver(vm, args.get(0))?;
    let limit = base::size_arg(vm, args.opt(1))?;
    check(vm, this)?;
    take(vm, this, line_len(this, limit))
}

fn readlines(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyList>> {
    let this: Me = receiver(vm, args.get(0))?;
    let hint = base::size_arg(vm, args.opt(1))?;
    check(vm, this)?;
    let list = vm.new_list(&[])?;
    let mut total = 0;
    loop {
        let n = line_len(this, -1);
        if n == 0 {
            break;
        }
        list.push(vm, take(vm, this, n)?)?;
        total += n;
        if hint > 0 && total >= hint as usize {
            break;
        }
    }
    Ok(list)
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    let this: Me = receiver(vm, this)?;
    check(vm, this)?;
    match line_len(this, -1) {
        0 => Ok(None),
        n => take(vm, this, n).map(Some),
    }
}

fn iter(vm: &Vm, this: Me) -> PyResult<Value> {
    check(vm, this)?;
    Ok(this.value())
}

fn readinto(vm: &Vm, this: Me, target: Value) -> PyResult<Value> {
    let mut loan = vm.writable_buffer(target, "readinto() argument")?;
    check(vm, this)?;
    let to = loan.as_mut_slice();
    let n = to.len().min(this.rest().len());
    // SAFETY: both ranges have `n` bytes; they may be the same memory.
    unsafe { std::ptr::copy(this.rest().as_ptr(), to.as_mut_ptr(), n) };
    this.pos.set(this.pos.get() + n);
    Ok(Value::from_len(n))
}

fn getvalue(vm: &Vm, this: Me) -> PyResult<Value> {
    check(vm, this)?;
    if let Some(b) = this.data.get().and_then(|v| vm.exact::<PyBytes>(v, shape::bytes))
        && b.len() == this.len.get()
    {
        return Ok(b.value());
    }
    let bytes = PyBytes::new(vm, this.as_slice())?;
    // The next one costs nothing; the next write copies.
    if this.exports.get() == 0 {
        this.data.set(this, bytes.value());
    }
    Ok(bytes.value())
}

fn seek(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this: Me = receiver(vm, args.get(0))?;
    let offset = vm.to_isize(args.get(1))?;
    let whence = args.opt(2).map_or(Ok(0), |w| vm.to_i32(w))?;
    check(vm, this)?;
    let from = match whence {
        0 if offset < 0 => return Err(vm.value_error(format!("negative seek value {offset}"))),
        0 => 0,
        1 => this.pos.get(),
        2 => this.len.get(),
        _ => return Err(vm.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    let Some(at) = (from as isize).checked_add(offset) else {
        return Err(vm.overflow_error("new position too large"));
    };
    this.pos.set(at.max(0) as usize);
    Ok(this.pos.get())
}

fn truncate(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Me = receiver(vm, args.get(0))?;
    let size = match args.opt_not_none(1) {
        Some(v) => vm.to_isize(v)?,
        None => this.pos.get() as isize,
    };
    check(vm, this)?;
    check_exports(vm, this)?;
    if size < 0 {
        return Err(vm.value_error(format!("negative size value {size}")));
    }
    this.len.set(this.len.get().min(size as usize));
    vm.new_int(size as i64)
}

fn getstate(vm: &Vm, this: Me) -> PyResult<Value> {
    let value = getvalue(vm, this)?;
    let dict = super::own_dict(vm, this.value())?;
    Ok(vm.new_tuple(&[value, Value::from_len(this.pos.get()), dict])?.value())
}

fn setstate(vm: &Vm, this: Me, state: Value) -> PyResult<()> {
    let tuple = state.downcast::<PyTuple>().filter(|t| t.len() >= 3);
    let Some(tuple) = tuple else {
        return Err(vm.type_error(format!(
            "{}.__setstate__ argument should be 3-tuple, got {}",
            vm.type_name(this.value()),
            vm.type_name(state)
        )));
    };
    let at = |i: usize| tuple.get(i).unwrap_or(Value::NONE);
    check_exports(vm, this)?;
    check(vm, this)?;
    this.data.set(this, None);
    this.len.set(0);
    this.pos.set(0);
    write(vm, this, at(0))?;
    if !vm.is_instance(at(1), vm.types.int) {
        return Err(vm.type_error(format!("second item of state must be an integer, not {}", vm.type_name(at(1)))));
    }
    let pos = vm.to_isize(at(1))?;
    let Ok(pos) = usize::try_from(pos) else { return Err(vm.value_error("position value cannot be negative")) };
    this.pos.set(pos);
    super::update_dict(vm, this.value(), at(2), "third item of state should be a dict, got a ")
}

fn sizeof(vm: &Vm, this: Me) -> usize {
    let own = vm.heap.size_of_cell(this.obj().as_ptr());
    own + this.data.get().and_then(Value::as_obj).map_or(0, |o| vm.heap.size_of_cell(o.as_ptr()))
}

fn get_closed(_: &Vm, this: Me) -> bool {
    this.closed.get()
}

/// Lends a BytesIO's memory: what `getbuffer` gives a view of.
#[repr(C)]
pub struct PyBytesIOBuffer {
    header: Header,
    attrs: Field,
    source: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyBytesIOBuffer {
    const LAYOUT: LayoutId = crate::layouts::IO_BYTES_LOAN;
}

fn source_of(vm: &Vm, v: Value) -> PyResult<Me> {
    let loan: Ref<PyBytesIOBuffer> = receiver(vm, v)?;
    receiver(vm, loan.source.get_or_none())
}

fn lend(vm: &Vm, v: Value, _: bool) -> PyResult<RawBuffer> {
    let this = source_of(vm, v)?;
    let buffer = own(vm, this, this.len.get(), 0)?;
    this.exports.set(this.exports.get().saturating_add(1));
    Ok(RawBuffer::bytes(buffer.as_ptr(), this.len.get(), false))
}

fn take_back(vm: &Vm, v: Value) {
    if let Ok(this) = source_of(vm, v) {
        this.exports.set(this.exports.get().saturating_sub(1));
    }
}

pub static LOAN: TypeDef = TypeDef {
    module: "_io",
    layout: Some(crate::layouts::IO_BYTES_LOAN),
    flags: brolga_runtime::object::def::type_flags::DISALLOW_NEW,
    buffer: Some(BufferProcs { get: lend, release: take_back, lender: None }),
    ..TypeDef::new("_BytesIOBuffer")
};

fn getbuffer(vm: &Vm, this: Me) -> PyResult<Value> {
    check(vm, this)?;
    let class = vm.native_type(&LOAN)?;
    let loan: Ref<PyBytesIOBuffer> = vm.alloc_instance(class)?;
    loan.source.init(this.value());
    vm.call(vm.types.memoryview.value(), &[loan.value()])
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, initial_bytes=b'')", init),
    method!("__iter__", 1, iter),
    method!("readable", 1, yes),
    method!("seekable", 1, yes),
    method!("writable", 1, yes),
    method!("close", 1, close),
    method!("flush", 1, flush),
    method!("isatty", 1, isatty),
    method!("tell", 1, tell),
    method!("write", 2, write),
    method!("writelines", 2, writelines),
    method!("read1", "($self, size=-1, /)", read),
    method!("readinto", 2, readinto),
    method!("readline", "($self, size=-1, /)", readline),
    method!("readlines", "($self, size=None, /)", readlines),
    method!("read", "($self, size=-1, /)", read),
    method!("getbuffer", 1, getbuffer),
    method!("getvalue", 1, getvalue),
    method!("seek", "($self, pos, whence=0, /)", seek),
    method!("truncate", "($self, size=None, /)", truncate),
    method!("__getstate__", 1, getstate),
    method!("__setstate__", 2, setstate),
    method!("__sizeof__", 1, sizeof),
];

const GETSET: &[GetSetDef] = &[getset!("closed", get_closed)];

pub static DEF: TypeDef = TypeDef {
    module: "_io",
    layout: Some(crate::layouts::IO_BYTES),
    flags: base::FLAGS,
    methods: &[METHODS],
    getset: GETSET,
    iternext: Some(next),
    doc: Some("Buffered I/O implementation using an in-memory bytes buffer."),
    ..TypeDef::new("BytesIO")
};
