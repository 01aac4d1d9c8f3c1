//! Operations on whole sets, each building its result in the order in which CPython does.

use crate::PyResult;
use crate::object::Ref;
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::dict::PyDict;
use crate::types::set::table::{Look, PySetTable};
use crate::types::set::{PySet, base_shape};
use crate::types::shape;
use crate::value::Value;

fn as_set(v: Value) -> Option<Ref<PySet>> {
    v.downcast()
}

/// `set(iterable)`.
pub fn of(vm: &Vm, iterable: Value) -> PyResult<Ref<PySet>> {
    let set = PySet::new(vm, shape::set)?;
    update(vm, set, iterable)?;
    Ok(set)
}

/// Adds the items of any iterable.
pub fn update(vm: &Vm, set: Ref<PySet>, iterable: Value) -> PyResult<()> {
    if let Some(other) = as_set(iterable) {
        return merge(vm, set, other);
    }
    if let Some(dict) = vm.exact::<PyDict>(iterable, shape::dict) {
        set.reserve(vm, dict.len())?;
        let mut position = 0;
        while let Some((key, _, hash)) = dict.next_item_hashed(vm, &mut position) {
            set.add_hashed(vm, key, hash)?;
        }
        return Ok(());
    }
    vm.for_each(iterable, |item| set.add(vm, item))
}

/// Adds the elements of another set.
pub fn merge(vm: &Vm, set: Ref<PySet>, other: Ref<PySet>) -> PyResult<()> {
    if set == other || other.is_empty() {
        return Ok(());
    }
    set.reserve(vm, other.len())?;
    if set.fill.get() == 0
        && let Some(source) = other.table()
    {
        let same_size = set.mask() == source.mask();
        // A copy entry by entry keeps the order that collisions gave.
        let exact = same_size && other.fill.get() == other.used.get();
        let table = match set.table() {
            _ if exact => {
                let table = PySetTable::copy(vm, source)?;
                set.table.set(set, table.value());
                table
            }
            Some(table) => table,
            None => {
                let table = PySetTable::new(vm, set.mask() + 1)?;
                set.table.set(set, table.value());
                table
            }
        };
        if !exact {
            table.fill_from(source);
        }
        set.fill.set(other.used.get());
        set.used.set(other.used.get());
        return Ok(());
    }
    let mut position = 0;
    while let Some((key, hash)) = other.next_element(&mut position) {
        set.add_hashed(vm, key, hash)?;
    }
    Ok(())
}

/// A copy, of class `set` or `frozenset`.
pub fn copy(vm: &Vm, set: Ref<PySet>) -> PyResult<Ref<PySet>> {
    let new = PySet::new(vm, base_shape(vm, set))?;
    merge(vm, new, set)?;
    Ok(new)
}

pub fn union(vm: &Vm, set: Ref<PySet>, others: &[Value]) -> PyResult<Ref<PySet>> {
    let result = copy(vm, set)?;
    for other in others {
        if !other.same_bits(set.value()) {
            update(vm, result, *other)?;
        }
    }
    Ok(result)
}

pub fn intersection(vm: &Vm, set: Ref<PySet>, other: Value) -> PyResult<Ref<PySet>> {
    if other.same_bits(set.value()) {
        return copy(vm, set);
    }
    let result = PySet::new(vm, base_shape(vm, set))?;
    if let Some(other) = as_set(other) {
        let (big, small) = if other.len() > set.len() { (other, set) } else { (set, other) };
        let mut position = 0;
        while let Some((key, hash)) = small.next_element(&mut position) {
            if big.contains_hashed(vm, key, hash)? {
                result.add_hashed(vm, key, hash)?;
            }
        }
        return Ok(result);
    }
    vm.for_each(other, |key| {
        let hash = vm.hash_element(key)?;
        if set.contains_hashed(vm, key, hash)? {
            result.add_hashed(vm, key, hash)?;
        }
        Ok(())
    })?;
    Ok(result)
}

pub fn intersection_of_all(vm: &Vm, set: Ref<PySet>, others: &[Value]) -> PyResult<Ref<PySet>> {
    let Some((first, rest)) = others.split_first() else { return copy(vm, set) };
    let mut result = intersection(vm, set, *first)?;
    for other in rest {
        result = intersection(vm, result, *other)?;
    }
    Ok(result)
}

