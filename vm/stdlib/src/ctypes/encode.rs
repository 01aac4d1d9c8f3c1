//! From Python's values to C's: the bytes of a value, and what has to live as long as they are used.

use brolga_runtime::PyResult;
use brolga_runtime::method;
use brolga_runtime::object::{Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytearray::PyByteArray;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::{complex, int};
use brolga_runtime::value::Value;

use super::code::{Code, Kind, WIDE};
use super::{long_double, memory};
use crate::object::{Settled, object};

/// The largest simple type's size.
pub const LARGEST: usize = 32;

/// A value as C has it.
pub struct Encoded {
    small: [u8; LARGEST],
    len: usize,
    /// Characters of an array, instead.
    long: Option<Vec<u8>>,
    /// What must live as long as the bytes are in use; None: nothing.
    pub keep: Value,
}

impl Encoded {
    fn new(bytes: &[u8]) -> Encoded {
        let mut small = [0; LARGEST];
        let len = bytes.len().min(LARGEST);
        small[..len].copy_from_slice(&bytes[..len]);
        Encoded { small, len, long: None, keep: Value::NONE }
    }

    fn address(address: usize, keep: Value) -> Encoded {
        Encoded { keep, ..Encoded::new(&address.to_ne_bytes()) }
    }

    fn long(bytes: Vec<u8>, keep: Value) -> Encoded {
        Encoded { small: [0; LARGEST], len: 0, long: Some(bytes), keep }
    }

    pub fn bytes(&self) -> &[u8] {
        match &self.long {
            Some(bytes) => bytes,
            None => &self.small[..self.len],
        }
    }

    /// The bytes, zeros behind them.
    pub fn padded(&self) -> [u8; LARGEST] {
        self.small
    }
}

object!(
    /// Keeps the wide characters of a string, which C has the address of.
    pub struct WideText: CTYPES_WIDE_TEXT { text: Settled<Vec<u32>> }
);

/// # Safety
/// `cell` is a `WideText` that nothing reaches any more.
pub unsafe fn drop_wide_text(cell: std::ptr::NonNull<brolga_runtime::object::Header>) {
    // SAFETY: by the contract; the layout is registered for these only.
    unsafe {
        let this: Ref<WideText> = Ref::from_ptr(cell);
        this.text.free();
    }
}

fn wide_text_repr(_: &Vm, this: Ref<WideText>) -> String {
    format!("<capsule object \"_ctypes/cfield.c pymem\" at {:#x}>", this.addr())
}

static WIDE_TEXT: TypeDef = TypeDef {
    layout: Some(crate::layouts::CTYPES_WIDE_TEXT),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[method!("__repr__", 1, wide_text_repr)]],
    ..TypeDef::new("PyCapsule")
};

/// The address of a string's wide characters, a zero behind them, and what keeps them.
pub fn wide_text(vm: &Vm, s: Ref<PyStr>) -> PyResult<(usize, Value)> {
    let mut text = memory::room(vm, s.len() + 1)?;
    text.extend(s.chars());
    text.push(0u32);
    let this: Ref<WideText> = vm.alloc_instance(vm.native_type(&WIDE_TEXT)?)?;
    this.text.attach(vm, this, text)?;
    let address = this.text.get().map_or(0, |text| text.as_ptr().expose_provenance());
    Ok((address, this.value()))
}

/// The low bits of an int, as C's conversions that don't check.
fn low_bits(vm: &Vm, v: Value) -> PyResult<u64> {
    Ok(int::low_u64(vm.index(v)?))
}

fn complex_of(vm: &Vm, v: Value) -> PyResult<(f64, f64)> {
    match complex::from_object(vm, v)? {
        Some(parts) => Ok(parts),
        None => Ok((vm.to_f64(v)?, 0.0)),
    }
}

fn swap(bytes: &mut [u8], swapped: bool) {
    if swapped {
        bytes.reverse();
    }
}

/// The bytes of `v` as the type has them, in the other byte order if `swapped`. `room`: bytes that there are, of an array of
/// characters. May run Python.
pub fn encode(vm: &Vm, code: Code, swapped: bool, v: Value, room: usize) -> PyResult<Encoded> {
    let kind = if swapped && code.kind() == Kind::Bool { Kind::Int(1, false) } else { code.kind() };
    Ok(match kind {
        Kind::Int(size, _) => {
            let mut bytes = low_bits(vm, v)?.to_le_bytes();
            let bytes = &mut bytes[..size];
            swap(bytes, swapped);
            Encoded::new(bytes)
        }
        Kind::Bool => Encoded::new(&[u8::from(vm.is_true(v)?)]),
        Kind::VariantBool => Encoded::new(&(-i16::from(vm.is_true(v)?)).to_ne_bytes()),
        Kind::Float => {
            let mut bytes = (vm.to_f64(v)? as f32).to_le_bytes();
            swap(&mut bytes, swapped);
            Encoded::new(&bytes)
        }
        Kind::Double => {
            let mut bytes = vm.to_f64(v)?.to_le_bytes();
            swap(&mut bytes, swapped);
            Encoded::new(&bytes)
        }
        Kind::LongDouble => Encoded::new(&long_double::from_f64(vm.to_f64(v)?)),
        Kind::FloatComplex => {
            let (real, imag) = complex_of(vm, v)?;
            let mut parts = [(real as f32).to_le_bytes(), (imag as f32).to_le_bytes()];
            parts.iter_mut().for_each(|part| swap(part, swapped));
            Encoded::new(&parts.concat())
        }
        Kind::DoubleComplex => {
            let (real, imag) = complex_of(vm, v)?;
            let mut parts = [real.to_le_bytes(), imag.to_le_bytes()];
            parts.iter_mut().for_each(|part| swap(part, swapped));
            Encoded::new(&parts.concat())
        }
        Kind::LongDoubleComplex => {
            let (real, imag) = complex_of(vm, v)?;
            Encoded::new(&[long_double::from_f64(real), long_double::from_f64(imag)].concat())
        }
        Kind::Char => Encoded::new(&[character(vm, v)?]),
        Kind::WideChar => Encoded::new(&wide_character(vm, v)?.to_ne_bytes()),
        Kind::CharPointer => char_pointer(vm, v)?,
        Kind::WideCharPointer => wide_pointer(vm, v)?,
        Kind::Pointer if v.is_none() => Encoded::address(0, Value::NONE),
        Kind::Pointer if vm.is_instance(v, vm.types.int) => Encoded::address(int::low_u64(v) as usize, Value::NONE),
        Kind::Pointer => return Err(vm.type_error("cannot be converted to pointer")),
        Kind::Object => Encoded { keep: v, ..Encoded::new(&v.bits().to_ne_bytes()) },
        Kind::CharArray => char_array(vm, v, room)?,
        Kind::WideCharArray => wide_array(vm, v, room)?,
    })
}

