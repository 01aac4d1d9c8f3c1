//! BUILD_*, LIST_*, SET_*, DICT_*, MAP_ADD.

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::dict::PyDict;
use crate::types::list::PyList;
use crate::types::set::PySet;
use crate::types::shape;
use crate::types::slice::PySlice;
use crate::types::str::methods::join_values;
use crate::value::Value;

pub fn build_tuple(vm: &Vm, items: &[Value]) -> PyResult<Value> {
    Ok(vm.new_tuple(items)?.value())
}

pub fn build_list(vm: &Vm, items: &[Value]) -> PyResult<Value> {
    Ok(PyList::new(vm, items)?.value())
}

pub fn build_set(vm: &Vm, items: &[Value]) -> PyResult<Value> {
    let set = PySet::new(vm, shape::set)?;
    for item in items {
        set.add(vm, *item)?;
    }
    Ok(set.value())
}

/// `items`: key, value, key, value...
pub fn build_map(vm: &Vm, items: &[Value]) -> PyResult<Value> {
    let dict = PyDict::with_capacity(vm, items.len() / 2)?;
    for pair in items.chunks_exact(2) {
        set_dict_item(vm, dict, pair[0], pair[1])?;
    }
    Ok(dict.value())
}

/// `dict[key] = value` in a display: an unhashable key is named as such.
pub fn set_dict_item(vm: &Vm, dict: Ref<PyDict>, key: Value, value: Value) -> PyResult<()> {
    let hash = crate::types::dict::methods::hash_key(vm, key)?;
    dict.set_item_hashed(vm, key, hash, value)
}

pub fn build_string(vm: &Vm, parts: &[Value]) -> PyResult<Value> {
    Ok(join_values(vm, parts)?.value())
}

pub fn build_slice(vm: &Vm, parts: &[Value]) -> PyResult<Value> {
    let part = |i: usize| parts.get(i).copied().unwrap_or(Value::NONE);
    Ok(PySlice::new(vm, part(0), part(1), part(2))?.value())
}

#[inline]
pub fn list_append(vm: &Vm, list: Value, item: Value) -> PyResult<()> {
    match list.downcast::<PyList>() {
        Some(list) => list.push(vm, item),
        None => Err(vm.system_error("LIST_APPEND to no list")),
    }
}

pub fn list_extend(vm: &Vm, list: Value, iterable: Value) -> PyResult<()> {
    let Some(list) = list.downcast::<PyList>() else { return Err(vm.system_error("LIST_EXTEND of no list")) };
    let class = vm.type_of(iterable);
    if class.special(crate::state::names::Special::Iter).is_none()
        && class.special(crate::state::names::Special::GetItem).is_none()
    {
        return Err(vm.type_error(format!("Value after * must be an iterable, not {}", class.tp_name())));
    }
    crate::types::list::methods::extend_from_iterable(vm, list, iterable)
}

pub fn set_add(vm: &Vm, set: Value, item: Value) -> PyResult<()> {
    match set.downcast::<PySet>().filter(|_| vm.is_instance(set, vm.types.set)) {
        Some(set) => set.add(vm, item),
        None => Err(vm.type_error(format!("'{}' object is not a set", vm.type_name(set)))),
    }
}

pub fn set_update(vm: &Vm, set: Value, iterable: Value) -> PyResult<()> {
    match set.downcast::<PySet>() {
        Some(set) => crate::types::set::update(vm, set, iterable),
        None => Err(vm.system_error("SET_UPDATE of no set")),
    }
}

pub fn map_add(vm: &Vm, dict: Value, key: Value, value: Value) -> PyResult<()> {
    match dict.downcast::<PyDict>() {
        Some(dict) => set_dict_item(vm, dict, key, value),
        None => Err(vm.system_error("MAP_ADD to no dict")),
    }
}

pub fn dict_update(vm: &Vm, dict: Value, other: Value) -> PyResult<()> {
    let Some(dict) = dict.downcast::<PyDict>() else { return Err(vm.system_error("DICT_UPDATE of no dict")) };
    if other.downcast::<PyDict>().is_none() && vm.get_attr_opt(other, vm.names.keys)?.is_none() {
        return Err(vm.type_error(format!("'{}' object is not a mapping", vm.type_name(other))));
    }
    crate::types::dict::methods::update(vm, dict, other)
}

/// DICT_MERGE: `**mapping` in a call of `function`.
pub fn dict_merge(vm: &Vm, function: Value, dict: Value, mapping: Value) -> PyResult<()> {
    match dict.downcast::<PyDict>() {
        Some(dict) => crate::types::dict::methods::merge_unique(vm, dict, mapping, function),
        None => Err(vm.system_error("DICT_MERGE of no dict")),
    }
}
