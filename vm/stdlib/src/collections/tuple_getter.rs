//! `_tuplegetter`: the descriptor of a named tuple's field.

use std::cell::Cell;

use brolga_runtime::object::def::{MethodDef, TypeDef, type_flags};
use brolga_runtime::object::{Args, Field, GetSetDef, Header, HeapType, LayoutId, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use crate::layouts::TUPLE_GETTER;

#[repr(C)]
pub struct PyTupleGetter {
    header: Header,
    attrs: Field,
    doc: Field,
    index: Cell<isize>,
}

// SAFETY: repr(C), header first; an index is small, and the collector takes any word for a value only if it is one.
unsafe impl HeapType for PyTupleGetter {
    const LAYOUT: LayoutId = TUPLE_GETTER;
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTupleGetter>> {
    // Kept below what any object's address could be, and no tuple is that long.
    let index = vm.to_isize(args.get(1))?.clamp(-(1 << 30), 1 << 30);
    let Some(class) = args.get(0).downcast::<PyType>() else { return Err(vm.type_error("not a type")) };
    let this: Ref<PyTupleGetter> = vm.alloc_instance(class)?;
    this.index.set(index);
    this.doc.init(args.get(2));
    Ok(this)
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(this) = args.get(0).downcast::<PyTupleGetter>() else { return Err(vm.type_error("not a _tuplegetter")) };
    let instance = args.get(1);
    let index = this.index.get();
    let Some(tuple) = instance.downcast::<PyTuple>() else {
        if !instance.is_none() {
            return Err(vm.type_error(format!(
                "descriptor for index '{index}' for tuple subclasses doesn't apply to '{}' object",
                vm.type_name(instance)
            )));
        }
        return match args.opt_not_none(2) {
            Some(_) => Ok(this.value()),
            None => Err(vm.type_error("__get__(None, None) is invalid")),
        };
    };
    match usize::try_from(index).ok().and_then(|i| tuple.get(i)) {
        Some(item) => Ok(item),
        None => Err(vm.index_error("tuple index out of range")),
    }
}

fn set(vm: &Vm, _: Value, _: Value, _: Value) -> PyResult<()> {
    Err(vm.attribute_error("can't set attribute"))
}

fn delete(vm: &Vm, _: Value, _: Value) -> PyResult<()> {
    Err(vm.attribute_error("can't delete attribute"))
}

fn repr(vm: &Vm, this: Ref<PyTupleGetter>) -> PyResult<String> {
    let doc = vm.repr_lossy(this.doc.get_or_none())?;
    Ok(format!("_tuplegetter({}, {doc})", this.index.get()))
}

fn reduce(vm: &Vm, this: Ref<PyTupleGetter>) -> PyResult<Value> {
    let index = vm.new_int(this.index.get() as i64)?;
    let args = vm.new_tuple(&[index, this.doc.get_or_none()])?;
    Ok(vm.new_tuple(&[vm.type_of(this.value()).value(), args.value()])?.value())
}

fn doc(_: &Vm, this: Ref<PyTupleGetter>) -> Slot {
    this.doc.get()
}

fn set_doc(_: &Vm, this: Ref<PyTupleGetter>, value: Slot) -> PyResult<()> {
    this.doc.set(this, value);
    Ok(())
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, index, doc, /)", new).static_(),
    method!("__get__", "($self, instance, owner=None, /)", get),
    method!("__set__", 3, set),
    method!("__delete__", 2, delete),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, reduce),
];
const GETSET: &[GetSetDef] = &[getset!("__doc__", doc, set_doc).member()];

pub static DEF: TypeDef = TypeDef {
    module: "collections",
    layout: Some(TUPLE_GETTER),
    flags: type_flags::IMMUTABLE,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("_tuplegetter")
};
