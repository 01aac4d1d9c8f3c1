//! MATCH_CLASS, MATCH_KEYS, MATCH_MAPPING, MATCH_SEQUENCE.

use crate::PyResult;
use crate::object::def::type_flags;
use crate::state::Vm;
use crate::types::array::ValueVec;
use crate::types::set::PySet;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

pub fn match_mapping(vm: &Vm, v: Value) -> Value {
    Value::from_bool(vm.type_of(v).has_flag(type_flags::MAPPING))
}

pub fn match_sequence(vm: &Vm, v: Value) -> Value {
    Value::from_bool(vm.type_of(v).has_flag(type_flags::SEQUENCE))
}

/// MATCH_KEYS: the values of the keys as a tuple, or None.
pub fn match_keys(vm: &Vm, subject: Value, keys: Value) -> PyResult<Value> {
    let Some(keys) = keys.downcast::<PyTuple>() else { return Err(vm.system_error("MATCH_KEYS without keys")) };
    let values = ValueVec::with_capacity(vm, keys.len())?;
    if keys.is_empty() {
        return Ok(vm.new_tuple(&[])?.value());
    }
    let get = vm.get_attr(subject, vm.names.get)?;
    let seen = PySet::new(vm, shape::set)?;
    // A default that no mapping holds, so that `__missing__` is not asked.
    let dummy = vm.call(vm.types.object.value(), &[])?;
    for key in keys.as_slice() {
        if seen.contains(vm, *key)? {
            return Err(vm.value_error(format!("mapping pattern checks duplicate key ({})", vm.repr_lossy(*key)?)));
        }
        seen.add(vm, *key)?;
        let value = vm.call(get, &[*key, dummy])?;
        if value.is(dummy) {
            return Ok(Value::NONE);
        }
        values.push(vm, value)?;
    }
    Ok(vm.new_tuple(values.as_slice())?.value())
}

/// MATCH_CLASS: the attributes as a tuple, or None.
pub fn match_class(vm: &Vm, subject: Value, class: Value, positional: usize, names: Value) -> PyResult<Value> {
    let Some(class) = class.downcast::<PyType>() else {
        return Err(vm.type_error("called match pattern must be a class"));
    };
    let Some(names) = names.downcast::<PyTuple>() else { return Err(vm.system_error("MATCH_CLASS without names")) };
    if !vm.is_instance_of(subject, class.value())? {
        return Ok(Value::NONE);
    }
    let attributes = ValueVec::new();
    let seen = PySet::new(vm, shape::set)?;
    if positional > 0 {
        let mut match_self = false;
        let match_args = match vm.get_attr_opt(class.value(), vm.names.__match_args__)? {
            Some(args) => match vm.exact::<PyTuple>(args, shape::tuple) {
                Some(args) => args,
                None => {
                    return Err(vm.type_error(format!(
                        "{}.__match_args__ must be a tuple (got {})",
                        class.tp_name(),
                        vm.type_name(args)
                    )));
                }
            },
            None => {
                match_self = class.has_flag(type_flags::MATCH_SELF);
                vm.new_tuple(&[])?
            }
        };
        let allowed = if match_self { 1 } else { match_args.len() };
        if allowed < positional {
            let plural = if allowed == 1 { "" } else { "s" };
            return Err(vm.type_error(format!(
                "{}() accepts {allowed} positional sub-pattern{plural} ({positional} given)",
                class.tp_name()
            )));
        }
        if match_self {
            attributes.push(vm, subject)?;
        } else {
            for name in &match_args.as_slice()[..positional] {
                if name.downcast::<PyStr>().is_none() {
                    return Err(
                        vm.type_error(format!("__match_args__ elements must be strings (got {})", vm.type_name(*name)))
                    );
                }
                match match_attr(vm, subject, class.tp_name(), *name, &seen)? {
                    Some(value) => attributes.push(vm, value)?,
                    None => return Ok(Value::NONE),
                }
            }
        }
    }
    for name in names.as_slice() {
        match match_attr(vm, subject, class.tp_name(), *name, &seen)? {
            Some(value) => attributes.push(vm, value)?,
            None => return Ok(Value::NONE),
        }
    }
    Ok(vm.new_tuple(attributes.as_slice())?.value())
}

fn match_attr(vm: &Vm, subject: Value, class: String, name: Value, seen: &crate::object::Ref<PySet>) -> PyResult<Slot> {
    if seen.contains(vm, name)? {
        return Err(
            vm.type_error(format!("{class}() got multiple sub-patterns for attribute {}", vm.repr_lossy(name)?))
        );
    }
    seen.add(vm, name)?;
    match name.downcast::<PyStr>() {
        Some(name) => vm.get_attr_opt(subject, name),
        None => Ok(None),
    }
}
