//! The class `int`.

use super::arith::{self, abs, add, divmod, floor_div, modulo, mul, neg, sub, true_div};
use super::{and, bits, bytes, format, invert, lshift, new, or, pow, pow_mod, repr, rshift, to_exact, view, xor};
use crate::object::Args;
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::INT;
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::value::Value;
use crate::{PyResult, comparisons, getset, method};

macro_rules! reflected {
    ($($name:ident => $f:ident;)*) => {$(
        fn $name(vm: &Vm, this: Value, other: Value) -> PyResult<Value> {
            $f(vm, other, this)
        }
    )*};
}

reflected! {
    radd => add;
    rsub => sub;
    rmul => mul;
    rfloor_div => floor_div;
    rmodulo => modulo;
    rtrue_div => true_div;
    rdivmod => divmod;
    rlshift => lshift;
    rrshift => rshift;
    rand => and;
    ror => or;
    rxor => xor;
}

fn compare(_: &Vm, this: Value, other: Value, op: Compare) -> Value {
    match (view(&this), view(&other)) {
        (Some(a), Some(b)) => Value::from_bool(op.accepts(a.order(b))),
        _ => Value::NOT_IMPLEMENTED,
    }
}

fn power(vm: &Vm, base: Value, exponent: Value, modulus: Option<Value>) -> PyResult<Value> {
    match modulus {
        None => pow(vm, base, exponent),
        Some(modulus) => pow_mod(vm, base, exponent, modulus),
    }
}

fn pow_method(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    power(vm, args.get(0), args.get(1), args.opt_not_none(2))
}

fn rpow(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    power(vm, args.get(1), args.get(0), args.opt_not_none(2))
}

fn exact(vm: &Vm, this: Value) -> PyResult<Value> {
    to_exact(vm, this)
}

fn is_true(_: &Vm, this: Value) -> bool {
    !super::is_zero(this)
}

fn hash(_: &Vm, this: Value) -> i64 {
    super::hash(this)
}

fn float(vm: &Vm, this: Value) -> PyResult<f64> {
    super::to_f64(vm, this)
}

fn bit_length(_: &Vm, this: Value) -> u64 {
    bits::bit_length(this)
}

fn bit_count(_: &Vm, this: Value) -> u64 {
    bits::bit_count(this)
}

fn as_integer_ratio(vm: &Vm, this: Value) -> PyResult<Value> {
    Ok(vm.new_tuple(&[to_exact(vm, this)?, Value::from_i32(1)])?.value())
}

fn round(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    match args.opt_not_none(1) {
        Some(ndigits) => arith::round(vm, args.get(0), ndigits),
        None => to_exact(vm, args.get(0)),
    }
}

fn getnewargs(vm: &Vm, this: Value) -> PyResult<Value> {
    Ok(vm.new_tuple(&[to_exact(vm, this)?])?.value())
}

/// What CPython's object of 30-bit digits takes.
fn sizeof(_: &Vm, this: Value) -> u64 {
    24 + 4 * bits::bit_length(this).div_ceil(30).max(1)
}

fn is_integer(_: &Vm, _: Value) -> bool {
    true
}

fn zero(_: &Vm, _: Value) -> i32 {
    0
}

fn one(_: &Vm, _: Value) -> i32 {
    1
}

