//! `TypeAliasType`: what a `type` statement makes.

use super::{FORMAT_VALUE, PyTypeParam, const_evaluator, has_default, unpack, unpack_type_var_tuples};
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref, layout};
use crate::state::Vm;
use crate::types::function::PyFunction;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::{generic_alias, shape, union};
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};

#[repr(C)]
pub struct PyTypeAlias {
    header: Header,
    attrs: Field,
    name: Field,
    type_params: Field,
    compute_value: Field,
    value: Field,
    module: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyTypeAlias {
    const LAYOUT: LayoutId = layout::TYPE_ALIAS;
}

/// `INTRINSIC_TYPEALIAS`: from (name, type parameters or None, the function that computes the value).
pub fn make_type_alias(vm: &Vm, parts: Value) -> PyResult<Value> {
    let parts = parts.downcast::<PyTuple>();
    let Some([name, params, compute]) = parts.as_ref().map(|t| t.as_slice()) else {
        return Err(vm.system_error("bad argument to INTRINSIC_TYPEALIAS"));
    };
    let alias: Ref<PyTypeAlias> = vm.alloc(shape::type_alias)?;
    alias.name.init(*name);
    alias.type_params.init(Some(*params).filter(|p| !p.is_none()));
    alias.compute_value.init(*compute);
    Ok(alias.value())
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyTypeAlias>> {
    let name = args.get(1);
    if name.downcast::<PyStr>().is_none() {
        return Err(vm.type_error(format!("typealias() argument 'name' must be str, not {}", vm.type_name(name))));
    }
    let mut params = None;
    if let Some(given) = args.opt(3) {
        let Some(tuple) = given.downcast::<PyTuple>() else {
            return Err(vm.type_error("type_params must be a tuple"));
        };
        check_params(vm, tuple)?;
        params = Some(given).filter(|_| !tuple.is_empty());
    }
    let module = vm.current_module_name();
    let alias: Ref<PyTypeAlias> = vm.alloc(shape::type_alias)?;
    alias.name.init(name);
    alias.value.init(args.get(2));
    alias.type_params.init(params);
    alias.module.init(module);
    Ok(alias)
}

fn check_params(vm: &Vm, params: Ref<PyTuple>) -> PyResult<()> {
    let mut defaults = false;
    for param in params.as_slice() {
        let class = vm.type_of(*param);
        let t = &vm.types;
        let is_param = class == t.type_var || class == t.param_spec || class == t.type_var_tuple;
        let Some(p) = param.downcast::<PyTypeParam>().filter(|_| is_param) else {
            return Err(vm.type_error(format!("Expected a type param, got {}", vm.repr_lossy(*param)?)));
        };
        if has_default(vm, p)? {
            defaults = true;
        } else if defaults {
            return Err(vm.type_error(format!(
                "non-default type parameter '{}' follows default type parameter",
                vm.repr_lossy(*param)?
            )));
        }
    }
    Ok(())
}

fn repr(_: &Vm, this: Ref<PyTypeAlias>) -> Slot {
    this.name.get()
}

fn value(vm: &Vm, this: Ref<PyTypeAlias>) -> PyResult<Value> {
    if let Some(value) = this.value.get() {
        return Ok(value);
    }
    let Some(compute) = this.compute_value.get() else { return Ok(Value::NONE) };
    let value = vm.call(compute, &[Value::from_i32(FORMAT_VALUE)])?;
    this.value.set(this, value);
    Ok(value)
}

fn evaluate_value(vm: &Vm, this: Ref<PyTypeAlias>) -> PyResult<Value> {
    match this.compute_value.get() {
        Some(compute) => Ok(compute),
        None => const_evaluator(vm, this.value.get_or_none()),
    }
}

fn type_params(vm: &Vm, this: Ref<PyTypeAlias>) -> Value {
    this.type_params.get().unwrap_or(vm.empty_tuple.value())
}

fn parameters(vm: &Vm, this: Ref<PyTypeAlias>) -> PyResult<Value> {
    match this.type_params.get().and_then(Value::downcast::<PyTuple>) {
        Some(params) => Ok(unpack_type_var_tuples(vm, params)?.value()),
        None => Ok(vm.empty_tuple.value()),
    }
}

fn module(vm: &Vm, this: Ref<PyTypeAlias>) -> PyResult<Value> {
    if let Some(module) = this.module.get() {
        return Ok(module);
    }
    match this.compute_value.get().filter(|f| f.downcast::<PyFunction>().is_some()) {
        Some(function) => vm.get_attr(function, vm.names.__module__),
        None => Ok(Value::NONE),
    }
}

fn getitem(vm: &Vm, this: Ref<PyTypeAlias>, item: Value) -> PyResult<Value> {
    if this.type_params.is_empty() {
        return Err(vm.type_error("Only generic type aliases are subscriptable"));
    }
    generic_alias::new(vm, this.value(), item)
}

fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
    let unpacked = unpack(vm, this)?;
    vm.iter(vm.new_tuple(&[unpacked])?.value())
}

fn or(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    union::new(vm, this, other)
}

fn ror(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    union::new(vm, other, this)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, name, value, *, type_params=())", new).static_(),
    method!("__repr__", 1, repr),
    method!("__reduce__", 1, repr),
    method!("__getitem__", 2, getitem),
    method!("__iter__", 1, iter),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
];
const GETSET: &[GetSetDef] = &[
    getset!("__name__", repr).member(),
    getset!("__parameters__", parameters),
    getset!("__type_params__", type_params),
    getset!("__value__", value),
    getset!("evaluate_value", evaluate_value),
    getset!("__module__", module),
];

pub static TYPE_ALIAS: TypeDef = TypeDef {
    module: "typing",
    layout: Some(layout::TYPE_ALIAS),
    flags: type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some("Type alias.\n\nType aliases are created through the type statement::\n\n    type Alias = int"),
    ..TypeDef::new("TypeAliasType")
};
