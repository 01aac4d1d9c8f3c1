//! `_lzma`.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, FromValue, GetSetDef, MethodDef, Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, getset, method};
use liblzma_sys::*;

use super::lzma_filters::{Chain, decode_properties, encode_properties};
use super::{
    COMPRESSOR_METHODS, Coder, Compressor, DECOMPRESSOR_GETSET, DECOMPRESSOR_METHODS, Decompressor, Status, Step,
    decompress_with, new_compressor, new_decompressor,
};
use crate::exception_class::{Base, ExceptionClass};
use crate::object::class_argument;

static ERROR: ExceptionClass =
    ExceptionClass::new("_lzma", "LZMAError", Base::Exception).doc("Call to liblzma failed.");

const FORMAT_AUTO: i32 = 0;
const FORMAT_XZ: i32 = 1;
const FORMAT_ALONE: i32 = 2;
const FORMAT_RAW: i32 = 3;

/// As long as nothing is known.
const CHECK_UNKNOWN: u32 = LZMA_CHECK_ID_MAX + 1;
const LZMA_CHECK_ID_MAX: u32 = 15;

pub fn lzma_error(vm: &Vm, message: impl AsRef<str>) -> Raised {
    ERROR.raise(vm, message)
}

pub fn raise(vm: &Vm, code: i32) -> Raised {
    let message = match code as lzma_ret {
        LZMA_MEM_ERROR => return vm.memory_error(),
        LZMA_UNSUPPORTED_CHECK => "Unsupported integrity check",
        LZMA_MEMLIMIT_ERROR => "Memory usage limit exceeded",
        LZMA_FORMAT_ERROR => "Input format not supported by decoder",
        LZMA_OPTIONS_ERROR => "Invalid or unsupported options",
        LZMA_DATA_ERROR => "Corrupt input data",
        LZMA_BUF_ERROR => "Insufficient buffer space",
        LZMA_PROG_ERROR => "Internal error",
        code => return lzma_error(vm, format!("Unrecognized error from liblzma: {code}")),
    };
    lzma_error(vm, message)
}

/// A stream of the library's.
struct Stream {
    stream: Box<lzma_stream>,
    /// Learned from a container's header.
    check: Option<u32>,
}

// SAFETY: the library's state belongs to one stream, and a stream to one owner at a time.
unsafe impl Send for Stream {}

impl Stream {
    /// Opens one by a function of the library's.
    fn open(init: impl FnOnce(&mut lzma_stream) -> lzma_ret) -> Result<Stream, i32> {
        // SAFETY: all zero is LZMA_STREAM_INIT: null pointers and zeros.
        let stream: lzma_stream = unsafe { std::mem::zeroed() };
        let mut stream = Stream { stream: Box::new(stream), check: None };
        match init(&mut stream.stream) {
            LZMA_OK => Ok(stream),
            code => Err(code as i32),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: initialised, if only with zeros; ended nowhere else.
        unsafe { lzma_end(&mut *self.stream) };
    }
}

impl Coder for Stream {
    fn step(&mut self, input: &[u8], room: &mut [u8], finish: bool) -> Step {
        self.stream.next_in = input.as_ptr();
        self.stream.avail_in = input.len();
        self.stream.next_out = room.as_mut_ptr();
        self.stream.avail_out = room.len();
        let code = loop {
            // SAFETY: an open stream, whose pointers are good for so many bytes.
            match unsafe { lzma_code(&mut *self.stream, if finish { LZMA_FINISH } else { LZMA_RUN }) } {
                // It stops to tell of the check, once for each stream.
                LZMA_NO_CHECK | LZMA_GET_CHECK => {
                    // SAFETY: an open decoder that has just told of its check.
                    self.check = Some(unsafe { lzma_get_check(&*self.stream) });
                }
                code => break code,
            }
        };
        let starved = self.stream.avail_in == 0 || self.stream.avail_out == 0;
        let status = match code {
            LZMA_OK => Status::More,
            LZMA_STREAM_END => Status::End,
            // No progress for want of input or room is no error here.
            LZMA_BUF_ERROR if starved => Status::More,
            code => Status::Failed(code as i32),
        };
        Step { read: input.len() - self.stream.avail_in, written: room.len() - self.stream.avail_out, status }
    }

