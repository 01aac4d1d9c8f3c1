//! The classes of `None`, `NotImplemented` and `...`, each with one instance, a constant of [`Value`].

use crate::object::Args;
use crate::object::def::{MethodDef, TypeDef};
use crate::state::Vm;
use crate::value::Value;
use crate::{PyResult, method};

/// A `__new__` that gives the one instance.
fn only(vm: &Vm, args: &Args<'_>, name: &str, instance: Value) -> PyResult<Value> {
    if args.rest.is_empty() && args.kw.is_empty() {
        Ok(instance)
    } else {
        Err(vm.type_error(format!("{name} takes no arguments")))
    }
}

fn none_new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    only(vm, args, "NoneType", Value::NONE)
}

fn none_repr(_: &Vm, _: Value) -> &'static str {
    "None"
}

fn none_bool(_: &Vm, _: Value) -> bool {
    false
}

/// CPython's constant, the same in every process.
fn none_hash(_: &Vm, _: Value) -> i64 {
    0xfca8_6420
}

fn none_eq(_: &Vm, _: Value, other: Value) -> Value {
    if other.is_none() { Value::TRUE } else { Value::NOT_IMPLEMENTED }
}

fn none_ne(_: &Vm, _: Value, other: Value) -> Value {
    if other.is_none() { Value::FALSE } else { Value::NOT_IMPLEMENTED }
}

fn none_unordered(_: &Vm, _: Value, _: Value) -> Value {
    Value::NOT_IMPLEMENTED
}

const NONE_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args, **kwargs)", none_new).static_(),
    method!("__repr__", 1, none_repr),
    method!("__bool__", 1, none_bool),
    method!("__hash__", 1, none_hash),
    method!("__eq__", 2, none_eq),
    method!("__ne__", 2, none_ne),
    method!("__lt__", 2, none_unordered),
    method!("__le__", 2, none_unordered),
    method!("__gt__", 2, none_unordered),
    method!("__ge__", 2, none_unordered),
];

pub static NONE_DEF: TypeDef =
    TypeDef { methods: &[NONE_METHODS], doc: Some("The type of the None singleton."), ..TypeDef::new("NoneType") };

fn not_implemented_new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    only(vm, args, "NotImplementedType", Value::NOT_IMPLEMENTED)
}

fn not_implemented_repr(_: &Vm, _: Value) -> &'static str {
    "NotImplemented"
}

fn not_implemented_bool(vm: &Vm, _: Value) -> PyResult<bool> {
    Err(vm.type_error("NotImplemented should not be used in a boolean context"))
}

const NOT_IMPLEMENTED_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args, **kwargs)", not_implemented_new).static_(),
    method!("__repr__", 1, not_implemented_repr),
    method!("__bool__", 1, not_implemented_bool),
    method!("__reduce__", 1, not_implemented_repr),
];

pub static NOT_IMPLEMENTED_DEF: TypeDef = TypeDef {
    methods: &[NOT_IMPLEMENTED_METHODS],
    doc: Some("The type of the NotImplemented singleton."),
    ..TypeDef::new("NotImplementedType")
};

fn ellipsis_new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    only(vm, args, "EllipsisType", Value::ELLIPSIS)
}

fn ellipsis_repr(_: &Vm, _: Value) -> &'static str {
    "Ellipsis"
}

const ELLIPSIS_METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args, **kwargs)", ellipsis_new).static_(),
    method!("__repr__", 1, ellipsis_repr),
    method!("__reduce__", 1, ellipsis_repr),
];

pub static ELLIPSIS_DEF: TypeDef = TypeDef {
    methods: &[ELLIPSIS_METHODS],
    doc: Some("The type of the Ellipsis singleton."),
    ..TypeDef::new("ellipsis")
};
