//! Operators on instances of the builtin types themselves. No class can have a say in them, so the protocol need not be
//! asked: these functions do what the types' methods do, in one step. `None`: the protocol is to be asked.

use crate::PyResult;
use crate::interp::ops::arithmetic::small_int_op;
use crate::object::{HeapType, Ref};
use crate::protocol::compare::Compare;
use crate::protocol::number::BinaryOp;
use crate::state::Vm;
use crate::types::bytes::{self, PyBytes};
use crate::types::dict::{self, PyDict};
use crate::types::list::{self, PyList};
use crate::types::set::{self, PySet};
use crate::types::str::{self, PyStr};
use crate::types::tuple::{self, PyTuple};
use crate::types::{int, shape, weakref};
use crate::value::Value;

/// The shape of an object, or of an int in place; a bool counts as an int, for it is one where it is not with another
/// bool. 0 for other values.
#[inline(always)]
fn shape_of(v: Value) -> u32 {
    match v.as_obj() {
        Some(obj) => obj.shape_id(),
        None if v.is_small_int() || v.is_bool() => shape::int,
        None => 0,
    }
}

/// The object as `T`: its shape was looked at.
#[inline(always)]
fn known<T: HeapType>(v: Value) -> Option<Ref<T>> {
    v.downcast::<T>()
}

#[inline(always)]
fn is_set(shape: u32) -> bool {
    shape == shape::set || shape == shape::frozenset
}

/// `a OP b`, or `a OP= b`.
#[inline]
pub fn binary(vm: &Vm, a: Value, b: Value, op: BinaryOp, inplace: bool) -> Option<PyResult<Value>> {
    let (left, right) = (shape_of(a), shape_of(b));
    match (left, right) {
        (shape::int, shape::int) => ints(vm, a, b, op),
        _ if is_set(left) && is_set(right) => sets(vm, known(a)?, known(b)?, op, inplace && left == shape::set),
        (shape::list, shape::list) if op == BinaryOp::Add => Some(if inplace {
            let list = known(a)?;
            list::methods::extend_from_iterable(vm, list, b).map(|()| a)
        } else {
            list::methods::add(vm, known(a)?, b)
        }),
        (shape::list, shape::int) if op == BinaryOp::Mul => {
            Some(if inplace { list::methods::imul(vm, known(a)?, b) } else { list::methods::mul(vm, known(a)?, b) })
        }
        (shape::int, shape::list) if op == BinaryOp::Mul => Some(list::methods::mul(vm, known(b)?, a)),
        (shape::tuple, shape::tuple) if op == BinaryOp::Add => Some(tuple::methods::add(vm, known(a)?, b)),
        (shape::tuple, shape::int) if op == BinaryOp::Mul => Some(tuple::methods::mul(vm, known(a)?, b)),
        (shape::int, shape::tuple) if op == BinaryOp::Mul => Some(tuple::methods::mul(vm, known(b)?, a)),
        (shape::str, shape::str) if op == BinaryOp::Add => Some(str::concat(vm, known(a)?, known(b)?).map(Ref::value)),
        (shape::str, shape::int) if op == BinaryOp::Mul => Some(str::methods::repeat(vm, known(a)?, b)),
        (shape::int, shape::str) if op == BinaryOp::Mul => Some(str::methods::repeat(vm, known(b)?, a)),
        (shape::str, shape::str | shape::int | shape::tuple | shape::list | shape::dict) if op == BinaryOp::Mod => {
            Some(str::methods::percent::rem(vm, known(a)?, b).map(Ref::value))
        }
        (shape::bytes, shape::bytes) if op == BinaryOp::Add => Some(bytes::shared::add::<PyBytes>(vm, known(a)?, b)),
        (shape::bytes, shape::int) if op == BinaryOp::Mul => Some(bytes::shared::mul::<PyBytes>(vm, known(a)?, b)),
        (shape::dict, shape::dict) if op == BinaryOp::Or => Some(if inplace {
            dict::update::update_from(vm, known(a)?, b).map(|()| a)
        } else {
            dict::methods::or(vm, a, b)
        }),
        _ => None,
    }
}

