//! `_functools`: what `functools` has natively.

mod cmp_to_key;
mod lru_cache;
mod partial;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

pub static MODULE: ModuleDef = ModuleDef::new(
    "_functools",
    &[
        method!("reduce", "($module, function, iterable, /, initial=<unrepresentable>)", reduce)
            .doc("Apply a function of two arguments cumulatively to the items of an iterable, from left to right.\n\nThis effectively reduces the iterable to a single value.  If initial is present,\nit is placed before the items of the iterable in the calculation, and serves as\na default when the iterable is empty.\n\nFor example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])\ncalculates ((((1 + 2) + 3) + 4) + 5)."),
        method!("cmp_to_key", "($module, /, mycmp)", cmp_to_key::cmp_to_key)
            .doc("Convert a cmp= function into a key= function.\n\n  mycmp\n    Function that compares two objects."),
    ],
    init,
);

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add_type(vm, vm.native_type(&partial::DEF)?)?;
    module.add_type(vm, vm.native_type(&partial::PLACEHOLDER_DEF)?)?;
    module.add(vm, "Placeholder", partial::placeholder(vm)?)?;
    module.add_type(vm, vm.native_type(&lru_cache::DEF)?)?;
    Ok(())
}

fn reduce(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let function = args.get(0);
    let iterator = match vm.iter(args.get(1)) {
        Ok(iterator) => iterator,
        Err(raised) => {
            vm.catch(raised, vm.types.type_error)?;
            return Err(vm.type_error("reduce() arg 2 must support iteration"));
        }
    };
    let mut total = match args.opt(2) {
        Some(initial) => initial,
        None => match vm.next(iterator)? {
            Some(first) => first,
            None => return Err(vm.type_error("reduce() of empty iterable with no initial value")),
        },
    };
    while let Some(item) = vm.next(iterator)? {
        total = vm.call(function, &[total, item])?;
    }
    Ok(total)
}
