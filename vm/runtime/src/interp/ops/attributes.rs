//! LOAD_ATTR, STORE_ATTR, DELETE_ATTR, LOAD_SUPER_ATTR, LOAD_SPECIAL, with their inline caches.

use crate::PyResult;
use crate::attributes::instance;
use crate::interp::feedback::{Feedback, Kind};
use crate::object::Ref;
use crate::object::def::type_flags;
use crate::state::Vm;
use crate::state::names::Special;
use crate::state::shapes::ShapeKind;
use crate::types::getset::PyGetSet;
use crate::types::module::PyModule;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

/// LOAD_ATTR without the method flag.
#[inline(always)]
pub fn load_attr(vm: &Vm, owner: Value, name: Ref<PyStr>, feedback: &Feedback) -> PyResult<Value> {
    if let Some(obj) = owner.as_obj()
        && obj.shape_id() == feedback.shape.get()
    {
        match feedback.kind.get() {
            Kind::Inline if feedback.version.get() == vm.shape_epoch.get() => {
                let shape = vm.shapes.get(obj.shape_id());
                if let Some(value) = instance::slot(obj, shape, feedback.index.get() as u16) {
                    return Ok(value);
                }
            }
            Kind::ClassValue => {
                let class = vm.shapes.get(obj.shape_id()).class.get();
                if class.version.get() == feedback.version.get() {
                    // SAFETY: while the class has this version the value stands in one of its dicts.
                    return Ok(unsafe { Value::from_bits(feedback.value.get()) });
                }
            }
            Kind::Module => {
                if let Some(module) = obj.downcast::<PyModule>()
                    && let Some(table) = module.dict().and_then(|d| d.table())
                    && table.current_version() == feedback.version.get()
                    && let Some((_, value)) = table.entry(feedback.index.get() as usize)
                {
                    return Ok(value);
                }
            }
            Kind::TypeValue => {
                if let Some(class) = obj.downcast::<PyType>()
                    && class.version.get() == feedback.version.get()
                {
                    // SAFETY: while the class has this version the value stands in one of its dicts.
                    return Ok(unsafe { Value::from_bits(feedback.value.get()) });
                }
            }
            _ => {}
        }
    }
    load_attr_slow(vm, owner, name, feedback)
}

#[inline(never)]
fn load_attr_slow(vm: &Vm, owner: Value, name: Ref<PyStr>, feedback: &Feedback) -> PyResult<Value> {
    if feedback.kind.get() != Kind::Megamorphic {
        remember_attr(vm, owner, name, feedback);
    }
    vm.get_attr(owner, name)
}

/// Fills the cache where the attribute is of a kind that has one.
fn remember_attr(vm: &Vm, owner: Value, name: Ref<PyStr>, feedback: &Feedback) {
    let Some(obj) = owner.as_obj() else { return };
    let class = vm.type_of(owner);
    let id = obj.shape_id();
    if let Some(t) = obj.downcast::<PyType>() {
        // `Class.attribute`: not on the metaclass, found on the class, not bound by a descriptor.
        if class == vm.types.type_
            && class.lookup(vm, name).is_none()
            && let Some(value) = t.lookup(vm, name)
            && is_plain_class_value(vm, value)
            && feedback.missed()
        {
            feedback.fill(Kind::TypeValue, id, t.version(vm), 0, value.bits());
        }
        return;
    }
    if id == shape::module {
        if let Some(dict) = obj.downcast::<PyModule>().and_then(|m| m.dict())
            && let (Some(entry), Some(table)) = (dict.entry_of_str(vm, name), dict.table())
            && table.is_strings()
            && class.lookup(vm, name).is_none()
            && feedback.missed()
        {
            feedback.fill(Kind::Module, id, table.version(vm), entry as u32, 0);
        }
        return;
    }
    if !class.has_flag(type_flags::PLAIN_GETATTR) {
        return;
    }
    let shape = vm.shapes.get(id);
    if shape.kind != ShapeKind::Slots {
        return;
    }
    match class.lookup(vm, name) {
        Some(found) if vm.is_data_descriptor(found) => {
            // A slot of `__slots__` is a plain slot under another key.
            if let Some(key) = found.downcast::<PyGetSet>().and_then(|g| g.slot_key())
                && let Some(i) = shape.find(key)
                && feedback.missed()
            {
                feedback.fill(Kind::Inline, id, vm.shape_epoch.get(), i as u32, 0);
            }
        }
        found => {
            if let Some(i) = shape.find(name) {
                // A class attribute that becomes a data descriptor would go first: see `shape_epoch`.
                if found.is_none() && feedback.missed() {
                    feedback.fill(Kind::Inline, id, vm.shape_epoch.get(), i as u32, 0);
                }
            } else if let Some(value) = found
                && is_plain_class_value(vm, value)
                && !has_getter(vm, value)
                && feedback.missed()
            {
                feedback.fill(Kind::ClassValue, id, class.version(vm), 0, value.bits());
            }
        }
    }
}

