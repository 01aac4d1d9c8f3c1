//! `sys._getframe` and its like, tracing.

use brolga_runtime::frame::Frame;
use brolga_runtime::object::Args;
use brolga_runtime::types::frame::object_of;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::{PyResult, Slot, Value, Vm};

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
        Some(frame) => {
            let object = object_of(vm, frame)?;
            vm.audit("sys._getframe", &[object])?;
            Ok(object)
        }
        None => Err(vm.value_error("call stack is not deep enough")),
    }
}

pub fn getframemodulename(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let depth = match args.opt(0) {
        Some(v) => i64::from(vm.to_i32(v)?),
        None => 0,
    };
    vm.audit("sys._getframemodulename", &[Value::from_int_truncated(depth)])?;
    let Some(frame) = frame_at(vm, depth) else { return Ok(Value::NONE) };
    if let Some(function) = frame.function() {
        return vm.get_attr(function.value(), vm.names.__module__);
    }
    Ok(frame.globals_dict().and_then(|g| g.get_str(vm, vm.names.__name__)).unwrap_or(Value::NONE))
}

pub fn current_frames(vm: &Vm) -> PyResult<Value> {
    vm.audit("sys._current_frames", &[])?;
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
    vm.audit("sys._current_exceptions", &[])?;
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

fn function(v: Value) -> Slot {
    if v.is_none() { None } else { Some(v) }
}

pub fn settrace(vm: &Vm, v: Value) -> PyResult<()> {
    vm.audit("sys.settrace", &[])?;
    vm.set_trace_function(function(v));
    Ok(())
}

pub fn gettrace(vm: &Vm) -> Value {
    vm.trace.get().unwrap_or(Value::NONE)
}

pub fn setprofile(vm: &Vm, v: Value) -> PyResult<()> {
    vm.audit("sys.setprofile", &[])?;
    vm.set_profile_function(function(v));
    Ok(())
}

pub fn getprofile(vm: &Vm) -> Value {
    vm.profile.get().unwrap_or(Value::NONE)
}

fn each_thread(vm: &Vm, mut f: impl FnMut(&Vm) -> PyResult<()>) -> PyResult<()> {
    let threads = vm.threads.borrow().clone();
    for thread in threads {
        // SAFETY: the list has live thread states; other threads wait for the GIL.
        f(unsafe { &*thread })?;
    }
    Ok(())
}

pub fn settraceallthreads(vm: &Vm, v: Value) -> PyResult<()> {
    each_thread(vm, |thread| {
        vm.audit("sys.settrace", &[])?;
        thread.set_trace_function(function(v));
        Ok(())
    })
}

pub fn setprofileallthreads(vm: &Vm, v: Value) -> PyResult<()> {
    each_thread(vm, |thread| {
        vm.audit("sys.setprofile", &[])?;
        thread.set_profile_function(function(v));
        Ok(())
    })
}

pub fn call_tracing(vm: &Vm, f: Value, args: Value) -> PyResult<Value> {
    let Some(args) = args.downcast::<PyTuple>() else {
        let name = vm.type_name(args);
        return Err(vm.type_error(format!("call_tracing() argument 2 must be tuple, not {name}")));
    };
    vm.call_watched(|| vm.call(f, args.as_slice()))
}

pub fn audit(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let event = args.get(0);
    if event.downcast::<PyStr>().is_none() {
        let name = vm.type_name(event);
        return Err(vm.type_error(format!("audit() argument 1 must be str, not {name}")));
    }
    if !vm.is_audited() {
        return Ok(());
    }
    let args = vm.new_tuple(args.rest)?;
    vm.audit_values(event, args.value())
}

pub fn addaudithook(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    vm.add_audit_hook(args.get(0))
}
