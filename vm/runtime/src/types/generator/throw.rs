//! Raising in a suspended generator: `throw()` and `close()`, and how they pass through what it delegates to.

use super::{PyGenerator, State, Step};
use crate::PyResult;
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::types::exception::{PyException, STOP_VALUE};
use crate::types::tuple::PyTuple;
use crate::types::type_object::PyType;
use crate::value::{Slot, Value};

/// The arguments of `throw(type[, value[, traceback]])` as they were given: a `throw` method of something that is no
/// generator gets them like that.
#[derive(Copy, Clone)]
pub struct Thrown {
    kind: Value,
    value: Slot,
    traceback: Slot,
}

impl Thrown {
    /// One exception or exception class.
    pub fn new(kind: Value) -> Thrown {
        Thrown { kind, value: None, traceback: None }
    }

    /// The arguments behind the receiver. `method` is named in the warning about more than one.
    pub fn from_args(vm: &Vm, args: &Args<'_>, method: &str) -> PyResult<Thrown> {
        let thrown = Thrown { kind: args.get(1), value: args.opt(2), traceback: args.opt(3) };
        if thrown.value.is_some() {
            let message = format!(
                "the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead."
            );
            vm.warn(vm.types.deprecation_warning, &message, 1)?;
        }
        Ok(thrown)
    }

    pub fn from_slice(args: &[Value]) -> Thrown {
        let [kind, value, traceback] = [0, 1, 2].map(|i| args.get(i).copied());
        Thrown { kind: kind.unwrap_or(Value::NONE), value, traceback }
    }

    /// Calls `f` with the arguments that were given.
    pub fn with_slice<T>(&self, f: impl FnOnce(&[Value]) -> T) -> T {
        let all = [self.kind, self.value.unwrap_or(Value::NONE), self.traceback.unwrap_or(Value::NONE)];
        let given = 1 + self.value.is_some() as usize + (self.value.is_some() && self.traceback.is_some()) as usize;
        f(all.get(..given).unwrap_or(&all))
    }

    fn is_generator_exit(&self, vm: &Vm) -> bool {
        match self.kind.downcast::<PyType>() {
            Some(class) => class.is_subtype(vm.types.generator_exit),
            None => vm.is_instance(self.kind, vm.types.generator_exit),
        }
    }

    /// The exception to raise. If making it fails, that is the error to raise.
    pub fn exception(&self, vm: &Vm) -> PyResult<Ref<PyException>> {
        let value = self.value.filter(|v| !v.is_none());
        let traceback = self.traceback.filter(|t| !t.is_none());
        if let Some(tb) = traceback
            && !vm.is_instance(tb, vm.types.traceback)
        {
            return Err(vm.type_error("throw() third argument must be a traceback object"));
        }
        let exception =
            if let Some(class) = self.kind.downcast::<PyType>().filter(|c| c.is_subtype(vm.types.base_exception)) {
                match make(vm, class, value) {
                    Ok(e) => e,
                    Err(raised) => vm.take_raised(raised),
                }
            } else if let Some(e) = self.kind.downcast::<PyException>() {
                if value.is_some() {
                    return Err(vm.type_error("instance exception may not have a separate value"));
                }
                e
            } else {
                return Err(vm.type_error(format!(
                    "exceptions must be classes or instances deriving from BaseException, not {}",
                    vm.type_name(self.kind)
                )));
            };
        if let Some(tb) = traceback {
            exception.set_traceback(tb);
        }
        Ok(exception)
    }
}

/// An exception of a class and a value, which may be the exception itself or its arguments.
fn make(vm: &Vm, class: Ref<PyType>, value: Slot) -> PyResult<Ref<PyException>> {
    let made = match value {
        Some(v) if vm.is_instance(v, class) => v,
        Some(v) => match v.downcast::<PyTuple>() {
            Some(tuple) => vm.call(class.value(), tuple.as_slice())?,
            None => vm.call(class.value(), &[v])?,
        },
        None => vm.call(class.value(), &[])?,
    };
    made.downcast().ok_or_else(|| {
        vm.type_error(format!(
            "calling {} should have returned an instance of BaseException, not {}",
            vm.repr_lossy(class.value()).unwrap_or_default(),
            vm.type_name(made)
        ))
    })
}

/// Raises `exception` where the generator is suspended.
pub fn throw_here(vm: &Vm, g: Ref<PyGenerator>, exception: Ref<PyException>) -> PyResult<Step> {
    match g.state() {
        State::Running => return Err(vm.value_error(format!("{} already executing", g.kind()))),
        State::Finished => {
            if g.is_coroutine() {
                return Err(vm.runtime_error("cannot reuse already awaited coroutine"));
            }
            return Err(vm.reraise(exception));
        }
        _ => {}
    }
    vm.check_native_stack("")?;
    crate::interp::generators::resume_to_raise(vm, g)?;
    // What the generator itself was handling is the context; what its caller handles has nothing to do with it.
    let raised = match g.handled().value.get() {
        Some(_) => vm.raise(exception),
        None => vm.reraise(exception),
    };
    let raised = crate::monitoring::fire::thrown(vm, g, raised);
    // SAFETY: the generator's frame is the current one.
    let result = unsafe { crate::interp::interpret(vm, g.frame(), Some(raised)) }?;
    Ok(if g.state() == State::Suspended { Step::Yielded(result) } else { Step::Returned(result) })
}

