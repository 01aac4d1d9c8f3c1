//! BINARY_OP, COMPARE_OP, CONTAINS_OP, unary operators, TO_BOOL.

use std::num::NonZeroI64;

use crate::PyResult;
use crate::interp::feedback::{Feedback, Kind, seen, truth};
use crate::interp::ops::{exact, plain};
use crate::object::layout::{DICT, INSTANCE};
use crate::protocol::compare::Compare;
use crate::protocol::keys;
use crate::protocol::number::{BinaryOp, INPLACE, SUBSCRIPT};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::module::PyModule;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::types::typed_array::PyTypedArray;
use crate::types::{float, shape};
use crate::value::{SMALL_INT_MAX, SMALL_INT_MIN, Value};

/// BINARY_OP. `op` is the instruction's argument.
#[inline(always)]
pub fn binary_op(vm: &Vm, a: Value, b: Value, op: u32, feedback: &Feedback) -> PyResult<Value> {
    if a.is_small_int() && b.is_small_int() {
        if let Some(v) = small_int_op(a.small_int_unchecked(), b.small_int_unchecked(), op) {
            feedback.saw(seen::INT_INT);
            return Ok(v);
        }
    } else if (a.is_float() || b.is_float())
        && let (Some(x), Some(y)) = (float_operand(a), float_operand(b))
        && let Some(v) = float_op(x, y, op)
    {
        feedback.saw(float_pair(a, b));
        return Ok(v);
    }
    feedback.saw(if op == SUBSCRIPT {
        met_container(a, subscript_pair(a, b, feedback), feedback)
    } else if (op == 0 || op == INPLACE) && vm.exact_str(a).is_some() && vm.exact_str(b).is_some() {
        seen::STR_STR
    } else if exact::may_operate(a, b) {
        seen::EXACT
    } else {
        met_objects(a, b, feedback);
        seen::OTHER
    });
    binary_op_slow(vm, a, b, op)
}

/// Remembers the operands' shapes where the left one is an instance.
fn met_objects(a: Value, b: Value, feedback: &Feedback) {
    let Some(left) = a.as_obj().filter(|o| o.layout() == INSTANCE) else { return };
    let right = match b.as_obj() {
        Some(right) => right.shape_id(),
        None if b.is_small_int() => shape::int,
        None if b.is_float() => shape::float,
        None => return,
    };
    feedback.met_operands(left.shape_id(), right);
}

/// Remembers the shape of an instance as container; the [`seen`] bit is handed on.
#[inline(always)]
fn met_container(container: Value, pair: u16, feedback: &Feedback) -> u16 {
    if pair == seen::OTHER
        && let Some(of) = container.as_obj().filter(|o| o.layout() == INSTANCE)
    {
        feedback.met_operands(of.shape_id(), 0);
    }
    pair
}

/// The [`seen`] bit of two operands of which one is a float at least, the other an int or a float.
#[inline(always)]
fn float_pair(a: Value, b: Value) -> u16 {
    match (a.is_float(), b.is_float()) {
        (true, true) => seen::FLOAT_FLOAT,
        (true, false) => seen::FLOAT_INT,
        (false, _) => seen::INT_FLOAT,
    }
}

/// The [`seen`] bit of a container and an index.
#[inline(always)]
fn subscript_pair(container: Value, index: Value, feedback: &Feedback) -> u16 {
    let Some(obj) = container.as_obj() else { return seen::OTHER };
    match obj.shape_id() {
        shape::list if index.is_small_int() => seen::LIST_INT,
        shape::tuple if index.is_small_int() => seen::TUPLE_INT,
        shape::str if index.is_small_int() => seen::STR_INT,
        shape::bytes if index.is_small_int() => seen::BYTES_INT,
        shape::bytearray if index.is_small_int() => seen::BYTEARRAY_INT,
        shape::typed_array if index.is_small_int() => match obj.downcast::<PyTypedArray>().map(|a| a.code() as u32) {
            Some(code) if feedback.seen.get() & seen::ARRAY_INT == 0 || feedback.index.get() == code => {
                feedback.index.set(code);
                seen::ARRAY_INT
            }
            _ => seen::OTHER,
        },
        shape::list | shape::tuple | shape::str | shape::bytes
            if index.as_obj().is_some_and(|o| o.shape_id() == shape::slice) =>
        {
            seen::SLICE
        }
        _ if obj.layout() == DICT && keys::may_be_plain(index) => seen::DICT_KEY,
        _ => seen::OTHER,
    }
}

