//! `bool`: its two instances are constants of [`Value`].

use super::int;
use crate::object::Args;
use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::state::Vm;
use crate::value::Value;
use crate::{PyResult, method};

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    int::class_argument(vm, args.get(0), vm.types.bool)?;
    if !args.kw.is_empty() {
        return Err(vm.type_error("bool() takes no keyword arguments"));
    }
    match *args.rest {
        [] => Ok(Value::FALSE),
        [v] => Ok(Value::from_bool(vm.is_true(v)?)),
        _ => Err(vm.type_error(format!("bool expected at most 1 argument, got {}", args.rest.len()))),
    }
}

fn repr(_: &Vm, this: Value) -> &'static str {
    if this.same_bits(Value::TRUE) { "True" } else { "False" }
}

fn invert(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.warn(
        vm.types.deprecation_warning,
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise \
         inversion of the underlying int object and is usually not what you expect from negating a bool. Use the 'not' \
         operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying int.",
        1,
    )?;
    int::invert(vm, this)
}

macro_rules! logic {
    ($($name:ident => $f:expr, $int:path;)*) => {$(
        /// A bool of two bools; of a bool and an int an int.
        fn $name(vm: &Vm, a: Value, b: Value) -> PyResult<Value> {
            let f: fn(bool, bool) -> bool = $f;
            match (a.as_bool(), b.as_bool()) {
                (Some(a), Some(b)) => Ok(Value::from_bool(f(a, b))),
                _ => $int(vm, a, b),
            }
        }
    )*};
}

logic! {
    and => |a, b| a & b, int::and;
    or => |a, b| a | b, int::or;
    xor => |a, b| a ^ b, int::xor;
}

fn rand(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    and(vm, other, this)
}
fn ror(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    or(vm, other, this)
}
fn rxor(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    xor(vm, other, this)
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args, **kwargs)", new).static_(),
    method!("__repr__", 1, repr),
    method!("__invert__", 1, invert),
    method!("__and__", 2, and),
    method!("__rand__", 2, rand),
    method!("__xor__", 2, xor),
    method!("__rxor__", 2, rxor),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
];

pub static DEF: TypeDef = TypeDef {
    flags: type_flags::MATCH_SELF,
    methods: &[METHODS],
    doc: Some(
        "Returns True when the argument is true, False otherwise.\nThe builtins True and False are the only two instances \
         of the class bool.\nThe class bool is a subclass of the class int, and cannot be subclassed.",
    ),
    ..TypeDef::new("bool")
};
