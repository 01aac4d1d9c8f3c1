//! `decompressobj`.

use std::cell::Cell;
use std::ffi::c_int;

use brolga_runtime::object::{Args, Field, FromValue, GetSetDef, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, getset, method};

use super::stream::{
    Decompress, Stream, Z_BUF_ERROR, Z_FINISH, Z_MEM_ERROR, Z_NEED_DICT, Z_OK, Z_STREAM_END, Z_STREAM_ERROR,
    Z_SYNC_FLUSH,
};
use super::{BUFFER, DECOMPRESSOR_BYTES, bytes, data_of, error, grow, init_error, memory_error};
use crate::object::{Boxed, object};

object!(
    pub struct Decompressor: ZLIB_DECOMPRESS {
        unused_data: Field,
        unconsumed_tail: Field,
        /// The dictionary, as it was given; empty if none was.
        zdict: Field,
        eof: Cell<bool>,
        stream: Boxed<Option<Stream<Decompress>>>,
    }
);

/// Frees what a dead decompressor owned.
///
/// # Safety
/// `cell` is a `Decompressor` that nothing reaches any more.
pub unsafe fn drop_decompressor(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Decompressor> = unsafe { Ref::from_ptr(cell) };
    drop(this.stream.take());
}

/// Gives a stream its dictionary.
pub fn set_dictionary(vm: &Vm, stream: &mut Stream<Decompress>, dictionary: &[u8]) -> PyResult<()> {
    match stream.set_dictionary(dictionary) {
        Z_OK => Ok(()),
        code => Err(error(vm, code, "while setting zdict", stream.message())),
    }
}

/// A stream, and for raw data its dictionary, which is needed from the beginning.
pub fn open(vm: &Vm, window_bits: c_int, zdict: Option<Value>) -> PyResult<Stream<Decompress>> {
    let mut stream = Stream::<Decompress>::new(window_bits).map_err(|code| init_error(vm, code, "decompression"))?;
    if let Some(zdict) = zdict
        && window_bits < 0
    {
        let dictionary = data_of(vm, zdict)?;
        set_dictionary(vm, &mut stream, &dictionary)?;
    }
    Ok(stream)
}

