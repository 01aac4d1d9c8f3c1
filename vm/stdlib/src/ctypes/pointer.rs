//! `_Pointer` and its metaclass: pointers with a type.

use brolga_runtime::object::{Args, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::slice::PySlice;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::access::{self, Place};
use super::data::{self, CData};
use super::data_type::{self, BUFFER};
use super::info::{self, IS_POINTER, Kind, TypeInfo};
use super::width::Width;
use super::{array, keep, metaclass, param};

/// What a pointer type points to; the type becomes that one's own pointer type if it has none yet.
fn set_target(vm: &Vm, class: Ref<PyType>, info: Ref<TypeInfo>, target: Value) -> PyResult<()> {
    if target.downcast::<PyType>().is_none() {
        return Err(vm.type_error("_type_ must be a type"));
    }
    let Some(item) = info::of_type(target) else {
        return Err(vm.type_error(format!("{} must have storage info", vm.repr_lossy(target)?)));
    };
    info.proto.set(info, target);
    if item.pointer_type.is_empty() {
        item.pointer_type.set(item, class.value());
    }
    Ok(())
}

fn init_class(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let class = metaclass::made(vm, args)?;
    let Some(namespace) = args.rest.get(2).and_then(|v| v.downcast::<PyDict>()) else {
        return Err(vm.index_error("tuple index out of range"));
    };
    let info = info::new_info(vm, class, Kind::Pointer)?;
    info.size.set(size_of::<usize>());
    info.align.set(align_of::<usize>());
    info.length.set(1);
    info.add_flag(IS_POINTER);
    let Some(target) = namespace.get_str(vm, vm.intern("_type_")?) else { return Ok(()) };
    set_target(vm, class, info, target)?;
    let Some(item) = info::of_type(target) else { return Ok(()) };
    let (shape, _) = TypeInfo::shape(item, vm)?;
    let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
    let shape = if shape.is_empty() { String::new() } else { format!("({})", shape.join(",")) };
    TypeInfo::set_format(info, vm, &format!("&{shape}{}", item.format_text()))
}

fn set_type(vm: &Vm, class: Ref<PyType>, target: Value) -> PyResult<()> {
    let info = info::required(vm, class)?;
    set_target(vm, class, info, target)?;
    let name = vm.intern("_type_")?;
    if let Some(dict) = class.dict() {
        dict.set_str(vm, name, target)?;
        class.modified(vm, Some(name));
    }
    Ok(())
}

pub static META: TypeDef = metaclass::definition(
    "PyCPointerType",
    &[
        &[
            method!("__init__", "($self, /, *args, **kwargs)", init_class),
            method!("set_type", 2, set_type).text("($self, type, /)"),
            method!("from_param", 2, param::from_param_pointer)
                .text("($self, value, /)")
                .doc("Convert a Python object into a function call parameter."),
        ],
        metaclass::METHODS,
    ],
    "metatype for the Pointer Objects",
);

/// The type of what an instance points to.
fn target(vm: &Vm, this: Ref<CData>) -> PyResult<(Ref<PyType>, Ref<TypeInfo>)> {
    let info = info::required(vm, vm.type_of(this.value()))?;
    let found = info.proto_class().and_then(|class| Some((class, info::of_class(class)?)));
    found.ok_or_else(|| vm.type_error("Cannot create instance: has no _type_"))
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<CData>> {
    let class = crate::object::class_argument(vm, args)?;
    if info::of_class(class).is_none_or(|info| info.proto.is_empty()) {
        return Err(vm.type_error("Cannot create instance: has no _type_"));
    }
    data::new(vm, class)
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let Some(this) = args.get(0).downcast::<CData>() else { return Err(vm.type_error("a C object is required")) };
    match data_type::optional(vm, args, "POINTER")? {
        Some(value) => set_contents(vm, this, Some(value)),
        None => Ok(()),
    }
}

fn contents(vm: &Vm, this: Ref<CData>) -> PyResult<Ref<CData>> {
    let address = Place::Behind(0).find(vm, this, 0)?;
    let (class, _) = target(vm, this)?;
    data::part_of(vm, class, this, 0, address)
}

fn set_contents(vm: &Vm, this: Ref<CData>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("Pointer does not support item deletion")) };
    let (class, _) = target(vm, this)?;
    let Some(pointee) = data::of(value) else {
        let (wanted, got) = (class.tp_name(), vm.type_of(value).tp_name());
        return Err(vm.type_error(format!("expected {wanted} instead of {got}")));
    };
    this.part(vm, 0, size_of::<usize>())?.write_address(pointee.address());
    // The object pointed to, and what it keeps itself.
    keep::keep(vm, this, 1, value)?;
    keep::keep(vm, this, 0, keep::kept(vm, pointee)?)
}

