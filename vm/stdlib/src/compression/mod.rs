//! `_bz2` and `_lzma`: what their compressors and decompressors have in common.

pub mod bz2;
pub mod lzma;
mod lzma_filters;

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, FromValue, GetSetDef, Header, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, getset, method};

use crate::object::{Boxed, object};

/// What the collector counts a coder as: its tables are in malloc's memory.
const CODER_BYTES: isize = 1 << 20;

/// How much room the output gets at first.
const FIRST_ROOM: usize = 8 << 10;

/// How a step of a coder ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It goes on, with more input or more room.
    More,
    /// The stream has ended.
    End,
    /// The library's error.
    Failed(i32),
}

/// A step's outcome: bytes read, bytes written.
#[derive(Copy, Clone, Debug)]
pub struct Step {
    pub read: usize,
    pub written: usize,
    pub status: Status,
}

/// A compressor or decompressor of one of the libraries.
pub trait Coder: Send {
    /// Reads `input` and writes to `room`; `finish`: there will be no more input.
    fn step(&mut self, input: &[u8], room: &mut [u8], finish: bool) -> Step;

    /// The stream's integrity check, as far as it is known.
    fn check(&self) -> Option<u32> {
        None
    }
}

/// What goes wrong.
enum Failure {
    Memory,
    Library(i32),
}

/// Runs a coder until the input is used up, `limit` bytes have been written, or the stream has ended. Answers what was
/// read, and whether the end was reached.
fn run(
    coder: &mut dyn Coder,
    input: &[u8],
    out: &mut Vec<u8>,
    limit: Option<usize>,
    finish: bool,
) -> Result<(usize, bool), Failure> {
    let mut read = 0;
    loop {
        let used = out.len();
        let more = limit.map_or(usize::MAX, |l| l.saturating_sub(used)).min(used.max(FIRST_ROOM));
        out.try_reserve(more).map_err(|_| Failure::Memory)?;
        out.resize(used + more, 0);
        let step = coder.step(input.get(read..).unwrap_or(&[]), out.get_mut(used..).unwrap_or(&mut []), finish);
        read += step.read;
        out.truncate(used + step.written);
        match step.status {
            Status::End => return Ok((read, true)),
            Status::Failed(code) => return Err(Failure::Library(code)),
            Status::More => {}
        }
        let full = step.written == more;
        if limit.is_some_and(|l| out.len() >= l) || !full && read == input.len() && !finish {
            return Ok((read, false));
        }
        if step.read == 0 && step.written == 0 {
            // Nothing to be done: the libraries say so by an error of their own, too.
            return Ok((read, false));
        }
    }
}

/// The exception for a library's error.
pub type Raise = fn(&Vm, i32) -> Raised;

object!(
    pub struct Compressor: COMPRESSION_COMPRESSOR {
        flushed: Cell<bool>,
        coder: Boxed<(Box<dyn Coder>, Raise)>,
    }
);

pub struct State {
    coder: Box<dyn Coder>,
    raise: Raise,
    /// What was given and not read.
    input: Vec<u8>,
}

object!(
    pub struct Decompressor: COMPRESSION_DECOMPRESSOR {
        unused_data: Field,
        check: Cell<u32>,
        eof: Cell<bool>,
        /// Nothing is left of the input.
        hungry: Cell<bool>,
        state: Boxed<State>,
    }
);

/// Frees what a dead compressor owned.
///
/// # Safety
/// `cell` is a `Compressor` that nothing reaches any more.
pub unsafe fn drop_compressor(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Compressor> = unsafe { Ref::from_ptr(cell) };
    drop(this.coder.take());
}

/// Frees what a dead decompressor owned.
///
/// # Safety
/// `cell` is a `Decompressor` that nothing reaches any more.
pub unsafe fn drop_decompressor(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Decompressor> = unsafe { Ref::from_ptr(cell) };
    drop(this.state.take());
}

/// The bytes of an argument, copied: the coder runs without the GIL.
fn data_of(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    let buffer = vm.buffer(v, false)?;
    let mut data = Vec::new();
    data.try_reserve_exact(buffer.len()).map_err(|_| vm.memory_error())?;
    data.extend_from_slice(buffer.as_slice());
    Ok(data)
}

fn raised(vm: &Vm, failure: Failure, raise: Raise) -> Raised {
    match failure {
        Failure::Memory => vm.memory_error(),
        Failure::Library(code) => raise(vm, code),
    }
}

pub fn new_compressor(vm: &Vm, class: Ref<PyType>, coder: Box<dyn Coder>, raise: Raise) -> PyResult<Ref<Compressor>> {
    let this: Ref<Compressor> = vm.alloc_instance(class)?;
    this.coder.attach_large(vm, this, (coder, raise), CODER_BYTES)?;
    Ok(this)
}

pub fn new_decompressor(
    vm: &Vm,
    class: Ref<PyType>,
    coder: Box<dyn Coder>,
    check: u32,
    raise: Raise,
) -> PyResult<Ref<Decompressor>> {
    let empty = PyBytes::new(vm, &[])?.value();
    let this: Ref<Decompressor> = vm.alloc_instance(class)?;
    this.unused_data.init(empty);
    this.check.set(check);
    this.hungry.set(true);
    this.state.attach_large(vm, this, State { coder, raise, input: Vec::new() }, CODER_BYTES)?;
    Ok(this)
}