fn ints(vm: &Vm, a: Value, b: Value, op: BinaryOp) -> Option<PyResult<Value>> {
    if !a.is_obj() && !b.is_obj() {
        // Ints in place, and bools.
        if a.is_bool() && b.is_bool() && matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor) {
            return None;
        }
        let number = |v: Value| v.as_small_int().or_else(|| v.as_bool().map(i64::from));
        if let Some(v) = small_int_op(number(a)?, number(b)?, op as u32) {
            return Some(Ok(v));
        }
    }
    Some(match op {
        BinaryOp::Add => int::add(vm, a, b),
        BinaryOp::Sub => int::sub(vm, a, b),
        BinaryOp::Mul => int::mul(vm, a, b),
        BinaryOp::FloorDiv => int::floor_div(vm, a, b),
        BinaryOp::Mod => int::modulo(vm, a, b),
        BinaryOp::TrueDiv => int::true_div(vm, a, b),
        BinaryOp::Pow => int::pow(vm, a, b),
        BinaryOp::LShift => int::lshift(vm, a, b),
        BinaryOp::RShift => int::rshift(vm, a, b),
        BinaryOp::And => int::and(vm, a, b),
        BinaryOp::Or => int::or(vm, a, b),
        BinaryOp::Xor => int::xor(vm, a, b),
        BinaryOp::MatMul => return None,
    })
}

/// `inplace`: the left one is changed.
fn sets(vm: &Vm, a: Ref<PySet>, b: Ref<PySet>, op: BinaryOp, inplace: bool) -> Option<PyResult<Value>> {
    let other = b.value();
    if inplace {
        let done = match op {
            BinaryOp::Or => set::ops::update(vm, a, other),
            BinaryOp::Sub => set::ops::difference_update(vm, a, other),
            BinaryOp::And => set::ops::intersection(vm, a, other).map(|both| a.replace_by(both)),
            BinaryOp::Xor => set::ops::symmetric_difference_update(vm, a, other),
            _ => return None,
        };
        return Some(done.map(|()| a.value()));
    }
    let result = match op {
        BinaryOp::Or => set::ops::union(vm, a, &[other]),
        BinaryOp::Sub => set::ops::difference(vm, a, other),
        BinaryOp::And => set::ops::intersection(vm, a, other),
        BinaryOp::Xor => set::ops::symmetric_difference(vm, a, other),
        _ => return None,
    };
    Some(result.map(Ref::value))
}

/// `a OP b`, a comparison.
#[inline]
pub fn compare(vm: &Vm, a: Value, b: Value, op: Compare) -> Option<PyResult<Value>> {
    let (left, right) = (shape_of(a), shape_of(b));
    Some(match (left, right) {
        (shape::int, shape::int) => Ok(Value::from_bool(op.accepts(int::compare(a, b)))),
        (shape::str, shape::str) => Ok(str::methods::compare(vm, known::<PyStr>(a)?, b, op)),
        (shape::tuple, shape::tuple) => nested(vm).and_then(|()| tuple::methods::rich(vm, known_or(vm, a)?, b, op)),
        (shape::list, shape::list) => nested(vm).and_then(|()| list::methods::rich(vm, known_or(vm, a)?, b, op)),
        _ if is_set(left) && is_set(right) => {
            let (a, b) = (known(a)?, known(b)?);
            nested(vm).and_then(|()| set::ops::compare(vm, a, b, op)).map(Value::from_bool)
        }
        (shape::dict, shape::dict) if matches!(op, Compare::Eq | Compare::Ne) => {
            let (a, b) = (known::<PyDict>(a)?, known::<PyDict>(b)?);
            let equal = nested(vm).and_then(|()| dict::methods::equal(vm, a, b));
            equal.map(|equal| Value::from_bool(equal == (op == Compare::Eq)))
        }
        (shape::bytes, shape::bytes) => {
            let (a, b) = (known::<PyBytes>(a)?, known::<PyBytes>(b)?);
            Ok(Value::from_bool(op.accepts(a.as_slice().cmp(b.as_slice()))))
        }
        // Of different types, none of which knows the other.
        (
            shape::int | shape::str | shape::tuple | shape::list | shape::dict,
            shape::int | shape::str | shape::tuple | shape::list | shape::dict,
        ) => return differ(op),
        (shape::int | shape::str | shape::tuple | shape::list | shape::dict, 0) if b.is_none() => return differ(op),
        (0, shape::int | shape::str | shape::tuple | shape::list | shape::dict) if a.is_none() => return differ(op),
        _ => return None,
    })
}