pub fn difference_update(vm: &Vm, set: Ref<PySet>, other: Value) -> PyResult<()> {
    if other.same_bits(set.value()) {
        set.clear();
        return Ok(());
    }
    if let Some(mut other) = as_set(other) {
        // When the other set is much bigger, only what both have matters.
        if other.len() >> 3 > set.len() {
            other = intersection(vm, set, other.value())?;
        }
        let mut position = 0;
        while let Some((key, hash)) = other.next_element(&mut position) {
            set.discard_hashed(vm, key, hash)?;
        }
    } else {
        vm.for_each(other, |key| {
            let hash = vm.hash_element(key)?;
            set.discard_hashed(vm, key, hash).map(|_| ())
        })?;
    }
    if set.fill.get() - set.used.get() > set.mask() / 4 {
        set.resize(vm, set.growth())?;
    }
    Ok(())
}

pub fn difference(vm: &Vm, set: Ref<PySet>, other: Value) -> PyResult<Ref<PySet>> {
    let dict = vm.exact::<PyDict>(other, shape::dict);
    let other_set = as_set(other);
    let size = match (other_set, dict) {
        (Some(other), _) => Some(other.len()),
        (None, Some(dict)) => Some(dict.len()),
        _ => None,
    };
    if size.is_none_or(|size| set.len() >> 2 > size) {
        let result = copy(vm, set)?;
        difference_update(vm, result, other)?;
        return Ok(result);
    }
    let result = PySet::new(vm, base_shape(vm, set))?;
    let mut position = 0;
    while let Some((key, hash)) = set.next_element(&mut position) {
        let found = match (other_set, dict) {
            (Some(other), _) => other.contains_hashed(vm, key, hash)?,
            (None, Some(dict)) => dict.get_item_hashed(vm, key, hash)?.is_some(),
            _ => false,
        };
        if !found {
            result.add_hashed(vm, key, hash)?;
        }
    }
    Ok(result)
}

pub fn difference_of_all(vm: &Vm, set: Ref<PySet>, others: &[Value]) -> PyResult<Ref<PySet>> {
    let Some((first, rest)) = others.split_first() else { return copy(vm, set) };
    let result = difference(vm, set, *first)?;
    for other in rest {
        difference_update(vm, result, *other)?;
    }
    Ok(result)
}

pub fn symmetric_difference_update(vm: &Vm, set: Ref<PySet>, other: Value) -> PyResult<()> {
    if other.same_bits(set.value()) {
        set.clear();
        return Ok(());
    }
    if let Some(dict) = vm.exact::<PyDict>(other, shape::dict) {
        let mut position = 0;
        while let Some((key, _)) = dict.next_item(&mut position) {
            toggle(vm, set, key, vm.hash_element(key)?)?;
        }
        return Ok(());
    }
    let other = match as_set(other) {
        Some(other) => other,
        None => {
            let made = PySet::new(vm, base_shape(vm, set))?;
            update(vm, made, other)?;
            made
        }
    };
    let mut position = 0;
    while let Some((key, hash)) = other.next_element(&mut position) {
        toggle(vm, set, key, hash)?;
    }
    Ok(())
}

fn toggle(vm: &Vm, set: Ref<PySet>, key: Value, hash: i64) -> PyResult<()> {
    if !set.discard_hashed(vm, key, hash)? {
        set.add_hashed(vm, key, hash)?;
    }
    Ok(())
}

pub fn symmetric_difference(vm: &Vm, set: Ref<PySet>, other: Value) -> PyResult<Ref<PySet>> {
    let result = PySet::new(vm, base_shape(vm, set))?;
    update(vm, result, other)?;
    symmetric_difference_update(vm, result, set.value())?;
    Ok(result)
}

/// The six comparisons.
pub fn compare(vm: &Vm, set: Ref<PySet>, other: Ref<PySet>, op: Compare) -> PyResult<bool> {
    match op {
        Compare::Eq => equal(vm, set, other),
        Compare::Ne => Ok(!equal(vm, set, other)?),
        Compare::Le => is_subset(vm, set, other),
        Compare::Ge => is_subset(vm, other, set),
        Compare::Lt => Ok(set.len() < other.len() && is_subset(vm, set, other)?),
        Compare::Gt => Ok(other.len() < set.len() && is_subset(vm, other, set)?),
    }
}

