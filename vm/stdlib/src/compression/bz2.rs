//! `_bz2`.

use std::ffi::c_int;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};
use libbz2_rs_sys::{
    BZ2_bzCompress, BZ2_bzCompressEnd, BZ2_bzCompressInit, BZ2_bzDecompress, BZ2_bzDecompressEnd, BZ2_bzDecompressInit,
    bz_stream,
};

use super::{
    COMPRESSOR_METHODS, Coder, Compressor, DECOMPRESSOR_GETSET, DECOMPRESSOR_METHODS, Decompressor, Status, Step,
    decompress_with, new_compressor, new_decompressor,
};
use crate::object::class_argument;

const RUN: c_int = 0;
const FINISH: c_int = 2;

const OK: c_int = 0;
const RUN_OK: c_int = 1;
const FLUSH_OK: c_int = 2;
const FINISH_OK: c_int = 3;
const STREAM_END: c_int = 4;
const PARAM_ERROR: c_int = -2;
const MEM_ERROR: c_int = -3;
const DATA_ERROR: c_int = -4;
const DATA_ERROR_MAGIC: c_int = -5;
const IO_ERROR: c_int = -6;
const UNEXPECTED_EOF: c_int = -7;

fn raise(vm: &Vm, code: i32) -> Raised {
    match code {
        PARAM_ERROR => vm.value_error("Internal error - invalid parameters passed to libbzip2"),
        MEM_ERROR => vm.memory_error(),
        DATA_ERROR | DATA_ERROR_MAGIC => vm.raise_message(vm.types.os_error, "Invalid data stream"),
        IO_ERROR => vm.raise_message(vm.types.os_error, "Unknown I/O error"),
        UNEXPECTED_EOF => vm.eof_error("Compressed file ended before the logical end-of-stream was detected"),
        _ => vm.runtime_error("Internal error - Invalid sequence of commands sent to libbzip2"),
    }
}

/// A stream of the library's, which must not move while it is open.
struct Stream {
    stream: Box<bz_stream>,
    compresses: bool,
}

// SAFETY: the library's state belongs to one stream, and a stream to one owner at a time.
unsafe impl Send for Stream {}

impl Stream {
    fn compress(level: c_int) -> Result<Stream, i32> {
        let mut stream = Box::new(bz_stream::zeroed());
        // SAFETY: a zeroed stream asks for the default allocator; its address stays as long as the box.
        match unsafe { BZ2_bzCompressInit(&mut *stream, level, 0, 0) } {
            OK => Ok(Stream { stream, compresses: true }),
            code => Err(code),
        }
    }

    fn decompress() -> Result<Stream, i32> {
        let mut stream = Box::new(bz_stream::zeroed());
        // SAFETY: as above.
        match unsafe { BZ2_bzDecompressInit(&mut *stream, 0, 0) } {
            OK => Ok(Stream { stream, compresses: false }),
            code => Err(code),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: opened for this direction, and closed nowhere else.
        unsafe {
            if self.compresses {
                BZ2_bzCompressEnd(&mut *self.stream);
            } else {
                BZ2_bzDecompressEnd(&mut *self.stream);
            }
        }
    }
}

impl Coder for Stream {
    fn step(&mut self, input: &[u8], room: &mut [u8], finish: bool) -> Step {
        // The library counts in 32 bits.
        let given = u32::try_from(input.len()).unwrap_or(u32::MAX);
        let free = u32::try_from(room.len()).unwrap_or(u32::MAX);
        if given == 0 && !finish && self.compresses {
            return Step { read: 0, written: 0, status: Status::More };
        }
        self.stream.next_in = input.as_ptr().cast();
        self.stream.avail_in = given;
        self.stream.next_out = room.as_mut_ptr().cast();
        self.stream.avail_out = free;
        // SAFETY: an open stream, whose pointers are good for so many bytes.
        let code = unsafe {
            if self.compresses {
                BZ2_bzCompress(&mut *self.stream, if finish { FINISH } else { RUN })
            } else {
                BZ2_bzDecompress(&mut *self.stream)
            }
        };
        let status = match code {
            OK | RUN_OK | FLUSH_OK | FINISH_OK => Status::More,
            STREAM_END => Status::End,
            code => Status::Failed(code),
        };
        Step { read: (given - self.stream.avail_in) as usize, written: (free - self.stream.avail_out) as usize, status }
    }
}

fn new_bz2_compressor(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Compressor>> {
    let class = class_argument(vm, args)?;
    let level = args.opt(1).map_or(Ok(9), |v| vm.to_i32(v))?;
    if !(1..=9).contains(&level) {
        return Err(vm.value_error("compresslevel must be between 1 and 9"));
    }
    let stream = Stream::compress(level).map_err(|code| raise(vm, code))?;
    new_compressor(vm, class, Box::new(stream), raise)
}

fn new_bz2_decompressor(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Decompressor>> {
    let class = class_argument(vm, args)?;
    if !args.rest.is_empty() {
        return Err(vm.type_error("BZ2Decompressor() takes no positional arguments"));
    }
    if !args.kw.is_empty() {
        return Err(vm.type_error("BZ2Decompressor() takes no keyword arguments"));
    }
    let stream = Stream::decompress().map_err(|code| raise(vm, code))?;
    new_decompressor(vm, class, Box::new(stream), 0, raise)
}

fn decompress(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    decompress_with(vm, args, "End of stream already reached")
}

static NEW_COMPRESSOR: &[MethodDef] =
    &[method!("__new__", "($type, compresslevel=9, /)", new_bz2_compressor).static_()];
static NEW_DECOMPRESSOR: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new_bz2_decompressor).static_(),
    method!("decompress", "($self, /, data, max_length=-1)", decompress)
        .doc("Decompress *data*, returning uncompressed data as bytes."),
];

static COMPRESSOR: TypeDef = TypeDef {
    module: "_bz2",
    layout: Some(crate::layouts::COMPRESSION_COMPRESSOR),
    methods: &[NEW_COMPRESSOR, COMPRESSOR_METHODS],
    doc: Some(
        "Create a compressor object for compressing data incrementally.\n\n  compresslevel\n    Compression level, as a \
         number between 1 and 9.\n\nFor one-shot compression, use the compress() function instead.",
    ),
    ..TypeDef::new("BZ2Compressor")
};

static DECOMPRESSOR: TypeDef = TypeDef {
    module: "_bz2",
    layout: Some(crate::layouts::COMPRESSION_DECOMPRESSOR),
    methods: &[NEW_DECOMPRESSOR, DECOMPRESSOR_METHODS],
    getset: DECOMPRESSOR_GETSET,
    doc: Some(
        "Create a decompressor object for decompressing data incrementally.\n\nFor one-shot decompression, use the \
         decompress() function instead.",
    ),
    ..TypeDef::new("BZ2Decompressor")
};

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    m.add_type(vm, vm.native_type(&COMPRESSOR)?)?;
    m.add_type(vm, vm.native_type(&DECOMPRESSOR)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("_bz2", &[], init);
