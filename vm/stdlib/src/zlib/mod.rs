//! `zlib`: compression.

mod compress;
mod decompress;
mod incremental;
mod stream;

use std::ffi::c_int;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use crate::binascii::low_bits;
use crate::exception_class::{Base, ExceptionClass};
use stream::{
    Decompress, Direction, Parameters, Stream, Z_BUF_ERROR, Z_DATA_ERROR, Z_FINISH, Z_MEM_ERROR, Z_OK, Z_STREAM_END,
    Z_STREAM_ERROR, Z_SYNC_FLUSH,
};

static ERROR: ExceptionClass = ExceptionClass::new("zlib", "error", Base::Exception);

pub use compress::drop_compressor;
pub use decompress::drop_decompressor;
pub use incremental::drop_incremental;

fn raise(vm: &Vm, message: impl AsRef<str>) -> Raised {
    ERROR.raise(vm, message)
}

/// "Error -3 while decompressing data: incorrect header check"
#[cold]
fn error(vm: &Vm, code: c_int, doing: &str, message: Option<String>) -> Raised {
    let known = match code {
        Z_BUF_ERROR => Some("incomplete or truncated stream"),
        Z_STREAM_ERROR => Some("inconsistent stream state"),
        Z_DATA_ERROR => Some("invalid input data"),
        _ => None,
    };
    // A request for a dictionary is no error of the library's, so it has no message.
    let message = message.filter(|_| code < 0 && code != Z_BUF_ERROR && code != Z_STREAM_ERROR);
    match message.as_deref().or(known) {
        Some(message) => raise(vm, format!("Error {code} {doing}: {message}")),
        None => raise(vm, format!("Error {code} {doing}")),
    }
}

fn memory_error(vm: &Vm, message: &str) -> Raised {
    vm.raise_message(vm.types.memory_error, message)
}

/// What a stream that could not be made gives.
fn init_error(vm: &Vm, code: c_int, what: &str) -> Raised {
    match code {
        Z_MEM_ERROR => memory_error(vm, &format!("Can't allocate memory for {what} object")),
        Z_STREAM_ERROR => vm.value_error("Invalid initialization option"),
        _ => error(vm, code, &format!("while creating {what} object"), None),
    }
}

/// About what a compressor and a decompressor own (window, hash chains, output).
const COMPRESSOR_BYTES: isize = 268 << 10;
const DECOMPRESSOR_BYTES: isize = 48 << 10;

/// Bytes that output buffers begin with.
const BUFFER: usize = 16 << 10;

/// Makes room for more output: as much again as there is, up to a limit of the whole.
fn grow(vm: &Vm, out: &mut Vec<u8>, first: usize, limit: Option<usize>) -> PyResult<()> {
    if out.len() < out.capacity() {
        return Ok(());
    }
    let mut more = out.capacity().max(first).max(1);
    if let Some(limit) = limit {
        more = more.min(limit.saturating_sub(out.len()));
    }
    out.try_reserve_exact(more).map_err(|_| vm.memory_error())
}

/// Runs a stream until it neither reads nor writes more, or has ended; gives the last code.
fn pump<D: Direction>(
    vm: &Vm,
    stream: &mut Stream<D>,
    input: &mut &[u8],
    out: &mut Vec<u8>,
    flush: c_int,
) -> PyResult<c_int> {
    loop {
        grow(vm, out, BUFFER, None)?;
        let step = stream.step(input, out, usize::MAX, flush);
        *input = input.get(step.consumed..).unwrap_or(&[]);
        let full = out.len() == out.capacity();
        match step.code {
            Z_OK | Z_BUF_ERROR if full || (!input.is_empty() && step.consumed > 0) => {}
            code => return Ok(code),
        }
    }
}

fn bytes(vm: &Vm, out: &[u8]) -> PyResult<Value> {
    Ok(PyBytes::new(vm, out)?.value())
}

/// The bytes of an argument, copied: a stream may be used by a finalizer meanwhile.
fn data_of(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    let buffer = vm.buffer(v, false)?;
    let mut data = Vec::new();
    data.try_reserve_exact(buffer.len()).map_err(|_| vm.memory_error())?;
    data.extend_from_slice(buffer.as_slice());
    Ok(data)
}

/// `compress(data, /, level=-1, wbits=15)`
fn compress(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let level = args.opt(1).map_or(Ok(-1), |v| vm.to_i32(v))?;
    let window_bits = args.opt(2).map_or(Ok(15), |v| vm.to_i32(v))?;
    let buffer = vm.buffer(args.get(0), false)?;
    let parameters = Parameters { level, method: 8, window_bits, mem_level: 8, strategy: 0 };
    let mut stream = match Stream::<stream::Compress>::new(parameters) {
        Ok(stream) => stream,
        Err(Z_MEM_ERROR) => return Err(memory_error(vm, "Out of memory while compressing data")),
        Err(Z_STREAM_ERROR) => return Err(raise(vm, "Bad compression level")),
        Err(code) => return Err(error(vm, code, "while compressing data", None)),
    };
    let mut out = Vec::new();
    let code = pump(vm, &mut stream, &mut buffer.as_slice(), &mut out, Z_FINISH)?;
    if code != Z_STREAM_END {
        return Err(error(vm, code, "while compressing data", stream.message()));
    }
    bytes(vm, &out)
}