/// STORE_SUBSCR.
#[inline(always)]
pub fn store_subscr(vm: &Vm, container: Value, index: Value, value: Value, feedback: &Feedback) -> PyResult<()> {
    feedback.saw(met_container(container, subscript_pair(container, index, feedback), feedback));
    vm.set_item(container, index, value)
}

/// A float, or an int that a float operator takes as one: ints of 49 bits are exact.
#[inline(always)]
fn float_operand(v: Value) -> Option<f64> {
    if v.is_float() {
        Some(v.f64_unchecked())
    } else if v.is_small_int() {
        Some(v.small_int_unchecked() as f64)
    } else {
        None
    }
}

/// The operator on ints in place, where the result is one too.
#[inline(always)]
pub fn small_int_op(a: i64, b: i64, op: u32) -> Option<Value> {
    let op = if op >= INPLACE { op - INPLACE } else { op };
    match op {
        0 => Value::from_small_int(a + b),
        10 => Value::from_small_int(a - b),
        5 => a.checked_mul(b).and_then(Value::from_small_int),
        1 => Some(Value::from_int_truncated(a & b)),
        7 => Some(Value::from_int_truncated(a | b)),
        12 => Some(Value::from_int_truncated(a ^ b)),
        2 => NonZeroI64::new(b).and_then(|b| Value::from_small_int(floor_div(a, b))),
        6 => NonZeroI64::new(b).map(|b| Value::from_int_truncated(floor_mod(a, b))),
        9 if (0..64).contains(&b) => Some(Value::from_int_truncated(a >> b)),
        3 if (0..48).contains(&b) => {
            let shifted = a << b;
            if shifted >> b == a && (SMALL_INT_MIN..=SMALL_INT_MAX).contains(&shifted) {
                Some(Value::from_int_truncated(shifted))
            } else {
                None
            }
        }
        11 if b != 0 => Some(Value::from_f64(true_div(a, b))),
        8 if (0..49).contains(&b) => a.checked_pow(b as u32).and_then(Value::from_small_int),
        _ => None,
    }
}

/// `a / b` of ints of 49 bits: both are exact as floats, so one division is correctly rounded.
#[inline(always)]
fn true_div(a: i64, b: i64) -> f64 {
    a as f64 / b as f64
}

#[inline(always)]
pub fn floor_div(a: i64, b: NonZeroI64) -> i64 {
    let b = b.get();
    // |a|, |b| < 2^48: no overflow.
    let q = a.wrapping_div(b);
    if (a % b != 0) && ((a < 0) != (b < 0)) { q - 1 } else { q }
}

#[inline(always)]
pub fn floor_mod(a: i64, b: NonZeroI64) -> i64 {
    let b = b.get();
    let r = a.wrapping_rem(b);
    if r != 0 && ((r < 0) != (b < 0)) { r + b } else { r }
}

/// The operator on floats, where it can't raise.
#[inline(always)]
pub fn float_op(a: f64, b: f64, op: u32) -> Option<Value> {
    let op = if op >= INPLACE { op - INPLACE } else { op };
    match op {
        0 => Some(Value::from_f64(a + b)),
        10 => Some(Value::from_f64(a - b)),
        5 => Some(Value::from_f64(a * b)),
        11 if b != 0.0 => Some(Value::from_f64(a / b)),
        2 if b != 0.0 => Some(Value::from_f64(float::floor_divide(a, b).0)),
        6 if b != 0.0 => Some(Value::from_f64(float::floor_divide(a, b).1)),
        8 => Some(Value::from_f64(float::plain_pow(a, b)?)),
        _ => None,
    }
}

