//! How a task's coroutine is driven: a step runs it to its next `await` of something that is not done, or to its end.

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::exception::{PyException, STOP_VALUE};
use brolga_runtime::types::generator::{self, PyGenerator, Step};
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, getset, method};

use super::future::{self, Future};
use super::{call_cancel, call_soon, cancelled_error, invalid_state, registry, task};
use crate::contextvars;
use crate::object::object;

object!(
    /// What the loop is to call for the next step.
    pub struct TaskStep: ASYNCIO_TASK_STEP {
        task: Field,
        exception: Field,
    }
);

/// Has the next step made soon, `exception` being raised in the coroutine.
pub(super) fn soon(vm: &Vm, this: Ref<Future>, exception: Slot) -> PyResult<()> {
    let callback: Ref<TaskStep> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    callback.task.init(this.value());
    callback.exception.init(exception);
    call_soon(vm, this.require_loop(vm)?, callback.value(), None, this.context.get_or_none())
}

/// Has a RuntimeError raised in the coroutine.
fn complain(vm: &Vm, this: Ref<Future>, message: String) -> PyResult<()> {
    let text = vm.new_str(&message)?;
    let e = PyException::new(vm, vm.types.runtime_error, &[text.value()])?;
    soon(vm, this, Some(e.value()))
}

fn call(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this: Ref<TaskStep> = args.get(0).downcast().ok_or_else(|| vm.type_error("a TaskStep is required"))?;
    if !args.kw.is_empty() {
        return Err(vm.type_error("function takes no keyword arguments"));
    }
    if !args.rest.is_empty() {
        return Err(vm.type_error("function takes no positional arguments"));
    }
    match this.task.get().and_then(Value::downcast::<Future>) {
        Some(task) => step(vm, task, this.exception.get()),
        None => Ok(()),
    }
}

fn bound_task(_: &Vm, this: Ref<TaskStep>) -> Slot {
    this.task.get()
}

fn qualname(vm: &Vm, this: Ref<TaskStep>) -> PyResult<Slot> {
    let coroutine = this.task.get().and_then(Value::downcast::<Future>).and_then(|task| task.coroutine.get());
    match coroutine {
        Some(coroutine) => vm.get_attr_opt(coroutine, vm.names.__qualname__),
        None => Ok(None),
    }
}

static METHODS: &[MethodDef] = &[method!("__call__", "($self, /, *args, **kwargs)", call)];
static GETSET: &[GetSetDef] = &[getset!("__self__", bound_task), getset!("__qualname__", qualname)];

pub static DEF: TypeDef = TypeDef {
    module: "builtins",
    layout: Some(crate::layouts::ASYNCIO_TASK_STEP),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    getset: GETSET,
    ..TypeDef::new("TaskStepMethWrapper")
};

/// A step, this being the loop's current task meanwhile.
pub(super) fn step(vm: &Vm, this: Ref<Future>, exception: Slot) -> PyResult<()> {
    let event_loop = this.require_loop(vm)?;
    registry::enter_task(vm, event_loop, this.value())?;
    match run(vm, this, exception) {
        Ok(()) => registry::leave_task(vm, event_loop, this.value()),
        Err(raised) => {
            let e = vm.take_raised(raised);
            match registry::leave_task(vm, event_loop, this.value()) {
                Ok(()) => Err(vm.reraise(e)),
                Err(raised) => {
                    // What leaving has to say comes after.
                    let second = vm.take_raised(raised);
                    second.set_context(Some(e));
                    Err(vm.reraise(second))
                }
            }
        }
    }
}

/// What a coroutine has come to.
enum Outcome {
    Yielded(Value),
    Returned(Value),
    Failed(Raised),
}

/// What an error means: a StopIteration has the result.
fn stopped(vm: &Vm, raised: Raised) -> Outcome {
    match vm.catch(raised, vm.types.stop_iteration) {
        Ok(stop) => Outcome::Returned(stop.extra(STOP_VALUE).unwrap_or(Value::NONE)),
        Err(raised) => Outcome::Failed(raised),
    }
}