/// `decompress(data, /, wbits=15, bufsize=16384)`
fn decompress(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let window_bits = args.opt(1).map_or(Ok(15), |v| vm.to_i32(v))?;
    let size = args.opt(2).map_or(Ok(BUFFER as isize), |v| vm.to_isize(v))?;
    let buffer = vm.buffer(args.get(0), false)?;
    let Ok(size) = usize::try_from(size) else { return Err(vm.value_error("bufsize must be non-negative")) };
    let mut stream = match Stream::<Decompress>::new(window_bits) {
        Ok(stream) => stream,
        Err(Z_MEM_ERROR) => return Err(memory_error(vm, "Out of memory while decompressing data")),
        Err(code) => return Err(error(vm, code, "while preparing to decompress data", None)),
    };
    let mut out = Vec::new();
    grow(vm, &mut out, size, None)?;
    let code = pump(vm, &mut stream, &mut buffer.as_slice(), &mut out, Z_SYNC_FLUSH)?;
    match code {
        Z_STREAM_END => bytes(vm, &out),
        Z_MEM_ERROR => Err(memory_error(vm, "Out of memory while decompressing data")),
        // More was expected.
        Z_OK | Z_BUF_ERROR => Err(error(vm, Z_BUF_ERROR, "while decompressing data", None)),
        code => Err(error(vm, code, "while decompressing data", stream.message())),
    }
}

fn adler32(vm: &Vm, args: &Args<'_>) -> PyResult<u32> {
    let start = low_bits(vm, args.opt(1), 1)?;
    vm.with_buffer(args.get(0), |data| zlib_rs::adler32::adler32(start, data))
}

fn crc32(vm: &Vm, args: &Args<'_>) -> PyResult<u32> {
    let start = low_bits(vm, args.opt(1), 0)?;
    vm.with_buffer(args.get(0), |data| zlib_rs::crc32::crc32(start, data))
}

static FUNCTIONS: &[MethodDef] = &[
    method!("adler32", "($module, data, value=1, /)", adler32).doc(
        "Compute an Adler-32 checksum of data.\n\n  value\n    Starting value of the checksum.\n\nThe returned checksum is an integer.",
    ),
    method!("compress", "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)", compress).doc(
        "Returns a bytes object containing compressed data.\n\n  data\n    Binary data to be compressed.\n  level\n    \
         Compression level, in 0-9 or -1.\n  wbits\n    The window buffer size and container format.",
    ),
    method!(
        "compressobj",
        "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL, strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)",
        compress::make
    )
    .doc(
        "Return a compressor object.\n\n  level\n    The compression level (an integer in the range 0-9 or -1; default is\n    \
         currently equivalent to 6).  Higher compression levels are slower,\n    but produce smaller results.\n  method\n    \
         The compression algorithm.  If given, this must be DEFLATED.\n  wbits\n    +9 to +15: The base-two logarithm of the \
         window size.  Include a zlib\n        container.\n    -9 to -15: Generate a raw stream.\n    +25 to +31: Include a \
         gzip container.\n  memLevel\n    Controls the amount of memory used for internal compression state.\n    Valid \
         values range from 1 to 9.  Higher values result in higher memory\n    usage, faster compression, and smaller \
         output.\n  strategy\n    Used to tune the compression algorithm.  Possible values are\n    Z_DEFAULT_STRATEGY, \
         Z_FILTERED, and Z_HUFFMAN_ONLY.\n  zdict\n    The predefined compression dictionary - a sequence of bytes\n    \
         containing subsequences that are likely to occur in the input data.",
    ),
    method!("crc32", "($module, data, value=0, /)", crc32).doc(
        "Compute a CRC-32 checksum of data.\n\n  value\n    Starting value of the checksum.\n\nThe returned checksum is an integer.",
    ),
    method!("decompress", "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)", decompress).doc(
        "Returns a bytes object containing the uncompressed data.\n\n  data\n    Compressed data.\n  wbits\n    The window \
         buffer size and container format.\n  bufsize\n    The initial output buffer size.",
    ),
    method!("decompressobj", "($module, /, wbits=MAX_WBITS, zdict=b'')", decompress::make).doc(
        "Return a decompressor object.\n\n  wbits\n    The window buffer size and container format.\n  zdict\n    The \
         predefined compression dictionary.  This must be the same\n    dictionary as used by the compressor that produced \
         the input data.",
    ),
];

const CONSTANTS: &[(&str, i64)] = &[
    ("MAX_WBITS", 15),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", BUFFER as i64),
    ("Z_NO_COMPRESSION", 0),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", 2),
    ("Z_FULL_FLUSH", 3),
    ("Z_FINISH", 4),
    ("Z_BLOCK", 5),
    ("Z_TREES", 6),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for (name, value) in CONSTANTS {
        module.add_int(vm, name, *value)?;
    }
    module.add_str(vm, "__version__", "1.0")?;
    module.add_str(vm, "ZLIB_VERSION", &stream::version())?;
    module.add_str(vm, "ZLIB_RUNTIME_VERSION", &stream::version())?;
    module.add(vm, "error", ERROR.class(vm)?)?;
    module.add_type(vm, vm.native_type(&incremental::DEF)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("zlib", FUNCTIONS, init).doc(
    "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU \
     zip.\n\nadler32(string[, start]) -- Compute an Adler-32 checksum.\ncompress(data[, level]) -- Compress data, with \
     compression level 0-9 or -1.\ncompressobj([level[, ...]]) -- Return a compressor object.\ncrc32(string[, start]) -- \
     Compute a CRC-32 checksum.\ndecompress(string,[wbits],[bufsize]) -- Decompresses a compressed \
     string.\ndecompressobj([wbits[, zdict]]) -- Return a decompressor object.\n\n'wbits' is window buffer size and container \
     format.\nCompressor objects support compress() and flush() methods; decompressor\nobjects support decompress() and \
     flush().",
);
