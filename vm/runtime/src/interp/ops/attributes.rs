//! LOAD_ATTR, STORE_ATTR, DELETE_ATTR, LOAD_SUPER_ATTR, LOAD_SPECIAL, with their inline caches.

use crate::PyResult;
use crate::attributes::instance;
use crate::interp::feedback::{Feedback, Kind, seen};
use crate::object::def::type_flags;
use crate::object::{Obj, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::state::shapes::ShapeKind;
use crate::types::classmethod::PyClassMethod;
use crate::types::function::PyFunction;
use crate::types::getset::PyGetSet;
use crate::types::module::PyModule;
use crate::types::property::PyProperty;
use crate::types::shape;
use crate::types::staticmethod::PyStaticMethod;
use crate::types::str::PyStr;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

/// LOAD_ATTR without the method flag.
#[inline(always)]
pub fn load_attr(vm: &Vm, owner: Value, name: Ref<PyStr>, feedback: &Feedback) -> PyResult<Value> {
    if let Some(obj) = owner.as_obj()
        && let Some(value) = cached_attr(vm, obj, feedback)
    {
        return Ok(value);
    }
    load_attr_slow(vm, owner, name, feedback)
}

/// What LOAD_ATTR gives for an instance where the interpreter's own cache knows it; `None`: nothing was done.
pub fn shared_attr(vm: &Vm, owner: Value, name: Ref<PyStr>) -> Slot {
    let obj = owner.as_obj()?;
    cached_attr(vm, obj, vm.attribute_cache.loads.entry(cache_key(vm, obj), name).get(name)?)
}

/// Is a cache about objects of this shape?
#[inline(always)]
fn fits(shape: u32, feedback: &Feedback) -> bool {
    let known = feedback.shape.get();
    shape == known || shape.wrapping_sub(known) <= feedback.now().span()
}

/// What a cache gives for this object; `None` where it does not fit.
#[inline(always)]
pub(super) fn cached_attr(vm: &Vm, obj: Obj, feedback: &Feedback) -> Slot {
    if !fits(obj.shape_id(), feedback) {
        return None;
    }
    match feedback.kind.get() {
        Kind::Inline if feedback.version.get() == vm.shape_epoch.get() => {
            instance::slot(obj, vm.shapes.get(obj.shape_id()), feedback.index.get() as u16)
        }
        Kind::ClassValue => {
            let class = vm.shapes.get(obj.shape_id()).class.get();
            // SAFETY: while the class has this version the value stands in one of its dicts.
            (class.version.get() == feedback.version.get()).then(|| unsafe { Value::from_bits(feedback.value.get()) })
        }
        Kind::Module => {
            let table = obj.downcast::<PyModule>()?.dict()?.table()?;
            if table.current_version() != feedback.version.get() {
                return None;
            }
            table.entry(feedback.index.get() as usize).map(|(_, value)| value)
        }
        Kind::TypeValue => {
            let class = obj.downcast::<PyType>()?;
            // SAFETY: while the class has this version the value stands in one of its dicts.
            (class.version.get() == feedback.version.get()).then(|| unsafe { Value::from_bits(feedback.value.get()) })
        }
        _ => None,
    }
}

/// The getter of the property that a cache has for this object; `None` where it does not fit.
#[inline]
fn cached_getter(vm: &Vm, obj: Obj, feedback: &Feedback) -> Slot {
    if feedback.kind.get() != Kind::Property || obj.shape_id() != feedback.shape.get() {
        return None;
    }
    let class = vm.shapes.get(obj.shape_id()).class.get();
    if class.version.get() != feedback.version.get() {
        return None;
    }
    // SAFETY: while the class has this version the property stands in one of its dicts.
    unsafe { Value::from_bits(feedback.value.get()) }.downcast::<PyProperty>()?.getter()
}

#[inline(never)]
fn load_attr_slow(vm: &Vm, owner: Value, name: Ref<PyStr>, feedback: &Feedback) -> PyResult<Value> {
    feedback.saw(seen::RUN);
    if let Some(obj) = owner.as_obj() {
        if let Some(getter) = cached_getter(vm, obj, feedback) {
            return vm.call(getter, &[owner]);
        }
        let entry = vm.attribute_cache.loads.entry(cache_key(vm, obj), name);
        if let Some(shared) = entry.get(name) {
            if let Some(getter) = cached_getter(vm, obj, shared) {
                feedback.follow(shared);
                return vm.call(getter, &[owner]);
            }
            if let Some(value) = cached_attr(vm, obj, shared) {
                follow(vm, feedback, shared, obj.shape_id());
                return Ok(value);
            }
            if is_known_uncached(vm, obj, shared) {
                return vm.get_attr(owner, name);
            }
        }
        if let Some(shared) = entry.take(name) {
            remember_attr(vm, obj, name, shared);
            if shared.kind.get() == Kind::Empty {
                shared.fill(Kind::Empty, obj.shape_id(), vm.type_of(owner).version(vm), 0, 0);
            } else {
                follow(vm, feedback, shared, obj.shape_id());
            }
        }
    }
    vm.get_attr(owner, name)
}

/// An instruction has met an object of shape `id`, for which `shared` holds, together with its run's other shapes. The
/// instruction's own cache is about that shape alone, for the JIT knows most of an object then; but where shapes of one
/// run mix, it is about all that come after those it met.
#[inline(never)]
fn follow(vm: &Vm, feedback: &Feedback, shared: &Feedback, id: u32) {
    if feedback.kind.get() == Kind::Megamorphic {
        return;
    }
    if !matches!(shared.kind.get(), Kind::Inline | Kind::ClassValue | Kind::Method) {
        return feedback.follow(shared);
    }
    let shape = vm.shapes.get(id);
    let before = feedback.now();
    if before.shape != 0 {
        shape.meets(vm, before.shape);
    }
    if !shape.is_varied(vm) {
        return feedback.follow_for(shared, id..id + 1);
    }
    let is_same = before.kind == shared.kind.get()
        && before.index == shared.index.get()
        && before.value == shared.value.get()
        && shape.run.contains(&before.shape);
    let first = match is_same {
        true if before.span() > 0 => shared.shape.get(),
        true => id.min(before.shape),
        false => id,
    };
    feedback.follow_for(shared, first..shared.shape.get() + shared.now().span() + 1);
}

/// Has an access like this one been found to be of a kind without a cache?
#[inline]
fn is_known_uncached(vm: &Vm, obj: Obj, shared: &Feedback) -> bool {
    shared.kind.get() == Kind::Empty
        && shared.shape.get() == obj.shape_id()
        && shared.version.get() == vm.type_of(obj.value()).version(vm)
}

/// By what the shared cache tells objects apart: the shape, but classes and modules share theirs.
#[inline]
fn cache_key(vm: &Vm, obj: Obj) -> u32 {
    match obj.downcast::<PyType>() {
        Some(class) => class.version(vm),
        None if obj.shape_id() == shape::module => (obj.addr() >> 4) as u32,
        None => obj.shape_id(),
    }
}

/// Fills the cache where the attribute is of a kind that has one.
fn remember_attr(vm: &Vm, obj: Obj, name: Ref<PyStr>, feedback: &Feedback) {
    let class = vm.type_of(obj.value());
    let id = obj.shape_id();
    if let Some(t) = obj.downcast::<PyType>() {
        // `Class.attribute`: not on the metaclass, found on the class, not bound by a descriptor.
        if class == vm.types.type_
            && class.lookup(vm, name).is_none()
            && let Some(value) = t.lookup(vm, name).and_then(|found| class_value(vm, found))
        {
            feedback.fill_for_class(Kind::TypeValue, t.value(), t.version(vm), value);
            feedback.shape.set(id);
        }
        return;
    }
    if id == shape::module {
        if let Some(dict) = obj.downcast::<PyModule>().and_then(|m| m.dict())
            && let (Some(entry), Some(table)) = (dict.entry_of_str(vm, name), dict.table())
            && table.is_strings()
            && class.lookup(vm, name).is_none()
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
            if let Some(property) = vm.exact::<PyProperty>(found, shape::property)
                && property.getter().is_some_and(|g| vm.exact::<PyFunction>(g, shape::function).is_some())
            {
                feedback.fill(Kind::Property, id, class.version(vm), 0, found.bits());
            }
            // A slot of `__slots__` is a plain slot under another key.
            if let Some(key) = found.downcast::<PyGetSet>().and_then(|g| g.slot_key())
                && let Some(i) = shape.find(key)
            {
                feedback.fill_run(Kind::Inline, shape.with_slot(i), vm.shape_epoch.get(), u32::from(i), 0);
            }
        }
        found => {
            if let Some(i) = shape.find(name) {
                // A class attribute that becomes a data descriptor would go first: see `shape_epoch`.
                feedback.fill_run(Kind::Inline, shape.with_slot(i), vm.shape_epoch.get(), u32::from(i), 0);
            } else if let Some(value) = found.and_then(|found| instance_value(vm, found)) {
                let shapes = shape.without_key(vm, name);
                feedback.fill_run(Kind::ClassValue, shapes, class.version(vm), 0, value.bits());
            }
        }
    }
}

