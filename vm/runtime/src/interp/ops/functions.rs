//! MAKE_FUNCTION, SET_FUNCTION_ATTRIBUTE, COPY_FREE_VARS, MAKE_CELL.

use brolga_bytecode::constants::function_attribute as attribute;

use crate::PyResult;
use crate::frame::Frame;
use crate::state::Vm;
use crate::types::cell::PyCell;
use crate::types::code::PyCode;
use crate::types::function::PyFunction;
use crate::value::{Slot, Value};

pub fn make_function(vm: &Vm, frame: &Frame, code: Value) -> PyResult<Value> {
    let Some(code) = code.downcast::<PyCode>() else { return Err(vm.system_error("MAKE_FUNCTION of no code")) };
    Ok(PyFunction::with_builtins(vm, code, frame.globals.get(), frame.builtins.get())?.value())
}

pub fn set_function_attribute(vm: &Vm, function: Value, which: u32, value: Value) -> PyResult<()> {
    let Some(f) = function.downcast::<PyFunction>() else {
        return Err(vm.system_error("SET_FUNCTION_ATTRIBUTE of no function"));
    };
    let field = match which {
        attribute::DEFAULTS => &f.defaults,
        attribute::KWDEFAULTS => &f.kwdefaults,
        attribute::ANNOTATIONS => &f.annotations,
        attribute::CLOSURE => &f.closure,
        _ => {
            // It is named after the function, which its code object is not.
            if let Some(annotate) = value.downcast::<PyFunction>() {
                let name = format!("{}.__annotate__", f.qualname_lossy(vm));
                annotate.qualname.set(annotate, vm.new_str(&name)?.value());
            }
            &f.annotate
        }
    };
    field.set(f, value);
    Ok(())
}

/// COPY_FREE_VARS: the closure's cells into the last `count` of `localsplus`.
pub fn copy_free_vars(vm: &Vm, frame: &Frame, count: usize) -> PyResult<()> {
    let Some(closure) = frame.function().and_then(|f| f.closure()) else {
        return Err(vm.system_error("no closure"));
    };
    let first = frame.code.get().nlocalsplus().saturating_sub(count);
    for (i, cell) in closure.as_slice().iter().enumerate().take(count) {
        // SAFETY: the verifier has checked `count` against the code's free variables, the last of `localsplus`.
        unsafe { *frame.locals_ptr().add(first + i) = Some(*cell) };
    }
    Ok(())
}

/// MAKE_CELL: a cell with what the slot holds.
pub fn make_cell(vm: &Vm, contents: Slot) -> PyResult<Value> {
    Ok(PyCell::new(vm, contents)?.value())
}
