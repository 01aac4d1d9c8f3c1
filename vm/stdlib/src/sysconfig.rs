//! `_sysconfig`: what of the build `sysconfig` has to know before it looks for anything else.

use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

fn config_vars(vm: &Vm) -> PyResult<Ref<PyDict>> {
    let vars = vm.new_dict()?;
    for name in ["Py_GIL_DISABLED", "Py_DEBUG"] {
        vars.set_name(vm, name, Value::from_i32(0))?;
    }
    Ok(vars)
}

const FUNCTIONS: &[MethodDef] = &[method!("config_vars", 0, config_vars)];

pub static MODULE: ModuleDef =
    ModuleDef::new("_sysconfig", FUNCTIONS, nothing).doc("A helper for the sysconfig module.");
