//! `_abc`: abstract base classes, their registries and caches. Classes stand in sets as they are, not as weak references:
//! they stay in memory anyhow.

use std::cell::Cell;

use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{Field, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::int;
use brolga_runtime::types::set::PySet;
use brolga_runtime::types::shape;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::types::weakref;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

use crate::object::object;

object!(
    /// What an abstract base class knows: `cls._abc_impl`. The sets are made when first needed.
    pub struct AbcData: ABC_DATA {
        registry: Field,
        cache: Field,
        negative: Field,
        /// Of the registrations that the negative cache has seen.
        negative_version: Cell<i64>,
    }
);

static DATA: TypeDef = TypeDef {
    module: "_abc",
    layout: Some(crate::layouts::ABC_DATA),
    flags: type_flags::DISALLOW_NEW,
    doc: Some("Internal state held by ABC machinery."),
    ..TypeDef::new("_abc_data")
};

/// The number of registrations so far.
static VERSION: u8 = 0;

fn version(vm: &Vm) -> i64 {
    vm.kept(&VERSION).and_then(Value::as_small_int).unwrap_or(0)
}

const SEQUENCE: i64 = 1 << 5;
const MAPPING: i64 = 1 << 6;

fn data_of(vm: &Vm, class: Value) -> PyResult<Ref<AbcData>> {
    vm.get_attr_str(class, "_abc_impl")?.downcast().ok_or_else(|| vm.type_error("_abc_impl is set to a wrong type"))
}

fn set_in(field: &Field) -> Option<Ref<PySet>> {
    field.get().and_then(Value::downcast)
}

fn contains(vm: &Vm, field: &Field, class: Value) -> PyResult<bool> {
    match set_in(field).filter(|s| !s.is_empty()) {
        None => Ok(false),
        // What is no class has no place there, whether it can be hashed or not.
        Some(set) => Ok(class.downcast::<PyType>().is_some() && set.contains(vm, class)?),
    }
}

fn add(vm: &Vm, data: Ref<AbcData>, field: &Field, class: Value) -> PyResult<()> {
    let set = match set_in(field) {
        Some(set) => set,
        None => {
            let set = PySet::new(vm, shape::set)?;
            field.set(data, set.value());
            set
        }
    };
    set.add(vm, class)
}

fn is_abstract(vm: &Vm, v: Value) -> PyResult<bool> {
    match vm.get_attr_opt(v, vm.names.__isabstractmethod__)? {
        Some(flag) => vm.is_true(flag),
        None => Ok(false),
    }
}

fn abc_init(vm: &Vm, class: Value) -> PyResult<()> {
    let abstracts = PySet::new(vm, shape::set)?;
    let dict = vm.get_attr(class, vm.names.__dict__)?;
    let items = vm.call_method(dict, "items", &[])?;
    let items = vm.list_from(items)?;
    for i in 0..items.len() {
        let pair = items.get(i).unwrap_or(Value::NONE);
        let (key, value) = (vm.get_item(pair, Value::from_i32(0))?, vm.get_item(pair, Value::from_i32(1))?);
        if is_abstract(vm, value)? {
            abstracts.add(vm, key)?;
        }
    }
    let bases = vm.get_attr(class, vm.names.__bases__)?;
    let bases = vm.tuple_from(bases)?;
    for base in bases.as_slice() {
        let Some(names) = vm.get_attr_opt(*base, vm.names.__abstractmethods__)? else { continue };
        let names = vm.collect(names)?;
        for i in 0..names.len() {
            let name = names.get(i).unwrap_or(Value::NONE);
            let Some(text) = name.downcast() else { continue };
            if let Some(value) = vm.get_attr_opt(class, text)?
                && is_abstract(vm, value)?
            {
                abstracts.add(vm, name)?;
            }
        }
    }
    let frozen = vm.call(vm.types.frozenset.value(), &[abstracts.value()])?;
    vm.set_attr(class, vm.names.__abstractmethods__, frozen)?;
    let data: Ref<AbcData> = vm.alloc_instance(vm.native_type(&DATA)?)?;
    data.negative_version.set(version(vm));
    vm.set_attr_str(class, "_abc_impl", data.value())?;
    // `__abc_tpflags__`: patterns treat the class's instances as sequences or mappings.
    let Some(class) = class.downcast::<PyType>() else { return Ok(()) };
    let key = vm.intern("__abc_tpflags__")?;
    let Some(flags) = class.dict().and_then(|d| d.get_str(vm, key)) else { return Ok(()) };
    let flags = int::to_i64(flags).unwrap_or(0);
    if flags & SEQUENCE != 0 && flags & MAPPING != 0 {
        return Err(vm.type_error("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"));
    }
    if flags & SEQUENCE != 0 {
        class.set_flag(type_flags::SEQUENCE, true);
    }
    if flags & MAPPING != 0 {
        class.set_flag(type_flags::MAPPING, true);
    }
    vm.del_attr(class.value(), key)
}

/// Gives a class and its subclasses the collection flags of another.
fn inherit_collection_flags(class: Ref<PyType>, flags: u32) {
    const BOTH: u32 = type_flags::SEQUENCE | type_flags::MAPPING;
    if class.has_flag(type_flags::IMMUTABLE) || class.flags() & BOTH == flags {
        return;
    }
    class.set_flag(BOTH, false);
    class.set_flag(flags, true);
    class.each_subclass(|sub| inherit_collection_flags(sub, flags));
}

fn register(vm: &Vm, class: Value, sub: Value) -> PyResult<Value> {
    let Some(subtype) = sub.downcast::<PyType>() else { return Err(vm.type_error("Can only register classes")) };
    if vm.is_subclass_of(sub, class)? {
        return Ok(sub);
    }
    if vm.is_subclass_of(class, sub)? {
        return Err(vm.runtime_error("Refusing to create an inheritance cycle"));
    }
    let data = data_of(vm, class)?;
    add(vm, data, &data.registry, sub)?;
    vm.keep(&VERSION, vm.new_int(version(vm) + 1)?);
    if let Some(class) = class.downcast::<PyType>() {
        let flags = class.flags() & (type_flags::SEQUENCE | type_flags::MAPPING);
        if flags != 0 {
            inherit_collection_flags(subtype, flags);
        }
    }
    Ok(sub)
}

fn instance_check(vm: &Vm, class: Value, instance: Value) -> PyResult<Value> {
    let data = data_of(vm, class)?;
    let own = vm.type_of(instance).value();
    let sub = vm.get_attr_opt(instance, vm.names.__class__)?.unwrap_or(own);
    if contains(vm, &data.cache, sub)? {
        return Ok(Value::TRUE);
    }
    let actual = vm.type_of(instance).value();
    if actual.is(sub) {
        if data.negative_version.get() == version(vm) && contains(vm, &data.negative, sub)? {
            return Ok(Value::FALSE);
        }
        return vm.call_method(class, "__subclasscheck__", &[sub]);
    }
    let result = vm.call_method(class, "__subclasscheck__", &[sub])?;
    if vm.is_true(result)? {
        return Ok(result);
    }
    vm.call_method(class, "__subclasscheck__", &[actual])
}

fn subclass_check(vm: &Vm, class: Value, sub: Value) -> PyResult<bool> {
    let Some(subtype) = sub.downcast::<PyType>() else {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    };
    let data = data_of(vm, class)?;
    if contains(vm, &data.cache, sub)? {
        return Ok(true);
    }
    if data.negative_version.get() < version(vm) {
        if let Some(negative) = set_in(&data.negative) {
            negative.clear();
        }
        data.negative_version.set(version(vm));
    } else if contains(vm, &data.negative, sub)? {
        return Ok(false);
    }
    let hook = vm.call_method(class, "__subclasshook__", &[sub])?;
    if hook.same_bits(Value::TRUE) {
        add(vm, data, &data.cache, sub)?;
        return Ok(true);
    }
    if hook.same_bits(Value::FALSE) {
        add(vm, data, &data.negative, sub)?;
        return Ok(false);
    }
    if !hook.same_bits(Value::NOT_IMPLEMENTED) {
        return Err(vm.assertion_error("__subclasshook__ must return either False, True, or NotImplemented"));
    }
    if class.downcast::<PyType>().is_some_and(|class| subtype.is_subtype(class)) {
        add(vm, data, &data.cache, sub)?;
        return Ok(true);
    }
    if contains(vm, &data.registry, sub)? {
        return Ok(true);
    }
    let registered = ValueVec::new();
    let mut position = 0;
    while let Some((item, _)) = set_in(&data.registry).and_then(|s| s.next_element(&mut position)) {
        registered.push(vm, item)?;
    }
    let subclasses = vm.call_method(class, "__subclasses__", &[])?;
    let subclasses = vm.collect(subclasses)?;
    for candidates in [registered, subclasses] {
        for i in 0..candidates.len() {
            let candidate = candidates.get(i).unwrap_or(Value::NONE);
            if vm.is_subclass_of(sub, candidate)? {
                add(vm, data, &data.cache, sub)?;
                return Ok(true);
            }
        }
    }
    add(vm, data, &data.negative, sub)?;
    Ok(false)
}

fn get_cache_token(vm: &Vm) -> i64 {
    version(vm)
}

fn clear(field: &Field) {
    if let Some(set) = set_in(field) {
        set.clear();
    }
}

fn reset_registry(vm: &Vm, class: Value) -> PyResult<()> {
    clear(&data_of(vm, class)?.registry);
    Ok(())
}

fn reset_caches(vm: &Vm, class: Value) -> PyResult<()> {
    let data = data_of(vm, class)?;
    clear(&data.cache);
    clear(&data.negative);
    Ok(())
}

fn get_dump(vm: &Vm, class: Value) -> PyResult<Value> {
    let data = data_of(vm, class)?;
    let copy = |field: &Field| -> PyResult<Value> {
        let copy = PySet::new(vm, shape::set)?;
        let mut position = 0;
        while let Some((item, _)) = set_in(field).and_then(|s| s.next_element(&mut position)) {
            copy.add(vm, weakref::new_ref(vm, item, None)?.value())?;
        }
        Ok(copy.value())
    };
    let parts =
        [copy(&data.registry)?, copy(&data.cache)?, copy(&data.negative)?, vm.new_int(data.negative_version.get())?];
    Ok(vm.new_tuple(&parts)?.value())
}

static FUNCTIONS: &[MethodDef] = &[
    method!("get_cache_token", 0, get_cache_token),
    method!("_abc_init", 1, abc_init),
    method!("_abc_register", 2, register),
    method!("_abc_instancecheck", 2, instance_check),
    method!("_abc_subclasscheck", 2, subclass_check),
    method!("_get_dump", 1, get_dump),
    method!("_reset_registry", 1, reset_registry),
    method!("_reset_caches", 1, reset_caches),
];

pub static MODULE: ModuleDef =
    ModuleDef::new("_abc", FUNCTIONS, nothing).doc("Module contains faster C implementation of abc.ABCMeta");
