//! `mappingproxy`: a read-only view of a mapping.

use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::MAPPINGPROXY;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::protocol::compare::Compare;
use crate::protocol::number::BinaryOp;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::list::PyList;
use crate::types::list::methods::{class_getitem, receiver};
use crate::types::list::repr;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::value::Value;
use crate::{PyResult, comparisons, method};

#[repr(C)]
pub struct PyMappingProxy {
    header: Header,
    mapping: Field,
}

// SAFETY: repr(C), header first, a field only.
unsafe impl HeapType for PyMappingProxy {
    const LAYOUT: LayoutId = MAPPINGPROXY;
}

impl PyMappingProxy {
    pub fn new(vm: &Vm, mapping: Value) -> PyResult<Ref<PyMappingProxy>> {
        let this: Ref<PyMappingProxy> = vm.alloc(shape::mappingproxy)?;
        this.mapping.init(mapping);
        Ok(this)
    }

    pub fn mapping(&self) -> Value {
        self.mapping.get_or_none()
    }
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyMappingProxy>> {
    let mapping = args.get(1);
    let is_mapping = vm.type_of(mapping).special(Special::GetItem).is_some()
        && mapping.downcast::<PyList>().is_none()
        && mapping.downcast::<PyTuple>().is_none();
    if !is_mapping {
        return Err(vm.type_error(format!("mappingproxy() argument must be a mapping, not {}", vm.type_name(mapping))));
    }
    PyMappingProxy::new(vm, mapping)
}

fn make_repr(vm: &Vm, this: Ref<PyMappingProxy>) -> PyResult<Ref<PyStr>> {
    let mut text = repr::TextParts::new();
    text.push_str(vm, "mappingproxy(")?;
    text.push_repr(vm, this.mapping())?;
    text.push_str(vm, ")")?;
    text.finish(vm)
}

fn str(vm: &Vm, this: Ref<PyMappingProxy>) -> PyResult<Ref<PyStr>> {
    vm.str(this.mapping())
}

fn hash(vm: &Vm, this: Ref<PyMappingProxy>) -> PyResult<i64> {
    vm.hash(this.mapping())
}

/// The six comparisons; `OP` numbers them as [`Compare`].
fn rich(vm: &Vm, this: Ref<PyMappingProxy>, other: Value, op: Compare) -> PyResult<Value> {
    vm.compare(this.mapping(), other, op)
}

fn len(vm: &Vm, this: Ref<PyMappingProxy>) -> PyResult<usize> {
    vm.len(this.mapping())
}

fn getitem(vm: &Vm, this: Ref<PyMappingProxy>, key: Value) -> PyResult<Value> {
    vm.get_item(this.mapping(), key)
}

fn contains(vm: &Vm, this: Ref<PyMappingProxy>, key: Value) -> PyResult<bool> {
    vm.contains(this.mapping(), key)
}

fn iter(vm: &Vm, this: Ref<PyMappingProxy>) -> PyResult<Value> {
    vm.iter(this.mapping())
}

/// The mapping behind a proxy; anything else is itself.
fn unwrap(v: Value) -> Value {
    v.downcast::<PyMappingProxy>().map_or(v, |p| p.mapping())
}

fn or(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    vm.binary_op(unwrap(a), unwrap(b), BinaryOp::Or)
}

fn ror(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
    or(vm, b, a)
}

fn ior(vm: &Vm, this: Ref<PyMappingProxy>, _: Value) -> PyResult<Value> {
    let class = vm.type_name(this.value());
    Err(vm.type_error(format!("'|=' is not supported by {class}; use '|' instead")))
}

fn get(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<PyMappingProxy> = receiver(vm, args)?;
    vm.call_method(this.mapping(), "get", &[args.get(1), args.get(2)])
}

fn keys(vm: &Vm, this: Ref<PyMappingProxy>) -> PyResult<Value> {
    vm.call_method(this.mapping(), "keys", &[])
}

fn values(vm: &Vm, this: Ref<PyMappingProxy>) -> PyResult<Value> {
    vm.call_method(this.mapping(), "values", &[])
}

fn items(vm: &Vm, this: Ref<PyMappingProxy>) -> PyResult<Value> {
    vm.call_method(this.mapping(), "items", &[])
}

fn copy(vm: &Vm, this: Ref<PyMappingProxy>) -> PyResult<Value> {
    vm.call_method(this.mapping(), "copy", &[])
}

fn reversed(vm: &Vm, this: Ref<PyMappingProxy>) -> PyResult<Value> {
    vm.call_method(this.mapping(), "__reversed__", &[])
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, mapping)", new).static_(),
    method!("__repr__", 1, make_repr),
    method!("__hash__", 1, hash),
    method!("__str__", 1, str),
    method!("__iter__", 1, iter),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
    method!("__ior__", 2, ior),
    method!("__len__", 1, len),
    method!("__getitem__", 2, getitem),
    method!("__contains__", 2, contains),
    method!("get", "($self, key, default=None, /)", get)
        .doc("Return the value for key if key is in the mapping, else default."),
    method!("keys", 1, keys).doc("D.keys() -> a set-like object providing a view on D's keys"),
    method!("values", 1, values).doc("D.values() -> an object providing a view on D's values"),
    method!("items", 1, items).doc("D.items() -> a set-like object providing a view on D's items"),
    method!("copy", 1, copy).doc("D.copy() -> a shallow copy of D"),
    method!("__class_getitem__", 2, class_getitem).class().doc("See PEP 585"),
    method!("__reversed__", 1, reversed).doc("D.__reversed__() -> reverse iterator"),
];

pub static DEF: TypeDef = TypeDef {
    layout: Some(MAPPINGPROXY),
    flags: type_flags::MAPPING,
    methods: &[METHODS, comparisons!(rich)],
    doc: Some("Read-only proxy of a mapping."),
    ..TypeDef::new("mappingproxy")
};
