//! `itertools`.

mod chain;
mod combinatoric;
mod filters;
mod groupby;
mod infinite;
mod slices;
mod tee;

use brolga_runtime::PyResult;
use brolga_runtime::method;
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Ref, TypeDef};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;

pub static MODULE: ModuleDef =
    ModuleDef::new("itertools", &[method!("tee", "($module, iterable, n=2, /)", tee::tee)], init);

static TYPES: &[&TypeDef] = &[
    &filters::ACCUMULATE,
    &slices::BATCHED,
    &chain::CHAIN,
    &combinatoric::COMBINATIONS,
    &combinatoric::COMBINATIONS_WITH_REPLACEMENT,
    &filters::COMPRESS,
    &infinite::COUNT,
    &infinite::CYCLE,
    &filters::DROPWHILE,
    &filters::FILTERFALSE,
    &groupby::GROUPBY,
    &groupby::GROUPER,
    &slices::ISLICE,
    &slices::PAIRWISE,
    &combinatoric::PERMUTATIONS,
    &combinatoric::PRODUCT,
    &infinite::REPEAT,
    &filters::STARMAP,
    &filters::TAKEWHILE,
    &tee::TEE,
    &tee::DATA,
    &chain::ZIP_LONGEST,
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for def in TYPES {
        module.add_type(vm, vm.native_type(def)?)?;
    }
    Ok(())
}
