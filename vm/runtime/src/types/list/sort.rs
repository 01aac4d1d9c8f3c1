//! `list.sort()` and `sorted()`: chooses how keys are compared, and guards the list while comparisons run.

use crate::PyResult;
use crate::object::Ref;
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::list::{PyList, timsort};
use crate::types::shape;
use crate::types::str::{PyStr, Text};
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};

/// Sorts the list in place. Meanwhile it is empty: a comparison that changes it is found out.
pub fn sort_list(vm: &Vm, list: Ref<PyList>, key: Slot, reverse: bool) -> PyResult<()> {
    let items = ValueVec::from_slice(vm, list.as_slice())?;
    list.clear();
    let result = sort_values(vm, &items, key, reverse);
    let modified = list.array().is_some() || !list.is_empty();
    list.replace_all(items);
    result?;
    if modified {
        return Err(vm.value_error("list modified during sort"));
    }
    Ok(())
}

/// Sorts the values, stably; by what `key` makes of them if given; descending if `reverse` (equal ones in their order
/// all the same). After an error they are some permutation of what they were.
pub fn sort_values(vm: &Vm, values: &ValueVec, key: Slot, reverse: bool) -> PyResult<()> {
    let keys = match key {
        None => None,
        Some(key) => {
            let keys = ValueVec::with_capacity(vm, values.len())?;
            for i in 0..values.len() {
                let Some(value) = values.get(i) else { break };
                keys.push(vm, vm.call(key, &[value])?)?;
            }
            Some(keys)
        }
    };
    if values.len() < 2 {
        return Ok(());
    }
    // Reversed before and after: equal items then keep their order.
    if reverse {
        self::reverse(values);
        keys.iter().for_each(self::reverse);
    }
    let result = sort_by_keys(vm, values, keys.as_ref());
    if reverse {
        self::reverse(values);
    }
    result
}

fn reverse(values: &ValueVec) {
    let n = values.len();
    for i in 0..n / 2 {
        if let (Some(a), Some(b)) = (values.get(i), values.get(n - 1 - i)) {
            values.set(i, b);
            values.set(n - 1 - i, a);
        }
    }
}

fn sort_by_keys(vm: &Vm, values: &ValueVec, keys: Option<&ValueVec>) -> PyResult<()> {
    let by = keys.unwrap_or(values);
    match kind_of(vm, by.as_slice()) {
        Kind::Ints => {
            let keyed = keyed(vm, by, |v| v.small_int_unchecked())?;
            sort_plain(vm, values, keyed, |a, b| a.0.cmp(&b.0))
        }
        Kind::Floats => {
            let keyed = keyed(vm, by, |v| v.f64_unchecked())?;
            sort_plain(vm, values, keyed, |a, b| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal))
        }
        Kind::Latin1Strings => sort_latin1(vm, values, by),
        Kind::Strings => sort_generic(vm, values, by, |a, b| {
            Ok(match (vm.exact_str(a), vm.exact_str(b)) {
                (Some(a), Some(b)) => compare_str(&a, &b).is_lt(),
                _ => false,
            })
        }),
        Kind::Tuples => sort_generic(vm, values, by, |a, b| tuple_less(vm, a, b)),
        Kind::Other => sort_generic(vm, values, by, |a, b| vm.compare_bool(a, b, Compare::Lt)),
    }
}

/// What all keys are.
enum Kind {
    Ints,
    /// No NaN among them.
    Floats,
    Latin1Strings,
    Strings,
    /// Exact tuples.
    Tuples,
    Other,
}

fn kind_of(vm: &Vm, keys: &[Value]) -> Kind {
    let Some(first) = keys.first() else { return Kind::Other };
    if first.is_small_int() {
        return if keys.iter().all(|k| k.is_small_int()) { Kind::Ints } else { Kind::Other };
    }
    if first.is_float() {
        let all = keys.iter().all(|k| k.as_f64().is_some_and(|f| !f.is_nan()));
        return if all { Kind::Floats } else { Kind::Other };
    }
    if vm.exact_str(*first).is_some() {
        let mut narrow = true;
        for key in keys {
            match vm.exact_str(*key) {
                Some(s) => narrow &= s.width() == 0,
                None => return Kind::Other,
            }
        }
        return if narrow { Kind::Latin1Strings } else { Kind::Strings };
    }
    if keys.iter().all(|k| vm.exact::<PyTuple>(*k, shape::tuple).is_some()) { Kind::Tuples } else { Kind::Other }
}

/// An index into the values: fewer than 2^32 of them, or there is no memory anyhow for what sorting needs.
type Index = u32;

