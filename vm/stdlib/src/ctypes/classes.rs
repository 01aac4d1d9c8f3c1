//! The classes of the module, made when it is imported, and the metaclasses they have.

use brolga_runtime::object::{Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::{PyResult, Raised};

use super::{array, data_type, function, metaclass, pointer, simple, structure};
use crate::exception_class::{Base, ExceptionClass};

/// `ctypes.ArgumentError`.
pub static ARGUMENT_ERROR: ExceptionClass = ExceptionClass::new("ctypes", "ArgumentError", Base::Exception);

/// `_CData`, the base of all C types.
pub fn data(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type(&data_type::DEF)
}

/// The metaclass of metaclasses' base, `CType_Type`.
pub fn meta(vm: &Vm, def: &'static TypeDef) -> PyResult<Ref<PyType>> {
    let base = vm.native_type_with_bases(&metaclass::DEF, &[vm.types.type_])?;
    vm.native_type_with_bases(def, &[base])
}

fn class(vm: &Vm, meta_def: &'static TypeDef, def: &'static TypeDef) -> PyResult<Ref<PyType>> {
    let meta = meta(vm, meta_def)?;
    vm.native_type_of(meta, def, &[data(vm)?])
}

pub fn simple(vm: &Vm) -> PyResult<Ref<PyType>> {
    class(vm, &simple::META, &simple::DEF)
}

pub fn structure(vm: &Vm) -> PyResult<Ref<PyType>> {
    class(vm, &structure::STRUCTURE_META, &structure::STRUCTURE)
}

pub fn union(vm: &Vm) -> PyResult<Ref<PyType>> {
    class(vm, &structure::UNION_META, &structure::UNION)
}

pub fn array(vm: &Vm) -> PyResult<Ref<PyType>> {
    class(vm, &array::META, &array::DEF)
}

pub fn pointer(vm: &Vm) -> PyResult<Ref<PyType>> {
    class(vm, &pointer::META, &pointer::DEF)
}

pub fn function(vm: &Vm) -> PyResult<Ref<PyType>> {
    class(vm, &function::META, &function::DEF)
}

/// Raises `class(message)`, of a builtin class or of `ArgumentError`.
pub fn raise(vm: &Vm, class: Ref<PyType>, message: &str) -> Raised {
    match ARGUMENT_ERROR.class(vm) {
        Ok(own) if own == class => ARGUMENT_ERROR.raise(vm, message),
        Ok(_) => vm.raise_message(class, message),
        Err(raised) => raised,
    }
}
