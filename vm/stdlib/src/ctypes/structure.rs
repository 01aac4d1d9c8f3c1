//! `Structure` and `Union`: their metaclasses, which lay out the fields, and how instances are filled.

use brolga_runtime::object::{Args, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::data_type::{self, BUFFER};
use super::field::CField;
use super::info::{self, FINAL, HAS_POINTER, IS_POINTER, Kind, TypeInfo};
use super::metaclass;

fn init_class(vm: &Vm, args: &Args<'_>, kind: Kind) -> PyResult<()> {
    let class = metaclass::made(vm, args)?;
    if info::own(vm, class, "_abstract_")?.is_some() {
        return Ok(());
    }
    let info = info::new_info(vm, class, kind)?;
    TypeInfo::set_format(info, vm, "B")?;
    if let Some(fields) = info::own(vm, class, "_fields_")? {
        return vm.set_attr_str(class.value(), "_fields_", fields);
    }
    if let Some(base) = class.base().and_then(info::of_class) {
        inherit(info, base);
        base.add_flag(FINAL);
    }
    Ok(())
}

/// A class without fields of its own is as its base.
fn inherit(info: Ref<TypeInfo>, base: Ref<TypeInfo>) {
    info.size.set(base.size.get());
    info.align.set(base.align.get());
    info.length.set(base.length.get());
    info.flags.set(base.flags.get() & !FINAL);
    info.format.set(info, base.format.get());
}

fn init_structure(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    init_class(vm, args, Kind::Structure)
}

fn init_union(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    init_class(vm, args, Kind::Union)
}

/// `_fields_ = ...`: `ctypes._layout` says where each is.
fn set_fields(vm: &Vm, class: Ref<PyType>, fields: Value, kind: Kind) -> PyResult<()> {
    let Some(info) = info::of_class(class) else { return Err(vm.type_error("ctypes state is not initialized")) };
    let base = class.base().and_then(|base| Some((base, info::of_class(base)?)));
    if info.has_flag(FINAL) {
        return Err(vm.attribute_error("_fields_ is final"));
    }
    let get_layout = vm.import_attr("ctypes._layout", "get_layout")?;
    let base_class = base.map_or(Value::NONE, |(class, _)| class.value());
    let is_structure = Value::from_bool(kind == Kind::Structure);
    let names = vm.new_tuple(&[vm.intern("is_struct")?.value(), vm.intern("base")?.value()])?;
    let layout = vm.call_kw(get_layout, &[class.value(), fields, is_structure, base_class], Some(names))?;
    let number = |name: &str| -> PyResult<usize> {
        let n = vm.to_isize(vm.get_attr_str(layout, name)?)?;
        usize::try_from(n).map_err(|_| vm.value_error(format!("{name} must be a non-negative integer")))
    };
    let (align, size) = (number("align")?, number("size")?);
    let format = vm.get_attr_str(layout, "format_spec")?;
    let format = vm.expect_str(format, "format_spec")?;
    let fields = vm.tuple_from(vm.get_attr_str(layout, "fields")?)?;
    info.format.set(info, format.value());
    for (i, field) in fields.as_slice().iter().enumerate() {
        let Some(field) = field.downcast::<CField>() else {
            let got = vm.fully_qualified_name(vm.type_of(*field));
            return Err(vm.type_error(format!("fields must be of type CField, got {got}")));
        };
        let index = field.index.get();
        if index != i {
            let name = vm.repr_lossy(field.name.get_or_none())?;
            return Err(vm.value_error(format!("field {name} index mismatch (expected {i}, got {index})")));
        }
        if let Some(of) = field.class().and_then(info::of_class) {
            if of.has_flag(IS_POINTER | HAS_POINTER) {
                info.add_flag(HAS_POINTER);
            }
            of.add_flag(FINAL);
        }
        let Some(name) = field.name.get().and_then(Value::downcast::<PyStr>) else { continue };
        vm.set_attr(class.value(), vm.intern_str(name), field.value())?;
    }
    info.size.set(size);
    info.align.set(align);
    info.length.set(base.map_or(0, |(_, base)| base.length.get()).saturating_add(fields.len()));
    info.fields.set(info, fields.value());
    // It was not so above: one of the fields is of this type.
    if info.has_flag(FINAL) {
        return Err(vm.attribute_error("Structure or union cannot contain itself"));
    }
    info.add_flag(FINAL);
    add_anonymous(vm, class)
}

/// The fields of those named in `_anonymous_` become fields of the class, too.
fn add_anonymous(vm: &Vm, class: Ref<PyType>) -> PyResult<()> {
    let Some(names) = vm.get_attr_opt(class.value(), vm.intern("_anonymous_")?)? else { return Ok(()) };
    for name in sequence(vm, names, "_anonymous_ must be a sequence")?.as_slice() {
        let name = vm.expect_str(*name, "attribute name")?;
        let field = vm.get_attr(class.value(), vm.intern_str(name))?;
        let Some(field) = field.downcast::<CField>() else {
            let name = name.to_lossy();
            return Err(vm.attribute_error(format!("'{name}' is specified in _anonymous_ but not in _fields_")));
        };
        field.anonymous.set(true);
        add_fields_of(vm, class, field, field.index.get(), field.offset.get())?;
    }
    Ok(())
}

fn sequence(vm: &Vm, v: Value, message: &str) -> PyResult<Ref<PyTuple>> {
    if let Some(tuple) = v.downcast::<PyTuple>() {
        return Ok(tuple);
    }
    if let Some(list) = v.downcast::<PyList>() {
        return vm.new_tuple(list.as_slice());
    }
    vm.tuple_from(v).map_err(|raised| match vm.catch(raised, vm.types.type_error) {
        Ok(_) => vm.type_error(message),
        Err(raised) => raised,
    })
}

fn add_fields_of(vm: &Vm, class: Ref<PyType>, of: Ref<CField>, index: usize, offset: usize) -> PyResult<()> {
    vm.check_native_stack(" while adding anonymous fields")?;
    let Some(inner) = of.class() else { return Ok(()) };
    let fields = vm.get_attr_str(inner.value(), "_fields_")?;
    for entry in sequence(vm, fields, "_fields_ must be a sequence")?.as_slice() {
        let entry = vm.tuple_from(*entry)?;
        let Some(name) = entry.get(0).and_then(Value::downcast::<PyStr>) else {
            return Err(vm.type_error("a field's name must be a string"));
        };
        let name = vm.intern_str(name);
        let Some(field) = vm.get_attr(inner.value(), name)?.downcast::<CField>() else {
            return Err(vm.type_error("unexpected type"));
        };
        let (index, offset) = (field.index.get().saturating_add(index), field.offset.get().saturating_add(offset));
        if field.anonymous.get() {
            add_fields_of(vm, class, field, index, offset)?;
        } else {
            let moved = CField::moved(field, vm, index, offset)?;
            vm.set_attr(class.value(), name, moved.value())?;
        }
    }
    Ok(())
}

fn set_attribute(vm: &Vm, class: Ref<PyType>, name: Value, value: Slot, kind: Kind) -> PyResult<()> {
    let name = vm.expect_str(name, "attribute name")?;
    let name = vm.intern_str(name);
    if let Some(fields) = value
        && name.equals_str("_fields_")
    {
        set_fields(vm, class, fields, kind)?;
    }
    vm.type_set_attr(class, name, value)
}

fn structure_setattr(vm: &Vm, class: Ref<PyType>, name: Value, value: Value) -> PyResult<()> {
    set_attribute(vm, class, name, Some(value), Kind::Structure)
}

fn union_setattr(vm: &Vm, class: Ref<PyType>, name: Value, value: Value) -> PyResult<()> {
    set_attribute(vm, class, name, Some(value), Kind::Union)
}

fn delattr(vm: &Vm, class: Ref<PyType>, name: Value) -> PyResult<()> {
    set_attribute(vm, class, name, None, Kind::Structure)
}

pub static STRUCTURE_META: TypeDef = metaclass::definition(
    "PyCStructType",
    &[
        &[
            method!("__init__", "($self, /, *args, **kwargs)", init_structure),
            method!("__setattr__", 3, structure_setattr),
            method!("__delattr__", 2, delattr),
        ],
        metaclass::METHODS,
        metaclass::FROM_PARAM,
    ],
    "metatype for the CData Objects",
);

pub static UNION_META: TypeDef = metaclass::definition(
    "UnionType",
    &[
        &[
            method!("__init__", "($self, /, *args, **kwargs)", init_union),
            method!("__setattr__", 3, union_setattr),
            method!("__delattr__", 2, delattr),
        ],
        metaclass::METHODS,
        metaclass::FROM_PARAM,
    ],
    "metatype for the Union Objects",
);

/// `Structure(*values, **fields)`
fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = args.get(0);
    if !args.rest.is_empty() && fill(vm, this, vm.type_of(this), args)? < args.rest.len() {
        return Err(vm.type_error("too many initializers"));
    }
    for (name, value) in args.kw.iter() {
        vm.set_attr(this, vm.expect_str(name, "keyword")?, value)?;
    }
    Ok(())
}