pub fn make(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Decompressor>> {
    let window_bits = args.opt(0).map_or(Ok(15), |v| vm.to_i32(v))?;
    let zdict = args.opt(1);
    if let Some(zdict) = zdict
        && !vm.has_buffer(zdict)
    {
        return Err(vm.type_error("zdict argument must support the buffer protocol"));
    }
    let stream = open(vm, window_bits, zdict)?;
    let this = wrap(vm, Some(stream))?;
    let empty = bytes(vm, &[])?;
    this.unused_data.set(this, empty);
    this.unconsumed_tail.set(this, empty);
    this.zdict.set(this, zdict);
    Ok(this)
}

fn wrap(vm: &Vm, stream: Option<Stream<Decompress>>) -> PyResult<Ref<Decompressor>> {
    let this: Ref<Decompressor> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.stream.attach_large(vm, this, stream, DECOMPRESSOR_BYTES)?;
    Ok(this)
}

/// What a run of the stream came to.
struct Outcome {
    code: c_int,
    /// The library's message, if there was an error.
    message: Option<String>,
}

/// Decompresses up to `limit` bytes; `input` is moved behind what was read.
pub fn run(
    vm: &Vm,
    stream: &mut Stream<Decompress>,
    input: &mut &[u8],
    out: &mut Vec<u8>,
    limit: Option<usize>,
    first: usize,
    flush: c_int,
    dictionary: Option<&[u8]>,
) -> PyResult<c_int> {
    loop {
        grow(vm, out, first, limit)?;
        let room = limit.map_or(usize::MAX, |limit| limit.saturating_sub(out.len()));
        let step = stream.step(input, out, room, flush);
        *input = input.get(step.consumed..).unwrap_or(&[]);
        let limited = limit.is_some_and(|limit| out.len() >= limit);
        let full = out.len() == out.capacity() || limited;
        match step.code {
            Z_NEED_DICT => match dictionary {
                Some(dictionary) => set_dictionary(vm, stream, dictionary)?,
                None => return Ok(Z_NEED_DICT),
            },
            Z_OK | Z_BUF_ERROR if !limited && (full || (!input.is_empty() && step.consumed > 0)) => {}
            code => return Ok(code),
        }
    }
}

/// Keeps what was not read: behind the end of the stream it is unused, else it is for next time.
fn keep_rest(vm: &Vm, this: Ref<Decompressor>, rest: &[u8], ended: bool) -> PyResult<()> {
    if ended {
        let tail = bytes(vm, &[])?;
        this.unconsumed_tail.set(this, tail);
        if !rest.is_empty() {
            let mut unused = match this.unused_data.get().and_then(Value::downcast::<PyBytes>) {
                Some(b) => b.as_slice().to_vec(),
                None => Vec::new(),
            };
            unused.try_reserve(rest.len()).map_err(|_| vm.memory_error())?;
            unused.extend_from_slice(rest);
            let unused = bytes(vm, &unused)?;
            this.unused_data.set(this, unused);
        }
    } else {
        let rest = bytes(vm, rest)?;
        this.unconsumed_tail.set(this, rest);
    }
    Ok(())
}

fn advance(
    vm: &Vm,
    this: Ref<Decompressor>,
    data: &[u8],
    out: &mut Vec<u8>,
    limit: Option<usize>,
    first: usize,
    flush: c_int,
) -> PyResult<Outcome> {
    let dictionary = this.zdict.get().map(|v| data_of(vm, v)).transpose()?;
    let mut rest = data;
    let outcome = this.stream.with(|stream| {
        let stream = stream.as_mut()?;
        let code = run(vm, stream, &mut rest, out, limit, first, flush, dictionary.as_deref());
        Some(code.map(|code| Outcome { code, message: stream.message() }))
    });
    let outcome = match outcome.flatten() {
        Some(outcome) => outcome?,
        None => Outcome { code: Z_STREAM_ERROR, message: None },
    };
    keep_rest(vm, this, rest, outcome.code == Z_STREAM_END)?;
    Ok(outcome)
}

fn decompress(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = Ref::<Decompressor>::from_value(vm, args.get(0))?;
    let max = args.opt(2).map_or(Ok(0), |v| vm.to_isize(v))?;
    let data = data_of(vm, args.get(1))?;
    let Ok(max) = usize::try_from(max) else { return Err(vm.value_error("max_length must be non-negative")) };
    let limit = (max > 0).then_some(max);
    let mut out = Vec::new();
    let outcome = advance(vm, this, &data, &mut out, limit, BUFFER, Z_SYNC_FLUSH)?;
    match outcome.code {
        Z_STREAM_END => this.eof.set(true),
        Z_OK | Z_BUF_ERROR => {}
        Z_MEM_ERROR => return Err(vm.memory_error()),
        code => return Err(error(vm, code, "while decompressing data", outcome.message)),
    }
    bytes(vm, &out)
}

fn flush(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = Ref::<Decompressor>::from_value(vm, args.get(0))?;
    let length = args.opt(1).map_or(Ok(BUFFER as isize), |v| vm.to_isize(v))?;
    let length = match usize::try_from(length) {
        Ok(length) if length > 0 => length,
        _ => return Err(vm.value_error("length must be greater than zero")),
    };
    let data = match this.unconsumed_tail.get() {
        Some(tail) => data_of(vm, tail)?,
        None => Vec::new(),
    };
    let mut out = Vec::new();
    let outcome = advance(vm, this, &data, &mut out, None, length, Z_FINISH)?;
    match outcome.code {
        // Flushing the end of a stream ends the object.
        Z_STREAM_END => {
            this.eof.set(true);
            this.stream.with(|stream| *stream = None);
        }
        Z_OK | Z_BUF_ERROR => {}
        // Flushed before.
        Z_STREAM_ERROR if this.eof.get() => {}
        Z_MEM_ERROR => return Err(vm.memory_error()),
        code => return Err(error(vm, code, "while decompressing data", outcome.message)),
    }
    bytes(vm, &out)
}

fn copy_failed(vm: &Vm, code: c_int) -> Raised {
    match code {
        Z_MEM_ERROR => memory_error(vm, "Can't allocate memory for decompression object"),
        _ => vm.value_error("Inconsistent stream state"),
    }
}

fn copy(vm: &Vm, this: Ref<Decompressor>) -> PyResult<Ref<Decompressor>> {
    let copied = this.stream.with(|stream| stream.as_mut().map(Stream::copy));
    let stream = copied.flatten().unwrap_or(Err(Z_STREAM_ERROR)).map_err(|code| copy_failed(vm, code))?;
    let other = wrap(vm, Some(stream))?;
    other.unused_data.set(other, this.unused_data.get());
    other.unconsumed_tail.set(other, this.unconsumed_tail.get());
    other.zdict.set(other, this.zdict.get());
    other.eof.set(this.eof.get());
    Ok(other)
}

fn deepcopy(vm: &Vm, this: Ref<Decompressor>, _memo: Value) -> PyResult<Ref<Decompressor>> {
    copy(vm, this)
}

fn unused_data(_: &Vm, this: Ref<Decompressor>) -> Value {
    this.unused_data.get_or_none()
}

fn unconsumed_tail(_: &Vm, this: Ref<Decompressor>) -> Value {
    this.unconsumed_tail.get_or_none()
}

fn eof(_: &Vm, this: Ref<Decompressor>) -> bool {
    this.eof.get()
}

static METHODS: &[MethodDef] = &[
    method!("decompress", "($self, data, /, max_length=0)", decompress).doc(
        "Return a bytes object containing the decompressed version of the data.\n\n  data\n    The binary data to \
         decompress.\n  max_length\n    The maximum allowable length of the decompressed data.\n    Unconsumed input data \
         will be stored in\n    the unconsumed_tail attribute.\n\nAfter calling this function, some of the input data may \
         still be stored in\ninternal buffers for later processing.\nCall the flush() method to clear these buffers.",
    ),
    method!("flush", "($self, length=zlib.DEF_BUF_SIZE, /)", flush).doc(
        "Return a bytes object containing any remaining decompressed data.\n\n  length\n    the initial size of the output buffer.",
    ),
    method!("copy", 1, copy).doc("Return a copy of the decompression object."),
    method!("__copy__", 1, copy),
    method!("__deepcopy__", 2, deepcopy),
];
static GETSET: &[GetSetDef] = &[
    getset!("unused_data", unused_data).member(),
    getset!("unconsumed_tail", unconsumed_tail).member(),
    getset!("eof", eof).member(),
];

static DEF: TypeDef = TypeDef {
    module: "zlib",
    layout: Some(crate::layouts::ZLIB_DECOMPRESS),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("Decompress")
};
