//! Pickling: `__reduce_ex__` and `array._array_reconstructor`, which reads the items of a machine of another kind.

use super::methods::new_from_code;
use super::{Code, PyTypedArray, item};
use crate::PyResult;
use crate::codecs;
use crate::object::layout::TYPED_ARRAY;
use crate::object::{Args, FromValue, Ref};
use crate::state::Vm;
use crate::types::bytes::PyBytes;
use crate::types::list::PyList;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::Value;

/// How items are represented, by the "machine format code" of a pickle.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Kind {
    Int { signed: bool },
    Float,
    Text,
}

/// Kind, bytes of an item, is the highest byte first; by code.
const FORMATS: [(Kind, usize, bool); 22] = [
    (Kind::Int { signed: false }, 1, false),
    (Kind::Int { signed: true }, 1, false),
    (Kind::Int { signed: false }, 2, false),
    (Kind::Int { signed: false }, 2, true),
    (Kind::Int { signed: true }, 2, false),
    (Kind::Int { signed: true }, 2, true),
    (Kind::Int { signed: false }, 4, false),
    (Kind::Int { signed: false }, 4, true),
    (Kind::Int { signed: true }, 4, false),
    (Kind::Int { signed: true }, 4, true),
    (Kind::Int { signed: false }, 8, false),
    (Kind::Int { signed: false }, 8, true),
    (Kind::Int { signed: true }, 8, false),
    (Kind::Int { signed: true }, 8, true),
    (Kind::Float, 4, false),
    (Kind::Float, 4, true),
    (Kind::Float, 8, false),
    (Kind::Float, 8, true),
    (Kind::Text, 2, false),
    (Kind::Text, 2, true),
    (Kind::Text, 4, false),
    (Kind::Text, 4, true),
];

/// The format of this machine's items.
fn format_of(code: Code) -> usize {
    let kind = if code.is_text() {
        Kind::Text
    } else if code.is_int() {
        Kind::Int { signed: code.is_signed() }
    } else {
        Kind::Float
    };
    let big = cfg!(target_endian = "big") && code.size() > 1;
    FORMATS.iter().position(|f| *f == (kind, code.size(), big)).unwrap_or(0)
}

pub(super) fn reduce_ex(vm: &Vm, this: Ref<PyTypedArray>, protocol: Value) -> PyResult<Value> {
    if !protocol.is_small_int() && !vm.is_instance(protocol, vm.types.int) {
        return Err(vm.type_error("__reduce_ex__ argument should be an integer"));
    }
    let protocol = vm.to_i64(protocol)?;
    let dict = vm.get_attr_opt(this.value(), vm.names.__dict__)?.unwrap_or(Value::NONE);
    let class = vm.type_of(this.value());
    let code = PyStr::from_char(vm, this.code().letter() as u32)?;
    if protocol < 3 {
        let items = to_list(vm, this)?;
        let args = vm.new_tuple(&[code.value(), items.value()])?;
        return Ok(vm.new_tuple(&[class.value(), args.value(), dict])?.value());
    }
    let module = vm.import("array")?;
    let function = vm.get_attr_str(module, "_array_reconstructor")?;
    let bytes = PyBytes::new(vm, this.as_bytes())?;
    let args = vm.new_tuple(&[class.value(), code.value(), Value::from_len(format_of(this.code())), bytes.value()])?;
    Ok(vm.new_tuple(&[function, args.value(), dict])?.value())
}

pub(super) fn to_list(vm: &Vm, this: Ref<PyTypedArray>) -> PyResult<Ref<PyList>> {
    let list = PyList::with_capacity(vm, this.len())?;
    let mut i = 0;
    while let Some(item) = this.get(vm, i)? {
        list.push(vm, item)?;
        i += 1;
    }
    Ok(list)
}

