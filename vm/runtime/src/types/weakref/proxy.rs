//! `weakref.ProxyType` and `weakref.CallableProxyType`: what is done to them is done to their object.

use super::PyWeakRef;
use crate::object::def::{MethodDef, TypeDef, type_flags};
use crate::object::layout::WEAKREF;
use crate::object::{Args, Ref};
use crate::protocol::compare::Compare;
use crate::protocol::number::BinaryOp;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::str::PyStr;
use crate::value::Value;
use crate::{PyResult, comparisons, method};

/// The object of a proxy, which may be dead; any other value as it is.
fn object(vm: &Vm, v: Value) -> PyResult<Value> {
    let class = vm.type_of(v);
    if class != vm.types.weak_proxy && class != vm.types.weak_callable_proxy {
        return Ok(v);
    }
    match v.downcast::<PyWeakRef>().and_then(|p| p.target()) {
        Some(target) => Ok(target),
        None => Err(vm.reference_error("weakly-referenced object no longer exists")),
    }
}

fn repr(vm: &Vm, this: Ref<PyWeakRef>) -> String {
    let at = this.addr();
    match this.target() {
        Some(target) => {
            let class = vm.type_full_name(vm.type_of(target));
            format!("<weakproxy at {at:#x}; to '{class}' at {:#x}>", vm.id_of(target))
        }
        None => format!("<weakproxy at {at:#x}; dead>"),
    }
}

fn str(vm: &Vm, this: Value) -> PyResult<Ref<PyStr>> {
    vm.str(object(vm, this)?)
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let target = object(vm, args.get(0))?;
    vm.call_again(&Args { bound: &[Some(target)], rest: args.rest, kw: args.kw })
}

fn getattribute(vm: &Vm, this: Value, name: Value) -> PyResult<Value> {
    vm.get_attr(object(vm, this)?, vm.expect_str(name, "attribute name")?)
}

fn setattr(vm: &Vm, this: Value, name: Value, value: Value) -> PyResult<()> {
    vm.set_attr(object(vm, this)?, vm.expect_str(name, "attribute name")?, value)
}

fn delattr(vm: &Vm, this: Value, name: Value) -> PyResult<()> {
    vm.del_attr(object(vm, this)?, vm.expect_str(name, "attribute name")?)
}

fn bool(vm: &Vm, this: Value) -> PyResult<bool> {
    vm.is_true(object(vm, this)?)
}

fn len(vm: &Vm, this: Value) -> PyResult<usize> {
    vm.len(object(vm, this)?)
}

fn getitem(vm: &Vm, this: Value, key: Value) -> PyResult<Value> {
    vm.get_item(object(vm, this)?, object(vm, key)?)
}

fn setitem(vm: &Vm, this: Value, key: Value, value: Value) -> PyResult<()> {
    vm.set_item(object(vm, this)?, key, value)
}

fn delitem(vm: &Vm, this: Value, key: Value) -> PyResult<()> {
    vm.del_item(object(vm, this)?, key)
}

fn contains(vm: &Vm, this: Value, item: Value) -> PyResult<bool> {
    vm.contains(object(vm, this)?, item)
}

fn iter(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.iter(object(vm, this)?)
}

fn next(vm: &Vm, this: Value) -> PyResult<Value> {
    let target = object(vm, this)?;
    if !vm.is_iterator(target) {
        return Err(vm.type_error(format!("Weakref proxy referenced a non-iterator '{}' object", vm.type_name(target))));
    }
    match vm.next(target)? {
        Some(value) => Ok(value),
        None => Err(vm.stop_iteration(None)),
    }
}

fn bytes(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.call_method(object(vm, this)?, "__bytes__", &[])
}

fn reversed(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.call_method(object(vm, this)?, "__reversed__", &[])
}

fn pow(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let modulus = object(vm, args.opt(2).unwrap_or(Value::NONE))?;
    vm.pow_mod(object(vm, args.get(0))?, object(vm, args.get(1))?, modulus)
}

fn rpow(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    vm.binary_op(object(vm, args.get(1))?, object(vm, args.get(0))?, BinaryOp::Pow)
}

fn ipow(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    vm.inplace_op(object(vm, this)?, object(vm, other)?, BinaryOp::Pow)
}

fn divmod(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    let function = vm.builtin(vm.intern("divmod")?)?;
    vm.call(function, &[object(vm, this)?, object(vm, other)?])
}

fn rdivmod(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
    divmod(vm, other, this)
}

fn int(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.call(vm.types.int.value(), &[object(vm, this)?])
}

fn float(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.call(vm.types.float.value(), &[object(vm, this)?])
}

fn index(vm: &Vm, this: Value) -> PyResult<Value> {
    vm.index(object(vm, this)?)
}

