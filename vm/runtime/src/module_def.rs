//! Native modules: a table of functions and what else fills the module.

use crate::PyResult;
use crate::object::{MethodDef, Ref};
use crate::state::Vm;
use crate::types::module::PyModule;
use crate::types::native_function::PyNativeFunction;
use crate::types::type_object::PyType;
use crate::value::Value;

/// A native module.
#[derive(Copy, Clone)]
pub struct ModuleDef {
    pub name: &'static str,
    pub doc: Option<&'static str>,
    pub functions: &'static [MethodDef],
    /// Adds constants and types; runs once, at import.
    pub init: fn(&Vm, Ref<PyModule>) -> PyResult<()>,
}

impl ModuleDef {
    pub const fn new(
        name: &'static str,
        functions: &'static [MethodDef],
        init: fn(&Vm, Ref<PyModule>) -> PyResult<()>,
    ) -> ModuleDef {
        ModuleDef { name, doc: None, functions, init }
    }

    pub const fn doc(mut self, doc: &'static str) -> ModuleDef {
        self.doc = Some(doc);
        self
    }

    /// Makes the module (`_imp.create_builtin` and `exec_builtin` in one).
    pub fn make(&self, vm: &Vm) -> PyResult<Ref<PyModule>> {
        let module = PyModule::new(vm, self.name, self.doc)?;
        let name = vm.intern(self.name)?;
        for function in self.functions {
            let f = PyNativeFunction::new_function(vm, function, Some(module.value()), Some(name.value()))?;
            PyModule::set(module, vm, function.name, f.value())?;
        }
        (self.init)(vm, module)?;
        Ok(module)
    }
}

/// An `init` that adds nothing.
pub fn nothing(_: &Vm, _: Ref<PyModule>) -> PyResult<()> {
    Ok(())
}

impl Ref<PyModule> {
    /// Adds a value.
    pub fn add(self, vm: &Vm, name: &str, value: impl Into<Value>) -> PyResult<()> {
        PyModule::set(self, vm, name, value.into())
    }

    pub fn add_int(self, vm: &Vm, name: &str, value: i64) -> PyResult<()> {
        PyModule::set(self, vm, name, vm.new_int(value)?)
    }

    pub fn add_str(self, vm: &Vm, name: &str, value: &str) -> PyResult<()> {
        PyModule::set(self, vm, name, vm.new_str(value)?.value())
    }

    /// Adds a class under its own name.
    pub fn add_type(self, vm: &Vm, class: Ref<PyType>) -> PyResult<()> {
        PyModule::set(self, vm, &class.name(), class.value())
    }
}