/// `_array_reconstructor(arraytype, typecode, mformat_code, items)`
pub fn reconstruct(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let (class, items) = (args.get(0), args.get(3));
    let letter = args.get(1).downcast::<PyStr>().filter(|s| s.len() == 1);
    let Some(letter) = letter else {
        let v = args.get(1);
        let what = match v.downcast::<PyStr>() {
            Some(s) => format!("a string of length {}", s.len()),
            None => vm.type_name(v),
        };
        return Err(vm.type_error(format!("_array_reconstructor() argument 2 must be a unicode character, not {what}")));
    };
    let format = i32::from_value(vm, args.get(2))?;
    let Some(class) = class.downcast::<PyType>() else {
        return Err(vm.type_error(format!("first argument must be a type object, not {}", vm.type_name(class))));
    };
    if class.layout() != TYPED_ARRAY {
        return Err(vm.type_error(format!("{} is not a subtype of array.array", class.name())));
    }
    let Some(code) = Code::of(letter.char_at(0)) else {
        return Err(vm.value_error("second argument must be a valid type code"));
    };
    let known = usize::try_from(format).ok().and_then(|f| FORMATS.get(f).copied());
    let Some((kind, size, big)) = known else {
        return Err(vm.value_error("third argument must be a valid machine format code."));
    };
    let Some(bytes) = items.downcast::<PyBytes>() else {
        return Err(vm.type_error(format!("fourth argument should be bytes, not {}", vm.type_name(items))));
    };
    let bytes = bytes.as_slice().to_vec();
    if usize::try_from(format) == Ok(format_of(code)) {
        return from_machine(vm, class, code, &bytes);
    }
    if kind != Kind::Text && !bytes.len().is_multiple_of(size) {
        return Err(vm.value_error("bytes length not a multiple of item size"));
    }
    match kind {
        Kind::Text => {
            let name = match (size, big) {
                (2, false) => "utf-16-le",
                (2, true) => "utf-16-be",
                (_, false) => "utf-32-le",
                (_, true) => "utf-32-be",
            };
            let text = codecs::decode(vm, items, &bytes, Some(vm.intern(name)?), None)?;
            new_from_code(vm, class, code, Some(text.value()))
        }
        Kind::Float => {
            let array = PyTypedArray::new(vm, code)?;
            for chunk in bytes.chunks_exact(size) {
                let mut word = [0u8; 8];
                word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
                if big {
                    word[..size].reverse();
                }
                let bits = u64::from_le_bytes(word);
                let f = if size == 4 { f64::from(f32::from_bits(bits as u32)) } else { f64::from_bits(bits) };
                array.push(vm, Value::from_f64(f))?;
            }
            as_class(vm, class, array)
        }
        Kind::Int { signed } => {
            // A code of the same size and signedness is preferred to the one given.
            let code = item::CODES
                .iter()
                .map(|(_, code)| *code)
                .find(|c| {
                    c.is_int() && c.size() == size && c.is_signed() == signed && !matches!(c, Code::Long | Code::ULong)
                })
                .unwrap_or(code);
            let code = if code.size() == 8 { eight_bytes(signed) } else { code };
            let array = PyTypedArray::new(vm, code)?;
            for chunk in bytes.chunks_exact(size) {
                let add = |n: u64, b: &u8| n << 8 | u64::from(*b);
                let n = if big { chunk.iter().fold(0, add) } else { chunk.iter().rev().fold(0, add) };
                let unused = 64 - size as u32 * 8;
                let value = if signed { vm.new_int((n << unused) as i64 >> unused)? } else { vm.new_int_u64(n)? };
                array.push(vm, value)?;
            }
            as_class(vm, class, array)
        }
    }
}

/// Of two codes for eight bytes CPython takes the last.
fn eight_bytes(signed: bool) -> Code {
    if signed { Code::I64 } else { Code::U64 }
}

fn from_machine(vm: &Vm, class: Ref<PyType>, code: Code, bytes: &[u8]) -> PyResult<Value> {
    if !bytes.len().is_multiple_of(code.size()) {
        return Err(vm.value_error("bytes length not a multiple of item size"));
    }
    let array = PyTypedArray::from_bytes(vm, code, bytes)?;
    as_class(vm, class, array)
}

/// The array itself, or one of a subclass with its items.
fn as_class(vm: &Vm, class: Ref<PyType>, array: Ref<PyTypedArray>) -> PyResult<Value> {
    if class == vm.types.typed_array {
        return Ok(array.value());
    }
    new_from_code(vm, class, array.code(), Some(array.value()))
}
