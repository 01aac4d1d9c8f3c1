//! `_suggestions`: what `traceback` asks for "Did you mean: ...?".

use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::MethodDef;
use brolga_runtime::state::Vm;
use brolga_runtime::types::exception::suggest;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

fn generate(vm: &Vm, candidates: Value, item: Value) -> PyResult<Slot> {
    let Some(list) = vm.exact::<PyList>(candidates, shape::list) else {
        return Err(vm.type_error("candidates must be a list"));
    };
    let item = vm.expect_str(item, "_generate_suggestions() argument 2")?;
    let mut names = Vec::new();
    for name in list.as_slice() {
        match name.downcast::<PyStr>() {
            Some(name) => names.push(name.chars().collect::<Vec<u32>>()),
            None => return Err(vm.type_error("all elements in 'candidates' must be strings")),
        }
    }
    let wanted: Vec<u32> = item.chars().collect();
    Ok(suggest::closest_index(&wanted, names.iter().map(Vec::as_slice)).and_then(|i| list.get(i)))
}

const FUNCTIONS: &[MethodDef] =
    &[method!("_generate_suggestions", 2, generate).doc("Returns the candidate in candidates that's closest to item")];

pub static MODULE: ModuleDef = ModuleDef::new("_suggestions", FUNCTIONS, nothing);