/// Sets fields by position, those of the bases first. Gives how many there are.
fn fill(vm: &Vm, this: Value, class: Ref<PyType>, args: &Args<'_>) -> PyResult<usize> {
    vm.check_native_stack(" while filling a structure")?;
    let first = match class.base() {
        Some(base) if info::of_class(base).is_some() => fill(vm, this, base, args)?,
        _ => 0,
    };
    let (Some(info), Some(fields)) = (info::of_class(class), info::own(vm, class, "_fields_")?) else {
        return Ok(first);
    };
    let length = info.length.get();
    for i in first..length.min(args.rest.len()) {
        let entry = vm.get_item(fields, Value::from_len(i - first))?;
        let name = vm.expect_str(vm.get_item(entry, Value::from_i32(0))?, "attribute name")?;
        for (keyword, _) in args.kw.iter() {
            if vm.eq(keyword, name.value())? {
                let name = vm.repr_lossy(name.value())?;
                return Err(vm.type_error(format!("duplicate values for field {name}")));
            }
        }
        let Some(value) = args.rest.get(i) else { break };
        vm.set_attr(this, vm.intern_str(name), *value)?;
    }
    Ok(length)
}

pub static STRUCTURE: TypeDef = TypeDef { doc: Some("Structure base class"), ..instance_type("Structure") };
pub static UNION: TypeDef = TypeDef { doc: Some("Union base class"), ..instance_type("Union") };

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", data_type::new).static_(),
    method!("__init__", "($self, /, *args, **kwargs)", init),
];

const fn instance_type(name: &'static str) -> TypeDef {
    TypeDef {
        module: "_ctypes",
        flags: type_flags::BASETYPE,
        methods: &[METHODS],
        buffer: Some(BUFFER),
        ..TypeDef::new(name)
    }
}
