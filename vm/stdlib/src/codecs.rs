//! `_codecs`: the registry and the functions that the codecs of `encodings` are made of.

use brolga_runtime::codecs::handler::{Failure, Handler};
use brolga_runtime::codecs::{BuiltIn, pair, registry};
use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};
use brolga_text::codecs::charmap::{self, Mapped};
use brolga_text::codecs::escape::{self, BytesError, BytesPolicy, InvalidEscape};
use brolga_text::codecs::policy::Encoding;
use brolga_text::codecs::{ByteOrder, DecodeErrors, utf7};
use brolga_text::unicode::MAX_CODE;
use brolga_text::{Text, TextBuf};

type Pair = PyResult<Ref<PyTuple>>;

fn no_memory(vm: &Vm) -> Raised {
    vm.memory_error()
}

/// A `str` argument, by its position.
fn text(vm: &Vm, args: &Args<'_>, i: usize, name: &str) -> PyResult<Ref<PyStr>> {
    vm.expect_str(args.get(i), &format!("{name}() argument {}", i + 1))
}

/// The `errors` argument: `str` or None.
fn errors(vm: &Vm, args: &Args<'_>, name: &str) -> PyResult<Option<Ref<PyStr>>> {
    match args.opt_not_none(1) {
        None => Ok(None),
        Some(v) => match v.downcast() {
            Some(s) => Ok(Some(s)),
            None => {
                let got = vm.type_name(v);
                Err(vm.type_error(format!("{name}() argument 2 must be str or None, not {got}")))
            }
        },
    }
}

fn flag(vm: &Vm, args: &Args<'_>, i: usize, default: bool) -> PyResult<bool> {
    args.opt(i).map_or(Ok(default), |v| vm.is_true(v))
}

fn bytes_pair(vm: &Vm, bytes: &[u8], length: usize) -> Pair {
    let bytes = PyBytes::new(vm, bytes)?;
    pair(vm, bytes.value(), length)
}

fn text_pair(vm: &Vm, out: TextBuf, length: usize) -> Pair {
    let text = PyStr::from_buf(vm, out)?;
    pair(vm, text.value(), length)
}

// The registry.

fn register(vm: &Vm, search: Value) -> PyResult<()> {
    registry::register(vm, search)
}

fn unregister(vm: &Vm, search: Value) -> PyResult<()> {
    registry::unregister(vm, search)
}

fn lookup(vm: &Vm, encoding: Value) -> Pair {
    let encoding = vm.expect_str(encoding, "lookup() argument")?;
    registry::lookup(vm, encoding)
}

fn register_error(vm: &Vm, name: Value, handler: Value) -> PyResult<()> {
    let name = vm.expect_str(name, "register_error() argument 1")?;
    registry::register_error(vm, name, handler)
}

fn unregister_error(vm: &Vm, name: Value) -> PyResult<bool> {
    let name = vm.expect_str(name, "_unregister_error() argument")?;
    registry::unregister_error(vm, name)
}

fn lookup_error(vm: &Vm, name: Value) -> PyResult<Value> {
    let name = vm.expect_str(name, "lookup_error() argument")?;
    registry::lookup_error(vm, name)
}

/// Encodes or decodes any object by the codec of that name.
fn transform(vm: &Vm, args: &Args<'_>, which: usize, name: &str) -> PyResult<Value> {
    let encoding = match args.opt(1) {
        Some(v) => vm.expect_str(v, &format!("{name}() argument 'encoding'"))?,
        None => vm.names.utf_8,
    };
    let errors = args.opt(2).map(|v| vm.expect_str(v, &format!("{name}() argument 'errors'"))).transpose()?;
    let codec = registry::lookup(vm, encoding)?;
    let coder = codec.get(which).unwrap_or(Value::NONE);
    registry::run(vm, coder, args.get(0), errors, which)
}

fn encode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    transform(vm, args, registry::ENCODER, "encode")
}

fn decode(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    transform(vm, args, registry::DECODER, "decode")
}

// The built-in codecs.

fn encode_with(vm: &Vm, args: &Args<'_>, codec: BuiltIn, name: &str) -> Pair {
    let s = text(vm, args, 0, name)?;
    let errors = errors(vm, args, name)?;
    bytes_pair(vm, &codec.encode(vm, s, errors)?, s.len())
}

fn decode_with(vm: &Vm, args: &Args<'_>, codec: BuiltIn, name: &str, is_final: bool) -> Pair {
    let errors = errors(vm, args, name)?;
    let data = vm.buffer(args.get(0), false)?;
    let (s, read, _) = codec.decode(vm, args.get(0), data.as_slice(), errors, is_final)?;
    pair(vm, s.value(), read)
}

