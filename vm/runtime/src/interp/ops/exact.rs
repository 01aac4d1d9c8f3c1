//! Operators on objects of builtin types that compiled code calls: like those of [`super::plain`] they run no Python code,
//! look at no frame and can't raise. `None`: nothing is done, and the opcode's own function is to be asked.

use crate::interp::ops::plain::made;
use crate::object::Ref;
use crate::protocol::compare::Compare;
use crate::protocol::exact;
use crate::protocol::keys;
use crate::protocol::number::{BinaryOp, INPLACE};
use crate::state::Vm;
use crate::types::list::PyList;
use crate::types::set::PySet;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::{int, set, shape};
use crate::value::{Slot, Value};

fn shape_of(v: Value) -> u32 {
    match v.as_obj() {
        Some(obj) => obj.shape_id(),
        None if v.is_small_int() => shape::int,
        None => 0,
    }
}

/// Are these operands of which [`binary`] may know the result?
pub fn may_operate(a: Value, b: Value) -> bool {
    let known = |v| matches!(shape_of(v), shape::int | shape::str | shape::bytes | shape::tuple | shape::list);
    known(a) && known(b)
}

/// The same of [`compare`].
pub fn may_compare(a: Value, b: Value) -> bool {
    let is_set = |shape| matches!(shape, shape::set | shape::frozenset);
    let (a, b) = (shape_of(a), shape_of(b));
    match a {
        shape::int | shape::str | shape::tuple | shape::list => a == b,
        _ => is_set(a) && is_set(b),
    }
}

/// BINARY_OP, no subscript. Sets are asked elsewhere: their elements may run Python.
pub fn binary(vm: &Vm, a: Value, b: Value, arg: u32) -> Slot {
    let (index, inplace) = if arg >= INPLACE { (arg - INPLACE, true) } else { (arg, false) };
    let op = BinaryOp::from_index(index)?;
    match (shape_of(a), shape_of(b)) {
        (shape::int, shape::int) => {}
        (shape::list, shape::list) | (shape::tuple, shape::tuple) | (shape::str, shape::str) if op == BinaryOp::Add => {
        }
        (shape::list | shape::tuple | shape::str | shape::bytes, shape::int)
        | (shape::int, shape::list | shape::tuple | shape::str | shape::bytes)
            if op == BinaryOp::Mul => {}
        _ => return None,
    }
    made(vm, exact::binary(vm, a, b, op, inplace)?)
}

/// COMPARE_OP.
pub fn compare(vm: &Vm, a: Value, b: Value, op: Compare) -> Option<bool> {
    match (shape_of(a), shape_of(b)) {
        (shape::int, shape::int) => Some(op.accepts(int::compare(a, b))),
        (shape::str, shape::str) => {
            let (x, y): (Ref<PyStr>, Ref<PyStr>) = (a.downcast()?, b.downcast()?);
            match op {
                Compare::Eq => Some(x.equals(&y)),
                Compare::Ne => Some(!x.equals(&y)),
                _ => Some(op.accepts(x.view().compare(y.view()))),
            }
        }
        (shape::tuple, shape::tuple) => {
            items(vm, a.downcast::<PyTuple>()?.as_slice(), b.downcast::<PyTuple>()?.as_slice(), op)
        }
        (shape::list, shape::list) => {
            items(vm, a.downcast::<PyList>()?.as_slice(), b.downcast::<PyList>()?.as_slice(), op)
        }
        (shape::set | shape::frozenset, shape::set | shape::frozenset) => {
            set::ops::compare_at_once(a.downcast::<PySet>()?, b.downcast::<PySet>()?, op)
        }
        _ => None,
    }
}

/// Sequences of ints in place, floats and strings, or whatever is the same.
fn items(vm: &Vm, a: &[Value], b: &[Value], op: Compare) -> Option<bool> {
    for (x, y) in a.iter().zip(b) {
        if x.same_bits(*y) {
            continue;
        }
        let plain = |v: Value| v.is_small_int() || vm.exact_str(v).is_some();
        if !plain(*x) || !plain(*y) {
            return None;
        }
        if !keys::eq(vm, *x, *y)? {
            return match op {
                Compare::Eq => Some(false),
                Compare::Ne => Some(true),
                _ if x.is_small_int() != y.is_small_int() => None,
                _ => compare(vm, *x, *y, op),
            };
        }
    }
    Some(op.holds(&a.len(), &b.len()))
}
