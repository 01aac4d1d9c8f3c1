//! Reading and writing the items, fields and pointees of an instance.

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};

use super::code::{Code, Kind as CodeKind};
use super::data::{self, CData};
use super::decode::decode;
use super::encode::encode;
use super::info::{self, Kind, OWN_SIMPLE};
use super::memory::Address;
use super::width::Width;
use super::{classes, keep};

/// Where something is, as seen from an instance. The address is found when it is used: a conversion in between may run
/// Python, which may give the instance other memory.
#[derive(Copy, Clone)]
pub enum Place {
    /// So many bytes into its data.
    Inside(usize),
    /// So many bytes from where its pointer points.
    Behind(isize),
}

impl Place {
    pub fn find(self, vm: &Vm, this: Ref<CData>, len: usize) -> PyResult<Address> {
        match self {
            Place::Inside(offset) => this.part(vm, offset, len),
            Place::Behind(offset) => {
                let there = this.pointer(vm)?;
                if there.is_null() {
                    return Err(vm.value_error("NULL pointer access"));
                }
                Ok(there.offset(offset))
            }
        }
    }
}

/// The letter and byte order by which values of a type are read and written as Python's.
pub type Coding = (Code, bool);

/// The value at a place, as `class` says: a Python value for simple types, else an instance that has its data there.
/// `coding` is the field's own.
pub fn get(
    vm: &Vm,
    this: Ref<CData>,
    place: Place,
    class: Ref<PyType>,
    coding: Option<Coding>,
    index: usize,
    width: Width,
) -> PyResult<Value> {
    if let Some((code, swapped)) = coding {
        return decode(vm, code, swapped, place.find(vm, this, width.bytes)?, width);
    }
    let info = info::required(vm, class)?;
    if let Some(code) = info.code()
        && !info.has_flag(OWN_SIMPLE)
    {
        let from = place.find(vm, this, code.size())?;
        return decode(vm, code, info.swapped.get(), from, width);
    }
    let address = place.find(vm, this, info.size.get())?;
    Ok(data::part_of(vm, class, this, index, address)?.value())
}

/// Sets the value at a place, and has what it refers to kept.
pub fn set(
    vm: &Vm,
    this: Ref<CData>,
    place: Place,
    class: Ref<PyType>,
    coding: Option<Coding>,
    value: Value,
    index: usize,
    width: Width,
) -> PyResult<()> {
    let kept = write(vm, this, place, class, coding, value, width)?;
    keep::keep(vm, this, index as isize, kept)
}

/// Writes a simple type's value.
pub fn write_simple(
    vm: &Vm,
    this: Ref<CData>,
    place: Place,
    (code, swapped): Coding,
    value: Value,
    width: Width,
) -> PyResult<Value> {
    if let (CodeKind::Int(size, _), Some(_)) = (code.kind(), width.bits) {
        let encoded = encode(vm, code, false, value, width.bytes)?;
        let mut bits = [0; 8];
        bits.iter_mut().zip(encoded.bytes()).for_each(|(to, from)| *to = *from);
        width.merge(place.find(vm, this, size)?, size, swapped, u64::from_le_bytes(bits));
        return Ok(Value::NONE);
    }
    let encoded = encode(vm, code, swapped, value, width.bytes)?;
    place.find(vm, this, encoded.bytes().len())?.write(encoded.bytes());
    Ok(encoded.keep)
}

/// Gives what must live as long as the data.
fn write(
    vm: &Vm,
    this: Ref<CData>,
    place: Place,
    class: Ref<PyType>,
    coding: Option<Coding>,
    value: Value,
    width: Width,
) -> PyResult<Value> {
    if let Some(coding) = coding {
        return write_simple(vm, this, place, coding, value, width);
    }
    let info = info::required(vm, class)?;
    let Some(source) = data::of(value) else {
        if let Some(code) = info.code() {
            return write_simple(vm, this, place, (code, info.swapped.get()), value, width);
        }
        if let Some(arguments) = value.downcast::<PyTuple>() {
            vm.check_native_stack(" while making a C value of a tuple")?;
            let made = match vm.call(class.value(), arguments.as_slice()) {
                Ok(made) => made,
                Err(raised) => {
                    let prefix = format!("({}) ", class.tp_name());
                    return Err(extend_error(vm, raised, vm.types.runtime_error, &prefix));
                }
            };
            return write(vm, this, place, class, None, made, width);
        }
        if value.is_none() && info.kind() == Kind::Pointer {
            place.find(vm, this, size_of::<usize>())?.write_address(Address::NULL);
            return Ok(Value::NONE);
        }
        let got = vm.type_of(value).tp_name();
        return Err(vm.type_error(format!("expected {} instance, got {got}", class.tp_name())));
    };
    if vm.is_instance_of(value, class.value())? {
        let len = width.bytes.min(source.size.get());
        let to = place.find(vm, this, len)?;
        to.copy_from(source.address(), len);
        return keep::kept(vm, source);
    }
    let incompatible = || {
        let (got, wanted) = (vm.type_of(value).tp_name(), class.tp_name());
        vm.type_error(format!("incompatible types, {got} instance instead of {wanted} instance"))
    };
    match info::of_value(vm, value) {
        // An array becomes a pointer to its first item. All of it is kept.
        Some(array) if array.kind() == Kind::Array && info.kind() == Kind::Pointer => {
            if array.proto_class().is_none() || array.proto_class() != info.proto_class() {
                return Err(incompatible());
            }
            place.find(vm, this, size_of::<usize>())?.write_address(source.address());
            Ok(vm.new_tuple(&[keep::kept(vm, source)?, value])?.value())
        }
        _ => Err(incompatible()),
    }
}

/// Raises the exception in flight again as a `class`, whose message begins with `prefix`.
pub fn extend_error(vm: &Vm, raised: Raised, class: Ref<PyType>, prefix: &str) -> Raised {
    let exception = vm.take_raised(raised);
    let name = vm.type_of(exception.value()).name();
    let message = match vm.str(exception.value()) {
        Ok(message) => message.to_lossy(),
        Err(raised) => {
            vm.take_raised(raised);
            "???".to_owned()
        }
    };
    classes::raise(vm, class, &format!("{prefix}{name}: {message}"))
}