fn resume(vm: &Vm, coroutine: Value, exception: Slot) -> Outcome {
    let own = coroutine.downcast::<PyGenerator>().filter(|g| !g.is_async_generator());
    let result = match (exception, own) {
        (None, Some(g)) => match generator::step(vm, g, Value::NONE) {
            Ok(Step::Yielded(v)) => return Outcome::Yielded(v),
            Ok(Step::Returned(v)) => return Outcome::Returned(v),
            Err(raised) => return Outcome::Failed(raised),
        },
        (None, None) => vm.call_method(coroutine, "send", &[Value::NONE]),
        (Some(e), _) => vm.call_method_name(coroutine, vm.names.throw, &[e]),
    };
    match result {
        Ok(v) => Outcome::Yielded(v),
        Err(raised) => stopped(vm, raised),
    }
}

fn run(vm: &Vm, this: Ref<Future>, mut exception: Slot) -> PyResult<()> {
    if this.is_done() {
        let shown = vm.repr_lossy(this.value())?;
        let given = match exception {
            Some(e) => vm.repr_lossy(e)?,
            None => String::new(),
        };
        return Err(invalid_state(vm, &format!("__step(): already done: {shown} {given}")));
    }
    if this.must_cancel.get() {
        let cancelled = cancelled_error(vm)?;
        if !exception.is_some_and(|e| vm.is_instance(e, cancelled)) {
            exception = Some(future::make_cancelled_error(vm, this)?.value());
        }
        this.must_cancel.set(false);
    }
    this.waiter.set(this, None);
    let Some(coroutine) = this.coroutine.get() else {
        return Err(vm.runtime_error("uninitialized Task object"));
    };
    match resume(vm, coroutine, exception) {
        Outcome::Yielded(v) => wait_for(vm, this, v),
        Outcome::Returned(v) => {
            if this.must_cancel.replace(false) {
                // Cancelled right before it ended.
                return future::cancel(vm, this, this.cancel_message.get()).map(|_| ());
            }
            future::finish(vm, this, v)
        }
        Outcome::Failed(raised) => {
            let e = vm.take_raised(raised);
            let cancelled = cancelled_error(vm)?;
            if vm.is_instance(e.value(), cancelled) {
                // Kept to be chained.
                this.cancelled_exception.set(this, e.value());
                return future::cancel(vm, this, None).map(|_| ());
            }
            future::fail(vm, this, e.value())?;
            let leaves = [vm.types.keyboard_interrupt, vm.types.system_exit];
            if leaves.iter().any(|class| vm.is_instance(e.value(), *class)) {
                return Err(vm.reraise(e));
            }
            Ok(())
        }
    }
}

