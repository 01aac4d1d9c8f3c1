//! `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType` and what belongs to them: the native part of `typing`.
//! As in CPython, what is not needed in a hurry is left to functions of `typing` in Python.

mod alias;
mod classes;

use std::cell::Cell;

use crate::PyResult;
use crate::object::layout::TYPE_PARAM;
use crate::object::{Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::generic_alias::type_repr;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

pub use alias::{TYPE_ALIAS, make_type_alias};
pub use classes::{
    CONST_EVALUATOR, GENERIC, NO_DEFAULT, PARAM_SPEC, PARAM_SPEC_ARGS, PARAM_SPEC_KWARGS, TYPE_VAR, TYPE_VAR_TUPLE,
};

/// A type parameter; also a `ParamSpecArgs` and its like, which have one field only.
#[repr(C)]
pub struct PyTypeParam {
    header: Header,
    attrs: Field,
    /// The name; the `ParamSpec` of a `ParamSpecArgs` or `ParamSpecKwargs`; the value of a `constevaluator`.
    name: Field,
    bound: Field,
    evaluate_bound: Field,
    constraints: Field,
    evaluate_constraints: Field,
    default: Field,
    evaluate_default: Field,
    variance: Cell<u64>,
}

// SAFETY: repr(C), header first; beside fields a few flags.
unsafe impl HeapType for PyTypeParam {
    const LAYOUT: LayoutId = TYPE_PARAM;
}

const COVARIANT: u64 = 1;
const CONTRAVARIANT: u64 = 2;
const INFER_VARIANCE: u64 = 4;

/// Formats of annotations that evaluators are called with.
const FORMAT_VALUE: i32 = 1;
const FORMAT_VALUE_WITH_FAKE_GLOBALS: i64 = 2;
const FORMAT_STRING: i64 = 4;

/// The key under which the interpreter keeps `typing.NoDefault`.
static NO_DEFAULT_KEY: u8 = 0;

/// `typing.NoDefault`.
pub fn no_default(vm: &Vm) -> PyResult<Value> {
    if let Some(value) = vm.kept(&NO_DEFAULT_KEY) {
        return Ok(value);
    }
    let value = vm.alloc::<PyTypeParam>(shape::no_default)?.value();
    vm.keep(&NO_DEFAULT_KEY, value);
    Ok(value)
}

fn make(vm: &Vm, shape: u32, name: Value, variance: u64) -> PyResult<Ref<PyTypeParam>> {
    let param: Ref<PyTypeParam> = vm.alloc(shape)?;
    param.name.init(name);
    param.variance.set(variance);
    Ok(param)
}

/// `INTRINSIC_TYPEVAR`: `T` of `[T]`.
pub fn make_type_var(vm: &Vm, name: Value) -> PyResult<Value> {
    Ok(make(vm, shape::type_var, name, INFER_VARIANCE)?.value())
}

/// `INTRINSIC_TYPEVAR_WITH_BOUND`: `T: bound`, evaluated when asked for.
pub fn make_type_var_with_bound(vm: &Vm, name: Value, evaluate: Value) -> PyResult<Value> {
    let param = make(vm, shape::type_var, name, INFER_VARIANCE)?;
    param.evaluate_bound.set(param, evaluate);
    Ok(param.value())
}

/// `INTRINSIC_TYPEVAR_WITH_CONSTRAINTS`: `T: (A, B)`.
pub fn make_type_var_with_constraints(vm: &Vm, name: Value, evaluate: Value) -> PyResult<Value> {
    let param = make(vm, shape::type_var, name, INFER_VARIANCE)?;
    param.evaluate_constraints.set(param, evaluate);
    Ok(param.value())
}

/// `INTRINSIC_PARAMSPEC`.
pub fn make_param_spec(vm: &Vm, name: Value) -> PyResult<Value> {
    Ok(make(vm, shape::param_spec, name, INFER_VARIANCE)?.value())
}

/// `INTRINSIC_TYPEVARTUPLE`.
pub fn make_type_var_tuple(vm: &Vm, name: Value) -> PyResult<Value> {
    Ok(make(vm, shape::type_var_tuple, name, 0)?.value())
}

/// `INTRINSIC_SET_TYPEPARAM_DEFAULT`.
pub fn set_default(vm: &Vm, param: Value, evaluate: Value) -> PyResult<Value> {
    match param.downcast::<PyTypeParam>() {
        Some(p) => {
            p.evaluate_default.set(p, evaluate);
            Ok(param)
        }
        None => Err(vm.type_error(format!("Expected a type param, got {}", vm.repr_lossy(param)?))),
    }
}

/// `INTRINSIC_SUBSCRIPT_GENERIC`: `Generic[params]` for a class with type parameters.
pub fn subscript_generic(vm: &Vm, params: Value) -> PyResult<Value> {
    let params = match params.downcast::<PyTuple>() {
        Some(tuple) => unpack_type_var_tuples(vm, tuple)?,
        None => return Err(vm.type_error("type parameters must be a tuple")),
    };
    typing_call(vm, "_GenericAlias", &[vm.types.generic.value(), params.value()])
}

/// The parameters, each `TypeVarTuple` unpacked.
fn unpack_type_var_tuples(vm: &Vm, params: Ref<PyTuple>) -> PyResult<Ref<PyTuple>> {
    if !params.as_slice().iter().any(|p| vm.type_of(*p) == vm.types.type_var_tuple) {
        return Ok(params);
    }
    let out = ValueVec::with_capacity(vm, params.len())?;
    for param in params.as_slice() {
        let param = if vm.type_of(*param) == vm.types.type_var_tuple { unpack(vm, *param)? } else { *param };
        out.push(vm, param)?;
    }
    vm.new_tuple(out.as_slice())
}

/// `typing.Unpack[v]`.
fn unpack(vm: &Vm, v: Value) -> PyResult<Value> {
    let unpack = vm.get_attr_str(vm.import("typing")?, "Unpack")?;
    vm.get_item(unpack, v)
}

fn typing_call(vm: &Vm, name: &str, args: &[Value]) -> PyResult<Value> {
    let function = vm.get_attr_str(vm.import("typing")?, name)?;
    vm.call(function, args)
}

/// A bound or constraint as a type: None is its class, classes are what they are, the rest is `typing`'s to check.
fn type_check(vm: &Vm, v: Value, message: &str) -> PyResult<Value> {
    if v.is_none() {
        return Ok(vm.types.none_type.value());
    }
    if v.downcast::<PyType>().is_some() {
        return Ok(v);
    }
    let message = vm.new_str(message)?;
    typing_call(vm, "_type_check", &[v, message.value()])
}

/// The value, or what the evaluator gives, which is then kept.
fn evaluated(vm: &Vm, owner: Ref<PyTypeParam>, value: &Field, evaluate: &Field) -> PyResult<Slot> {
    if let Some(value) = value.get() {
        return Ok(Some(value));
    }
    let Some(evaluate) = evaluate.get() else { return Ok(None) };
    let result = vm.call(evaluate, &[Value::from_i32(FORMAT_VALUE)])?;
    value.set(owner, result);
    Ok(Some(result))
}

/// An evaluator that gives a value already known.
fn const_evaluator(vm: &Vm, value: Value) -> PyResult<Value> {
    Ok(make(vm, shape::const_evaluator, value, 0)?.value())
}

/// The evaluator, if any; for a known value one that gives it.
fn evaluator(vm: &Vm, value: &Field, evaluate: &Field) -> PyResult<Slot> {
    match (evaluate.get(), value.get()) {
        (Some(evaluate), _) => Ok(Some(evaluate)),
        (None, Some(value)) => const_evaluator(vm, value).map(Some),
        (None, None) => Ok(None),
    }
}

/// What a `constevaluator` gives for a format.
fn const_value(vm: &Vm, value: Value, format: i64) -> PyResult<Value> {
    match format {
        FORMAT_VALUE_WITH_FAKE_GLOBALS => Err(vm.raise_args(vm.types.not_implemented_error, &[])),
        FORMAT_STRING => {
            let text = match value.downcast::<PyTuple>() {
                Some(tuple) => {
                    let items: Vec<String> =
                        tuple.as_slice().iter().map(|item| type_repr(vm, *item)).collect::<PyResult<_>>()?;
                    format!("({})", items.join(", "))
                }
                None => type_repr(vm, value)?,
            };
            Ok(vm.new_str(&text)?.value())
        }
        _ => Ok(value),
    }
}

impl PyTypeParam {
    fn name_text(&self) -> String {
        self.name.get().and_then(Value::downcast::<PyStr>).map_or_else(String::new, |s| s.to_lossy())
    }

    fn has(&self, flag: u64) -> bool {
        self.variance.get() & flag != 0
    }
}

/// Has the type parameter a default?
fn has_default(vm: &Vm, param: Ref<PyTypeParam>) -> PyResult<bool> {
    if !param.evaluate_default.is_empty() {
        return Ok(true);
    }
    let none = no_default(vm)?;
    Ok(param.default.get().is_some_and(|d| !d.same_bits(none)))
}