/// One call of a compressor.
fn advance(vm: &Vm, this: Ref<Compressor>, input: &[u8], finish: bool) -> PyResult<Value> {
    let Some(mut coder) = this.coder.take() else { return Err(vm.value_error("the compressor is in use")) };
    let mut out = Vec::new();
    let result = vm.allow_threads(|| run(coder.0.as_mut(), input, &mut out, None, finish));
    let raise = coder.1;
    this.coder.put(coder);
    result.map_err(|failure| raised(vm, failure, raise))?;
    Ok(PyBytes::new(vm, &out)?.value())
}

fn compress(vm: &Vm, this: Ref<Compressor>, data: Value) -> PyResult<Value> {
    let data = data_of(vm, data)?;
    if this.flushed.get() {
        return Err(vm.value_error("Compressor has been flushed"));
    }
    advance(vm, this, &data, false)
}

fn flush(vm: &Vm, this: Ref<Compressor>) -> PyResult<Value> {
    if this.flushed.get() {
        return Err(vm.value_error("Repeated call to flush()"));
    }
    this.flushed.set(true);
    advance(vm, this, &[], true)
}

/// `decompress`, with what the end of the stream is called.
fn decompress_with(vm: &Vm, args: &Args<'_>, at_end: &str) -> PyResult<Value> {
    let this = Ref::<Decompressor>::from_value(vm, args.get(0))?;
    let max = args.opt(2).map_or(Ok(-1), |v| vm.to_isize(v))?;
    let data = data_of(vm, args.get(1))?;
    if this.eof.get() {
        return Err(vm.eof_error(at_end));
    }
    let limit = usize::try_from(max).ok();
    let Some(mut state) = this.state.take() else { return Err(vm.value_error("the decompressor is in use")) };
    if state.input.is_empty() {
        state.input = data;
    } else if state.input.try_reserve(data.len()).is_ok() {
        state.input.extend_from_slice(&data);
    } else {
        this.state.put(state);
        return Err(vm.memory_error());
    }
    let mut out = Vec::new();
    let result = vm.allow_threads(|| run(state.coder.as_mut(), &state.input, &mut out, limit, false));
    if let Some(check) = state.coder.check() {
        this.check.set(check);
    }
    let mut unused = None;
    let mut failure = None;
    match result {
        Ok((read, ended)) => {
            state.input.drain(..read.min(state.input.len()));
            this.eof.set(ended);
            if ended {
                this.hungry.set(false);
                unused = Some(std::mem::take(&mut state.input));
            } else {
                // A full output may have more to come, even without input.
                this.hungry.set(state.input.is_empty() && limit.is_none_or(|l| out.len() < l || l == 0));
            }
        }
        Err(e) => {
            // The rest of a broken stream is of no use.
            state.input.clear();
            failure = Some(raised(vm, e, state.raise));
        }
    }
    this.state.put(state);
    if let Some(raised) = failure {
        return Err(raised);
    }
    if let Some(unused) = unused {
        let unused = PyBytes::new(vm, &unused)?.value();
        this.unused_data.set(this, unused);
    }
    Ok(PyBytes::new(vm, &out)?.value())
}

fn eof(_: &Vm, this: Ref<Decompressor>) -> bool {
    this.eof.get()
}

fn unused_data(_: &Vm, this: Ref<Decompressor>) -> Value {
    this.unused_data.get_or_none()
}

fn needs_input(_: &Vm, this: Ref<Decompressor>) -> bool {
    this.hungry.get()
}

fn cannot_pickle(vm: &Vm, this: Value) -> PyResult<Value> {
    Err(vm.type_error(format!("cannot pickle '{}' object", vm.tp_name(this))))
}

pub static COMPRESSOR_METHODS: &[MethodDef] = &[
    method!("compress", 2, compress).text("($self, data, /)").doc(
        "Provide data to the compressor object.\n\nReturns a chunk of compressed data if possible, or b'' otherwise.\n\nWhen \
         you have finished providing data to the compressor, call the\nflush() method to finish the compression process.",
    ),
    method!("flush", 1, flush).doc(
        "Finish the compression process.\n\nReturns the compressed data left in internal buffers.\n\nThe compressor object \
         may not be used after this method is called.",
    ),
    method!("__reduce__", 1, cannot_pickle),
];

pub static DECOMPRESSOR_METHODS: &[MethodDef] = &[method!("__reduce__", 1, cannot_pickle)];

pub static DECOMPRESSOR_GETSET: &[GetSetDef] = &[
    getset!("eof", eof).member().doc("True if the end-of-stream marker has been reached."),
    getset!("unused_data", unused_data).member().doc("Data found after the end of the compressed stream."),
    getset!("needs_input", needs_input)
        .member()
        .doc("True if more input is needed before more decompressed data can be produced."),
];
