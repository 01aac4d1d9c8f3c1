//! Arguments on their way into a call: what `byref` and `from_param` make, and the `from_param` of simple and pointer types.

use std::cell::Cell;

use brolga_runtime::object::{Field, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::int;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};

use super::code::{Code, Kind as CodeKind};
use super::data::{self, CData};
use super::encode::{LARGEST, encode, wide_text};
use super::info::{self, Kind};
use super::memory::Address;
use super::metaclass::{by_parameter, from_param};
use super::traced;
use crate::object::object;

object!(
    /// `CArgObject`: the bytes of an argument of a simple type.
    pub struct Argument: CTYPES_ARGUMENT {
        /// Whose they are, or what they refer to.
        pub object: Field,
        code: Cell<u8>,
        bytes: Cell<[u8; LARGEST]>,
    }
);
traced!(trace_argument, Argument: object);

impl Argument {
    pub fn code(&self) -> Code {
        Code::of(self.code.get()).unwrap_or(Code::POINTER)
    }

    pub fn bytes(&self) -> [u8; LARGEST] {
        self.bytes.get()
    }

    fn first<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        out.iter_mut().zip(self.bytes.get()).for_each(|(to, from)| *to = from);
        out
    }
}

fn argument(vm: &Vm, code: Code, bytes: [u8; LARGEST], object: Value) -> PyResult<Value> {
    let this: Ref<Argument> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.object.init(object);
    this.code.set(code.letter());
    this.bytes.set(bytes);
    Ok(this.value())
}

fn address_argument(vm: &Vm, code: Code, address: Address, object: Value) -> PyResult<Value> {
    let mut bytes = [0; LARGEST];
    bytes.iter_mut().zip(address.get().to_ne_bytes()).for_each(|(to, from)| *to = from);
    argument(vm, code, bytes, object)
}

/// `byref(object, offset)`
pub fn by_reference(vm: &Vm, object: Ref<CData>, offset: isize) -> PyResult<Value> {
    address_argument(vm, Code::POINTER, object.address().offset(offset), object.value())
}

/// An argument that a value of Python's is converted to.
fn converted(vm: &Vm, code: Code, swapped: bool, value: Value) -> PyResult<Value> {
    let encoded = encode(vm, code, swapped, value, code.size())?;
    argument(vm, code, encoded.padded(), encoded.keep)
}

/// `from_param` of a simple type.
pub fn from_param_simple(vm: &Vm, class: Ref<PyType>, value: Value) -> PyResult<Value> {
    let info = info::of_class(class);
    // The error of the last value that was tried.
    let refused = Cell::new(None);
    let convert = |value: Value| {
        if vm.is_instance_of(value, class.value())? {
            return Ok(Some(value));
        }
        let Some((info, code)) = info.and_then(|info| Some((info, info.code()?))) else {
            return Err(info::abstract_class(vm));
        };
        match converted(vm, code, info.swapped.get(), value) {
            Ok(argument) => Ok(Some(argument)),
            Err(raised) => {
                refused.set(Some(vm.take_raised(raised)));
                Ok(None)
            }
        }
    };
    by_parameter(vm, value, convert, |_| match refused.get() {
        Some(exception) => vm.reraise(exception),
        None => vm.type_error("wrong type"),
    })
}

/// `from_param` of a pointer type: also takes the object to point to, and arrays of its kind.
pub fn from_param_pointer(vm: &Vm, class: Ref<PyType>, value: Value) -> PyResult<Value> {
    if value.is_none() {
        return Ok(value);
    }
    let info = info::required(vm, class)?;
    let Some(target) = info.proto.get() else {
        return Err(vm.type_error("Cannot create instance: has no _type_"));
    };
    if vm.is_instance_of(value, target)? {
        return match value.downcast::<CData>() {
            Some(object) => by_reference(vm, object, 0),
            None => Err(vm.type_error("expected CData instance")),
        };
    }
    if let Some(item) = items_of(vm, value)
        && vm.is_subclass_of(item, target)?
    {
        return Ok(value);
    }
    from_param(vm, class, value)
}

/// The type of the items of an array, or of what a pointer points to.
fn items_of(vm: &Vm, value: Value) -> Slot {
    data::of(value)?;
    let info = info::of_value(vm, value)?;
    if matches!(info.kind(), Kind::Array | Kind::Pointer) { info.proto.get() } else { None }
}

/// Is it an array of, a pointer to, or a reference to characters of this kind?
fn refers_to(vm: &Vm, value: Value, kind: CodeKind) -> bool {
    let is_kind = |info: Option<Ref<info::TypeInfo>>| info.and_then(|i| i.code()).is_some_and(|c| c.kind() == kind);
    if let Some(argument) = value.downcast::<Argument>() {
        return argument.object.get().is_some_and(|object| is_kind(info::of_value(vm, object)));
    }
    items_of(vm, value).is_some_and(|item| is_kind(info::of_type(item)))
}

fn cannot(vm: &Vm, value: Value, name: &str) -> Raised {
    let class = vm.type_of(value).tp_name();
    vm.type_error(format!("'{class}' object cannot be interpreted as ctypes.{name}"))
}

