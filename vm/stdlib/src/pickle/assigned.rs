//! `persistent_id` and `persistent_load`: methods of the classes, which can be assigned to in an object.

use brolga_runtime::PyResult;
use brolga_runtime::object::{Field, HeapType, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::value::{Slot, Value};

/// `__getattribute__`: `method` is what was assigned to it, if anything was (`field`).
pub fn get<T: HeapType>(vm: &Vm, this: Ref<T>, method: &str, field: &Field, name: Value) -> PyResult<Value> {
    let name = vm.intern_str(vm.expect_str(name, "attribute name")?);
    if name.equals_str(method)
        && let Some(assigned) = field.get()
    {
        return Ok(assigned);
    }
    match vm.generic_get_attr(this.value(), vm.type_of(this.value()), name)? {
        Some(found) => Ok(found),
        None => Err(vm.no_attribute(this.value(), name)),
    }
}

/// `__setattr__`, and without a value `__delattr__`.
pub fn set<T: HeapType>(vm: &Vm, this: Ref<T>, method: &str, field: &Field, name: Value, value: Slot) -> PyResult<()> {
    let name = vm.intern_str(vm.expect_str(name, "attribute name")?);
    if !name.equals_str(method) {
        return vm.generic_set_attr(this.value(), vm.type_of(this.value()), name, value);
    }
    if value.is_none() && field.is_empty() {
        return Err(vm.no_attribute(this.value(), name));
    }
    field.set(this, value);
    Ok(())
}