#[inline(never)]
fn binary_op_slow(vm: &Vm, a: Value, b: Value, op: u32) -> PyResult<Value> {
    if op == SUBSCRIPT {
        return vm.get_item(a, b);
    }
    let (plain, inplace) = if op >= INPLACE { (op - INPLACE, true) } else { (op, false) };
    let Some(operator) = BinaryOp::from_index(plain) else {
        return Err(vm.system_error("unknown binary operator"));
    };
    if inplace { vm.inplace_op(a, b, operator) } else { vm.binary_op(a, b, operator) }
}

/// COMPARE_OP; the argument's bit 4 asks for a bool.
#[inline(always)]
pub fn compare_op(vm: &Vm, a: Value, b: Value, arg: u32, feedback: &Feedback) -> PyResult<Value> {
    let op = Compare::from_index(arg >> 5);
    if a.is_small_int() && b.is_small_int() {
        feedback.saw(seen::INT_INT);
        return Ok(Value::from_bool(op.holds(&a.small_int_unchecked(), &b.small_int_unchecked())));
    }
    if a.is_float() && b.is_float() {
        feedback.saw(seen::FLOAT_FLOAT);
        return Ok(Value::from_bool(op.holds(&a.f64_unchecked(), &b.f64_unchecked())));
    }
    if let (Some(x), Some(y)) = (float_operand(a), float_operand(b)) {
        feedback.saw(float_pair(a, b));
        return Ok(Value::from_bool(op.holds(&x, &y)));
    }
    feedback.saw(if vm.exact_str(a).is_some() && vm.exact_str(b).is_some() {
        seen::STR_STR
    } else if exact::may_compare(a, b) {
        seen::EXACT
    } else {
        met_objects(a, b, feedback);
        seen::OTHER
    });
    compare_slow(vm, a, b, op, arg & 16 != 0)
}

#[inline(never)]
fn compare_slow(vm: &Vm, a: Value, b: Value, op: Compare, to_bool: bool) -> PyResult<Value> {
    let result = vm.compare(a, b, op)?;
    if to_bool && !result.is_bool() {
        return Ok(Value::from_bool(vm.is_true(result)?));
    }
    Ok(result)
}

/// CONTAINS_OP: `a in b`, or `not in`.
pub fn contains_op(vm: &Vm, item: Value, container: Value, negate: bool, feedback: &Feedback) -> PyResult<Value> {
    let of_plain_key = match container.as_obj().map(|o| o.shape_id()) {
        Some(shape::set | shape::frozenset) => seen::SET_KEY,
        Some(shape::list | shape::tuple) => seen::SEQUENCE_KEY,
        Some(shape::str) if !item.is_small_int() => seen::STR_STR,
        Some(_) if container.as_obj().is_some_and(|o| o.layout() == DICT) => seen::DICT_KEY,
        _ => seen::OTHER,
    };
    feedback.saw(if keys::may_be_plain(item) { of_plain_key } else { seen::OTHER });
    Ok(Value::from_bool(vm.contains(container, item)? != negate))
}

pub fn unary_negative(vm: &Vm, v: Value) -> PyResult<Value> {
    if let Some(f) = v.as_f64() {
        return Ok(Value::from_f64(-f));
    }
    if let Some(negated) = v.as_small_int().and_then(|i| Value::from_small_int(-i)) {
        return Ok(negated);
    }
    vm.unary_op(v, Special::Neg)
}

pub fn unary_invert(vm: &Vm, v: Value) -> PyResult<Value> {
    match v.as_small_int() {
        Some(i) => Ok(Value::from_int_truncated(!i)),
        None => vm.unary_op(v, Special::Invert),
    }
}