/// Machine keys with the index of their value.
fn keyed<K>(vm: &Vm, by: &ValueVec, key: impl Fn(Value) -> K) -> PyResult<Vec<(K, Index)>> {
    let mut keyed = Vec::new();
    let len = Index::try_from(by.len()).map_err(|_| vm.memory_error())?;
    keyed.try_reserve(by.len()).map_err(|_| vm.memory_error())?;
    keyed.extend((0..len).zip(by.as_slice()).map(|(i, v)| (key(*v), i)));
    Ok(keyed)
}

/// Sorts by keys whose comparison neither fails nor runs anything.
fn sort_plain<K>(
    vm: &Vm,
    values: &ValueVec,
    mut keyed: Vec<(K, Index)>,
    compare: impl FnMut(&(K, Index), &(K, Index)) -> std::cmp::Ordering,
) -> PyResult<()> {
    keyed.sort_by(compare);
    permute(vm, values, keyed.iter().map(|k| k.1))
}

/// Strings of one byte a character: their first eight bytes decide most comparisons.
fn sort_latin1(vm: &Vm, values: &ValueVec, by: &ValueVec) -> PyResult<()> {
    let keyed = keyed(vm, by, |v| {
        let mut prefix = [0; 8];
        if let Some(s) = vm.exact_str(v) {
            prefix.iter_mut().zip(s.raw_bytes()).for_each(|(p, b)| *p = *b);
        }
        u64::from_be_bytes(prefix)
    })?;
    let text = |i: Index| by.get(i as usize).and_then(|v| vm.exact_str(v));
    sort_plain(vm, values, keyed, |a, b| {
        a.0.cmp(&b.0).then_with(|| match (text(a.1), text(b.1)) {
            (Some(a), Some(b)) => a.raw_bytes().cmp(b.raw_bytes()),
            _ => std::cmp::Ordering::Equal,
        })
    })
}

/// Sorts by any comparison of two keys.
fn sort_generic(
    vm: &Vm,
    values: &ValueVec,
    by: &ValueVec,
    mut less: impl FnMut(Value, Value) -> PyResult<bool>,
) -> PyResult<()> {
    let mut order: Vec<Index> = Vec::new();
    let len = Index::try_from(by.len()).map_err(|_| vm.memory_error())?;
    order.try_reserve(by.len()).map_err(|_| vm.memory_error())?;
    order.extend(0..len);
    let result = timsort::sort(vm, &mut order, |a, b| match (by.get(a as usize), by.get(b as usize)) {
        (Some(a), Some(b)) => less(a, b),
        _ => Ok(false),
    });
    permute(vm, values, order.into_iter())?;
    result
}

/// Puts the values into this order.
fn permute(vm: &Vm, values: &ValueVec, order: impl Iterator<Item = Index>) -> PyResult<()> {
    let old = ValueVec::from_slice(vm, values.as_slice())?;
    for (to, from) in order.enumerate() {
        if let Some(value) = old.get(from as usize) {
            values.set(to, value);
        }
    }
    Ok(())
}

/// The order of two strings' texts.
pub fn compare_str(a: &PyStr, b: &PyStr) -> std::cmp::Ordering {
    match (a.text(), b.text()) {
        (Text::One(a), Text::One(b)) => a.cmp(b),
        (Text::Two(a), Text::Two(b)) => a.cmp(b),
        (Text::Four(a), Text::Four(b)) => a.cmp(b),
        _ => a.chars().cmp(b.chars()),
    }
}

/// `a < b`, without a detour for exact strings and tuples.
#[inline]
pub fn less(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
    if !a.is_obj() || !b.is_obj() {
        return vm.compare_bool(a, b, Compare::Lt);
    }
    if let (Some(a), Some(b)) = (vm.exact_str(a), vm.exact_str(b)) {
        return Ok(compare_str(&a, &b).is_lt());
    }
    match (vm.exact::<PyTuple>(a, shape::tuple), vm.exact::<PyTuple>(b, shape::tuple)) {
        (Some(_), Some(_)) => {
            vm.check_native_stack(" in comparison")?;
            tuple_less(vm, a, b)
        }
        _ => vm.compare_bool(a, b, Compare::Lt),
    }
}

/// `a < b` of two exact tuples, as tuples compare.
fn tuple_less(vm: &Vm, a: Value, b: Value) -> PyResult<bool> {
    let (Some(x), Some(y)) = (a.downcast::<PyTuple>(), b.downcast::<PyTuple>()) else {
        return vm.compare_bool(a, b, Compare::Lt);
    };
    for (p, q) in x.as_slice().iter().zip(y.as_slice()) {
        if vm.eq(*p, *q)? {
            continue;
        }
        if let (Some(p), Some(q)) = (vm.exact_str(*p), vm.exact_str(*q)) {
            return Ok(compare_str(&p, &q).is_lt());
        }
        return less(vm, *p, *q);
    }
    Ok(x.len() < y.len())
}