macro_rules! codecs {
    ($($encode:ident $decode:ident $codec:expr, $final:expr;)*) => {$(
        fn $encode(vm: &Vm, args: &Args<'_>) -> Pair {
            encode_with(vm, args, $codec, stringify!($encode))
        }
        fn $decode(vm: &Vm, args: &Args<'_>) -> Pair {
            let is_final = $final || flag(vm, args, 2, false)?;
            decode_with(vm, args, $codec, stringify!($decode), is_final)
        }
    )*};
}

codecs! {
    utf_8_encode utf_8_decode BuiltIn::Utf8, false;
    ascii_encode ascii_decode BuiltIn::Ascii, true;
    latin_1_encode latin_1_decode BuiltIn::Latin1, true;
    utf_16_le_encode utf_16_le_decode BuiltIn::Utf16(Some(ByteOrder::Little)), false;
    utf_16_be_encode utf_16_be_decode BuiltIn::Utf16(Some(ByteOrder::Big)), false;
    utf_32_le_encode utf_32_le_decode BuiltIn::Utf32(Some(ByteOrder::Little)), false;
    utf_32_be_encode utf_32_be_decode BuiltIn::Utf32(Some(ByteOrder::Big)), false;
}

/// The `byteorder` argument: negative is little-endian, 0 by the mark.
fn order(vm: &Vm, args: &Args<'_>) -> PyResult<Option<ByteOrder>> {
    let n = args.opt(2).map_or(Ok(0), |v| vm.to_i32(v))?;
    Ok(match n {
        0 => None,
        n if n < 0 => Some(ByteOrder::Little),
        _ => Some(ByteOrder::Big),
    })
}

fn utf_16_encode(vm: &Vm, args: &Args<'_>) -> Pair {
    encode_with(vm, args, BuiltIn::Utf16(order(vm, args)?), "utf_16_encode")
}
fn utf_32_encode(vm: &Vm, args: &Args<'_>) -> Pair {
    encode_with(vm, args, BuiltIn::Utf32(order(vm, args)?), "utf_32_encode")
}
fn utf_16_decode(vm: &Vm, args: &Args<'_>) -> Pair {
    decode_with(vm, args, BuiltIn::Utf16(None), "utf_16_decode", flag(vm, args, 2, false)?)
}
fn utf_32_decode(vm: &Vm, args: &Args<'_>) -> Pair {
    decode_with(vm, args, BuiltIn::Utf32(None), "utf_32_decode", flag(vm, args, 2, false)?)
}

/// Gives the byte order too: what an incremental decoder remembers.
fn decode_ex(vm: &Vm, args: &Args<'_>, codec: BuiltIn, name: &str) -> Pair {
    let errors = errors(vm, args, name)?;
    let is_final = flag(vm, args, 3, false)?;
    let data = vm.buffer(args.get(0), false)?;
    let bytes = data.as_slice();
    let (s, read, _) = codec.decode(vm, args.get(0), bytes, errors, is_final)?;
    let found = match codec {
        BuiltIn::Utf16(Some(o)) | BuiltIn::Utf32(Some(o)) => Some(o),
        BuiltIn::Utf16(None) if bytes.starts_with(&[0xff, 0xfe]) => Some(ByteOrder::Little),
        BuiltIn::Utf16(None) if bytes.starts_with(&[0xfe, 0xff]) => Some(ByteOrder::Big),
        BuiltIn::Utf32(None) if bytes.starts_with(&[0xff, 0xfe, 0, 0]) => Some(ByteOrder::Little),
        BuiltIn::Utf32(None) if bytes.starts_with(&[0, 0, 0xfe, 0xff]) => Some(ByteOrder::Big),
        _ => None,
    };
    let order = match found {
        Some(ByteOrder::Little) => -1,
        Some(ByteOrder::Big) => 1,
        None => 0,
    };
    vm.new_tuple(&[s.value(), Value::from_len(read), Value::from_i32(order)])
}

fn utf_16_ex_decode(vm: &Vm, args: &Args<'_>) -> Pair {
    decode_ex(vm, args, BuiltIn::Utf16(order(vm, args)?), "utf_16_ex_decode")
}
fn utf_32_ex_decode(vm: &Vm, args: &Args<'_>) -> Pair {
    decode_ex(vm, args, BuiltIn::Utf32(order(vm, args)?), "utf_32_ex_decode")
}