fn truth(vm: &Vm, this: Ref<CData>) -> PyResult<bool> {
    Ok(!this.pointer(vm)?.is_null())
}

/// An item: so many times the size of one from where the pointer points.
fn item(vm: &Vm, this: Ref<CData>, index: isize) -> PyResult<Value> {
    let (class, info) = target(vm, this)?;
    let size = info.size.get();
    let place = Place::Behind(index.wrapping_mul(size as isize));
    place.find(vm, this, size)?;
    access::get(vm, this, place, class, None, index as usize, Width::bytes(size))
}

fn is_index(vm: &Vm, v: Value) -> bool {
    vm.type_of(v).special(Special::Index).is_some()
}

fn getitem(vm: &Vm, this: Ref<CData>, key: Value) -> PyResult<Value> {
    if is_index(vm, key) {
        let index = index(vm, key)?;
        return item(vm, this, index);
    }
    let Some(slice) = key.downcast::<PySlice>() else {
        return Err(vm.type_error("Pointer indices must be integer"));
    };
    let (start, step, count) = range(vm, slice)?;
    let (_, info) = target(vm, this)?;
    let size = info.size.get() as isize;
    if let Some(text) = array::characters(vm, info, start, step, count, |offset| {
        Place::Behind(offset.wrapping_mul(size)).find(vm, this, 1)
    })? {
        return Ok(text);
    }
    let list = ValueVec::new();
    for i in 0..count as isize {
        list.push(vm, item(vm, this, start.wrapping_add(i.wrapping_mul(step)))?)?;
    }
    Ok(PyList::from_vec(vm, list)?.value())
}

fn index(vm: &Vm, v: Value) -> PyResult<isize> {
    vm.to_isize(v).map_err(|raised| match vm.catch(raised, vm.types.overflow_error) {
        Ok(_) => vm.index_error("cannot fit 'int' into an index-sized integer"),
        Err(raised) => raised,
    })
}

/// Where a slice begins, its step, and how many items it has. There is no length, so that negative numbers mean what they
/// say and the end has to be named.
fn range(vm: &Vm, slice: Ref<PySlice>) -> PyResult<(isize, isize, usize)> {
    let number = |v: Value| -> PyResult<isize> {
        vm.to_isize(v).map_err(|raised| match vm.catch(raised, vm.types.overflow_error) {
            Ok(_) => vm.value_error("cannot fit 'int' into an index-sized integer"),
            Err(raised) => raised,
        })
    };
    let step = if slice.step().is_none() { 1 } else { number(slice.step())? };
    if step == 0 {
        return Err(vm.value_error("slice step cannot be zero"));
    }
    let start = match slice.start() {
        start if !start.is_none() => number(start)?,
        _ if step < 0 => return Err(vm.value_error("slice start is required for step < 0")),
        _ => 0,
    };
    if slice.stop().is_none() {
        return Err(vm.value_error("slice stop is required"));
    }
    let stop = number(slice.stop())?;
    let distance = (stop as i128 - start as i128) * i128::from(step.signum() as i64);
    let count = if distance <= 0 { 0 } else { (distance - 1) / (step as i128).abs() + 1 };
    Ok((start, step, usize::try_from(count).unwrap_or(usize::MAX)))
}

fn setitem(vm: &Vm, this: Ref<CData>, key: Value, value: Value) -> PyResult<()> {
    if !is_index(vm, key) {
        let got = vm.type_of(key).tp_name();
        return Err(vm.type_error(format!("sequence index must be integer, not '{got}'")));
    }
    let index = index(vm, key)?;
    let (class, info) = target(vm, this)?;
    let size = info.size.get();
    let place = Place::Behind(index.wrapping_mul(size as isize));
    place.find(vm, this, size)?;
    access::set(vm, this, place, class, None, value, index as usize, Width::bytes(size))
}

fn delitem(vm: &Vm, _: Value, _: Value) -> PyResult<()> {
    Err(vm.type_error("Pointer does not support item deletion"))
}

pub static DEF: TypeDef = TypeDef {
    module: "_ctypes",
    flags: type_flags::BASETYPE,
    methods: &[&[
        method!("__new__", "($type, *args, **kwargs)", new).static_(),
        method!("__init__", "($self, /, *args, **kwargs)", init),
        method!("__bool__", 1, truth),
        method!("__getitem__", 2, getitem),
        method!("__setitem__", 3, setitem),
        method!("__delitem__", 2, delitem),
    ]],
    getset: &[getset!("contents", contents, set_contents).doc("the object this pointer points to (read-write)")],
    buffer: Some(BUFFER),
    doc: Some("XXX to be provided"),
    ..TypeDef::new("_Pointer")
};
