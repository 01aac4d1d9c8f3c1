//! From C's values to Python's.

use brolga_runtime::PyResult;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::{complex, int};
use brolga_runtime::value::Value;

use super::code::{Code, Kind, WIDE};
use super::long_double;
use super::memory::Address;
use super::width::Width;

/// The value of a type that stands at an address. It is read at once; the collector may run behind that.
pub fn decode(vm: &Vm, code: Code, swapped: bool, from: Address, width: Width) -> PyResult<Value> {
    let kind = if swapped && code.kind() == Kind::Bool { Kind::Int(1, false) } else { code.kind() };
    match kind {
        Kind::Int(size, is_signed) => integer(vm, size, is_signed, width.read(from, size, swapped), width),
        Kind::Bool => Ok(Value::from_bool(from.read_array::<1>()[0] != 0)),
        Kind::VariantBool => Ok(Value::from_bool(i16::from_ne_bytes(from.read_array()) != 0)),
        Kind::Float => Ok(Value::from_f64(f64::from(float(from, swapped)))),
        Kind::Double => Ok(Value::from_f64(double(from, swapped))),
        Kind::LongDouble => Ok(Value::from_f64(long_double::to_f64(from.read_array()))),
        Kind::FloatComplex => {
            complex::new_complex(vm, f64::from(float(from, swapped)), f64::from(float(from.offset(4), swapped)))
        }
        Kind::DoubleComplex => complex::new_complex(vm, double(from, swapped), double(from.offset(8), swapped)),
        Kind::LongDoubleComplex => {
            let part = |offset: isize| long_double::to_f64(from.offset(offset).read_array());
            complex::new_complex(vm, part(0), part(16))
        }
        Kind::Char => Ok(PyBytes::new(vm, &from.read_array::<1>())?.value()),
        Kind::WideChar => text(vm, &[u32::from_ne_bytes(from.read_array())]),
        Kind::CharPointer => match from.read_address() {
            Address::NULL => Ok(Value::NONE),
            there => c_string(vm, there, there.c_length(usize::MAX)),
        },
        Kind::WideCharPointer => match from.read_address() {
            Address::NULL => Ok(Value::NONE),
            there => wide_string(vm, there, there.wide_length(usize::MAX)),
        },
        Kind::Pointer => match from.read_address() {
            Address::NULL => Ok(Value::NONE),
            there => int::new_u64(vm, there.get() as u64),
        },
        Kind::Object => object(vm, u64::from_ne_bytes(from.read_array())),
        Kind::CharArray => c_string(vm, from, from.c_length(width.bytes)),
        Kind::WideCharArray => wide_string(vm, from, from.wide_length(width.bytes / WIDE)),
    }
}

fn integer(vm: &Vm, size: usize, is_signed: bool, bits: u64, width: Width) -> PyResult<Value> {
    let used = width.bits.map_or(size as u32 * 8, |(used, _)| u32::from(used)).clamp(1, 64);
    let top = bits << (64 - used);
    if is_signed { int::new_i64(vm, top as i64 >> (64 - used)) } else { int::new_u64(vm, top >> (64 - used)) }
}

fn float(from: Address, swapped: bool) -> f32 {
    let bytes = from.read_array();
    if swapped { f32::from_be_bytes(bytes) } else { f32::from_le_bytes(bytes) }
}

fn double(from: Address, swapped: bool) -> f64 {
    let bytes = from.read_array();
    if swapped { f64::from_be_bytes(bytes) } else { f64::from_le_bytes(bytes) }
}

pub fn c_string(vm: &Vm, from: Address, len: usize) -> PyResult<Value> {
    let bytes = PyBytes::build(vm, brolga_runtime::types::shape::bytes, len, |out| from.read(out))?;
    Ok(bytes.value())
}

pub fn wide_string(vm: &Vm, from: Address, len: usize) -> PyResult<Value> {
    text(vm, &from.wide(vm, len)?)
}

fn text(vm: &Vm, points: &[u32]) -> PyResult<Value> {
    if let Some(beyond) = points.iter().find(|c| **c > 0x10_ffff) {
        return Err(vm.value_error(format!("character U+{beyond:x} is not in range [U+0000; U+10ffff]")));
    }
    Ok(PyStr::from_ucs4(vm, points)?.value())
}

/// The object that a word in C's memory stands for. What is no object (any more) is an error, where C would take it for
/// one: the heap knows its cells.
pub fn object(vm: &Vm, bits: u64) -> PyResult<Value> {
    if bits == 0 {
        return Err(vm.value_error("PyObject is NULL"));
    }
    super::words::value(vm, bits).ok_or_else(|| vm.value_error("not the address of an object"))
}