pub fn from_param_char(vm: &Vm, class: Ref<PyType>, value: Value) -> PyResult<Value> {
    let convert = |value: Value| {
        if value.downcast::<PyBytes>().is_some() {
            return converted(vm, Code::CHAR_POINTER, false, value).map(Some);
        }
        let fits = value.is_none() || vm.is_instance_of(value, class.value())? || refers_to(vm, value, CodeKind::Char);
        Ok(fits.then_some(value))
    };
    by_parameter(vm, value, convert, |value| cannot(vm, value, "c_char_p"))
}

pub fn from_param_wide(vm: &Vm, class: Ref<PyType>, value: Value) -> PyResult<Value> {
    let convert = |value: Value| {
        if value.downcast::<PyStr>().is_some() {
            return converted(vm, Code::WIDE_POINTER, false, value).map(Some);
        }
        let fits =
            value.is_none() || vm.is_instance_of(value, class.value())? || refers_to(vm, value, CodeKind::WideChar);
        Ok(fits.then_some(value))
    };
    by_parameter(vm, value, convert, |value| cannot(vm, value, "c_wchar_p"))
}

pub fn from_param_void(vm: &Vm, class: Ref<PyType>, value: Value) -> PyResult<Value> {
    by_parameter(vm, value, |value| void_pointer(vm, class, value), |value| cannot(vm, value, "c_void_p"))
}

fn void_pointer(vm: &Vm, class: Ref<PyType>, value: Value) -> PyResult<Slot> {
    if value.is_none() {
        return Ok(Some(value));
    }
    if vm.is_instance(value, vm.types.int) {
        return converted(vm, Code::POINTER, false, value).map(Some);
    }
    if value.downcast::<PyBytes>().is_some() {
        return converted(vm, Code::CHAR_POINTER, false, value).map(Some);
    }
    if let Some(s) = value.downcast::<PyStr>() {
        let (address, keep) = wide_text(vm, s)?;
        // SAFETY: `keep` keeps it.
        return address_argument(vm, Code::WIDE_POINTER, unsafe { Address::new(address) }, keep).map(Some);
    }
    if vm.is_instance_of(value, class.value())? || items_of(vm, value).is_some() {
        return Ok(Some(value));
    }
    if value.downcast::<Argument>().is_some_and(|argument| argument.code() == Code::POINTER) {
        return Ok(Some(value));
    }
    let (Some(object), Some(info)) = (data::of(value), info::of_value(vm, value)) else { return Ok(None) };
    let code = match info.code().map(|code| code.kind()) {
        Some(CodeKind::CharPointer | CodeKind::WideCharPointer) => Code::WIDE_POINTER,
        _ if info.kind() == Kind::Function => Code::POINTER,
        _ => return Ok(None),
    };
    address_argument(vm, code, object.pointer(vm)?, value).map(Some)
}

fn is_literal(letter: u8) -> bool {
    (0x20..0x7f).contains(&letter) && letter != b'\\' && letter != b'\''
}

fn repr(vm: &Vm, this: Ref<Argument>) -> PyResult<String> {
    let code = this.code();
    let tag = char::from(code.letter());
    let shown = match code.kind() {
        CodeKind::Int(1, _) => i8::from_ne_bytes(this.first()).to_string(),
        CodeKind::Int(2, _) => i16::from_ne_bytes(this.first()).to_string(),
        CodeKind::Int(4, _) => i32::from_ne_bytes(this.first()).to_string(),
        CodeKind::Int(..) => i64::from_ne_bytes(this.first()).to_string(),
        CodeKind::Float => float(vm, f64::from(f32::from_ne_bytes(this.first())))?,
        CodeKind::Double => float(vm, f64::from_ne_bytes(this.first()))?,
        CodeKind::Char => match this.first::<1>() {
            [letter] if is_literal(letter) => format!("'{}'", char::from(letter)),
            [letter] => format!("'\\x{letter:02x}'"),
        },
        CodeKind::CharPointer | CodeKind::WideCharPointer | CodeKind::Pointer => {
            format!("{:#x}", usize::from_ne_bytes(this.first()))
        }
        _ => return Ok(format!("<cparam '{tag}' at {:#x}>", this.addr())),
    };
    Ok(format!("<cparam '{tag}' ({shown})>"))
}

fn float(vm: &Vm, f: f64) -> PyResult<String> {
    vm.repr_lossy(Value::from_f64(f))
}

fn object(_: &Vm, this: Ref<Argument>) -> Slot {
    this.object.get()
}

/// An int for a C `int`: its low bits, if it fits 64 of them.
pub fn int_bits(vm: &Vm, value: Value) -> PyResult<u32> {
    match int::to_u64(value).or_else(|| int::to_i64(value).map(|i| i as u64)) {
        Some(bits) => Ok(bits as u32),
        None => Err(vm.overflow_error("int too long to convert")),
    }
}

pub static DEF: TypeDef = TypeDef {
    module: "_ctypes",
    layout: Some(crate::layouts::CTYPES_ARGUMENT),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[method!("__repr__", 1, repr)]],
    getset: &[getset!("_obj", object).member().doc("the wrapped object")],
    ..TypeDef::new("CArgObject")
};