/// The comparison of what is never equal.
fn differ(op: Compare) -> Option<PyResult<Value>> {
    match op {
        Compare::Eq => Some(Ok(Value::FALSE)),
        Compare::Ne => Some(Ok(Value::TRUE)),
        _ => None,
    }
}

/// Comparing containers compares what is in them, and so on.
fn nested(vm: &Vm) -> PyResult<()> {
    vm.check_native_stack(" in comparison")
}

fn known_or<T: HeapType>(vm: &Vm, v: Value) -> PyResult<Ref<T>> {
    v.downcast::<T>().ok_or_else(|| vm.system_error("an object of another layout"))
}

/// `hash(v)`.
#[inline]
pub fn hash(vm: &Vm, v: Value) -> Option<PyResult<i64>> {
    Some(match v.as_obj() {
        Some(obj) => match obj.shape_id() {
            shape::tuple => {
                return Some(tuple::hashes::hash(vm, known::<PyTuple>(v)?, tuple::hashes::Asked::Alone));
            }
            shape::int => Ok(int::hash(v)),
            shape::bytes => Ok(known::<PyBytes>(v)?.hash(vm)),
            shape::frozenset => Ok(set::ops::frozen_hash(known(v)?)),
            shape::weakref => weakref::hash(vm, known(v)?),
            _ => return None,
        },
        None => Ok(i64::from(v.as_bool()?)),
    })
}

/// `item in container`.
#[inline]
pub fn contains(vm: &Vm, container: Value, item: Value) -> Option<PyResult<bool>> {
    Some(match container.as_obj()?.shape_id() {
        shape::set | shape::frozenset => known::<PySet>(container)?.contains(vm, item),
        shape::dict => known::<PyDict>(container)?.contains(vm, item),
        shape::list => list::methods::contains(vm, known::<PyList>(container)?, item),
        shape::tuple => tuple::methods::contains(vm, known::<PyTuple>(container)?, item),
        _ => return None,
    })
}

/// `iter(v)`.
#[inline]
pub fn iter(vm: &Vm, v: Value) -> Option<PyResult<Value>> {
    Some(match v.as_obj()?.shape_id() {
        shape::list => list::methods::PyListIter::new(vm, v).map(Ref::value),
        shape::tuple => tuple::methods::PyTupleIter::new(vm, known(v)?).map(Ref::value),
        shape::set | shape::frozenset => set::iter::PySetIter::new(vm, known(v)?).map(Ref::value),
        shape::generator
        | shape::list_iter
        | shape::tuple_iter
        | shape::range_iter
        | shape::set_iter
        | shape::zip
        | shape::map
        | shape::filter
        | shape::enumerate => Ok(v),
        _ => return None,
    })
}

/// `container[key]`, of what is no list, for [`Vm::get_item`] knows those.
#[inline]
pub fn get_item(vm: &Vm, container: Value, key: Value) -> Option<PyResult<Value>> {
    Some(match container.as_obj()?.shape_id() {
        shape::tuple => tuple::methods::getitem(vm, known(container)?, key),
        shape::str => str::methods::get_item(vm, known(container)?, key).map(Ref::value),
        shape::bytes => bytes::shared::get_item::<PyBytes>(vm, known(container)?, key),
        _ => return None,
    })
}

/// `del container[key]`.
#[inline]
pub fn del_item(vm: &Vm, container: Value, key: Value) -> Option<PyResult<()>> {
    Some(match container.as_obj()?.shape_id() {
        shape::list => list::methods::delitem(vm, known(container)?, key),
        shape::dict => dict::methods::delitem(vm, known(container)?, key),
        _ => return None,
    })
}