#[inline(always)]
pub fn to_bool(vm: &Vm, v: Value, feedback: &Feedback) -> PyResult<Value> {
    if v.is_bool() {
        feedback.saw(truth::BOOL);
        return Ok(v);
    }
    feedback.saw(truth_of(vm, v, feedback));
    Ok(Value::from_bool(vm.is_true(v)?))
}

/// The [`truth`] bit of what is no bool.
fn truth_of(vm: &Vm, v: Value, feedback: &Feedback) -> u16 {
    if v.is_small_int() {
        return truth::INT;
    }
    if v.is_none() {
        return truth::NONE;
    }
    if v.is_float() {
        return truth::FLOAT;
    }
    let Some(obj) = v.as_obj() else { return truth::OTHER };
    match obj.shape_id() {
        shape::str => return truth::STR,
        shape::list => return truth::LIST,
        shape::tuple => return truth::TUPLE,
        shape::dict => return truth::DICT,
        shape::bytes => return truth::BYTES,
        shape::set | shape::frozenset => return truth::SET,
        _ => {}
    }
    if feedback.seen.get() & truth::OTHER != 0 {
        return truth::OTHER;
    }
    // An object that has no say in it. The entry remembers its shape and its class's version.
    let known = feedback.seen.get() & truth::OBJECT != 0;
    if known && feedback.now().covers(obj.shape_id()) {
        return truth::OBJECT;
    }
    let class = vm.type_of(v);
    let silent = class.special(Special::Bool).is_none() && class.special(Special::Len).is_none();
    // Classes and modules share their shapes.
    let shared = v.downcast::<PyType>().is_some() || v.downcast::<PyModule>().is_some();
    let shape = vm.shapes.get(obj.shape_id());
    if known {
        shape.meets(vm, feedback.shape.get());
    }
    let is_new = !known || shape.run.contains(&feedback.shape.get());
    if !is_new || shared || !silent || shape.class.get() != class {
        return truth::OTHER;
    }
    let shapes = if shape.is_varied(vm) { shape.run.clone() } else { shape.id..shape.id + 1 };
    feedback.fill_run(Kind::ClassValue, shapes, class.version(vm), 0, 0);
    truth::OBJECT
}

/// BINARY_SLICE: `container[start:stop]`.
pub fn binary_slice(vm: &Vm, container: Value, start: Value, stop: Value) -> PyResult<Value> {
    if let Some(v) = plain::slice(vm, container, start, stop) {
        return Ok(v);
    }
    let slice = crate::types::slice::PySlice::new(vm, start, stop, Value::NONE)?;
    vm.get_item(container, slice.value())
}

pub fn store_slice(vm: &Vm, value: Value, container: Value, start: Value, stop: Value) -> PyResult<()> {
    if plain::store_slice(vm, container, start, stop, value).is_some() {
        return Ok(());
    }
    let slice = crate::types::slice::PySlice::new(vm, start, stop, Value::NONE)?;
    vm.set_item(container, slice.value(), value)
}

/// FORMAT_SIMPLE.
pub fn format_simple(vm: &Vm, v: Value) -> PyResult<Value> {
    if vm.exact_str(v).is_some() {
        return Ok(v);
    }
    Ok(vm.format(v, vm.names.empty)?.value())
}

pub fn format_with_spec(vm: &Vm, v: Value, spec: Value) -> PyResult<Value> {
    match spec.downcast::<PyStr>() {
        Some(spec) => Ok(vm.format(v, spec)?.value()),
        None => Err(vm.type_error("format spec must be a string")),
    }
}

/// CONVERT_VALUE: `!s`, `!r`, `!a`.
pub fn convert_value(vm: &Vm, v: Value, conversion: u32) -> PyResult<Value> {
    use brolga_bytecode::constants::convert;
    Ok(match conversion {
        convert::STR => vm.str(v)?,
        convert::REPR => vm.repr(v)?,
        _ => vm.ascii(v)?,
    }
    .value())
}
