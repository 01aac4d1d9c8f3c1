//! Filling a dict from mappings, sequences of pairs and keyword arguments.

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::dict::PyDict;
use crate::value::Value;

/// What happens to a key that is there already.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Existing {
    Replace,
    /// It is the error: the caller gets the key.
    Refuse,
}

/// `{**other}`: updates from a mapping; "'X' object is not a mapping".
pub fn update(vm: &Vm, dict: Ref<PyDict>, other: Value) -> PyResult<()> {
    match merge(vm, dict, other, Existing::Replace) {
        Ok(_) => Ok(()),
        Err(raised) => {
            if other.downcast::<PyDict>().is_some() {
                return Err(raised);
            }
            vm.catch(raised, vm.types.attribute_error)?;
            Err(vm.type_error(format!("'{}' object is not a mapping", vm.type_name(other))))
        }
    }
}

/// `dict.update(other)`: from a mapping (what has `keys`) or an iterable of pairs.
pub fn update_from(vm: &Vm, dict: Ref<PyDict>, other: Value) -> PyResult<()> {
    if other.downcast::<PyDict>().is_some() || vm.get_attr_opt(other, vm.names.keys)?.is_some() {
        merge(vm, dict, other, Existing::Replace).map(|_| ())
    } else {
        update_from_pairs(vm, dict, other)
    }
}

/// `f(**mapping)` after other keyword arguments: no name may come twice.
pub fn merge_unique(vm: &Vm, dict: Ref<PyDict>, mapping: Value, function: Value) -> PyResult<()> {
    match merge(vm, dict, mapping, Existing::Refuse) {
        Ok(None) => Ok(()),
        Ok(Some(key)) => {
            let function = function_text(vm, function)?;
            let key = vm.str(key)?.to_lossy();
            Err(vm.type_error(format!("{function} got multiple values for keyword argument '{key}'")))
        }
        Err(raised) => {
            vm.catch(raised, vm.types.attribute_error)?;
            let function = function_text(vm, function)?;
            Err(vm.type_error(format!("{function} argument after ** must be a mapping, not {}", vm.type_name(mapping))))
        }
    }
}

/// How messages name a function: `module.qualname()`, without the module for builtins.
pub fn function_text(vm: &Vm, function: Value) -> PyResult<String> {
    let Some(qualname) = vm.get_attr_opt(function, vm.names.__qualname__)? else {
        return Ok(vm.str(function)?.to_lossy());
    };
    let qualname = vm.str(qualname)?.to_lossy();
    match vm.get_attr_opt(function, vm.names.__module__)? {
        Some(module) if !module.is_none() => {
            let module = vm.str(module)?.to_lossy();
            Ok(if module == "builtins" { format!("{qualname}()") } else { format!("{module}.{qualname}()") })
        }
        _ => Ok(format!("{qualname}()")),
    }
}

/// Merges a mapping; gives the key that was refused, if one was.
fn merge(vm: &Vm, dict: Ref<PyDict>, other: Value, existing: Existing) -> PyResult<Option<Value>> {
    if let Some(other) = other.downcast::<PyDict>()
        && iterates_as_dict(vm, other)
    {
        return merge_dict(vm, dict, other, existing);
    }
    let keys = vm.call_method_name(other, vm.names.keys, &[])?;
    let iterator = vm.iter(keys)?;
    while let Some(key) = vm.next(iterator)? {
        if existing == Existing::Refuse && dict.contains(vm, key)? {
            return Ok(Some(key));
        }
        let value = vm.get_item(other, key)?;
        dict.set_item(vm, key, value)?;
    }
    Ok(None)
}

/// A subclass that defines `__iter__` is asked for its keys.
fn iterates_as_dict(vm: &Vm, other: Ref<PyDict>) -> bool {
    let class = vm.type_of(other.value());
    class == vm.types.dict
        || match (class.special(Special::Iter), vm.types.dict.special(Special::Iter)) {
            (Some(theirs), Some(ours)) => theirs.same_bits(ours),
            _ => true,
        }
}

fn merge_dict(vm: &Vm, dict: Ref<PyDict>, other: Ref<PyDict>, existing: Existing) -> PyResult<Option<Value>> {
    if dict == other || other.is_empty() {
        return Ok(None);
    }
    let filled = other.end_position();
    let mut position = 0;
    while let Some((key, value, hash)) = other.next_item_hashed(vm, &mut position) {
        if existing == Existing::Refuse && dict.get_item_hashed(vm, key, hash)?.is_some() {
            return Ok(Some(key));
        }
        dict.set_item_hashed(vm, key, hash, value)?;
        if other.end_position() != filled {
            return Err(vm.runtime_error("dict mutated during update"));
        }
    }
    Ok(None)
}

fn update_from_pairs(vm: &Vm, dict: Ref<PyDict>, pairs: Value) -> PyResult<()> {
    let iterator = vm.iter(pairs)?;
    let mut i = 0usize;
    while let Some(pair) = vm.next(iterator)? {
        let items = match collect_pair(vm, pair) {
            Ok(items) => items,
            Err(raised) => return Err(not_a_sequence(vm, raised, i)),
        };
        match items.as_slice() {
            [key, value] => dict.set_item(vm, *key, *value)?,
            other => {
                return Err(vm.value_error(format!(
                    "dictionary update sequence element #{i} has length {}; 2 is required",
                    other.len()
                )));
            }
        }
        i += 1;
    }
    Ok(())
}

fn collect_pair(vm: &Vm, pair: Value) -> PyResult<crate::types::array::ValueVec> {
    let class = vm.type_of(pair);
    let plain = pair.downcast::<crate::types::list::PyList>().is_some()
        || pair.downcast::<crate::types::tuple::PyTuple>().is_some();
    if !plain && class.special(Special::Iter).is_none() && class.special(Special::GetItem).is_none() {
        return Err(vm.type_error("object is not iterable"));
    }
    vm.collect(pair)
}

#[cold]
fn not_a_sequence(vm: &Vm, raised: crate::Raised, i: usize) -> crate::Raised {
    let e = match vm.catch(raised, vm.types.type_error) {
        Ok(e) => e,
        Err(raised) => return raised,
    };
    let note = format!("Cannot convert dictionary update sequence element #{i} to a sequence");
    let noted = vm.new_str(&note).and_then(|note| vm.call_method(e.value(), "add_note", &[note.value()]));
    match noted {
        Ok(_) => vm.reraise(e),
        Err(raised) => raised,
    }
}