/// The task waits for what its coroutine has yielded.
fn wait_for(vm: &Vm, this: Ref<Future>, yielded: Value) -> PyResult<()> {
    let shown = |v: Value| vm.repr_lossy(v);
    let own = this.value();
    if yielded.is(own) {
        return complain(vm, this, format!("Task cannot await on itself: {}", shown(own)?));
    }
    let different_loop =
        || Ok(format!("Task {} got Future {} attached to a different loop", shown(own)?, shown(yielded)?));
    let yielded_plainly =
        || Ok(format!("yield was used instead of yield from in task {} with {}", shown(own)?, shown(yielded)?));
    let event_loop = this.require_loop(vm)?;
    if let Some(other) = future::exact(vm, yielded) {
        if !other.event_loop.get().is_some_and(|l| l.is(event_loop)) {
            return complain(vm, this, different_loop()?);
        }
        if !other.blocking.get() {
            return complain(vm, this, yielded_plainly()?);
        }
        future::add_awaited_by(vm, yielded, own)?;
        other.blocking.set(false);
        let wakeup = wakeup_method(vm, this)?;
        future::add_callback(vm, other, wakeup, this.context.get_or_none())?;
        return waits(vm, this, yielded);
    }
    if yielded.is_none() {
        // A bare yield: the rest in the loop's next turn.
        return soon(vm, this, None);
    }
    let blocking = vm.get_attr_opt(yielded, vm.names._asyncio_future_blocking)?.filter(|b| !b.is_none());
    if let Some(blocking) = blocking {
        let blocking = vm.is_true(blocking)?;
        if !registry::loop_of(vm, yielded)?.is(event_loop) {
            return complain(vm, this, different_loop()?);
        }
        if !blocking {
            return complain(vm, this, yielded_plainly()?);
        }
        future::add_awaited_by(vm, yielded, own)?;
        vm.set_attr(yielded, vm.names._asyncio_future_blocking, Value::FALSE)?;
        let wakeup = wakeup_method(vm, this)?;
        let names = super::keyword(vm, &super::CONTEXT_KEYWORD, "context")?;
        vm.call_method_kw(yielded, "add_done_callback", &[wakeup, this.context.get_or_none()], Some(names))?;
        return waits(vm, this, yielded);
    }
    if yielded.downcast::<PyGenerator>().is_some_and(|g| g.is_generator()) {
        let message = format!(
            "yield was used instead of yield from for generator in task {} with {}",
            shown(own)?,
            shown(yielded)?
        );
        return complain(vm, this, message);
    }
    complain(vm, this, format!("Task got bad yield: {}", shown(yielded)?))
}

fn waits(vm: &Vm, this: Ref<Future>, waiter: Value) -> PyResult<()> {
    this.waiter.set(this, waiter);
    if this.must_cancel.get() && call_cancel(vm, waiter, this.cancel_message.get_or_none())? {
        this.must_cancel.set(false);
    }
    Ok(())
}

/// What is called when the future that the task waits for is done.
fn wakeup(vm: &Vm, this: Ref<Future>, awaited: Value) -> PyResult<()> {
    future::discard_awaited_by(vm, awaited, this.value())?;
    let result = match future::exact(vm, awaited) {
        Some(done) => future::outcome(vm, done),
        None => vm.call_method(awaited, "result", &[]),
    };
    match result {
        Ok(_) => step(vm, this, None),
        Err(raised) => {
            let e = vm.take_raised(raised);
            step(vm, this, Some(e.value()))
        }
    }
}

static WAKEUP_DEF: MethodDef = method!("task_wakeup", 2, wakeup);
static WAKEUP: u8 = 0;

fn wakeup_method(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
    let function = match vm.kept(&WAKEUP) {
        Some(function) => function,
        None => {
            let function = PyNativeFunction::new_method(vm, &WAKEUP_DEF, task::class(vm)?)?;
            vm.keep(&WAKEUP, function);
            function
        }
    };
    match function.downcast() {
        Some(function) => PyNativeFunction::bind(vm, function, this.value()),
        None => Err(vm.system_error("task_wakeup is no function")),
    }
}

/// The first step of an eager task: at once, in its own context.
pub(super) fn start_eagerly(vm: &Vm, this: Ref<Future>) -> PyResult<()> {
    let event_loop = this.require_loop(vm)?;
    let previous = registry::swap_task(vm, event_loop, Some(this.value()))?;
    registry::register(vm, this)?;
    let Some(context) = this.context.get().and_then(Value::downcast::<contextvars::Context>) else {
        registry::swap_task(vm, event_loop, previous)?;
        return Err(vm.type_error("an instance of Context was expected"));
    };
    let result = contextvars::enter(vm, context).and_then(|()| {
        let result = run(vm, this, None);
        contextvars::exit(vm, context);
        result
    });
    // An error is in flight meanwhile.
    let failed = result.err().map(|raised| vm.take_raised(raised));
    let left = registry::swap_task(vm, event_loop, previous);
    if this.is_done() {
        this.coroutine.set(this, None);
    }
    match failed {
        Some(e) => Err(vm.reraise(e)),
        None => left.map(|_| ()),
    }
}