fn character(vm: &Vm, v: Value) -> PyResult<u8> {
    const EXPECTED: &str = "one character bytes, bytearray, or an integer in range(256) expected, not";
    if let Some(bytes) = v.downcast::<PyBytes>() {
        return match bytes.as_slice() {
            [byte] => Ok(*byte),
            other => Err(vm.type_error(format!("{EXPECTED} bytes of length {}", other.len()))),
        };
    }
    if let Some(bytes) = v.downcast::<PyByteArray>() {
        return match bytes.as_slice() {
            [byte] => Ok(*byte),
            other => Err(vm.type_error(format!("{EXPECTED} bytearray of length {}", other.len()))),
        };
    }
    if vm.is_instance(v, vm.types.int) {
        let byte = int::to_i64(v).and_then(|i| u8::try_from(i).ok());
        return byte.ok_or_else(|| vm.type_error("integer not in range(256)"));
    }
    Err(vm.type_error(format!("{EXPECTED} {}", vm.fully_qualified_name(vm.type_of(v)))))
}

fn wide_character(vm: &Vm, v: Value) -> PyResult<u32> {
    let Some(s) = v.downcast::<PyStr>() else {
        let class = vm.fully_qualified_name(vm.type_of(v));
        return Err(vm.type_error(format!("a unicode character expected, not instance of {class}")));
    };
    if s.len() != 1 {
        return Err(vm.type_error(format!("a unicode character expected, not a string of length {}", s.len())));
    }
    Ok(s.char_at(0))
}

fn char_pointer(vm: &Vm, v: Value) -> PyResult<Encoded> {
    if v.is_none() {
        return Ok(Encoded::address(0, v));
    }
    if let Some(bytes) = v.downcast::<PyBytes>() {
        return Ok(Encoded::address(bytes.c_string().expose_provenance(), v));
    }
    if vm.is_instance(v, vm.types.int) {
        return Ok(Encoded::address(int::low_u64(v) as usize, Value::NONE));
    }
    let class = vm.type_of(v).tp_name();
    Err(vm.type_error(format!("bytes or integer address expected instead of {class} instance")))
}

fn wide_pointer(vm: &Vm, v: Value) -> PyResult<Encoded> {
    if v.is_none() {
        return Ok(Encoded::address(0, v));
    }
    if vm.is_instance(v, vm.types.int) {
        return Ok(Encoded::address(int::low_u64(v) as usize, Value::NONE));
    }
    if let Some(s) = v.downcast::<PyStr>() {
        let (address, keep) = wide_text(vm, s)?;
        return Ok(Encoded::address(address, keep));
    }
    let class = vm.type_of(v).tp_name();
    Err(vm.type_error(format!("unicode string or integer address expected instead of {class} instance")))
}

/// The bytes up to the first zero, and a zero where there is room.
fn char_array(vm: &Vm, v: Value, room: usize) -> PyResult<Encoded> {
    let Some(bytes) = v.downcast::<PyBytes>() else {
        return Err(vm.type_error(format!("expected bytes, {} found", vm.type_of(v).tp_name())));
    };
    let text = bytes.as_slice().split(|b| *b == 0).next().unwrap_or(&[]);
    if text.len() > room {
        return Err(vm.value_error(format!("bytes too long ({}, maximum length {room})", text.len())));
    }
    let mut out = memory::room(vm, text.len() + 1)?;
    out.extend_from_slice(text);
    if text.len() < room {
        out.push(0);
    }
    Ok(Encoded::long(out, Value::NONE))
}

fn wide_array(vm: &Vm, v: Value, room: usize) -> PyResult<Encoded> {
    let Some(s) = v.downcast::<PyStr>() else {
        let class = vm.type_of(v).tp_name();
        return Err(vm.type_error(format!("unicode string expected instead of {class} instance")));
    };
    let most = room / WIDE;
    if s.len() > most {
        return Err(vm.value_error(format!("string too long ({}, maximum length {most})", s.len())));
    }
    Ok(Encoded::long(wide_bytes(vm, s, most)?, v))
}

/// The wide characters of a string that has at most `most`, and a zero where there is room.
pub fn wide_bytes(vm: &Vm, s: Ref<PyStr>, most: usize) -> PyResult<Vec<u8>> {
    let size = s.len().checked_add(1).and_then(|n| n.checked_mul(WIDE)).ok_or_else(|| vm.memory_error())?;
    let mut out = memory::room(vm, size)?;
    out.extend(s.chars().chain(std::iter::once(0)).take(most).flat_map(u32::to_ne_bytes));
    Ok(out)
}
