//! `compressobj`.

use brolga_runtime::object::{Args, FromValue, Header, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use super::stream::{
    Compress, Parameters, Stream, Z_BUF_ERROR, Z_FINISH, Z_MEM_ERROR, Z_NO_FLUSH, Z_OK, Z_STREAM_END, Z_STREAM_ERROR,
};
use super::{COMPRESSOR_BYTES, bytes, data_of, error, init_error, memory_error, pump};
use crate::object::{Boxed, object};

object!(
    pub struct Compressor: ZLIB_COMPRESS { stream: Boxed<Option<Stream<Compress>>> }
);

/// Frees what a dead compressor owned.
///
/// # Safety
/// `cell` is a `Compressor` that nothing reaches any more.
pub unsafe fn drop_compressor(cell: std::ptr::NonNull<Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    let this: Ref<Compressor> = unsafe { Ref::from_ptr(cell) };
    drop(this.stream.take());
}

pub fn make(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Compressor>> {
    let number = |i: usize, default: i32| args.opt(i).map_or(Ok(default), |v| vm.to_i32(v));
    let parameters = Parameters {
        level: number(0, -1)?,
        method: number(1, 8)?,
        window_bits: number(2, 15)?,
        mem_level: number(3, 8)?,
        strategy: number(4, 0)?,
    };
    let dictionary = args.opt(5).map(|v| data_of(vm, v)).transpose()?;
    let mut stream = Stream::<Compress>::new(parameters).map_err(|code| init_error(vm, code, "compression"))?;
    if let Some(dictionary) = dictionary {
        match stream.set_dictionary(&dictionary) {
            Z_OK => {}
            Z_STREAM_ERROR => return Err(vm.value_error("Invalid dictionary")),
            _ => return Err(vm.value_error("deflateSetDictionary()")),
        }
    }
    wrap(vm, Some(stream))
}

fn wrap(vm: &Vm, stream: Option<Stream<Compress>>) -> PyResult<Ref<Compressor>> {
    let this: Ref<Compressor> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.stream.attach_large(vm, this, stream, COMPRESSOR_BYTES)?;
    Ok(this)
}

/// Runs `f` on the stream; without one (the compressor has been flushed) gives the error that says so.
fn with<R>(
    vm: &Vm,
    this: Ref<Compressor>,
    doing: &str,
    f: impl FnOnce(&mut Stream<Compress>) -> PyResult<R>,
) -> PyResult<R> {
    let inconsistent = || error(vm, Z_STREAM_ERROR, doing, None);
    let result = this.stream.with(|stream| stream.as_mut().map(f));
    result.flatten().unwrap_or_else(|| Err(inconsistent()))
}

fn compress(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = Ref::<Compressor>::from_value(vm, args.get(0))?;
    let data = data_of(vm, args.get(1))?;
    let doing = "while compressing data";
    let mut out = Vec::new();
    with(vm, this, doing, |stream| match pump(vm, stream, &mut data.as_slice(), &mut out, Z_NO_FLUSH)? {
        Z_OK | Z_BUF_ERROR | Z_STREAM_END => Ok(()),
        code => Err(error(vm, code, doing, stream.message())),
    })?;
    bytes(vm, &out)
}

fn flush(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this = Ref::<Compressor>::from_value(vm, args.get(0))?;
    let mode = args.opt(1).map_or(Ok(Z_FINISH), |v| vm.to_i32(v))?;
    if mode == Z_NO_FLUSH {
        return bytes(vm, &[]);
    }
    let doing = "while flushing";
    let mut out = Vec::new();
    let code = with(vm, this, doing, |stream| match pump(vm, stream, &mut [].as_slice(), &mut out, mode)? {
        code @ (Z_OK | Z_BUF_ERROR | Z_STREAM_END) => Ok(code),
        code => Err(error(vm, code, doing, stream.message())),
    })?;
    if code == Z_STREAM_END && mode == Z_FINISH {
        this.stream.with(|stream| *stream = None);
    }
    bytes(vm, &out)
}

fn copy(vm: &Vm, this: Ref<Compressor>) -> PyResult<Ref<Compressor>> {
    let copied = this.stream.with(|stream| stream.as_mut().map(Stream::copy));
    match copied.flatten() {
        Some(Ok(stream)) => wrap(vm, Some(stream)),
        Some(Err(Z_MEM_ERROR)) => Err(memory_error(vm, "Can't allocate memory for compression object")),
        _ => Err(vm.value_error("Inconsistent stream state")),
    }
}

fn deepcopy(vm: &Vm, this: Ref<Compressor>, _memo: Value) -> PyResult<Ref<Compressor>> {
    copy(vm, this)
}

static METHODS: &[MethodDef] = &[
    method!("compress", "($self, data, /)", compress).doc(
        "Returns a bytes object containing compressed data.\n\n  data\n    Binary data to be compressed.\n\nAfter calling \
         this function, some of the input data may still\nbe stored in internal buffers for later processing.\nCall the \
         flush() method to clear these buffers.",
    ),
    method!("flush", "($self, mode=zlib.Z_FINISH, /)", flush).doc(
        "Return a bytes object containing any remaining compressed data.\n\n  mode\n    One of the constants Z_SYNC_FLUSH, \
         Z_FULL_FLUSH, Z_FINISH.\n    If mode == Z_FINISH, the compressor object can no longer be\n    used after calling the \
         flush() method.  Otherwise, more data\n    can still be compressed.",
    ),
    method!("copy", 1, copy).doc("Return a copy of the compression object."),
    method!("__copy__", 1, copy),
    method!("__deepcopy__", 2, deepcopy),
];

static DEF: TypeDef = TypeDef {
    module: "zlib",
    layout: Some(crate::layouts::ZLIB_COMPRESS),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    ..TypeDef::new("Compress")
};