/// `throw(exception)`: into what it delegates to, if anything.
pub fn throw(vm: &Vm, g: Ref<PyGenerator>, thrown: Thrown) -> PyResult<Value> {
    match throw_step(vm, g, thrown, true)? {
        Step::Yielded(v) => Ok(v),
        Step::Returned(_) if g.is_async_generator() => Err(vm.raise_args(vm.types.stop_async_iteration, &[])),
        Step::Returned(v) => Err(vm.stop_iteration(if v.is_none() { None } else { Some(v) })),
    }
}

/// As [`throw`]. `close_on_exit`: a GeneratorExit closes what the generator delegates to, rather than being thrown into
/// it. (`aclose()` must let an awaited coroutine await on while it cleans up.)
pub fn throw_step(vm: &Vm, g: Ref<PyGenerator>, thrown: Thrown, close_on_exit: bool) -> PyResult<Step> {
    vm.check_native_stack("")?;
    let Some(sub) = g.awaited_on() else { return throw_here(vm, g, thrown.exception(vm)?) };
    if close_on_exit && thrown.is_generator_exit(vm) {
        return match close_delegate(vm, g, sub) {
            Ok(()) => throw_here(vm, g, thrown.exception(vm)?),
            Err(raised) => {
                let e = vm.take_raised(raised);
                throw_here(vm, g, e)
            }
        };
    }
    let own = sub.downcast::<PyGenerator>().filter(|s| !s.is_async_generator());
    let method = match own {
        Some(_) => None,
        None => match vm.get_attr_opt(sub, vm.names.throw) {
            Ok(Some(method)) => Some(method),
            Ok(None) => return throw_here(vm, g, thrown.exception(vm)?),
            Err(raised) => return Err(raised),
        },
    };
    g.set_state(State::Running);
    // Its frame is on the stack meanwhile, as it is when `send()` goes through it.
    if let Err(raised) = vm.enter(g.frame()) {
        g.set_state(State::Suspended);
        return Err(raised);
    }
    let result = match (own, method) {
        (Some(sub), _) => match throw_step(vm, sub, thrown, close_on_exit) {
            Ok(Step::Yielded(v)) => Ok(v),
            Ok(Step::Returned(v)) => Err(vm.stop_iteration(if v.is_none() { None } else { Some(v) })),
            Err(raised) => Err(raised),
        },
        (None, Some(method)) => thrown.with_slice(|args| vm.call(method, args)),
        (None, None) => Ok(Value::NONE),
    };
    crate::interp::generators::leave(vm, g);
    g.set_state(State::Suspended);
    match result {
        Ok(v) => Ok(Step::Yielded(v)),
        Err(raised) => {
            // The sub-iterator has ended: the delegation's value is its return value, or the exception goes on.
            let e = vm.take_raised(raised);
            throw_here(vm, g, e)
        }
    }
}

/// Closes what a generator delegates to; meanwhile the generator counts as running.
fn close_delegate(vm: &Vm, g: Ref<PyGenerator>, sub: Value) -> PyResult<()> {
    g.set_state(State::Running);
    let result = close_iterator(vm, sub);
    g.set_state(State::Suspended);
    result
}

fn close_iterator(vm: &Vm, sub: Value) -> PyResult<()> {
    if let Some(g) = sub.downcast::<PyGenerator>().filter(|g| !g.is_async_generator()) {
        close(vm, g)?;
        return Ok(());
    }
    match vm.get_attr_opt(sub, vm.names.close) {
        Ok(Some(method)) => vm.call(method, &[]).map(|_| ()),
        Ok(None) => Ok(()),
        // An attribute that can't be had is no reason not to close the generator.
        Err(raised) => {
            vm.write_unraisable(raised, sub, None);
            Ok(())
        }
    }
}

/// `close()`.
pub fn close(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<Value> {
    match g.state() {
        State::Created => {
            // The frame never runs. Its object, if somebody has it, takes the slots over: those of a finished generator
            // are no longer traced.
            // SAFETY: the frame of a generator that has not finished is alive.
            crate::types::frame::activation_ends(vm, unsafe { &*g.frame() });
            g.finish(vm);
            return Ok(Value::NONE);
        }
        State::Finished => return Ok(Value::NONE),
        State::Running => return Err(vm.value_error(format!("{} already executing", g.kind()))),
        State::Suspended => {}
    }
    vm.check_native_stack("")?;
    let pending = match g.awaited_on() {
        Some(sub) => close_delegate(vm, g, sub).err().map(|raised| vm.take_raised(raised)),
        None => None,
    };
    if pending.is_none() && g.is_unprotected() && !crate::monitoring::fire::wants_unwind(vm) {
        // Nobody would notice.
        // SAFETY: as above.
        crate::types::frame::activation_ends(vm, unsafe { &*g.frame() });
        g.finish(vm);
        return Ok(Value::NONE);
    }
    let exception = match pending {
        Some(e) => e,
        None => PyException::new(vm, vm.types.generator_exit, &[])?,
    };
    match throw_here(vm, g, exception) {
        Ok(Step::Yielded(_)) => Err(vm.runtime_error(format!("{} ignored GeneratorExit", g.kind()))),
        Ok(Step::Returned(v)) => Ok(v),
        Err(raised) => {
            let raised = match vm.catch(raised, vm.types.generator_exit) {
                Ok(_) => return Ok(Value::NONE),
                Err(raised) => raised,
            };
            let e = vm.catch(raised, vm.types.stop_iteration)?;
            Ok(e.extra(STOP_VALUE).unwrap_or(Value::NONE))
        }
    }
}
