//! RAISE_VARARGS, PUSH_EXC_INFO, POP_EXCEPT, CHECK_EXC_MATCH, CHECK_EG_MATCH, WITH_EXCEPT_START, CLEANUP_THROW, END_ASYNC_FOR.

use crate::object::Ref;
use crate::state::Vm;
use crate::types::exception::{self, PyException};
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};
use crate::{PyResult, Raised};

/// `raise`, `raise exception`, `raise exception from cause`. The bool: it was a bare `raise`, whose exception keeps
/// its traceback as it is.
pub fn raise_varargs(vm: &Vm, exception: Slot, cause: Slot) -> (Raised, bool) {
    match raise(vm, exception, cause) {
        Ok(reraised) => (Raised(()), reraised),
        Err(raised) => (raised, false),
    }
}

fn raise(vm: &Vm, exception: Slot, cause: Slot) -> PyResult<bool> {
    let Some(exception) = exception else {
        return match vm.handled_exception().and_then(Value::downcast::<PyException>) {
            Some(handled) => {
                let _ = vm.reraise(handled);
                Ok(true)
            }
            None => Err(vm.runtime_error("No active exception to reraise")),
        };
    };
    let instance = exception_instance(vm, exception, "exceptions must derive from BaseException")?;
    if let Some(cause) = cause {
        let cause = if cause.is_none() {
            Value::NONE
        } else {
            exception_instance(vm, cause, "exception causes must derive from BaseException")?.value()
        };
        exception::set_cause(vm, instance.value(), cause);
    }
    let _ = vm.raise(instance);
    Ok(false)
}

fn exception_instance(vm: &Vm, v: Value, message: &str) -> PyResult<Ref<PyException>> {
    if let Some(e) = v.downcast::<PyException>() {
        return Ok(e);
    }
    if let Some(class) = v.downcast::<PyType>()
        && class.is_subtype(vm.types.base_exception)
    {
        let made = vm.call(v, &[])?;
        return made.downcast().ok_or_else(|| {
            vm.type_error(format!(
                "calling {} should have returned an instance of BaseException, not {}",
                vm.repr_lossy(v).unwrap_or_default(),
                vm.type_name(made)
            ))
        });
    }
    Err(vm.type_error(message))
}

/// CHECK_EXC_MATCH: does the exception match what `except` names?
pub fn check_exc_match(vm: &Vm, exception: Value, pattern: Value) -> PyResult<bool> {
    let class = vm.type_of(exception);
    if class.value().same_bits(pattern) {
        return Ok(true);
    }
    if let Some(t) = pattern.downcast::<PyType>()
        && t.is_subtype(vm.types.base_exception)
    {
        return Ok(class.is_subtype(t));
    }
    check_exception_pattern(vm, pattern)?;
    Ok(matches(class, pattern))
}

fn matches(class: Ref<PyType>, pattern: Value) -> bool {
    if let Some(t) = pattern.downcast::<PyType>() {
        return class.is_subtype(t);
    }
    pattern.downcast::<PyTuple>().is_some_and(|t| t.as_slice().iter().any(|p| matches(class, *p)))
}

const NOT_AN_EXCEPTION: &str = "catching classes that do not inherit from BaseException is not allowed";

fn check_exception_pattern(vm: &Vm, pattern: Value) -> PyResult<()> {
    let ok = |v: Value| v.downcast::<PyType>().is_some_and(|t| t.is_subtype(vm.types.base_exception));
    match pattern.downcast::<PyTuple>() {
        Some(tuple) if tuple.as_slice().iter().all(|v| ok(*v)) => Ok(()),
        None if ok(pattern) => Ok(()),
        _ => Err(vm.type_error(NOT_AN_EXCEPTION)),
    }
}

/// PUSH_EXC_INFO: the exception is being handled; what was before, or None.
#[inline]
pub fn push_exc_info(vm: &Vm, exception: Value) -> Value {
    vm.handled_item().value.replace(Some(exception)).unwrap_or(Value::NONE)
}

/// POP_EXCEPT: what was handled before is again.
#[inline]
pub fn pop_except(vm: &Vm, previous: Value) {
    vm.handled_item().value.set(if previous.is_none() { None } else { Some(previous) });
}

/// CHECK_EG_MATCH: what is left of the group, and what matched, which is being handled then.
pub fn check_eg_match(vm: &Vm, exception: Value, pattern: Value) -> PyResult<(Value, Value)> {
    check_exception_pattern(vm, pattern)?;
    let groups = |v: Value| v.downcast::<PyType>().is_some_and(|t| t.is_subtype(vm.types.base_exception_group));
    let names_group = match pattern.downcast::<PyTuple>() {
        Some(tuple) => tuple.as_slice().iter().any(|v| groups(*v)),
        None => groups(pattern),
    };
    if names_group {
        return Err(vm.type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
    }
    let (rest, matched) = exception::group::check_eg_match(vm, exception, pattern)?;
    if !matched.is_none() {
        vm.handled_item().value.set(Some(matched));
    }
    Ok((rest, matched))
}

/// WITH_EXCEPT_START: calls `__exit__(type, value, traceback)`.
pub fn with_except_start(vm: &Vm, exit: Value, exit_self: Slot, exception: Value) -> PyResult<Value> {
    let class = vm.type_of(exception).value();
    let traceback = exception.downcast::<PyException>().and_then(|e| e.traceback()).unwrap_or(Value::NONE);
    match exit_self {
        Some(receiver) => vm.call(exit, &[receiver, class, exception, traceback]),
        None => vm.call(exit, &[class, exception, traceback]),
    }
}

/// CLEANUP_THROW: a StopIteration thrown into a `yield from` ends it with its value; anything else goes on.
pub fn cleanup_throw(vm: &Vm, exception: Value) -> PyResult<Value> {
    let Some(e) = exception.downcast::<PyException>() else { return Err(vm.system_error("no exception")) };
    if vm.is_instance(exception, vm.types.stop_iteration) {
        return Ok(e.extra(exception::STOP_VALUE).unwrap_or(Value::NONE));
    }
    Err(vm.reraise(e))
}

/// END_ASYNC_FOR: `Ok` when the exception ends the loop.
pub fn end_async_for(vm: &Vm, exception: Value) -> PyResult<()> {
    if vm.is_instance(exception, vm.types.stop_async_iteration) {
        return Ok(());
    }
    match exception.downcast::<PyException>() {
        Some(e) => Err(vm.reraise(e)),
        None => Err(vm.system_error("no exception")),
    }
}
