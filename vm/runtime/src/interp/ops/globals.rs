//! Names: LOAD_NAME, LOAD_GLOBAL, LOAD_DEREF and their like.

use crate::PyResult;
use crate::frame::Frame;
use crate::interp::feedback::{Feedback, Kind, seen};
use crate::object::Ref;
use crate::state::Vm;
use crate::types::cell::PyCell;
use crate::types::dict::PyDict;
use crate::types::str::PyStr;
use crate::value::{Slot, Value};

/// LOAD_GLOBAL.
#[inline(always)]
pub fn load_global(vm: &Vm, frame: &Frame, name: Ref<PyStr>, feedback: &Feedback) -> PyResult<Value> {
    if let Some(globals) = vm.exact::<PyDict>(frame.globals.get(), crate::types::shape::dict)
        && let Some(table) = globals.table()
        && table.current_version() == feedback.version.get()
        && feedback.version.get() != 0
    {
        match feedback.kind.get() {
            Kind::Global => {
                if let Some((_, value)) = table.entry(feedback.index.get() as usize) {
                    return Ok(value);
                }
            }
            Kind::Builtin => {
                if let Some(builtins) = vm.exact::<PyDict>(frame.builtins.get(), crate::types::shape::dict)
                    && let Some(table) = builtins.table()
                    && table.current_version() == feedback.extra.get()
                    && let Some((_, value)) = table.entry(feedback.index.get() as usize)
                {
                    return Ok(value);
                }
            }
            _ => {}
        }
    }
    load_global_slow(vm, frame, name, feedback)
}

#[inline(never)]
fn load_global_slow(vm: &Vm, frame: &Frame, name: Ref<PyStr>, feedback: &Feedback) -> PyResult<Value> {
    feedback.saw(seen::RUN);
    let dicts = (
        vm.exact::<PyDict>(frame.globals.get(), crate::types::shape::dict),
        vm.exact::<PyDict>(frame.builtins.get(), crate::types::shape::dict),
    );
    if let (Some(globals), Some(builtins)) = dicts {
        // Keys that are not strings may equal the name in their own way: no cache then.
        let strings = |d: Ref<PyDict>| d.table().is_none_or(|t| t.is_strings());
        if strings(globals) && strings(builtins) {
            if let (Some(entry), Some(table)) = (globals.entry_of_str(vm, name), globals.table()) {
                if feedback.missed() {
                    feedback.fill(Kind::Global, 0, table.version(vm), entry as u32, 0);
                }
                if let Some((_, value)) = table.entry(entry) {
                    return Ok(value);
                }
            } else if let (Some(entry), Some(table)) = (builtins.entry_of_str(vm, name), builtins.table()) {
                if let Some(globals) = globals.table()
                    && feedback.missed()
                {
                    feedback.fill(Kind::Builtin, 0, globals.version(vm), entry as u32, 0);
                    feedback.extra.set(table.version(vm));
                }
                if let Some((_, value)) = table.entry(entry) {
                    return Ok(value);
                }
            }
        }
    }
    match global_or_builtin(vm, frame, name)? {
        Some(value) => Ok(value),
        None => Err(not_defined(vm, name)),
    }
}

/// The global or builtin of this name.
pub fn global_or_builtin(vm: &Vm, frame: &Frame, name: Ref<PyStr>) -> PyResult<Slot> {
    if let Some(found) = lookup_in(vm, frame.globals.get(), name)? {
        return Ok(Some(found));
    }
    lookup_in(vm, frame.builtins.get(), name)
}

/// `namespace[name]`, `None` on KeyError.
pub fn lookup_in(vm: &Vm, namespace: Value, name: Ref<PyStr>) -> PyResult<Slot> {
    if let Some(dict) = vm.exact::<PyDict>(namespace, crate::types::shape::dict) {
        return dict.get_item(vm, name.value());
    }
    let found = vm.get_item(namespace, name.value());
    vm.suppress(found, vm.types.key_error)
}

#[cold]
pub fn not_defined(vm: &Vm, name: Ref<PyStr>) -> crate::Raised {
    vm.name_error(name, &format!("name '{}' is not defined", name.to_lossy()))
}

/// Where names are stored; for a function that was made of a module's code, its globals.
fn namespace(frame: &Frame) -> Slot {
    let locals = frame.locals.get();
    if locals.is_none() && !frame.code.get().has_flag(brolga_bytecode::constants::flags::OPTIMIZED) {
        // The frame refers to its globals already: nothing that the collector has to be told.
        frame.locals.set(Some(frame.globals.get()));
        return frame.locals.get();
    }
    locals
}

/// LOAD_NAME.
pub fn load_name(vm: &Vm, frame: &Frame, name: Ref<PyStr>) -> PyResult<Value> {
    let Some(locals) = namespace(frame) else {
        return Err(vm.system_error("no locals"));
    };
    if let Some(found) = lookup_in(vm, locals, name)? {
        return Ok(found);
    }
    global_or_builtin(vm, frame, name)?.ok_or_else(|| not_defined(vm, name))
}

