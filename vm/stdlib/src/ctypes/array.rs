//! `Array` and its metaclass.

use brolga_runtime::object::{Args, GetSetDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::state::names::Special;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::getset::PyGetSet;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::slice::{PySlice, adjust, unpack};
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::access::{self, Place};
use super::code::{Kind as CodeKind, WIDE};
use super::data::CData;
use super::data_type::{self, BUFFER};
use super::decode::{c_string, wide_string};
use super::encode::wide_bytes;
use super::info::{self, HAS_POINTER, IS_POINTER, Kind, TypeInfo};
use super::memory::{Address, room};
use super::width::Width;
use super::{classes, metaclass};

/// Key of the dict of array types by item type and length.
static TYPES: u8 = 0;

/// `class * length`, the same type each time.
pub fn array_type(vm: &Vm, class: Ref<PyType>, length: usize) -> PyResult<Value> {
    let types = match vm.kept(&TYPES).and_then(Value::downcast::<PyDict>) {
        Some(types) => types,
        None => {
            let types = vm.new_dict()?;
            vm.keep(&TYPES, types.value());
            types
        }
    };
    // By identity: a metaclass may have its own idea of equal classes.
    let key = vm.new_tuple(&[vm.new_int(class.addr() as i64)?, vm.new_int(length as i64)?])?;
    if let Some(found) = types.get_item(vm, key.value())? {
        return Ok(found);
    }
    // (Cut, as it would grow with each array of arrays.)
    let item_name: String = class.tp_name().chars().take(200).collect();
    let name = vm.new_str(&format!("{item_name}_Array_{length}"))?;
    let bases = vm.new_tuple(&[classes::array(vm)?.value()])?;
    let namespace = vm.new_dict()?;
    namespace.set_name(vm, "_length_", vm.new_int(length as i64)?)?;
    namespace.set_name(vm, "_type_", class.value())?;
    let meta = classes::meta(vm, &META)?;
    let made = vm.call(meta.value(), &[name.value(), bases.value(), namespace.value()])?;
    types.set_item(vm, key.value(), made)?;
    Ok(made)
}

fn length_of(vm: &Vm, class: Ref<PyType>) -> PyResult<usize> {
    let Some(length) = vm.get_attr_opt(class.value(), vm.intern("_length_")?)? else {
        return Err(vm.attribute_error("class must define a '_length_' attribute"));
    };
    if !vm.is_instance(length, vm.types.int) {
        return Err(vm.type_error("The '_length_' attribute must be an integer"));
    }
    if int::is_negative(length) {
        return Err(vm.value_error("The '_length_' attribute must not be negative"));
    }
    let length = int::to_i64(length).and_then(|n| usize::try_from(n).ok());
    length.ok_or_else(|| vm.overflow_error("The '_length_' attribute is too large"))
}

fn init_class(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let class = metaclass::made(vm, args)?;
    let length = length_of(vm, class)?;
    let Some(item_class) = vm.get_attr_opt(class.value(), vm.intern("_type_")?)? else {
        return Err(vm.attribute_error("class must define a '_type_' attribute"));
    };
    let info = info::new_info(vm, class, Kind::Array)?;
    let Some(item) = info::of_type(item_class) else {
        return Err(vm.type_error("_type_ must have storage info"));
    };
    let size = item.size.get().checked_mul(length).filter(|size| isize::try_from(*size).is_ok());
    let Some(size) = size else { return Err(vm.overflow_error("array too large")) };
    info.proto.set(info, item_class);
    info.format.set(info, item.format.get());
    info.size.set(size);
    info.align.set(item.align.get());
    info.length.set(length);
    if item.has_flag(IS_POINTER | HAS_POINTER) {
        info.add_flag(HAS_POINTER);
    }
    // Arrays of characters are strings, too.
    let attributes: &[GetSetDef] = match item.code().map(|code| code.kind()) {
        Some(CodeKind::Char) => CHARACTERS,
        Some(CodeKind::WideChar) => WIDE_CHARACTERS,
        _ => &[],
    };
    if let Some(dict) = class.dict() {
        for attribute in attributes {
            dict.set_name(vm, attribute.name, PyGetSet::new(vm, attribute, class)?.value())?;
            class.modified(vm, Some(vm.intern(attribute.name)?));
        }
    }
    Ok(())
}

pub static META: TypeDef = metaclass::definition(
    "PyCArrayType",
    &[&[method!("__init__", "($self, /, *args, **kwargs)", init_class)], metaclass::METHODS, metaclass::FROM_PARAM],
    "metatype for the Array Objects",
);

fn raw(vm: &Vm, this: Ref<CData>) -> PyResult<Value> {
    c_string(vm, this.address(), this.size.get())
}

fn set_raw(vm: &Vm, this: Ref<CData>, value: Slot) -> PyResult<()> {
    let Some(value) = value else {
        let class = vm.type_of(this.value()).tp_name();
        return Err(vm.attribute_error(format!("attribute 'raw' of '{class}' objects cannot be deleted")));
    };
    let bytes = vm.buffer(value, false)?;
    if bytes.len() > this.size.get() {
        return Err(vm.value_error("byte string too long"));
    }
    this.part(vm, 0, bytes.len())?.write(bytes.as_slice());
    Ok(())
}

fn text(vm: &Vm, this: Ref<CData>) -> PyResult<Value> {
    let from = this.address();
    c_string(vm, from, from.c_length(this.size.get()))
}

fn set_text(vm: &Vm, this: Ref<CData>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete attribute")) };
    let Some(bytes) = value.downcast::<PyBytes>() else {
        return Err(vm.type_error(format!("bytes expected instead of {} instance", vm.type_of(value).tp_name())));
    };
    let (len, size) = (bytes.len(), this.size.get());
    if len > size {
        return Err(vm.value_error("byte string too long"));
    }
    this.part(vm, 0, len)?.write(bytes.as_slice());
    if len < size {
        this.part(vm, len, 1)?.write(&[0]);
    }
    Ok(())
}

fn wide_text(vm: &Vm, this: Ref<CData>) -> PyResult<Value> {
    let from = this.address();
    wide_string(vm, from, from.wide_length(this.size.get() / WIDE))
}

fn set_wide_text(vm: &Vm, this: Ref<CData>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete attribute")) };
    let Some(s) = value.downcast::<PyStr>() else {
        let class = vm.type_of(value).tp_name();
        return Err(vm.type_error(format!("unicode string expected instead of {class} instance")));
    };
    let most = this.size.get() / WIDE;
    if s.len() > most {
        return Err(vm.value_error("string too long"));
    }
    let bytes = wide_bytes(vm, s, most)?;
    this.part(vm, 0, bytes.len())?.write(&bytes);
    Ok(())
}

const CHARACTERS: &[GetSetDef] =
    &[getset!("raw", raw, set_raw).doc("value"), getset!("value", text, set_text).doc("string value")];
const WIDE_CHARACTERS: &[GetSetDef] = &[getset!("value", wide_text, set_wide_text).doc("string value")];

/// What is known of an array's items.
struct Items {
    info: Ref<TypeInfo>,
    class: Ref<PyType>,
    size: usize,
}

fn items(vm: &Vm, this: Ref<CData>) -> PyResult<Items> {
    let info = info::required(vm, vm.type_of(this.value()))?;
    match info.proto_class().and_then(|class| Some((class, info::of_class(class)?))) {
        Some((class, item)) => Ok(Items { info: item, class, size: item.size.get() }),
        None => Err(vm.type_error("not an array")),
    }
}

fn length(_: &Vm, this: Ref<CData>) -> usize {
    this.length.get()
}

fn item(vm: &Vm, this: Ref<CData>, index: usize) -> PyResult<Value> {
    let Items { class, size, .. } = items(vm, this)?;
    let place = Place::Inside(index.saturating_mul(size));
    access::get(vm, this, place, class, None, index, Width::bytes(size))
}

fn set_item(vm: &Vm, this: Ref<CData>, index: usize, value: Value) -> PyResult<()> {
    let Items { class, size, .. } = items(vm, this)?;
    let place = Place::Inside(index.saturating_mul(size));
    access::set(vm, this, place, class, None, value, index, Width::bytes(size))
}

fn index(vm: &Vm, this: Ref<CData>, key: Value) -> PyResult<usize> {
    let i = vm.to_isize_clamped(key)?;
    let length = this.length.get();
    let i = if i < 0 { i.saturating_add(length as isize) } else { i };
    usize::try_from(i).ok().filter(|i| *i < length).ok_or_else(|| vm.index_error("invalid index"))
}

fn is_index(vm: &Vm, v: Value) -> bool {
    vm.type_of(v).special(Special::Index).is_some()
}

fn getitem(vm: &Vm, this: Ref<CData>, key: Value) -> PyResult<Value> {
    if is_index(vm, key) {
        let at = index(vm, this, key)?;
        return item(vm, this, at);
    }
    let Some(slice) = key.downcast::<PySlice>() else { return Err(vm.type_error("indices must be integers")) };
    let (start, stop, step) = unpack(vm, &slice)?;
    let (start, _, step, count) = adjust(this.length.get(), start, stop, step);
    let items = items(vm, this)?;
    let size = items.size;
    if let Some(text) = characters(vm, items.info, start, step, count, |offset| {
        this.part(vm, offset.unsigned_abs().saturating_mul(size), size)
    })? {
        return Ok(text);
    }
    let list = ValueVec::with_capacity(vm, count)?;
    for i in 0..count as isize {
        list.push(vm, item(vm, this, (start + i * step) as usize)?)?;
    }
    Ok(PyList::from_vec(vm, list)?.value())
}

/// A slice of characters as a string; `None` of other items. `place` gives the address of an item.
pub fn characters(
    vm: &Vm,
    item: Ref<TypeInfo>,
    start: isize,
    step: isize,
    count: usize,
    place: impl Fn(isize) -> PyResult<Address>,
) -> PyResult<Option<Value>> {
    let at = |i: usize| place(start.wrapping_add(step.wrapping_mul(i as isize)));
    match item.code().map(|code| code.kind()) {
        Some(CodeKind::Char) => {
            let mut out = room(vm, count)?;
            for i in 0..count {
                out.extend_from_slice(&at(i)?.read_array::<1>());
            }
            Ok(Some(PyBytes::new(vm, &out)?.value()))
        }
        Some(CodeKind::WideChar) => {
            let mut out = room::<u8>(vm, count.saturating_mul(WIDE))?;
            for i in 0..count {
                out.extend_from_slice(&at(i)?.read_array::<WIDE>());
            }
            // SAFETY: `out` stays where it is until the string is made.
            let from = unsafe { Address::new(out.as_ptr().expose_provenance()) };
            Ok(Some(wide_string(vm, from, count)?))
        }
        _ => Ok(None),
    }
}

fn setitem(vm: &Vm, this: Ref<CData>, key: Value, value: Value) -> PyResult<()> {
    if is_index(vm, key) {
        let at = index(vm, this, key)?;
        return set_item(vm, this, at, value);
    }
    let Some(slice) = key.downcast::<PySlice>() else { return Err(vm.type_error("indices must be integer")) };
    let (start, stop, step) = unpack(vm, &slice)?;
    let (start, _, step, count) = adjust(this.length.get(), start, stop, step);
    if vm.len(value)? != count {
        return Err(vm.value_error("Can only assign sequence of same size"));
    }
    for i in 0..count {
        let item = vm.get_item(value, Value::from_len(i))?;
        set_item(vm, this, (start + i as isize * step) as usize, item)?;
    }
    Ok(())
}

fn delitem(vm: &Vm, _: Value, _: Value) -> PyResult<()> {
    Err(vm.type_error("Array does not support item deletion"))
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    for (i, value) in args.rest.iter().enumerate() {
        vm.set_item(args.get(0), Value::from_len(i), *value)?;
    }
    Ok(())
}

pub static DEF: TypeDef = TypeDef {
    module: "_ctypes",
    flags: type_flags::BASETYPE,
    methods: &[&[
        method!("__new__", "($type, *args, **kwargs)", data_type::new).static_(),
        method!("__init__", "($self, /, *args, **kwargs)", init),
        method!("__len__", 1, length),
        method!("__getitem__", 2, getitem),
        method!("__setitem__", 3, setitem),
        method!("__delitem__", 2, delitem),
        method!("__class_getitem__", 2, crate::object::class_getitem).class().doc("See PEP 585"),
    ]],
    buffer: Some(BUFFER),
    doc: Some(
        "Abstract base class for arrays.\n\nThe recommended way to create concrete array types is by multiplying any\nctypes data type with a non-negative integer. Alternatively, you can subclass\nthis type and define _length_ and _type_ class variables. Array elements can\nbe read and written using standard subscript and slice accesses for slice\nreads, the resulting object is not itself an Array.",
    ),
    ..TypeDef::new("Array")
};
