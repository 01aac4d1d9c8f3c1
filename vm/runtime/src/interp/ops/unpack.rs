//! UNPACK_SEQUENCE and UNPACK_EX.

use crate::PyResult;
use crate::interp::feedback::{Feedback, seen};
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::list::PyList;
use crate::types::shape;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};

/// Unpacks exactly `count` items into `out`, last item first (as they go on the value stack).
#[inline]
pub fn unpack_sequence(vm: &Vm, sequence: Value, out: &mut [Slot], feedback: &Feedback) -> PyResult<()> {
    let count = out.len();
    if let Some(tuple) = vm.exact::<PyTuple>(sequence, shape::tuple)
        && tuple.len() == count
    {
        feedback.saw(seen::TUPLE);
        for (slot, item) in out.iter_mut().rev().zip(tuple.as_slice()) {
            *slot = Some(*item);
        }
        return Ok(());
    }
    if let Some(list) = vm.exact::<PyList>(sequence, shape::list)
        && list.len() == count
    {
        feedback.saw(seen::LIST);
        for (slot, item) in out.iter_mut().rev().zip(list.as_slice()) {
            *slot = Some(*item);
        }
        return Ok(());
    }
    feedback.saw(seen::OTHER);
    let items = unpack_iterable(vm, sequence, count, None)?;
    for (slot, item) in out.iter_mut().rev().zip(items.as_slice()) {
        *slot = Some(*item);
    }
    Ok(())
}

/// UNPACK_EX: `before` items, a list of the rest, `after` items.
pub fn unpack_ex(vm: &Vm, sequence: Value, before: usize, after: usize, out: &mut [Slot]) -> PyResult<()> {
    let items = unpack_iterable(vm, sequence, before, Some(after))?;
    let len = items.len();
    let rest = PyList::new(vm, &items.as_slice()[before..len - after])?;
    let all = items.as_slice()[..before]
        .iter()
        .copied()
        .chain(std::iter::once(rest.value()))
        .chain(items.as_slice()[len - after..].iter().copied());
    for (slot, item) in out.iter_mut().rev().zip(all) {
        *slot = Some(item);
    }
    Ok(())
}

/// The items of an iterable that must have `count` of them, or with `after` at least `count + after`.
fn unpack_iterable(vm: &Vm, sequence: Value, count: usize, after: Option<usize>) -> PyResult<ValueVec> {
    let class = vm.type_of(sequence);
    let iterator = match vm.iter(sequence) {
        Ok(iterator) => iterator,
        Err(raised) => {
            use crate::state::names::Special;
            if class.special(Special::Iter).is_some() || class.special(Special::GetItem).is_some() {
                return Err(raised);
            }
            vm.catch(raised, vm.types.type_error)?;
            return Err(vm.type_error(format!("cannot unpack non-iterable {} object", class.tp_name())));
        }
    };
    let items = ValueVec::with_capacity(vm, count)?;
    while items.len() < count {
        match vm.next(iterator)? {
            Some(item) => items.push(vm, item)?,
            None => {
                return Err(match after {
                    None => {
                        vm.value_error(format!("not enough values to unpack (expected {count}, got {})", items.len()))
                    }
                    Some(after) => vm.value_error(format!(
                        "not enough values to unpack (expected at least {}, got {})",
                        count + after,
                        items.len()
                    )),
                });
            }
        }
    }
    let Some(after) = after else {
        if vm.next(iterator)?.is_some() {
            // Sized builtins say how many there were.
            let known = vm.exact::<PyList>(sequence, shape::list).map(|l| l.len()).or_else(|| {
                vm.exact::<PyTuple>(sequence, shape::tuple)
                    .map(|t| t.len())
                    .or_else(|| vm.exact::<crate::types::dict::PyDict>(sequence, shape::dict).map(|d| d.len()))
            });
            return Err(match known {
                Some(n) if n > count => {
                    vm.value_error(format!("too many values to unpack (expected {count}, got {n})"))
                }
                _ => vm.value_error(format!("too many values to unpack (expected {count})")),
            });
        }
        return Ok(items);
    };
    while let Some(item) = vm.next(iterator)? {
        items.push(vm, item)?;
    }
    if items.len() < count + after {
        return Err(vm.value_error(format!(
            "not enough values to unpack (expected at least {}, got {})",
            count + after,
            items.len()
        )));
    }
    Ok(items)
}
