//! What sequences share: converting subscripts, counts and bounds.

use crate::PyResult;
use crate::protocol::item::wrap;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::int;
use crate::value::Value;

/// A subscript that is no slice, as a number; `class` names the sequence in the message.
pub fn subscript(vm: &Vm, key: Value, class: &str) -> PyResult<i64> {
    if let Some(i) = key.as_small_int() {
        return Ok(i);
    }
    if vm.type_of(key).special(Special::Index).is_none() {
        return Err(vm.type_error(format!("{class} indices must be integers or slices, not {}", vm.type_name(key))));
    }
    let i = vm.index(key)?;
    int::to_i64(i).ok_or_else(|| vm.index_error("cannot fit 'int' into an index-sized integer"))
}

/// A Python index as one from the start; out of range stays out of range.
pub fn wrapped(i: i64, len: usize) -> usize {
    wrap(i, len)
}

/// The count of a repetition (`seq * n`), negative ones 0; `None`: not an int, so the operator does not apply.
pub fn repeat_count(vm: &Vm, n: Value) -> PyResult<Option<usize>> {
    if let Some(i) = n.as_small_int() {
        return Ok(Some(usize::try_from(i).unwrap_or(0)));
    }
    if vm.type_of(n).special(Special::Index).is_none() {
        return Ok(None);
    }
    let i = vm.index(n)?;
    match int::to_i64(i) {
        Some(i) => Ok(Some(usize::try_from(i).unwrap_or(0))),
        None => Err(vm.overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

/// `start` or `stop` of `index()`: from the end if negative, then at least 0.
pub fn bound(vm: &Vm, v: Option<Value>, default: usize, len: usize) -> PyResult<usize> {
    let Some(v) = v else { return Ok(default) };
    if !v.is_small_int() && vm.type_of(v).special(Special::Index).is_none() {
        return Err(vm.type_error("slice indices must be integers or have an __index__ method"));
    }
    let i = crate::types::slice::index(vm, v)?;
    let i = if i < 0 { i.saturating_add_unsigned(len) } else { i };
    Ok(usize::try_from(i).unwrap_or(0))
}
