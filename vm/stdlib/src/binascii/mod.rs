//! `binascii`: binary data as ASCII text, and back.

mod base64;
mod checksum;
mod hex;
mod quopri;
mod uu;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use crate::exception_class::{Base, ExceptionClass};

pub use checksum::low_bits;

static ERROR: ExceptionClass = ExceptionClass::new("binascii", "Error", Base::ValueError);
static INCOMPLETE: ExceptionClass = ExceptionClass::new("binascii", "Incomplete", Base::Exception);

fn error(vm: &Vm, message: impl AsRef<str>) -> Raised {
    ERROR.raise(vm, message)
}

fn bytes(vm: &Vm, data: &[u8]) -> PyResult<Value> {
    Ok(PyBytes::new(vm, data)?.value())
}

fn with_capacity(vm: &Vm, n: Option<usize>) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    let n = n.ok_or_else(|| vm.memory_error())?;
    out.try_reserve_exact(n).map_err(|_| vm.memory_error())?;
    Ok(out)
}

/// Runs `f` on bytes, or on the ASCII of a string.
fn with_ascii<R>(vm: &Vm, v: Value, f: impl FnOnce(&[u8]) -> PyResult<R>) -> PyResult<R> {
    if let Some(text) = v.downcast::<PyStr>() {
        return match text.as_ascii() {
            Some(ascii) => f(ascii.as_bytes()),
            None => Err(vm.value_error("string argument should contain only ASCII characters")),
        };
    }
    if !vm.has_buffer(v) {
        let got = vm.type_name(v);
        return Err(vm.type_error(format!("argument should be bytes, buffer or ASCII string, not '{got}'")));
    }
    let buffer = vm.buffer(v, false)?;
    f(buffer.as_slice())
}

const FUNCTIONS: &[MethodDef] = &[
    method!("a2b_uu", "($module, data, /)", uu::decode).doc("Decode a line of uuencoded data."),
    method!("b2a_uu", "($module, data, /, *, backtick=False)", uu::encode).doc("Uuencode line of data."),
    method!("a2b_base64", "($module, data, /, *, strict_mode=False)", base64::decode).doc(
        "Decode a line of base64 data.\n\n  strict_mode\n    When set to True, bytes that are not part of the base64 standard \
         are not allowed.\n    The same applies to excess data after padding (= / ==).",
    ),
    method!("b2a_base64", "($module, data, /, *, newline=True)", base64::encode).doc("Base64-code line of data."),
    method!("a2b_hex", "($module, hexstr, /)", hex::decode).doc(
        "Binary data of hexadecimal representation.\n\nhexstr must contain an even number of hex digits (upper or lower \
         case).\nThis function is also available as \"unhexlify()\".",
    ),
    method!("b2a_hex", "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)", hex::encode).doc(
        "Hexadecimal representation of binary data.\n\n  sep\n    An optional single character or byte to separate hex \
         bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative \
         values count from the left.\n\nThe return value is a bytes object.  This function is also\navailable as \
         \"hexlify()\".\n\nExample:\n>>> binascii.b2a_hex(b'\\xb9\\x01\\xef')\nb'b901ef'\n>>> \
         binascii.hexlify(b'\\xb9\\x01\\xef', ':')\nb'b9:01:ef'\n>>> binascii.b2a_hex(b'\\xb9\\x01\\xef', b'_', \
         2)\nb'b9_01ef'",
    ),
    method!("hexlify", "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)", hex::encode).doc(
        "Hexadecimal representation of binary data.\n\n  sep\n    An optional single character or byte to separate hex \
         bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative \
         values count from the left.\n\nThe return value is a bytes object.  This function is also\navailable as \
         \"b2a_hex()\".",
    ),
    method!("unhexlify", "($module, hexstr, /)", hex::decode).doc(
        "Binary data of hexadecimal representation.\n\nhexstr must contain an even number of hex digits (upper or lower case).",
    ),
    method!("crc32", "($module, data, crc=0, /)", checksum::crc32).doc("Compute CRC-32 incrementally."),
    method!("crc_hqx", "($module, data, crc, /)", checksum::crc_hqx).doc("Compute CRC-CCITT incrementally."),
    method!("a2b_qp", "($module, /, data, header=False)", quopri::decode).doc("Decode a string of qp-encoded data."),
    method!("b2a_qp", "($module, /, data, quotetabs=False, istext=True, header=False)", quopri::encode).doc(
        "Encode a string using quoted-printable encoding.\n\nOn encoding, when istext is set, newlines are not encoded, and \
         white\nspace at end of lines is.  When istext is not set, \\r and \\n (CR/LF)\nare both encoded.  When quotetabs is \
         set, space and tabs are encoded.",
    ),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add(vm, "Error", ERROR.class(vm)?)?;
    module.add(vm, "Incomplete", INCOMPLETE.class(vm)?)
}

pub static MODULE: ModuleDef =
    ModuleDef::new("binascii", FUNCTIONS, init).doc("Conversion between binary data and ASCII");
