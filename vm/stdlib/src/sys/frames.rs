//! `sys._getframe` and its like, tracing.

use brolga_runtime::frame::Frame;
use brolga_runtime::object::Args;
use brolga_runtime::types::frame::object_of;
use brolga_runtime::{PyResult, Value, Vm};

fn frame_at(vm: &Vm, depth: i64) -> Option<&Frame> {
    // SAFETY: the chain from the current frame is alive.
    let mut frame = unsafe { vm.frame.get().as_ref() };
    for _ in 0..depth.max(0) {
        // SAFETY: as above.
        frame = unsafe { frame?.previous.get().as_ref() };
    }
    frame
}

pub fn getframe(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let depth = match args.opt(0) {
        Some(v) => i64::from(vm.to_i32(v)?),
        None => 0,
    };
    match frame_at(vm, depth) {
        Some(frame) => object_of(vm, frame),
        None => Err(vm.value_error("call stack is not deep enough")),
    }
}

pub fn getframemodulename(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let depth = match args.opt(0) {
        Some(v) => i64::from(vm.to_i32(v)?),
        None => 0,
    };
    let Some(frame) = frame_at(vm, depth) else { return Ok(Value::NONE) };
    if let Some(function) = frame.function() {
        return vm.get_attr(function.value(), vm.names.__module__);
    }
    Ok(frame.globals_dict().and_then(|g| g.get_str(vm, vm.names.__name__)).unwrap_or(Value::NONE))
}

pub fn current_frames(vm: &Vm) -> PyResult<Value> {
    let dict = vm.new_dict()?;
    let threads = vm.threads.borrow().clone();
    for thread in threads {
        // SAFETY: the list has live thread states; other threads wait for the GIL.
        let thread = unsafe { &*thread };
        // SAFETY: a thread's current frame is alive.
        if let Some(frame) = unsafe { thread.frame.get().as_ref() } {
            dict.set_item(vm, vm.new_int_u64(thread.ident.get())?, object_of(vm, frame)?)?;
        }
    }
    Ok(dict.value())
}

pub fn current_exceptions(vm: &Vm) -> PyResult<Value> {
    let dict = vm.new_dict()?;
    let threads = vm.threads.borrow().clone();
    for thread in threads {
        // SAFETY: as in `current_frames`.
        let thread = unsafe { &*thread };
        let handled = thread.handled_exception().unwrap_or(Value::NONE);
        dict.set_item(vm, vm.new_int_u64(thread.ident.get())?, handled)?;
    }
    Ok(dict.value())
}

pub fn settrace(vm: &Vm, function: Value) {
    vm.trace.set(if function.is_none() { None } else { Some(function) });
}

pub fn gettrace(vm: &Vm) -> Value {
    vm.trace.get().unwrap_or(Value::NONE)
}

pub fn setprofile(vm: &Vm, function: Value) {
    vm.profile.set(if function.is_none() { None } else { Some(function) });
}

pub fn getprofile(vm: &Vm) -> Value {
    vm.profile.get().unwrap_or(Value::NONE)
}