fn is_plain_class_value(vm: &Vm, value: Value) -> bool {
    let Some(obj) = value.as_obj() else { return true };
    // A function found on a class is itself when read from the class.
    obj.shape_id() == shape::function || vm.type_of(value).special(Special::Get).is_none()
}

fn has_getter(vm: &Vm, value: Value) -> bool {
    vm.type_of(value).special(Special::Get).is_some()
}

/// LOAD_ATTR with the method flag: the function, and `Some(self)` where it goes before the arguments.
#[inline(always)]
pub fn load_method(vm: &Vm, owner: Value, name: Ref<PyStr>, feedback: &Feedback) -> PyResult<(Value, Slot)> {
    if feedback.kind.get() == Kind::Method {
        let id = match owner.as_obj() {
            Some(obj) => obj.shape_id(),
            None => immediate_shape(owner),
        };
        if id == feedback.shape.get() {
            let class = vm.shapes.get(id).class.get();
            if class.version.get() == feedback.version.get() {
                // SAFETY: while the class has this version the value stands in one of its dicts.
                return Ok((unsafe { Value::from_bits(feedback.value.get()) }, Some(owner)));
            }
        }
    }
    load_method_slow(vm, owner, name, feedback)
}

/// The shape that an object of the immediate's class has.
#[inline]
fn immediate_shape(v: Value) -> u32 {
    if v.is_small_int() {
        shape::int
    } else if v.is_float() {
        shape::float
    } else if v.is_bool() {
        shape::bool
    } else {
        0
    }
}

#[inline(never)]
fn load_method_slow(vm: &Vm, owner: Value, name: Ref<PyStr>, feedback: &Feedback) -> PyResult<(Value, Slot)> {
    let class = vm.type_of(owner);
    if owner.downcast::<PyType>().is_none()
        && owner.downcast::<PyModule>().is_none()
        && class.has_flag(type_flags::PLAIN_GETATTR)
        && let Some(found) = class.lookup(vm, name)
        && vm.type_of(found).has_flag(type_flags::METHOD_DESCRIPTOR)
    {
        if let Some(obj) = owner.as_obj()
            && let Some(own) = instance::get(vm, obj, name)
        {
            return Ok((own, None));
        }
        let id = owner.as_obj().map_or_else(|| immediate_shape(owner), |o| o.shape_id());
        let kind = if id == 0 { ShapeKind::Dict } else { vm.shapes.get(id).kind };
        if id != 0 && kind == ShapeKind::Slots && feedback.missed() {
            feedback.fill(Kind::Method, id, class.version(vm), 0, found.bits());
        }
        return Ok((found, Some(owner)));
    }
    Ok((load_attr(vm, owner, name, feedback)?, None))
}

/// STORE_ATTR.
#[inline(always)]
pub fn store_attr(vm: &Vm, owner: Value, name: Ref<PyStr>, value: Value, feedback: &Feedback) -> PyResult<()> {
    if let Some(obj) = owner.as_obj()
        && obj.shape_id() == feedback.shape.get()
    {
        match feedback.kind.get() {
            Kind::Inline if feedback.version.get() == vm.shape_epoch.get() => {
                instance::set_slot(obj, vm.shapes.get(obj.shape_id()), feedback.index.get() as u16, value);
                return Ok(());
            }
            Kind::AddInline => {
                let class = vm.shapes.get(obj.shape_id()).class.get();
                if class.version.get() == feedback.version.get() {
                    return instance::add_slot(vm, obj, vm.shapes.get(feedback.extra.get()), value);
                }
            }
            _ => {}
        }
    }
    store_attr_slow(vm, owner, name, value, feedback)
}

