//! `atexit`.

use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, method};

/// The list of (function, args, kwargs).
static CALLBACKS: u8 = 0;

fn callbacks(vm: &Vm) -> PyResult<Ref<PyList>> {
    if let Some(list) = vm.kept(&CALLBACKS).and_then(Value::downcast) {
        return Ok(list);
    }
    let list = vm.new_list(&[])?;
    vm.keep(&CALLBACKS, list.value());
    Ok(list)
}

fn register(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some((&function, given)) = args.rest.split_first() else {
        return Err(vm.type_error("register() takes at least 1 argument (0 given)"));
    };
    if !vm.is_callable(function) {
        return Err(vm.type_error("the first argument must be callable"));
    }
    let keywords = vm.new_dict()?;
    for (name, value) in args.kw.iter() {
        keywords.set_item(vm, name, value)?;
    }
    let given = vm.new_tuple(given)?;
    let entry = vm.new_tuple(&[function, given.value(), keywords.value()])?;
    callbacks(vm)?.push(vm, entry.value())?;
    Ok(function)
}

fn unregister(vm: &Vm, function: Value) -> PyResult<()> {
    let list = callbacks(vm)?;
    let mut i = list.len();
    while i > 0 {
        i -= 1;
        let entry = list.get(i).and_then(Value::downcast::<PyTuple>);
        if let Some(other) = entry.and_then(|e| e.get(0))
            && vm.eq(other, function)?
            && list.get(i).and_then(Value::downcast::<PyTuple>) == entry
        {
            list.remove_at(i);
        }
    }
    Ok(())
}

/// Calls what was registered, the last first. An exception is reported and the rest still called.
pub fn run(vm: &Vm) -> PyResult<()> {
    let list = callbacks(vm)?;
    while let Some(last) = list.len().checked_sub(1) {
        let Some(entry) = list.remove_at(last).and_then(Value::downcast::<PyTuple>) else { continue };
        let item = |i| entry.get(i).unwrap_or(Value::NONE);
        let Some(args) = item(1).downcast::<PyTuple>() else { continue };
        if let Err(raised) = vm.call_with_dict(item(0), args.as_slice(), item(2).downcast::<PyDict>()) {
            let what = match vm.repr_lossy(item(0)) {
                Ok(text) => format!("Exception ignored in atexit callback {text}"),
                Err(second) => {
                    vm.take_raised(second);
                    "Exception ignored in atexit callback".to_owned()
                }
            };
            vm.write_unraisable(raised, Value::NONE, Some(&what));
        }
    }
    Ok(())
}

fn clear(vm: &Vm) -> PyResult<()> {
    callbacks(vm)?.clear();
    Ok(())
}

fn count(vm: &Vm) -> PyResult<usize> {
    Ok(callbacks(vm)?.len())
}

static FUNCTIONS: &[MethodDef] = &[
    method!("register", "($module, /, *args, **kwargs)", register),
    method!("unregister", 1, unregister),
    method!("_run_exitfuncs", 0, run),
    method!("_clear", 0, clear),
    method!("_ncallbacks", 0, count),
];

pub static MODULE: ModuleDef = ModuleDef::new("atexit", FUNCTIONS, nothing).doc(
    "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.",
);