macro_rules! unary {
    ($($f:ident $special:ident;)*) => {
        $(fn $f(vm: &Vm, this: Value) -> PyResult<Value> {
            vm.unary_op(object(vm, this)?, Special::$special)
        })*
    };
}

unary! {
    neg Neg;
    pos Pos;
    abs Abs;
    invert Invert;
}

fn compare(vm: &Vm, this: Value, other: Value, op: Compare) -> PyResult<Value> {
    vm.compare(object(vm, this)?, object(vm, other)?, op)
}

macro_rules! binaries {
    ($($f:ident $reflected:ident $inplace:ident $op:ident;)*) => {
        $(
            fn $f(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
                vm.binary_op(object(vm, this)?, object(vm, other)?, BinaryOp::$op)
            }
            fn $reflected(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
                vm.binary_op(object(vm, other)?, object(vm, this)?, BinaryOp::$op)
            }
            fn $inplace(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
                vm.inplace_op(object(vm, this)?, object(vm, other)?, BinaryOp::$op)
            }
        )*
    };
}

binaries! {
    add radd iadd Add;
    sub rsub isub Sub;
    mul rmul imul Mul;
    matmul rmatmul imatmul MatMul;
    truediv rtruediv itruediv TrueDiv;
    floordiv rfloordiv ifloordiv FloorDiv;
    modulo rmodulo imodulo Mod;
    lshift rlshift ilshift LShift;
    rshift rrshift irshift RShift;
    and rand iand And;
    xor rxor ixor Xor;
    or ror ior Or;
}

const METHODS: &[MethodDef] = &[
    method!("__repr__", 1, repr),
    method!("__str__", 1, str),
    method!("__getattribute__", 2, getattribute),
    method!("__setattr__", 3, setattr),
    method!("__delattr__", 2, delattr),
    method!("__bool__", 1, bool),
    method!("__len__", 1, len),
    method!("__getitem__", 2, getitem),
    method!("__setitem__", 3, setitem),
    method!("__delitem__", 2, delitem),
    method!("__contains__", 2, contains),
    method!("__iter__", 1, iter),
    method!("__next__", 1, next),
    method!("__bytes__", 1, bytes),
    method!("__reversed__", 1, reversed),
    method!("__int__", 1, int),
    method!("__float__", 1, float),
    method!("__index__", 1, index),
    method!("__neg__", 1, neg),
    method!("__pos__", 1, pos),
    method!("__abs__", 1, abs),
    method!("__invert__", 1, invert),
    method!("__add__", 2, add),
    method!("__radd__", 2, radd),
    method!("__iadd__", 2, iadd),
    method!("__sub__", 2, sub),
    method!("__rsub__", 2, rsub),
    method!("__isub__", 2, isub),
    method!("__mul__", 2, mul),
    method!("__rmul__", 2, rmul),
    method!("__imul__", 2, imul),
    method!("__matmul__", 2, matmul),
    method!("__rmatmul__", 2, rmatmul),
    method!("__imatmul__", 2, imatmul),
    method!("__truediv__", 2, truediv),
    method!("__rtruediv__", 2, rtruediv),
    method!("__itruediv__", 2, itruediv),
    method!("__floordiv__", 2, floordiv),
    method!("__rfloordiv__", 2, rfloordiv),
    method!("__ifloordiv__", 2, ifloordiv),
    method!("__mod__", 2, modulo),
    method!("__rmod__", 2, rmodulo),
    method!("__imod__", 2, imodulo),
    method!("__divmod__", 2, divmod),
    method!("__rdivmod__", 2, rdivmod),
    method!("__pow__", "($self, value, mod=None, /)", pow),
    method!("__rpow__", "($self, value, mod=None, /)", rpow),
    method!("__ipow__", 2, ipow),
    method!("__lshift__", 2, lshift),
    method!("__rlshift__", 2, rlshift),
    method!("__ilshift__", 2, ilshift),
    method!("__rshift__", 2, rshift),
    method!("__rrshift__", 2, rrshift),
    method!("__irshift__", 2, irshift),
    method!("__and__", 2, and),
    method!("__rand__", 2, rand),
    method!("__iand__", 2, iand),
    method!("__xor__", 2, xor),
    method!("__rxor__", 2, rxor),
    method!("__ixor__", 2, ixor),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
    method!("__ior__", 2, ior),
];

const CALL: &[MethodDef] = &[method!("__call__", "($self, /, *args, **kwargs)", call)];

pub static PROXY_DEF: TypeDef = TypeDef {
    module: "weakref",
    layout: Some(WEAKREF),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS, comparisons!(compare)],
    ..TypeDef::new("ProxyType")
};

pub static CALLABLE_PROXY_DEF: TypeDef = TypeDef {
    module: "weakref",
    layout: Some(WEAKREF),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS, comparisons!(compare), CALL],
    ..TypeDef::new("CallableProxyType")
};
