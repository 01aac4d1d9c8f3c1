//! LOAD_BUILD_CLASS, SETUP_ANNOTATIONS.

use crate::PyResult;
use crate::frame::Frame;
use crate::state::Vm;
use crate::value::Value;

pub fn load_build_class(vm: &Vm, frame: &Frame) -> PyResult<Value> {
    match super::globals::lookup_in(vm, frame.builtins.get(), vm.names.__build_class__)? {
        Some(build) => Ok(build),
        None => Err(vm.name_error(vm.names.__build_class__, "__build_class__ not found")),
    }
}

/// SETUP_ANNOTATIONS: a dict for `__annotations__` in the namespace, unless there is one.
pub fn setup_annotations(vm: &Vm, frame: &Frame) -> PyResult<()> {
    let Some(locals) = frame.locals.get() else {
        return Err(vm.system_error("no locals found when setting up annotations"));
    };
    let name = vm.names.__annotations__;
    if super::globals::lookup_in(vm, locals, name)?.is_none() {
        let dict = vm.new_dict()?;
        vm.set_item(locals, name.value(), dict.value())?;
    }
    Ok(())
}