/// The six comparisons, where no element need be asked whether it is equal to another.
pub(crate) fn compare_at_once(set: Ref<PySet>, other: Ref<PySet>, op: Compare) -> Option<bool> {
    let equal = || {
        let same_hash = match (set.cached_hash(), other.cached_hash()) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        if set.len() == other.len() && same_hash { subset_at_once(set, other, &mut 0) } else { Some(false) }
    };
    match op {
        Compare::Eq => equal(),
        Compare::Ne => equal().map(|equal| !equal),
        Compare::Le if set.len() > other.len() => Some(false),
        Compare::Le => subset_at_once(set, other, &mut 0),
        Compare::Ge if set.len() < other.len() => Some(false),
        Compare::Ge => subset_at_once(other, set, &mut 0),
        Compare::Lt if set.len() >= other.len() => Some(false),
        Compare::Lt => subset_at_once(set, other, &mut 0),
        Compare::Gt if set.len() <= other.len() => Some(false),
        Compare::Gt => subset_at_once(other, set, &mut 0),
    }
}

/// Are all elements of `set` in `other`? `None`: the element before `position` must be asked.
#[inline]
fn subset_at_once(set: Ref<PySet>, other: Ref<PySet>, position: &mut usize) -> Option<bool> {
    let (Some(table), Some(others)) = (set.table(), other.table()) else { return Some(set.is_empty()) };
    // Nothing changes meanwhile, so that the last element is known when it comes.
    for _ in 0..set.len() {
        let Some((key, hash)) = table.next(position) else { break };
        match others.look(key, hash) {
            Look::Here(_) => {}
            Look::Absent(_) => return Some(false),
            Look::Ask => return None,
        }
    }
    Some(true)
}

pub fn is_subset(vm: &Vm, set: Ref<PySet>, other: Ref<PySet>) -> PyResult<bool> {
    if set.len() > other.len() {
        return Ok(false);
    }
    if let Some(found) = subset_at_once(set, other, &mut 0) {
        return Ok(found);
    }
    let mut position = 0;
    while let Some((key, hash)) = set.next_element(&mut position) {
        if !other.contains_hashed(vm, key, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub fn is_subset_of_any(vm: &Vm, set: Ref<PySet>, other: Value) -> PyResult<bool> {
    match as_set(other) {
        Some(other) => is_subset(vm, set, other),
        None => Ok(intersection(vm, set, other)?.len() == set.len()),
    }
}

pub fn is_superset_of_any(vm: &Vm, set: Ref<PySet>, other: Value) -> PyResult<bool> {
    if let Some(other) = as_set(other) {
        return is_subset(vm, other, set);
    }
    let iterator = vm.iter(other)?;
    while let Some(key) = vm.next(iterator)? {
        if !set.contains(vm, key)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub fn is_disjoint(vm: &Vm, set: Ref<PySet>, other: Value) -> PyResult<bool> {
    if other.same_bits(set.value()) {
        return Ok(set.is_empty());
    }
    if let Some(other) = as_set(other) {
        let (big, small) = if other.len() > set.len() { (other, set) } else { (set, other) };
        let mut position = 0;
        while let Some((key, hash)) = small.next_element(&mut position) {
            if big.contains_hashed(vm, key, hash)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let iterator = vm.iter(other)?;
    while let Some(key) = vm.next(iterator)? {
        let hash = vm.hash_element(key)?;
        if set.contains_hashed(vm, key, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Equality with another set.
pub fn equal(vm: &Vm, set: Ref<PySet>, other: Ref<PySet>) -> PyResult<bool> {
    if set.len() != other.len() {
        return Ok(false);
    }
    if let (Some(a), Some(b)) = (set.cached_hash(), other.cached_hash())
        && a != b
    {
        return Ok(false);
    }
    is_subset(vm, set, other)
}

/// The hash of a frozenset with these elements, by CPython's formula: it mixes the hashes so that their order does not
/// matter.
pub fn hash(set: Ref<PySet>) -> i64 {
    fn shuffle(h: u64) -> u64 {
        ((h ^ 89869747) ^ (h << 16)).wrapping_mul(3644798167)
    }
    let mut hash = 0;
    if let Some(table) = set.table() {
        let mut position = 0;
        while let Some((_, h)) = table.next(&mut position) {
            hash ^= shuffle(h as u64);
        }
    }
    hash ^= (set.len() as u64).wrapping_add(1).wrapping_mul(1927868237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69069).wrapping_add(907133923);
    if hash == u64::MAX { 590923713 } else { hash as i64 }
}

/// The hash of a frozenset, computed once.
pub fn frozen_hash(set: Ref<PySet>) -> i64 {
    if let Some(hash) = set.cached_hash() {
        return hash;
    }
    let hash = hash(set);
    set.hash.set(!hash);
    hash
}