    fn check(&self) -> Option<u32> {
        self.check
    }
}

/// An int that fits 32 bits without sign.
pub fn to_u32(vm: &Vm, v: Value) -> PyResult<u32> {
    let i = vm.index(v)?;
    match int::to_u64(i).map(u32::try_from) {
        Some(Ok(n)) => Ok(n),
        _ if int::view(&i).is_some_and(int::IntRef::is_negative) => Err(vm.value_error("Cannot convert negative int")),
        _ => Err(vm.overflow_error("Python int too large for C uint32_t")),
    }
}

/// An int that fits 64 bits without sign.
pub fn to_u64(vm: &Vm, v: Value, name: &str) -> PyResult<u64> {
    let i = vm.index(v)?;
    match int::to_u64(i) {
        Some(n) => Ok(n),
        None if int::view(&i).is_some_and(int::IntRef::is_negative) => {
            Err(vm.value_error("Cannot convert negative int"))
        }
        None => Err(vm.overflow_error(format!("Python int too large for C {name}"))),
    }
}

fn new_lzma_compressor(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Compressor>> {
    let class = class_argument(vm, args)?;
    let format = args.opt(1).map_or(Ok(FORMAT_XZ), |v| vm.to_i32(v))?;
    let check = args.opt(2).map_or(Ok(-1), |v| vm.to_i32(v))?;
    let (preset, filters) = (args.opt_not_none(3), args.opt_not_none(4));
    if preset.is_some() && filters.is_some() {
        return Err(vm.value_error("Cannot specify both preset and filter chain"));
    }
    let preset = preset.map_or(Ok(LZMA_PRESET_DEFAULT), |v| to_u32(vm, v))?;
    if format != FORMAT_XZ && check != -1 && check != LZMA_CHECK_NONE as i32 {
        return Err(vm.value_error("Integrity checks are only supported by FORMAT_XZ"));
    }
    let chain = filters.map(|f| Chain::parse(vm, f)).transpose()?;
    let stream = match (format, &chain) {
        (FORMAT_XZ, chain) => {
            let check = if check == -1 { LZMA_CHECK_CRC64 } else { check as lzma_check };
            // SAFETY: an initialised stream; a chain lives as long as the call, which copies what it needs.
            Stream::open(|s| unsafe {
                match chain {
                    None => lzma_easy_encoder(s, preset, check),
                    Some(chain) => lzma_stream_encoder(s, chain.as_ptr(), check),
                }
            })
        }
        (FORMAT_ALONE, None) => {
            // SAFETY: plain data, for which all zero is valid.
            let mut options: lzma_options_lzma = unsafe { std::mem::zeroed() };
            // SAFETY: a struct of the caller's.
            if unsafe { lzma_lzma_preset(&mut options, preset) } != 0 {
                return Err(lzma_error(vm, format!("Invalid compression preset: {preset}")));
            }
            // SAFETY: an initialised stream; the options are copied.
            Stream::open(|s| unsafe { lzma_alone_encoder(s, &options) })
        }
        (FORMAT_ALONE, Some(chain)) => match chain.single_lzma1() {
            // SAFETY: as above.
            Some(options) => Stream::open(|s| unsafe { lzma_alone_encoder(s, options) }),
            None => {
                return Err(vm.value_error("Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter"));
            }
        },
        (FORMAT_RAW, None) => return Err(vm.value_error("Must specify filters for FORMAT_RAW")),
        // SAFETY: as above.
        (FORMAT_RAW, Some(chain)) => Stream::open(|s| unsafe { lzma_raw_encoder(s, chain.as_ptr()) }),
        _ => return Err(vm.value_error(format!("Invalid container format: {format}"))),
    };
    let stream = stream.map_err(|code| raise(vm, code))?;
    new_compressor(vm, class, Box::new(stream), raise)
}

fn new_lzma_decompressor(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Decompressor>> {
    let class = class_argument(vm, args)?;
    let format = args.opt(1).map_or(Ok(FORMAT_AUTO), |v| vm.to_i32(v))?;
    let (memlimit, filters) = (args.opt_not_none(2), args.opt_not_none(3));
    let limit = match memlimit {
        None => u64::MAX,
        Some(_) if format == FORMAT_RAW => {
            return Err(vm.value_error("Cannot specify memory limit with FORMAT_RAW"));
        }
        Some(v) => to_u64(vm, v, "uint64_t")?,
    };
    match (format, filters) {
        (FORMAT_RAW, None) => return Err(vm.value_error("Must specify filters for FORMAT_RAW")),
        (FORMAT_RAW, _) | (_, None) => {}
        _ => return Err(vm.value_error("Cannot specify filters except with FORMAT_RAW")),
    }
    const TELL: u32 = LZMA_TELL_NO_CHECK | LZMA_TELL_ANY_CHECK;
    let mut check = CHECK_UNKNOWN;
    // SAFETY (of all four): an initialised stream; a chain lives as long as the call, which copies what it needs.
    let stream = match (format, filters) {
        // SAFETY: see above.
        (FORMAT_AUTO, _) => Stream::open(|s| unsafe { lzma_auto_decoder(s, limit, TELL) }),
        // SAFETY: see above.
        (FORMAT_XZ, _) => Stream::open(|s| unsafe { lzma_stream_decoder(s, limit, TELL) }),
        (FORMAT_ALONE, _) => {
            check = LZMA_CHECK_NONE;
            // SAFETY: see above.
            Stream::open(|s| unsafe { lzma_alone_decoder(s, limit) })
        }
        (FORMAT_RAW, Some(filters)) => {
            check = LZMA_CHECK_NONE;
            let chain = Chain::parse(vm, filters)?;
            // SAFETY: see above.
            Stream::open(|s| unsafe { lzma_raw_decoder(s, chain.as_ptr()) })
        }
        _ => return Err(vm.value_error(format!("Invalid container format: {format}"))),
    };
    let stream = stream.map_err(|code| raise(vm, code))?;
    new_decompressor(vm, class, Box::new(stream), check, raise)
}

fn decompress(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    decompress_with(vm, args, "Already at end of stream")
}

fn check(vm: &Vm, this: Value) -> PyResult<u32> {
    Ok(Ref::<Decompressor>::from_value(vm, this)?.check.get())
}

fn is_check_supported(vm: &Vm, id: Value) -> PyResult<bool> {
    let id = vm.to_i32(id)?;
    // SAFETY: takes a number.
    Ok(unsafe { lzma_check_is_supported(id as lzma_check) } != 0)
}

static NEW_COMPRESSOR: &[MethodDef] =
    &[method!("__new__", "($type, format=FORMAT_XZ, check=-1, preset=None, filters=None)", new_lzma_compressor)
        .static_()];
static NEW_DECOMPRESSOR: &[MethodDef] = &[
    method!("__new__", "($type, format=FORMAT_AUTO, memlimit=None, filters=None)", new_lzma_decompressor).static_(),
    method!("decompress", "($self, /, data, max_length=-1)", decompress)
        .doc("Decompress *data*, returning uncompressed data as bytes."),
];
static CHECK: GetSetDef = getset!("check", check).member().doc("ID of the integrity check used by the input stream.");
static DECOMPRESSOR_MEMBERS: [GetSetDef; 4] = {
    let [eof, unused, needs] = [&DECOMPRESSOR_GETSET[0], &DECOMPRESSOR_GETSET[1], &DECOMPRESSOR_GETSET[2]];
    [copy_of(&CHECK), copy_of(eof), copy_of(unused), copy_of(needs)]
};

const fn copy_of(g: &GetSetDef) -> GetSetDef {
    GetSetDef { name: g.name, get: g.get, set: g.set, member: g.member, doc: g.doc }
}

static COMPRESSOR: TypeDef = TypeDef {
    module: "_lzma",
    layout: Some(crate::layouts::COMPRESSION_COMPRESSOR),
    methods: &[NEW_COMPRESSOR, COMPRESSOR_METHODS],
    doc: Some("Create a compressor object for compressing data incrementally."),
    ..TypeDef::new("LZMACompressor")
};

static DECOMPRESSOR: TypeDef = TypeDef {
    module: "_lzma",
    layout: Some(crate::layouts::COMPRESSION_DECOMPRESSOR),
    methods: &[NEW_DECOMPRESSOR, DECOMPRESSOR_METHODS],
    getset: &DECOMPRESSOR_MEMBERS,
    doc: Some("Create a decompressor object for decompressing data incrementally."),
    ..TypeDef::new("LZMADecompressor")
};

const FUNCTIONS: &[MethodDef] = &[
    method!("is_check_supported", 1, is_check_supported).text("($module, check_id, /)").doc(
        "Test whether the given integrity check is supported.\n\nAlways returns True for CHECK_NONE and CHECK_CRC32.",
    ),
    method!("_encode_filter_properties", 1, encode_properties).text("($module, filter, /)"),
    method!("_decode_filter_properties", 2, decode_properties).text("($module, filter_id, encoded_props, /)"),
];

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    m.add_type(vm, vm.native_type(&COMPRESSOR)?)?;
    m.add_type(vm, vm.native_type(&DECOMPRESSOR)?)?;
    m.add_type(vm, ERROR.class(vm)?)?;
    let constants: [(&str, u64); 28] = [
        ("FORMAT_AUTO", 0),
        ("FORMAT_XZ", 1),
        ("FORMAT_ALONE", 2),
        ("FORMAT_RAW", 3),
        ("CHECK_NONE", u64::from(LZMA_CHECK_NONE)),
        ("CHECK_CRC32", u64::from(LZMA_CHECK_CRC32)),
        ("CHECK_CRC64", u64::from(LZMA_CHECK_CRC64)),
        ("CHECK_SHA256", u64::from(LZMA_CHECK_SHA256)),
        ("CHECK_ID_MAX", u64::from(LZMA_CHECK_ID_MAX)),
        ("CHECK_UNKNOWN", u64::from(CHECK_UNKNOWN)),
        ("FILTER_LZMA1", LZMA_FILTER_LZMA1),
        ("FILTER_LZMA2", LZMA_FILTER_LZMA2),
        ("FILTER_DELTA", LZMA_FILTER_DELTA),
        ("FILTER_X86", LZMA_FILTER_X86),
        ("FILTER_IA64", LZMA_FILTER_IA64),
        ("FILTER_ARM", LZMA_FILTER_ARM),
        ("FILTER_ARMTHUMB", LZMA_FILTER_ARMTHUMB),
        ("FILTER_SPARC", LZMA_FILTER_SPARC),
        ("FILTER_POWERPC", LZMA_FILTER_POWERPC),
        ("MF_HC3", u64::from(LZMA_MF_HC3)),
        ("MF_HC4", u64::from(LZMA_MF_HC4)),
        ("MF_BT2", u64::from(LZMA_MF_BT2)),
        ("MF_BT3", u64::from(LZMA_MF_BT3)),
        ("MF_BT4", u64::from(LZMA_MF_BT4)),
        ("MODE_FAST", u64::from(LZMA_MODE_FAST)),
        ("MODE_NORMAL", u64::from(LZMA_MODE_NORMAL)),
        ("PRESET_DEFAULT", u64::from(LZMA_PRESET_DEFAULT)),
        ("PRESET_EXTREME", u64::from(LZMA_PRESET_EXTREME)),
    ];
    for (name, value) in constants {
        m.add_int(vm, name, value as i64)?;
    }
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef::new("_lzma", FUNCTIONS, init);