const METHODS: &[MethodDef] = &[
    method!("__new__", "($type, /, *args, **kwargs)", new::new).static_(),
    method!("__repr__", 1, repr),
    method!("__hash__", 1, hash),
    method!("__add__", 2, add),
    method!("__radd__", 2, radd),
    method!("__sub__", 2, sub),
    method!("__rsub__", 2, rsub),
    method!("__mul__", 2, mul),
    method!("__rmul__", 2, rmul),
    method!("__mod__", 2, modulo),
    method!("__rmod__", 2, rmodulo),
    method!("__divmod__", 2, divmod),
    method!("__rdivmod__", 2, rdivmod),
    method!("__pow__", "($self, value, mod=None, /)", pow_method),
    method!("__rpow__", "($self, value, mod=None, /)", rpow),
    method!("__neg__", 1, neg),
    method!("__pos__", 1, exact),
    method!("__abs__", 1, abs),
    method!("__bool__", 1, is_true),
    method!("__invert__", 1, invert),
    method!("__lshift__", 2, lshift),
    method!("__rlshift__", 2, rlshift),
    method!("__rshift__", 2, rshift),
    method!("__rrshift__", 2, rrshift),
    method!("__and__", 2, and),
    method!("__rand__", 2, rand),
    method!("__xor__", 2, xor),
    method!("__rxor__", 2, rxor),
    method!("__or__", 2, or),
    method!("__ror__", 2, ror),
    method!("__int__", 1, exact),
    method!("__float__", 1, float),
    method!("__floordiv__", 2, floor_div),
    method!("__rfloordiv__", 2, rfloor_div),
    method!("__truediv__", 2, true_div),
    method!("__rtruediv__", 2, rtrue_div),
    method!("__index__", 1, exact),
    method!("conjugate", 1, exact).doc("Returns self, the complex conjugate of any int."),
    method!("bit_length", 1, bit_length).doc(
        "Number of bits necessary to represent self in binary.\n\n>>> bin(37)\n'0b100101'\n>>> (37).bit_length()\n6",
    ),
    method!("bit_count", 1, bit_count).doc(
        "Number of ones in the binary representation of the absolute value of self.\n\nAlso known as the population \
         count.\n\n>>> bin(13)\n'0b1101'\n>>> (13).bit_count()\n3",
    ),
    method!("to_bytes", "($self, /, length=1, byteorder='big', *, signed=False)", bytes::to_bytes)
        .doc("Return an array of bytes representing an integer."),
    method!("from_bytes", "($type, /, bytes, byteorder='big', *, signed=False)", bytes::from_bytes)
        .class()
        .doc("Return the integer represented by the given array of bytes."),
    method!("as_integer_ratio", 1, as_integer_ratio).doc(
        "Return a pair of integers, whose ratio is equal to the original int.\n\nThe ratio is in lowest terms and has a \
         positive denominator.\n\n>>> (10).as_integer_ratio()\n(10, 1)\n>>> (-10).as_integer_ratio()\n(-10, 1)\n>>> \
         (0).as_integer_ratio()\n(0, 1)",
    ),
    method!("__trunc__", 1, exact).doc("Truncating an Integral returns itself."),
    method!("__floor__", 1, exact).doc("Flooring an Integral returns itself."),
    method!("__ceil__", 1, exact).doc("Ceiling of an Integral returns itself."),
    method!("__round__", "($self, ndigits=None, /)", round).doc(
        "Rounding an Integral returns itself.\n\nRounding with an ndigits argument also returns an integer.",
    ),
    method!("__getnewargs__", 1, getnewargs),
    method!("__format__", 2, format::format).doc("Convert to a string according to format_spec."),
    method!("__sizeof__", 1, sizeof).doc("Returns size in memory, in bytes."),
    method!("is_integer", 1, is_integer)
        .doc("Returns True. Exists for duck type compatibility with float.is_integer."),
];

const GETSET: &[GetSetDef] =
    &[getset!("real", exact), getset!("imag", zero), getset!("numerator", exact), getset!("denominator", one)];

pub static DEF: TypeDef = TypeDef {
    layout: Some(INT),
    flags: type_flags::BASETYPE | type_flags::MATCH_SELF,
    methods: &[METHODS, comparisons!(compare)],
    getset: GETSET,
    doc: Some(
        "int([x]) -> integer\nint(x, base=10) -> integer\n\nConvert a number or string to an integer, or return 0 if no \
         arguments\nare given.  If x is a number, return x.__int__().  For floating-point\nnumbers, this truncates \
         towards zero.\n\nIf x is not a number or if base is given, then x must be a string,\nbytes, or bytearray \
         instance representing an integer literal in the\ngiven base.  The literal can be preceded by '+' or '-' and be \
         surrounded\nby whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\nBase 0 means to interpret \
         the base from the string as an integer\niteral.\n>>> int('0b100', base=0)\n4",
    ),
    ..TypeDef::new("int")
};