/// What reading this from the class it is found on gives, where that depends on nothing else.
fn class_value(vm: &Vm, found: Value) -> Slot {
    let is_itself = found.as_obj().is_some_and(|o| matches!(o.shape_id(), shape::function | shape::method_descriptor));
    if is_itself { Some(found) } else { instance_value(vm, found) }
}

/// The same for reading it from an instance.
fn instance_value(vm: &Vm, found: Value) -> Slot {
    // (By its class: attributes of its own, which it has from what it wraps, change its shape.)
    match found.downcast::<PyStaticMethod>().filter(|_| vm.type_of(found) == vm.types.staticmethod) {
        // (It is another one only after `descriptors_changed`.)
        Some(wrapper) => wrapper.callable(),
        None => vm.type_of(found).special(Special::Get).is_none().then_some(found),
    }
}

/// The function of a class method that is found on a class made by `type`.
fn class_method(vm: &Vm, class: Ref<PyType>, name: Ref<PyStr>, feedback: &Feedback) -> Slot {
    if feedback.kind.get() == Kind::ClassMethod && feedback.version.get() == class.version.get() {
        // SAFETY: while the class has this version the method stands in one of the dicts of its MRO, and has this function.
        return Some(unsafe { Value::from_bits(feedback.value.get()) });
    }
    let metaclass = vm.type_of(class.value());
    if metaclass != vm.types.type_ || metaclass.lookup(vm, name).is_some() {
        return None;
    }
    let found = class.lookup(vm, name).filter(|found| vm.type_of(*found) == vm.types.classmethod)?;
    let found = found.downcast::<PyClassMethod>()?.callable()?;
    vm.exact::<PyFunction>(found, shape::function)?;
    if feedback.missed() {
        feedback.fill_for_class(Kind::ClassMethod, class.value(), class.version(vm), found);
    }
    Some(found)
}

