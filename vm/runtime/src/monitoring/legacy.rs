//! `sys.settrace` and `sys.setprofile`: functions of one thread, told of events by older names.

use super::{code::CodeHooks, event};
use crate::PyResult;
use crate::frame::Frame;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::exception::PyException;
use crate::types::frame::{PyFrame, object_of};
use crate::types::native_function::PyNativeFunction;
use crate::types::shape;
use crate::value::Value;

/// Calls `function(frame, what, arg)`, unwatched.
fn call(vm: &Vm, frame: &Frame, event: usize, function: Value, what: &str, arg: Value) -> PyResult<Value> {
    let object = object_of(vm, frame)?;
    let what = vm.intern(what)?.value();
    vm.unwatched(event, || vm.call(function, &[object, what, arg]))
}

/// The trace function, for a call; else the frame's own, which the trace function gave.
pub(super) fn trace(vm: &Vm, frame: &Frame, event: usize, args: &[Value]) -> PyResult<()> {
    let Some(function) = vm.trace.get() else { return Ok(()) };
    let arg = || args.get(2).copied().unwrap_or(Value::NONE);
    match event {
        event::PY_START | event::PY_RESUME | event::PY_THROW => traced(vm, frame, event, function, "call", Value::NONE),
        _ => {
            let Some(object) = frame.frame_object() else { return Ok(()) };
            let Some(function) = object.trace.get() else { return Ok(()) };
            match event {
                event::PY_RETURN | event::PY_YIELD => traced(vm, frame, event, function, "return", arg()),
                event::PY_UNWIND => traced(vm, frame, event, function, "return", Value::NONE),
                event::LINE if object.trace_lines.get() => traced(vm, frame, event, function, "line", Value::NONE),
                event::JUMP if object.trace_lines.get() && stays_on_line(vm, frame, args) => {
                    traced(vm, frame, event, function, "line", Value::NONE)
                }
                event::INSTRUCTION if object.trace_opcodes.get() => {
                    traced(vm, frame, event, function, "opcode", Value::NONE)
                }
                event::RAISE | event::STOP_ITERATION => {
                    let exception = arg();
                    let traceback = exception.downcast::<PyException>().and_then(|e| e.traceback());
                    let class = vm.type_of(exception).value();
                    let items = [class, exception, traceback.unwrap_or(Value::NONE)];
                    let items = vm.new_tuple(&items)?.value();
                    traced(vm, frame, event, function, "exception", items)
                }
                _ => Ok(()),
            }
        }
    }
}

/// A jump back within one line is a line event; one to another line has its own.
fn stays_on_line(vm: &Vm, frame: &Frame, args: &[Value]) -> bool {
    let unit = |i: usize| args.get(i).and_then(|v| v.as_small_int()).map_or(0, |n| n as usize / 2);
    let (from, to) = (unit(1), unit(2));
    let hooks = CodeHooks::of(vm, frame.code.get());
    to <= from && hooks.line(to) == hooks.line(from) && hooks.line(to) >= 0
}

/// What the function returns is the frame's from now on. One that raises is called no more.
fn traced(vm: &Vm, frame: &Frame, event: usize, function: Value, what: &str, arg: Value) -> PyResult<()> {
    let result = call(vm, frame, event, function, what, arg);
    let object: Option<Ref<PyFrame>> = frame.frame_object();
    match result {
        Ok(new) => {
            if let Some(object) = object
                && !new.is_none()
            {
                object.trace.set(object, Some(new));
            }
            Ok(())
        }
        Err(raised) => {
            vm.set_trace_function(None);
            if let Some(object) = object {
                object.trace.set(object, None);
            }
            Err(raised)
        }
    }
}

pub(super) fn profile(vm: &Vm, frame: &Frame, event: usize, args: &[Value]) -> PyResult<()> {
    let Some(function) = vm.profile.get() else { return Ok(()) };
    let arg = |i: usize| args.get(i).copied().unwrap_or(Value::NONE);
    let (what, arg) = match event {
        event::PY_START | event::PY_RESUME | event::PY_THROW => ("call", Value::NONE),
        event::PY_RETURN | event::PY_YIELD => ("return", arg(2)),
        event::PY_UNWIND => ("return", Value::NONE),
        event::CALL | event::C_RETURN | event::C_RAISE => {
            let Some(called) = native(vm, arg(2), arg(3))? else { return Ok(()) };
            let what = match event {
                event::CALL => "c_call",
                event::C_RETURN => "c_return",
                _ => "c_exception",
            };
            (what, called)
        }
        _ => return Ok(()),
    };
    match call(vm, frame, event, function, what, arg) {
        Ok(_) => Ok(()),
        Err(raised) => {
            vm.set_profile_function(None);
            Err(raised)
        }
    }
}

/// The builtin function that is called: a method bound to what it is called with. `None`: something else.
fn native(vm: &Vm, callable: Value, first: Value) -> PyResult<Option<Value>> {
    let Some(f) = callable.downcast::<PyNativeFunction>() else { return Ok(None) };
    if f.is(shape::builtin_function) {
        return Ok(Some(callable));
    }
    if !f.is(shape::method_descriptor) || first.is(super::slot(&vm.monitoring.missing)) {
        return Ok(None);
    }
    vm.bind_descriptor(callable, first)
}