/// LOAD_FROM_DICT_OR_GLOBALS.
pub fn load_from_dict_or_globals(vm: &Vm, frame: &Frame, namespace: Value, name: Ref<PyStr>) -> PyResult<Value> {
    if let Some(found) = lookup_in(vm, namespace, name)? {
        return Ok(found);
    }
    global_or_builtin(vm, frame, name)?.ok_or_else(|| not_defined(vm, name))
}

/// STORE_NAME.
pub fn store_name(vm: &Vm, frame: &Frame, name: Ref<PyStr>, value: Value) -> PyResult<()> {
    let Some(locals) = namespace(frame) else {
        return Err(vm.system_error(format!("no locals found when storing '{}'", name.to_lossy())));
    };
    match vm.exact::<PyDict>(locals, crate::types::shape::dict) {
        Some(dict) => dict.set_str(vm, name, value),
        None => vm.set_item(locals, name.value(), value),
    }
}

/// DELETE_NAME.
pub fn delete_name(vm: &Vm, frame: &Frame, name: Ref<PyStr>) -> PyResult<()> {
    let Some(locals) = namespace(frame) else {
        return Err(vm.system_error(format!("no locals when deleting '{}'", name.to_lossy())));
    };
    match vm.del_item(locals, name.value()) {
        Ok(()) => Ok(()),
        Err(raised) => {
            vm.catch(raised, vm.types.key_error)?;
            Err(not_defined(vm, name))
        }
    }
}

/// STORE_GLOBAL.
pub fn store_global(vm: &Vm, frame: &Frame, name: Ref<PyStr>, value: Value) -> PyResult<()> {
    match frame.globals_dict() {
        Some(dict) => dict.set_str(vm, name, value),
        None => vm.set_item(frame.globals.get(), name.value(), value),
    }
}

/// DELETE_GLOBAL.
pub fn delete_global(vm: &Vm, frame: &Frame, name: Ref<PyStr>) -> PyResult<()> {
    match frame.globals_dict().and_then(|d| d.remove_str(vm, name)) {
        Some(_) => Ok(()),
        None => Err(not_defined(vm, name)),
    }
}

/// The contents of a cell or free variable.
#[inline(always)]
pub fn load_deref(vm: &Vm, frame: &Frame, i: usize) -> PyResult<Value> {
    match frame.local(i).and_then(Value::downcast::<PyCell>).and_then(|c| c.get()) {
        Some(value) => Ok(value),
        None => Err(unbound_cell(vm, frame, i)),
    }
}

/// STORE_DEREF: `cell` is what the variable's slot holds.
#[inline(always)]
pub fn store_deref(cell: Slot, value: Slot) {
    if let Some(cell) = cell.and_then(Value::downcast::<PyCell>) {
        cell.set(value);
    }
}

/// LOAD_FROM_DICT_OR_DEREF.
pub fn load_from_dict_or_deref(vm: &Vm, frame: &Frame, namespace: Value, i: usize) -> PyResult<Value> {
    if let Some(name) = frame.code.get().local_name(i)
        && let Some(found) = lookup_in(vm, namespace, name)?
    {
        return Ok(found);
    }
    load_deref(vm, frame, i)
}

pub fn delete_deref(vm: &Vm, frame: &Frame, i: usize) -> PyResult<()> {
    match frame.local(i).and_then(Value::downcast::<PyCell>) {
        Some(cell) if cell.get().is_some() => {
            cell.set(None);
            Ok(())
        }
        _ => Err(unbound_cell(vm, frame, i)),
    }
}

#[cold]
fn unbound_cell(vm: &Vm, frame: &Frame, i: usize) -> crate::Raised {
    let code = frame.code.get();
    let Some(name) = code.local_name(i) else { return vm.system_error("no such variable") };
    if code.local_kind(i) & brolga_bytecode::constants::local_kind::FREE == 0 {
        return unbound_local(vm, frame, i);
    }
    vm.name_error(
        name,
        &format!(
            "cannot access free variable '{}' where it is not associated with a value in enclosing scope",
            name.to_lossy()
        ),
    )
}

#[cold]
pub fn unbound_local(vm: &Vm, frame: &Frame, i: usize) -> crate::Raised {
    let name = frame.code.get().local_name(i);
    let text = name.map(|n| n.to_lossy()).unwrap_or_default();
    let message = format!("cannot access local variable '{text}' where it is not associated with a value");
    // Unlike a NameError's, its `name` is not set.
    vm.raise_message(vm.types.unbound_local_error, &message)
}

/// LOAD_LOCALS.
pub fn load_locals(vm: &Vm, frame: &Frame) -> PyResult<Value> {
    namespace(frame).ok_or_else(|| vm.system_error("no locals"))
}