/// LOAD_ATTR with the method flag: the function, and `Some(self)` where it goes before the arguments.
#[inline(always)]
pub fn load_method(vm: &Vm, owner: Value, name: Ref<PyStr>, feedback: &Feedback) -> PyResult<(Value, Slot)> {
    if feedback.kind.get() == Kind::Method
        && let Some(method) = cached_method(vm, shape_of(owner), feedback)
    {
        return Ok((method, Some(owner)));
    }
    load_method_slow(vm, owner, name, feedback)
}

/// The method that goes before its object where the interpreter's own cache knows it; `None`: nothing was done.
pub fn shared_method(vm: &Vm, owner: Value, name: Ref<PyStr>) -> Slot {
    let id = shape_of(owner);
    cached_method(vm, id, vm.attribute_cache.methods.entry(id, name).get(name)?)
}

/// The method that a cache gives for objects of this shape; `None` where it does not fit.
#[inline(always)]
fn cached_method(vm: &Vm, id: u32, feedback: &Feedback) -> Slot {
    if id == 0 || !fits(id, feedback) {
        return None;
    }
    let class = vm.shapes.get(id).class.get();
    // SAFETY: while the class has this version the value stands in one of its dicts.
    (class.version.get() == feedback.version.get()).then(|| unsafe { Value::from_bits(feedback.value.get()) })
}

#[inline(always)]
fn shape_of(v: Value) -> u32 {
    match v.as_obj() {
        Some(obj) => obj.shape_id(),
        None => immediate_shape(v),
    }
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
    feedback.saw(seen::RUN);
    if let Some(class) = owner.downcast::<PyType>()
        && let Some(function) = class_method(vm, class, name, feedback)
    {
        return Ok((function, Some(owner)));
    }
    let id = shape_of(owner);
    let entry = vm.attribute_cache.methods.entry(id, name);
    if let Some(shared) = entry.get(name)
        && let Some(method) = cached_method(vm, id, shared)
    {
        follow(vm, feedback, shared, id);
        return Ok((method, Some(owner)));
    }
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
        if id != 0
            && vm.shapes.get(id).kind == ShapeKind::Slots
            && let Some(shared) = entry.take(name)
        {
            let shapes = vm.shapes.get(id).without_key(vm, name);
            shared.fill_run(Kind::Method, shapes, class.version(vm), 0, found.bits());
            follow(vm, feedback, shared, id);
        }
        return Ok((found, Some(owner)));
    }
    Ok((load_attr(vm, owner, name, feedback)?, None))
}

