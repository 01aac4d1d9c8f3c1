//! Comparing, and looking for items.

use super::{Code, PyTypedArray};
use crate::PyResult;
use crate::object::{Args, FromValue, Ref};
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::list::index;
use crate::value::Value;

/// The six comparisons; `OP` numbers them as [`Compare`].
pub(super) fn rich(vm: &Vm, this: Ref<PyTypedArray>, other: Value, op: Compare) -> PyResult<Value> {
    let Some(other) = other.downcast::<PyTypedArray>() else { return Ok(Value::NOT_IMPLEMENTED) };
    if this.len() != other.len() && matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(Value::from_bool(op == Compare::Ne));
    }
    // Ints of the same code are equal if their bytes are.
    let mut i = 0;
    if this.code() == other.code() && this.code().is_int() {
        let size = this.item_size();
        let (a, b) = (this.as_bytes(), other.as_bytes());
        i = a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len())) / size;
    }
    while let (Some(a), Some(b)) = (this.get(vm, i)?, other.get(vm, i)?) {
        // A NaN equals nothing, itself included: the items are no objects.
        let equal = match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b,
            _ => vm.eq(a, b)?,
        };
        if !equal {
            return match op {
                Compare::Eq => Ok(Value::FALSE),
                Compare::Ne => Ok(Value::TRUE),
                _ => vm.compare(a, b, op),
            };
        }
        i += 1;
    }
    Ok(Value::from_bool(op.holds(&this.len(), &other.len())))
}

/// The first item at `from` or behind, before `to`, that equals the value.
fn find(vm: &Vm, this: Ref<PyTypedArray>, wanted: Value, from: usize, to: usize) -> PyResult<Option<usize>> {
    let wanted_float = wanted.as_f64();
    let wanted_int = wanted.as_small_int();
    let mut i = from;
    while i < to {
        let Some(item) = this.get(vm, i)? else { return Ok(None) };
        let equal = match (item.as_small_int(), wanted_int) {
            (Some(a), Some(b)) => a == b,
            _ => match (item.as_f64(), wanted_float) {
                (Some(a), Some(b)) => a == b,
                _ => vm.eq(item, wanted)?,
            },
        };
        if equal {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

pub(super) fn count(vm: &Vm, this: Ref<PyTypedArray>, wanted: Value) -> PyResult<usize> {
    let (mut count, mut from) = (0, 0);
    while let Some(i) = find(vm, this, wanted, from, usize::MAX)? {
        count += 1;
        from = i + 1;
    }
    Ok(count)
}

pub(super) fn contains(vm: &Vm, this: Ref<PyTypedArray>, wanted: Value) -> PyResult<bool> {
    Ok(find(vm, this, wanted, 0, usize::MAX)?.is_some())
}

fn not_there<T>(vm: &Vm, method: &str) -> PyResult<T> {
    Err(vm.value_error(format!("array.{method}(x): x not in array")))
}

pub(super) fn index_of(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    let this = Ref::<PyTypedArray>::from_value(vm, args.get(0))?;
    let from = index::bound(vm, args.opt(2), 0, this.len())?;
    let to = index::bound(vm, args.opt(3), usize::MAX, this.len())?;
    match find(vm, this, args.get(1), from, to)? {
        Some(i) => Ok(i),
        None => not_there(vm, "index"),
    }
}

pub(super) fn remove(vm: &Vm, this: Ref<PyTypedArray>, wanted: Value) -> PyResult<()> {
    match find(vm, this, wanted, 0, usize::MAX)? {
        Some(i) => this.splice(vm, i, 1, &[]),
        None => not_there(vm, "remove"),
    }
}

/// Reverses the order of bytes in each item.
pub(super) fn byteswap(_: &Vm, mut this: Ref<PyTypedArray>) {
    let size = this.item_size();
    this.as_mut_bytes().chunks_exact_mut(size).for_each(<[u8]>::reverse);
}

pub(super) fn reverse(_: &Vm, mut this: Ref<PyTypedArray>) {
    let size = this.item_size();
    let bytes = this.as_mut_bytes();
    bytes.reverse();
    if size > 1 {
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
}

/// Text items as code points.
pub(super) fn points(this: Ref<PyTypedArray>) -> Vec<u32> {
    debug_assert!(matches!(this.code(), Code::Wide | Code::Char));
    this.as_bytes().chunks_exact(4).map(|c| u32::from_ne_bytes([c[0], c[1], c[2], c[3]])).collect()
}
