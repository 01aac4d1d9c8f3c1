//! `_ZlibDecompressor`: the decompressor that `gzip` and `zipfile` read with, which keeps input for later.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, FromValue, GetSetDef, Header, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, getset, method};

use super::decompress::{open, run};
use super::stream::{Decompress, Stream, Z_BUF_ERROR, Z_MEM_ERROR, Z_OK, Z_STREAM_END, Z_SYNC_FLUSH};
use super::{BUFFER, DECOMPRESSOR_BYTES, bytes, data_of, error};
use crate::object::{Boxed, class_argument, object};

object!(
    pub struct Incremental: ZLIB_INCREMENTAL {
        unused_data: Field,
        zdict: Field,
        eof: Cell<bool>,
        /// Nothing is left of the input.
        hungry: Cell<bool>,
        state: Boxed<State>,
    }
);

pub struct State {
    stream: Stream<Decompress>,
    /// What was given and not read.
    input: Vec<u8>,
}

/// Frees what a dead decompressor owned.
///
/// # Safety
/// `cell` is an `Incremental` that nothing reaches any more.
pub unsafe fn drop_incremental(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Incremental> = unsafe { Ref::from_ptr(cell) };
    drop(this.state.take());
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Incremental>> {
    let class = class_argument(vm, args)?;
    let window_bits = args.opt(1).map_or(Ok(15), |v| vm.to_i32(v))?;
    let zdict = args.opt(2);
    let stream = open(vm, window_bits, zdict)?;
    let empty = bytes(vm, &[])?;
    let this: Ref<Incremental> = vm.alloc_instance(class)?;
    this.unused_data.init(empty);
    this.zdict.init(zdict);
    this.hungry.set(true);
    this.state.attach_large(vm, this, State { stream, input: Vec::new() }, DECOMPRESSOR_BYTES)?;
    Ok(this)
}

fn decompress(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = Ref::<Incremental>::from_value(vm, args.get(0))?;
    let max = args.opt(2).map_or(Ok(-1), |v| vm.to_isize(v))?;
    let data = data_of(vm, args.get(1))?;
    if this.eof.get() {
        return Err(vm.eof_error("End of stream already reached"));
    }
    // Only what a stream asks for is converted.
    let dictionary = this.zdict.get().filter(|v| vm.has_buffer(*v)).map(|v| data_of(vm, v)).transpose()?;
    let limit = usize::try_from(max).ok();
    let Some(mut state) = this.state.take() else {
        return Err(vm.value_error("the decompressor is in use"));
    };
    let result = advance(vm, this, &mut state, data, limit, dictionary.as_deref());
    this.state.put(state);
    bytes(vm, &result?)
}

fn advance(
    vm: &Vm,
    this: Ref<Incremental>,
    state: &mut State,
    data: Vec<u8>,
    limit: Option<usize>,
    dictionary: Option<&[u8]>,
) -> PyResult<Vec<u8>> {
    if state.input.is_empty() {
        state.input = data;
    } else {
        state.input.try_reserve(data.len()).map_err(|_| vm.memory_error())?;
        state.input.extend_from_slice(&data);
    }
    let mut out = Vec::new();
    let mut rest = state.input.as_slice();
    let code = run(vm, &mut state.stream, &mut rest, &mut out, limit, BUFFER, Z_SYNC_FLUSH, dictionary)?;
    let rest = rest.len();
    match code {
        Z_OK | Z_BUF_ERROR => {}
        Z_STREAM_END => this.eof.set(true),
        Z_MEM_ERROR => return Err(vm.memory_error()),
        code => return Err(error(vm, code, "while decompressing data", state.stream.message())),
    }
    let read = state.input.len() - rest;
    state.input.drain(..read);
    if this.eof.get() {
        this.hungry.set(false);
        let unused = bytes(vm, &state.input)?;
        this.unused_data.set(this, unused);
        state.input = Vec::new();
    } else {
        this.hungry.set(state.input.is_empty());
    }
    Ok(out)
}

fn eof(_: &Vm, this: Ref<Incremental>) -> bool {
    this.eof.get()
}

fn unused_data(_: &Vm, this: Ref<Incremental>) -> Value {
    this.unused_data.get_or_none()
}

fn needs_input(_: &Vm, this: Ref<Incremental>) -> bool {
    this.hungry.get()
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, wbits=15, zdict=b'')", new).static_(),
    method!("decompress", "($self, /, data, max_length=-1)", decompress).doc(
        "Decompress *data*, returning uncompressed data as bytes.\n\nIf *max_length* is nonnegative, returns at most \
         *max_length* bytes\nof decompressed data.  If this limit is reached and further output\ncan be produced, \
         *self.needs_input* will be set to ``False``.  In\nthis case, the next call to *decompress()* may provide\n*data* as \
         b'' to obtain more of the output.\n\nIf all of the input data was decompressed and returned (either\nbecause this \
         was less than *max_length* bytes, or because\n*max_length* was negative), *self.needs_input* will be set to \
         True.\n\nAttempting to decompress data after the end of stream is reached\nraises an EOFError.  Any data found after \
         the end of the stream is\nignored and saved in the unused_data attribute.",
    ),
];
static GETSET: &[GetSetDef] = &[
    getset!("eof", eof).member(),
    getset!("unused_data", unused_data).member(),
    getset!("needs_input", needs_input).member(),
];

pub static DEF: TypeDef = TypeDef {
    module: "zlib",
    layout: Some(crate::layouts::ZLIB_INCREMENTAL),
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Create a decompressor object for decompressing data incrementally.\n\n  wbits = 15\n  zdict\n     The predefined \
         compression dictionary. This is a sequence of bytes\n     (such as a bytes object) containing subsequences that are \
         expected\n     to occur frequently in the data that is to be compressed. Those\n     subsequences that are expected \
         to be most common should come at the\n     end of the dictionary. This must be the same dictionary as used by \
         the\n     compressor that produced the input data.\n\n",
    ),
    ..TypeDef::new("_ZlibDecompressor")
};