#[inline(never)]
fn store_attr_slow(vm: &Vm, owner: Value, name: Ref<PyStr>, value: Value, feedback: &Feedback) -> PyResult<()> {
    let before = owner.as_obj().map(|o| o.shape_id());
    vm.set_attr(owner, name, value)?;
    let (Some(obj), Some(before)) = (owner.as_obj(), before) else { return Ok(()) };
    let class = vm.type_of(owner);
    if feedback.kind.get() == Kind::Megamorphic || !class.has_flag(type_flags::PLAIN_SETATTR) {
        return Ok(());
    }
    let shape = vm.shapes.get(obj.shape_id());
    if shape.kind != ShapeKind::Slots || vm.shapes.get(before).kind != ShapeKind::Slots {
        return Ok(());
    }
    let key = match class.lookup(vm, name) {
        None => name,
        Some(found) => match found.downcast::<PyGetSet>().and_then(|g| g.slot_key()) {
            Some(key) => key,
            None if vm.is_data_descriptor(found) => return Ok(()),
            None => name,
        },
    };
    let Some(i) = shape.find(key) else { return Ok(()) };
    if before == obj.shape_id() {
        if class.lookup(vm, name).is_none_or(|f| f.downcast::<PyGetSet>().is_some()) && feedback.missed() {
            feedback.fill(Kind::Inline, before, vm.shape_epoch.get(), i as u32, 0);
        }
    } else if shape.parent.is_some_and(|p| p.id == before) && feedback.missed() {
        feedback.fill(Kind::AddInline, before, class.version(vm), i as u32, 0);
        feedback.extra.set(shape.id);
    }
    Ok(())
}

/// LOAD_SUPER_ATTR: the attribute, and `Some(self)` where it is a method to be called with it.
pub fn load_super_attr(
    vm: &Vm,
    global_super: Value,
    class: Value,
    receiver: Value,
    name: Ref<PyStr>,
    two_arguments: bool,
    method: bool,
) -> PyResult<(Value, Slot)> {
    if global_super.same_bits(vm.types.super_.value())
        && let Some(class) = class.downcast::<PyType>()
    {
        return crate::types::super_type::lookup(vm, class, receiver, name, method);
    }
    // `super` is something else: call it.
    let object = if two_arguments { vm.call(global_super, &[class, receiver])? } else { vm.call(global_super, &[])? };
    Ok((vm.get_attr(object, name)?, None))
}

/// LOAD_SPECIAL: `__enter__` and its like, with `Some(self)` where it is not bound.
pub fn load_special(vm: &Vm, owner: Value, which: u32) -> PyResult<(Value, Slot)> {
    let special = match which {
        0 => Special::Enter,
        1 => Special::Exit,
        2 => Special::AEnter,
        _ => Special::AExit,
    };
    let class = vm.type_of(owner);
    match class.special(special) {
        Some(method) if vm.type_of(method).has_flag(type_flags::METHOD_DESCRIPTOR) => Ok((method, Some(owner))),
        Some(method) => Ok((vm.bind_descriptor(method, owner)?.unwrap_or(method), None)),
        None => {
            let full = vm.type_full_name(class);
            let full = full.strip_prefix("__main__.").unwrap_or(&full);
            let other = |a: Special, b: Special| class.special(a).is_some() && class.special(b).is_some();
            Err(vm.type_error(match special {
                Special::Enter | Special::Exit => {
                    let hint = if other(Special::AEnter, Special::AExit) {
                        " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?"
                    } else {
                        ""
                    };
                    let missed = if special == Special::Exit {
                        " (missed __exit__ method)"
                    } else {
                        " (missed __enter__ method)"
                    };
                    format!("'{full}' object does not support the context manager protocol{missed}{hint}")
                }
                _ => {
                    let hint = if other(Special::Enter, Special::Exit) {
                        " but it supports the context manager protocol. Did you mean to use 'with'?"
                    } else {
                        ""
                    };
                    let missed = if special == Special::AExit {
                        " (missed __aexit__ method)"
                    } else {
                        " (missed __aenter__ method)"
                    };
                    format!("'{full}' object does not support the asynchronous context manager protocol{missed}{hint}")
                }
            }))
        }
    }
}
