//! `_typing`: the types of `typing` that are native.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::type_params;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

fn identity(_: &Vm, v: Value) -> Value {
    v
}

const FUNCTIONS: &[MethodDef] = &[method!("_idfunc", 1, identity)];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    let t = &vm.types;
    let types = [
        ("TypeVar", t.type_var),
        ("TypeVarTuple", t.type_var_tuple),
        ("ParamSpec", t.param_spec),
        ("ParamSpecArgs", t.param_spec_args),
        ("ParamSpecKwargs", t.param_spec_kwargs),
        ("TypeAliasType", t.type_alias),
        ("Generic", t.generic),
        ("Union", t.union),
    ];
    for (name, class) in types {
        module.add(vm, name, class)?;
    }
    module.add(vm, "NoDefault", type_params::no_default(vm)?)
}

pub static MODULE: ModuleDef =
    ModuleDef::new("_typing", FUNCTIONS, init).doc("Primitives and accelerators for the typing module.\n");