/// STORE_ATTR.
#[inline(always)]
pub fn store_attr(vm: &Vm, owner: Value, name: Ref<PyStr>, value: Value, feedback: &Feedback) -> PyResult<()> {
    if let Some(obj) = owner.as_obj()
        && let Some(done) = cached_store(vm, obj, value, feedback)
    {
        return done;
    }
    store_attr_slow(vm, owner, name, value, feedback)
}

/// Stores as a cache says; `None` where it does not fit.
#[inline(always)]
pub(super) fn cached_store(vm: &Vm, obj: Obj, value: Value, feedback: &Feedback) -> Option<PyResult<()>> {
    if !fits(obj.shape_id(), feedback) {
        return None;
    }
    match feedback.kind.get() {
        Kind::Inline if feedback.version.get() == vm.shape_epoch.get() => {
            instance::set_slot(obj, vm.shapes.get(obj.shape_id()), feedback.index.get() as u16, value);
            Some(Ok(()))
        }
        Kind::AddInline => {
            let class = vm.shapes.get(obj.shape_id()).class.get();
            (class.version.get() == feedback.version.get())
                .then(|| instance::add_slot(vm, obj, vm.shapes.get(feedback.extra.get()), value))
        }
        _ => None,
    }
}

#[inline(never)]
fn store_attr_slow(vm: &Vm, owner: Value, name: Ref<PyStr>, value: Value, feedback: &Feedback) -> PyResult<()> {
    feedback.saw(seen::RUN);
    let Some(obj) = owner.as_obj() else { return vm.set_attr(owner, name, value) };
    let before = obj.shape_id();
    let entry = vm.attribute_cache.stores.entry(before, name);
    if let Some(shared) = entry.get(name)
        && let Some(done) = cached_store(vm, obj, value, shared)
    {
        follow(vm, feedback, shared, before);
        return done;
    }
    vm.set_attr(owner, name, value)?;
    if let Some(shared) = entry.take(name) {
        remember_store(vm, obj, before, name, shared);
        if shared.kind.get() != Kind::Empty {
            follow(vm, feedback, shared, before);
        }
    }
    Ok(())
}

/// Fills the cache where the store that has just been done is of a kind that has one.
fn remember_store(vm: &Vm, obj: Obj, before: u32, name: Ref<PyStr>, feedback: &Feedback) {
    let class = vm.type_of(obj.value());
    if !class.has_flag(type_flags::PLAIN_SETATTR) {
        return;
    }
    let shape = vm.shapes.get(obj.shape_id());
    if shape.kind != ShapeKind::Slots || vm.shapes.get(before).kind != ShapeKind::Slots {
        return;
    }
    let key = match class.lookup(vm, name) {
        None => name,
        Some(found) => match found.downcast::<PyGetSet>().and_then(|g| g.slot_key()) {
            Some(key) => key,
            None if vm.is_data_descriptor(found) => return,
            None => name,
        },
    };
    let Some(i) = shape.find(key) else { return };
    if before == obj.shape_id() {
        if class.lookup(vm, name).is_none_or(|f| f.downcast::<PyGetSet>().is_some()) {
            feedback.fill_run(Kind::Inline, shape.with_slot(i), vm.shape_epoch.get(), u32::from(i), 0);
        }
    } else if shape.parent.is_some_and(|p| p.id == before) {
        feedback.fill(Kind::AddInline, before, class.version(vm), i as u32, 0);
        feedback.extra.set(shape.id);
    }
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
    feedback: &Feedback,
) -> PyResult<(Value, Slot)> {
    if global_super.same_bits(vm.types.super_.value())
        && let Some(class) = class.downcast::<PyType>()
    {
        let id = receiver.as_obj().map_or(0, |o| o.shape_id());
        if method && feedback.kind.get() == Kind::SuperMethod && id == feedback.shape.get() {
            let start = vm.shapes.get(id).class.get();
            let same = class.version.get() == feedback.index.get() && start.version.get() == feedback.version.get();
            if same {
                // SAFETY: while the class has this version the method stands in one of the dicts of its MRO.
                return Ok((unsafe { Value::from_bits(feedback.value.get()) }, Some(receiver)));
            }
        }
        let (found, this) = crate::types::super_type::lookup(vm, class, receiver, name, method)?;
        if method && this.is_some() && id != 0 && receiver.downcast::<PyType>().is_none() {
            let start = vm.shapes.get(id).class.get();
            if start == vm.type_of(receiver) && start.is_subtype(class) {
                let varies = feedback.kind.get() == Kind::SuperMethod && feedback.shape.get() != id;
                feedback.extra.set(feedback.extra.get() | u32::from(varies));
                feedback.fill(Kind::SuperMethod, id, start.version(vm), class.version(vm), found.bits());
            }
        }
        return Ok((found, this));
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
