//! `_weakref`.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::weakref::{self, PyWeakRef};
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

fn count(vm: &Vm, args: &Args<'_>) -> PyResult<usize> {
    Ok(weakref::refs_of(vm, args.get(0))?.len())
}

fn refs(vm: &Vm, object: Value) -> PyResult<Ref<PyList>> {
    PyList::from_vec(vm, weakref::refs_of(vm, object)?)
}

fn proxy(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyWeakRef>> {
    weakref::new_proxy(vm, args.get(0), args.opt_not_none(1))
}

/// Removes an item whose value is a dead reference; one that has come to life in the meantime stays.
fn remove_dead(vm: &Vm, dict: Value, key: Value) -> PyResult<()> {
    let Some(dict) = dict.downcast::<PyDict>() else {
        return Err(
            vm.type_error(format!("_remove_dead_weakref() argument 1 must be dict, not {}", vm.type_name(dict)))
        );
    };
    if let Some(value) = dict.get_item(vm, key)? {
        let Some(reference) = value.downcast::<PyWeakRef>() else { return Err(vm.type_error("not a weakref")) };
        if reference.target().is_none() {
            dict.remove(vm, key)?;
        }
    }
    Ok(())
}

const FUNCTIONS: &[MethodDef] = &[
    method!("getweakrefcount", "($module, object, /)", count)
        .doc("Return the number of weak references to 'object'."),
    method!("getweakrefs", 1, refs)
        .doc("Return a list of all weak reference objects pointing to 'object'."),
    method!("proxy", "($module, object, callback=None, /)", proxy).doc(
        "Create a proxy object that weakly references 'object'.\n\n'callback', if given, is called with a reference to the\nproxy when 'object' is about to be finalized.",
    ),
    method!("_remove_dead_weakref", 2, remove_dead)
        .doc("Atomically remove key from dict if it points to a dead weakref."),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add(vm, "ref", vm.types.weakref)?;
    module.add(vm, "ReferenceType", vm.types.weakref)?;
    module.add(vm, "ProxyType", vm.types.weak_proxy)?;
    module.add(vm, "CallableProxyType", vm.types.weak_callable_proxy)
}

pub static MODULE: ModuleDef = ModuleDef::new("_weakref", FUNCTIONS, init).doc("Weak-reference support module.");
