//! What lives as long as the data that refers to it. The object that has the data, not one that is part of it, keeps all in
//! `_objects`: a dict, by the path of indexes to the place; or, where its type has a single place, the one thing.

use std::fmt::Write;

use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::value::Value;

use super::data::{CData, of};

/// A path is no longer than this.
const LONGEST: usize = 255;

/// The object that keeps what `this` refers to.
fn container(vm: &Vm, this: Ref<CData>) -> PyResult<Ref<CData>> {
    let mut root = this;
    while let Some(base) = root.base.get().and_then(of) {
        root = base;
    }
    if root.objects.is_empty() {
        let empty = if root.length.get() == 0 { Value::NONE } else { vm.new_dict()?.value() };
        root.objects.set(root, empty);
    }
    Ok(root)
}

/// What the object's container keeps.
pub fn kept(vm: &Vm, this: Ref<CData>) -> PyResult<Value> {
    Ok(container(vm, this)?.objects.get_or_none())
}

/// What the object's container keeps; a dict where it had nothing to keep.
pub fn kept_in_dict(vm: &Vm, this: Ref<CData>) -> PyResult<Value> {
    container(vm, this)?;
    if this.objects.get().is_some_and(Value::is_none) {
        this.objects.set(this, vm.new_dict()?.value());
    }
    Ok(this.objects.get_or_none())
}

fn path(vm: &Vm, this: Ref<CData>, index: isize) -> PyResult<String> {
    let mut path = format!("{:x}", index as u32);
    let mut at = this;
    while let Some(base) = at.base.get().and_then(of) {
        if LONGEST - path.len() < 2 * size_of::<usize>() {
            return Err(vm.value_error("ctypes object structure too deep"));
        }
        let _ = write!(path, ":{:x}", at.index.get() as u32);
        at = base;
    }
    Ok(path)
}

/// Keeps `what` for the place `index` of the object. None needs no keeping.
pub fn keep(vm: &Vm, this: Ref<CData>, index: isize, what: Value) -> PyResult<()> {
    if what.is_none() {
        return Ok(());
    }
    let root = container(vm, this)?;
    match root.objects.get().and_then(Value::downcast::<PyDict>) {
        Some(dict) => dict.set_item(vm, vm.new_str(&path(vm, this, index)?)?.value(), what),
        None => {
            root.objects.set(root, what);
            Ok(())
        }
    }
}