fn utf_7_encode(vm: &Vm, args: &Args<'_>) -> Pair {
    let s = text(vm, args, 0, "utf_7_encode")?;
    let bytes = utf7::encode(s.view()).map_err(|_| no_memory(vm))?;
    bytes_pair(vm, &bytes, s.len())
}

/// Decodes with an algorithm that gives the number of bytes read.
fn decode_by(
    vm: &Vm,
    args: &Args<'_>,
    name: &str,
    encoding: &'static str,
    data: &[u8],
    f: impl FnOnce(&[u8], &mut TextBuf, &mut Handler<'_>) -> Result<usize, Failure>,
) -> Pair {
    let errors = errors(vm, args, name)?;
    let mut handler = Handler::new(vm, encoding, Encoding::Other, args.get(0), errors);
    let mut out = TextBuf::with_capacity(data.len());
    let read = f(data, &mut out, &mut handler).map_err(|e| e.raise(vm))?;
    text_pair(vm, out, read)
}

fn utf_7_decode(vm: &Vm, args: &Args<'_>) -> Pair {
    let is_final = flag(vm, args, 2, false)?;
    let data = vm.buffer(args.get(0), false)?;
    decode_by(vm, args, "utf_7_decode", "utf7", data.as_slice(), |input, out, handler| {
        utf7::decode(input, is_final, out, handler)
    })
}

// Escapes.

/// The bytes of a bytes-like object, or the UTF-8 of a string.
fn bytes_or_text(vm: &Vm, v: Value) -> PyResult<Vec<u8>> {
    if let Some(s) = v.downcast::<PyStr>() {
        return brolga_runtime::codecs::utf8(vm, s);
    }
    let data = vm.buffer(v, false)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(data.len()).map_err(|_| no_memory(vm))?;
    bytes.extend_from_slice(data.as_slice());
    Ok(bytes)
}

fn warn_escape(vm: &Vm, invalid: Option<InvalidEscape>, bytes: bool) -> PyResult<()> {
    match invalid {
        Some(invalid) => vm.warn(vm.types.deprecation_warning, &invalid.message(bytes), 1),
        None => Ok(()),
    }
}

fn unicode_escape_encode(vm: &Vm, args: &Args<'_>) -> Pair {
    let s = text(vm, args, 0, "unicode_escape_encode")?;
    let bytes = escape::encode_unicode(s.view()).map_err(|_| no_memory(vm))?;
    bytes_pair(vm, &bytes, s.len())
}

fn raw_unicode_escape_encode(vm: &Vm, args: &Args<'_>) -> Pair {
    let s = text(vm, args, 0, "raw_unicode_escape_encode")?;
    let bytes = escape::encode_raw(s.view()).map_err(|_| no_memory(vm))?;
    bytes_pair(vm, &bytes, s.len())
}

fn unicode_escape_decode(vm: &Vm, args: &Args<'_>) -> Pair {
    let is_final = flag(vm, args, 2, true)?;
    let data = bytes_or_text(vm, args.get(0))?;
    let mut invalid = None;
    let result = decode_by(vm, args, "unicode_escape_decode", "unicodeescape", &data, |input, out, handler| {
        let (read, found) = escape::decode_unicode(input, is_final, out, handler)?;
        invalid = found;
        Ok(read)
    })?;
    warn_escape(vm, invalid, false)?;
    Ok(result)
}

fn raw_unicode_escape_decode(vm: &Vm, args: &Args<'_>) -> Pair {
    let is_final = flag(vm, args, 2, true)?;
    let data = bytes_or_text(vm, args.get(0))?;
    decode_by(vm, args, "raw_unicode_escape_decode", "rawunicodeescape", &data, |input, out, handler| {
        escape::decode_raw(input, is_final, out, handler)
    })
}

fn escape_decode(vm: &Vm, args: &Args<'_>) -> Pair {
    let data = bytes_or_text(vm, args.get(0))?;
    let errors = errors(vm, args, "escape_decode")?.map(|e| e.to_lossy());
    let policy = match errors.as_deref() {
        Some("replace") => BytesPolicy::Replace,
        Some("ignore") => BytesPolicy::Ignore,
        _ => BytesPolicy::Strict,
    };
    match escape::decode_bytes(&data, policy) {
        Ok((bytes, invalid)) => {
            warn_escape(vm, invalid, true)?;
            bytes_pair(vm, &bytes, data.len())
        }
        Err(BytesError::NoMemory) => Err(no_memory(vm)),
        Err(error) => Err(vm.value_error(error.to_string())),
    }
}

fn escape_encode(vm: &Vm, args: &Args<'_>) -> Pair {
    let Some(data) = args.get(0).downcast::<PyBytes>() else {
        let got = vm.type_name(args.get(0));
        return Err(vm.type_error(format!("escape_encode() argument 1 must be bytes, not {got}")));
    };
    let bytes = escape::encode_bytes(data.as_slice()).map_err(|_| no_memory(vm))?;
    bytes_pair(vm, &bytes, data.len())
}

fn readbuffer_encode(vm: &Vm, args: &Args<'_>) -> Pair {
    let bytes = bytes_or_text(vm, args.get(0))?;
    bytes_pair(vm, &bytes, bytes.len())
}

// Codecs by table.

/// A dict from characters to bytes.
fn charmap_build(vm: &Vm, table: Value) -> PyResult<Ref<PyDict>> {
    let table = vm.expect_str(table, "charmap_build() argument")?;
    let dict = vm.new_dict()?;
    for (byte, code) in table.view().iter().enumerate().take(256) {
        if code != 0xfffe {
            dict.set_item(vm, Value::from_int_truncated(i64::from(code)), Value::from_len(byte))?;
        }
    }
    Ok(dict)
}

/// `mapping[key]`; `None`: LookupError or None.
fn map_item(vm: &Vm, mapping: Value, key: Value) -> PyResult<Option<Value>> {
    let found = match vm.get_item(mapping, key) {
        Ok(v) => Some(v),
        Err(raised) => vm.catch(raised, vm.types.lookup_error).map(|_| None)?,
    };
    Ok(found.filter(|v| !v.is_none()))
}

fn charmap_decode(vm: &Vm, args: &Args<'_>) -> Pair {
    let data = vm.buffer(args.get(0), false)?;
    let bytes = data.as_slice();
    let Some(mapping) = args.opt_not_none(2) else {
        let text = PyStr::from_text(vm, Text::One(bytes))?;
        return pair(vm, text.value(), bytes.len());
    };
    decode_by(vm, args, "charmap_decode", "charmap", bytes, |input, out, handler| {
        match mapping.downcast::<PyStr>() {
            Some(table) => charmap::decode(input, table.view(), out, handler)?,
            None => decode_mapping(vm, mapping, input, out, handler)?,
        }
        Ok(input.len())
    })
}

fn decode_mapping(
    vm: &Vm,
    mapping: Value,
    input: &[u8],
    out: &mut TextBuf,
    handler: &mut Handler<'_>,
) -> Result<(), Failure> {
    let mut at = 0;
    while let Some(byte) = input.get(at) {
        let found = map_item(vm, mapping, Value::from_i32(i32::from(*byte)))?;
        match found {
            Some(v) if vm.is_instance(v, vm.types.int) => match int::to_i64(v) {
                Some(0xfffe) => {
                    at = handler.handle(input, at, at + 1, "character maps to <undefined>", out)?;
                    continue;
                }
                Some(c) if (0..=i64::from(MAX_CODE)).contains(&c) => out.push(c as u32),
                _ => return Err(vm.type_error("character mapping must be in range(0x110000)").into()),
            },
            Some(v) => match v.downcast::<PyStr>() {
                Some(s) if s.len() == 1 && s.char_at(0) == 0xfffe => {
                    at = handler.handle(input, at, at + 1, "character maps to <undefined>", out)?;
                    continue;
                }
                Some(s) => out.push_text(s.view()),
                None => return Err(vm.type_error("character mapping must return integer, None or str").into()),
            },
            None => {
                at = handler.handle(input, at, at + 1, "character maps to <undefined>", out)?;
                continue;
            }
        }
        at += 1;
    }
    Ok(())
}

fn charmap_encode(vm: &Vm, args: &Args<'_>) -> Pair {
    let s = text(vm, args, 0, "charmap_encode")?;
    let errors = errors(vm, args, "charmap_encode")?;
    let Some(mapping) = args.opt_not_none(2) else {
        return bytes_pair(vm, &BuiltIn::Latin1.encode(vm, s, errors)?, s.len());
    };
    let mut handler = Handler::new(vm, "charmap", Encoding::Other, s.value(), errors);
    let mut map = |code: u32| -> Result<Mapped, Failure> {
        let Some(v) = map_item(vm, mapping, Value::from_int_truncated(i64::from(code)))? else {
            return Ok(Mapped::Undefined);
        };
        if vm.is_instance(v, vm.types.int) {
            return match int::to_i64(v).and_then(|n| u8::try_from(n).ok()) {
                Some(byte) => Ok(Mapped::Byte(byte)),
                None => Err(vm.type_error("character mapping must be in range(256)").into()),
            };
        }
        match v.downcast::<PyBytes>() {
            Some(bytes) => Ok(Mapped::Bytes(bytes.as_slice().to_vec())),
            None => {
                let got = vm.type_name(v);
                Err(vm.type_error(format!("character mapping must return integer, bytes or None, not {got}")).into())
            }
        }
    };
    let bytes = charmap::encode(s.view(), &mut map, &mut handler).map_err(|e| e.raise(vm))?;
    bytes_pair(vm, &bytes, s.len())
}

const FUNCTIONS: &[MethodDef] = &[
    method!("register", 1, register),
    method!("unregister", 1, unregister),
    method!("lookup", 1, lookup),
    method!("encode", "($module, /, obj, encoding='utf-8', errors='strict')", encode),
    method!("decode", "($module, /, obj, encoding='utf-8', errors='strict')", decode),
    method!("register_error", 2, register_error),
    method!("_unregister_error", 1, unregister_error),
    method!("lookup_error", 1, lookup_error),
    method!("utf_8_encode", "($module, str, errors=None, /)", utf_8_encode),
    method!("utf_8_decode", "($module, data, errors=None, final=False, /)", utf_8_decode),
    method!("utf_7_encode", "($module, str, errors=None, /)", utf_7_encode),
    method!("utf_7_decode", "($module, data, errors=None, final=False, /)", utf_7_decode),
    method!("utf_16_encode", "($module, str, errors=None, byteorder=0, /)", utf_16_encode),
    method!("utf_16_le_encode", "($module, str, errors=None, /)", utf_16_le_encode),
    method!("utf_16_be_encode", "($module, str, errors=None, /)", utf_16_be_encode),
    method!("utf_16_decode", "($module, data, errors=None, final=False, /)", utf_16_decode),
    method!("utf_16_le_decode", "($module, data, errors=None, final=False, /)", utf_16_le_decode),
    method!("utf_16_be_decode", "($module, data, errors=None, final=False, /)", utf_16_be_decode),
    method!("utf_16_ex_decode", "($module, data, errors=None, byteorder=0, final=False, /)", utf_16_ex_decode),
    method!("utf_32_encode", "($module, str, errors=None, byteorder=0, /)", utf_32_encode),
    method!("utf_32_le_encode", "($module, str, errors=None, /)", utf_32_le_encode),
    method!("utf_32_be_encode", "($module, str, errors=None, /)", utf_32_be_encode),
    method!("utf_32_decode", "($module, data, errors=None, final=False, /)", utf_32_decode),
    method!("utf_32_le_decode", "($module, data, errors=None, final=False, /)", utf_32_le_decode),
    method!("utf_32_be_decode", "($module, data, errors=None, final=False, /)", utf_32_be_decode),
    method!("utf_32_ex_decode", "($module, data, errors=None, byteorder=0, final=False, /)", utf_32_ex_decode),
    method!("unicode_escape_encode", "($module, str, errors=None, /)", unicode_escape_encode),
    method!("unicode_escape_decode", "($module, data, errors=None, final=True, /)", unicode_escape_decode),
    method!("raw_unicode_escape_encode", "($module, str, errors=None, /)", raw_unicode_escape_encode),
    method!("raw_unicode_escape_decode", "($module, data, errors=None, final=True, /)", raw_unicode_escape_decode),
    method!("latin_1_encode", "($module, str, errors=None, /)", latin_1_encode),
    method!("latin_1_decode", "($module, data, errors=None, /)", latin_1_decode),
    method!("ascii_encode", "($module, str, errors=None, /)", ascii_encode),
    method!("ascii_decode", "($module, data, errors=None, /)", ascii_decode),
    method!("charmap_build", 1, charmap_build),
    method!("charmap_encode", "($module, str, errors=None, mapping=None, /)", charmap_encode),
    method!("charmap_decode", "($module, data, errors=None, mapping=None, /)", charmap_decode),
    method!("escape_encode", "($module, data, errors=None, /)", escape_encode),
    method!("escape_decode", "($module, data, errors=None, /)", escape_decode),
    method!("readbuffer_encode", "($module, data, errors=None, /)", readbuffer_encode),
];

pub static MODULE: ModuleDef = ModuleDef::new("_codecs", FUNCTIONS, nothing);
