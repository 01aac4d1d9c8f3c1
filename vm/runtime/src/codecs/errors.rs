//! The built-in error handlers as Python functions: what `codecs.lookup_error` gives.

use brolga_text::TextBuf;
use brolga_text::codecs::policy::Encoding;
use brolga_text::codecs::{Policy, Replacement};

use super::{BuiltIn, ByteOrder};
use crate::object::{MethodDef, Ref};
use crate::state::Vm;
use crate::types::bytes::PyBytes;
use crate::types::dict::PyDict;
use crate::types::exception::{
    PyException, UNICODE_ENCODING, UNICODE_END, UNICODE_OBJECT, UNICODE_REASON, UNICODE_START,
};
use crate::types::int;
use crate::types::native_function::PyNativeFunction;
use crate::types::str::PyStr;
use crate::value::Value;
use crate::{PyResult, method};

pub const NAMES: [&str; 8] = [
    "strict",
    "ignore",
    "replace",
    "xmlcharrefreplace",
    "backslashreplace",
    "namereplace",
    "surrogatepass",
    "surrogateescape",
];

static HANDLERS: [MethodDef; 8] = [
    method!("strict_errors", 1, strict),
    method!("ignore_errors", 1, ignore),
    method!("replace_errors", 1, replace),
    method!("xmlcharrefreplace_errors", 1, xmlcharrefreplace),
    method!("backslashreplace_errors", 1, backslashreplace),
    method!("namereplace_errors", 1, namereplace),
    method!("surrogatepass", 1, surrogatepass),
    method!("surrogateescape", 1, surrogateescape),
];

pub(super) fn register_all(vm: &Vm, table: Ref<PyDict>) -> PyResult<()> {
    let module = vm.intern("_codecs")?;
    for (name, def) in NAMES.iter().zip(&HANDLERS) {
        let f = PyNativeFunction::new_function(vm, def, None, Some(module.value()))?;
        table.set_name(vm, name, f.value())?;
    }
    Ok(())
}

fn strict(vm: &Vm, error: Value) -> PyResult<Value> {
    match error.downcast::<PyException>() {
        Some(error) => Err(vm.raise(error)),
        None => Err(vm.type_error("codec must pass exception instance")),
    }
}

/// `start` and `end` of the error, brought within the object.
fn range(error: Ref<PyException>, len: usize) -> (usize, usize) {
    let number = |i: usize| error.extra(i).and_then(int::to_i64).unwrap_or(0).max(0) as usize;
    let start = number(UNICODE_START).min(len.saturating_sub(1));
    let end = number(UNICODE_END).max(1).min(len);
    (start, end)
}

fn encoding_of(error: Ref<PyException>) -> Encoding {
    let name = error.extra(UNICODE_ENCODING).and_then(Value::downcast::<PyStr>).map(|s| s.to_lossy());
    match name.as_deref().and_then(BuiltIn::by_name) {
        Some(BuiltIn::Utf8) => Encoding::Utf8,
        Some(BuiltIn::Utf16(Some(ByteOrder::Big))) => Encoding::Utf16Be,
        Some(BuiltIn::Utf16(_)) => Encoding::Utf16Le,
        Some(BuiltIn::Utf32(Some(ByteOrder::Big))) => Encoding::Utf32Be,
        Some(BuiltIn::Utf32(_)) => Encoding::Utf32Le,
        _ => Encoding::Other,
    }
}

fn wrong_type(vm: &Vm, error: Value) -> crate::Raised {
    vm.type_error(format!("don't know how to handle {} in error callback", vm.type_name(error)))
}

/// Applies a policy to any of the three Unicode errors.
fn apply(vm: &Vm, value: Value, policy: Policy) -> PyResult<Value> {
    let Some(error) = value.downcast::<PyException>() else { return Err(wrong_type(vm, value)) };
    let object = error.extra(UNICODE_OBJECT).unwrap_or(Value::NONE);
    let encoding = encoding_of(error);
    if vm.is_instance(value, vm.types.unicode_encode_error) {
        let Some(text) = object.downcast::<PyStr>() else { return Err(wrong_type(vm, value)) };
        let (start, end) = range(error, text.len());
        return match vm.memory(policy.encode(encoding, text.view(), start, end))? {
            Some((Replacement::Text(data), end)) => give(vm, PyStr::from_text(vm, data.as_text())?.value(), end),
            Some((Replacement::Bytes(bytes), end)) if bytes.is_empty() && policy == Policy::Ignore => {
                give(vm, vm.names.empty.value(), end)
            }
            Some((Replacement::Bytes(bytes), end)) => give(vm, PyBytes::new(vm, &bytes)?.value(), end),
            None => Err(vm.raise(error)),
        };
    }
    if vm.is_instance(value, vm.types.unicode_decode_error) {
        let Some(bytes) = object.downcast::<PyBytes>() else { return Err(wrong_type(vm, value)) };
        let (start, end) = range(error, bytes.len());
        let mut out = TextBuf::new();
        return match policy.decode(encoding, bytes.as_slice(), start, end, &mut out) {
            Ok(Some(next)) => give(vm, PyStr::from_buf(vm, out)?.value(), next),
            Ok(None) => Err(vm.raise(error)),
            Err(_) => Err(wrong_type(vm, value)),
        };
    }
    if vm.is_instance(value, vm.types.unicode_translate_error) {
        let Some(text) = object.downcast::<PyStr>() else { return Err(wrong_type(vm, value)) };
        let (start, end) = range(error, text.len());
        let mut out = TextBuf::new();
        match policy {
            Policy::Ignore => {}
            Policy::Replace => out.push_repeated(0xfffd, end.saturating_sub(start)),
            Policy::BackslashReplace => {
                for c in text.view().slice(start, end).iter() {
                    brolga_text::repr::push_escape(&mut out, c);
                }
            }
            _ => return Err(wrong_type(vm, value)),
        }
        return give(vm, PyStr::from_buf(vm, out)?.value(), end);
    }
    Err(wrong_type(vm, value))
}

fn give(vm: &Vm, replacement: Value, next: usize) -> PyResult<Value> {
    Ok(vm.new_tuple(&[replacement, Value::from_len(next)])?.value())
}

macro_rules! handlers {
    ($($name:ident = $policy:ident),* $(,)?) => {$(
        fn $name(vm: &Vm, error: Value) -> PyResult<Value> {
            apply(vm, error, Policy::$policy)
        }
    )*};
}

handlers! {
    ignore = Ignore,
    replace = Replace,
    xmlcharrefreplace = XmlCharRefReplace,
    backslashreplace = BackslashReplace,
    namereplace = NameReplace,
    surrogatepass = SurrogatePass,
    surrogateescape = SurrogateEscape,
}

/// The reason of a Unicode error, for messages of natives.
pub fn reason(error: Ref<PyException>) -> Option<Ref<PyStr>> {
    error.extra(UNICODE_REASON).and_then(Value::downcast)
}
