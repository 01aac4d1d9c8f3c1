//! `_json`: what makes the module `json` fast.

mod decode;
mod encode;
mod escape;
mod strings;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};
use brolga_text::TextBuf;

/// Raises `json.decoder.JSONDecodeError(message, text, at)`.
#[cold]
fn decode_error(vm: &Vm, message: &str, text: Value, at: i64) -> Raised {
    let make = || -> PyResult<Raised> {
        let class = vm.import_attr("json.decoder", "JSONDecodeError")?;
        let e = vm.call(class, &[vm.new_str(message)?.value(), text, vm.new_int(at)?])?;
        Ok(match e.downcast() {
            Some(e) => vm.raise(e),
            None => vm.type_error("exceptions must derive from BaseException"),
        })
    };
    make().unwrap_or_else(|raised| raised)
}

fn text_argument(vm: &Vm, v: Value) -> PyResult<Ref<PyStr>> {
    v.downcast().ok_or_else(|| vm.type_error(format!("first argument must be a string, not {}", vm.tp_name(v))))
}

fn encoded(vm: &Vm, v: Value, ascii: bool) -> PyResult<Ref<PyStr>> {
    let text = text_argument(vm, v)?;
    let mut out = TextBuf::with_capacity(text.len() + 2);
    escape::push(&mut out, text.view(), ascii);
    PyStr::from_buf(vm, out)
}

fn encode_basestring_ascii(vm: &Vm, v: Value) -> PyResult<Ref<PyStr>> {
    encoded(vm, v, true)
}

fn encode_basestring(vm: &Vm, v: Value) -> PyResult<Ref<PyStr>> {
    encoded(vm, v, false)
}

static FUNCTIONS: &[MethodDef] = &[
    method!("encode_basestring_ascii", 1, encode_basestring_ascii).doc(
        "encode_basestring_ascii(string) -> string\n\nReturn an ASCII-only JSON representation of a Python string",
    ),
    method!("encode_basestring", 1, encode_basestring)
        .doc("encode_basestring(string) -> string\n\nReturn a JSON representation of a Python string"),
    method!("scanstring", "(*args)", strings::scanstring).doc(
        "scanstring(string, end, strict=True) -> (string, end)\n\nScan the string s for a JSON string. End is the index of \
         the\ncharacter in s after the quote that started the JSON string.\nUnescapes all valid JSON string escape sequences \
         and raises ValueError\non attempt to decode an invalid string. If strict is False then literal\ncontrol characters \
         are allowed in the string.\n\nReturns a tuple of the decoded string and the index of the character in s\nafter the \
         end quote.",
    ),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add(vm, "make_scanner", vm.native_type(&decode::DEF)?)?;
    module.add(vm, "make_encoder", vm.native_type(&encode::DEF)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("_json", FUNCTIONS, init).doc("json speedups\n");
