//! `Task`: a future with a coroutine that the event loop drives.

use brolga_runtime::object::{Args, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::generator::PyGenerator;
use brolga_runtime::types::set::PySet;
use brolga_runtime::types::shape;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::future::{self, Future};
use super::{call_cancel, library, registry, step};
use crate::object::class_getitem;

pub(super) fn class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type_with_bases(&DEF, &[future::class(vm)?])
}

pub(super) fn is_task(vm: &Vm, v: Value) -> PyResult<Option<Ref<Future>>> {
    let class = class(vm)?;
    Ok(v.downcast::<Future>().filter(|_| vm.is_instance(v, class)))
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Future>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a Task is required"))
}

static IS_COROUTINE: u8 = 0;
static COROUTINE_TYPES: u8 = 0;

/// `asyncio.coroutines.iscoroutine(v)`, the classes that were found to be some remembered.
fn is_coroutine(vm: &Vm, v: Value) -> PyResult<bool> {
    if let Some(g) = v.downcast::<PyGenerator>()
        && g.is_coroutine()
    {
        return Ok(true);
    }
    let class = vm.type_of(v).value();
    let known = vm.kept(&COROUTINE_TYPES).and_then(Value::downcast::<PySet>);
    if let Some(known) = known
        && known.contains(vm, class)?
    {
        return Ok(true);
    }
    let answer = vm.call(library(vm, &IS_COROUTINE, "asyncio.coroutines", "iscoroutine")?, &[v])?;
    if !vm.is_true(answer)? {
        return Ok(false);
    }
    // Classes can be made without end; a hundred are remembered.
    let known = match known {
        Some(known) => known,
        None => {
            let known = PySet::new(vm, shape::set)?;
            vm.keep(&COROUTINE_TYPES, known.value());
            known
        }
    };
    if known.len() < 100 {
        known.add(vm, class)?;
    }
    Ok(true)
}

/// How many tasks have got a name by number.
static NAMES: u8 = 0;

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let this = receiver(vm, args)?;
    let coroutine = args.get(1);
    future::initialize(vm, this, args.opt(2))?;
    this.must_cancel.set(false);
    this.cancels_requested.set(0);
    this.waiter.set(this, None);
    if !is_coroutine(vm, coroutine)? {
        this.log_destroy_pending.set(false);
        let shown = vm.repr_lossy(coroutine)?;
        return Err(vm.type_error(format!("a coroutine was expected, got {shown}")));
    }
    let context = match args.opt_not_none(4) {
        Some(given) => given,
        None => crate::contextvars::copy_context(vm)?.value(),
    };
    this.context.set(this, context);
    this.log_destroy_pending.set(true);
    this.coroutine.set(this, coroutine);
    let name = match args.opt_not_none(3) {
        Some(given) => given_name(vm, given)?,
        None => {
            let number = vm.kept(&NAMES).and_then(Value::as_small_int).unwrap_or(0) + 1;
            vm.keep(&NAMES, Value::from_int_truncated(number));
            Value::from_int_truncated(number)
        }
    };
    this.name.set(this, name);
    if !vm.type_of(this.value()).is_heap_type() {
        future::want_finalizer(vm, this);
    }
    let eager = match args.opt(5) {
        Some(eager) => vm.is_true(eager)?,
        None => false,
    };
    if eager {
        let running = vm.call_method(this.event_loop.get_or_none(), "is_running", &[])?;
        if vm.is_true(running)? {
            return step::start_eagerly(vm, this);
        }
    }
    step::soon(vm, this, None)?;
    registry::register(vm, this)
}

/// A name as a string itself.
fn given_name(vm: &Vm, name: Value) -> PyResult<Value> {
    match vm.exact_str(name) {
        Some(_) => Ok(name),
        None => vm.str(name).map(Ref::value),
    }
}

fn get_name(vm: &Vm, this: Ref<Future>) -> PyResult<Slot> {
    match this.name.get() {
        Some(v) if v.downcast::<PyStr>().is_none() => {
            let number = v.as_small_int().unwrap_or(0);
            let name = vm.new_str(&format!("Task-{number}"))?.value();
            this.name.set(this, name);
            Ok(Some(name))
        }
        name => Ok(name),
    }
}

fn set_name(vm: &Vm, this: Ref<Future>, name: Value) -> PyResult<()> {
    let name = given_name(vm, name)?;
    this.name.set(this, name);
    Ok(())
}

fn cancel(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let this = receiver(vm, args)?;
    let message = args.opt(1).unwrap_or(Value::NONE);
    this.require_loop(vm)?;
    future::forget_failure(this);
    if this.is_done() {
        return Ok(false);
    }
    this.cancels_requested.set(this.cancels_requested.get().saturating_add(1));
    // What the task waits for stays its waiter: it may be a task that ignores the cancellation, so that it may have to be
    // cancelled again.
    if let Some(waiter) = this.waiter.get()
        && call_cancel(vm, waiter, message)?
    {
        return Ok(true);
    }
    this.must_cancel.set(true);
    this.cancel_message.set(this, message);
    Ok(true)
}

fn cancelling(_: &Vm, this: Ref<Future>) -> u32 {
    this.cancels_requested.get()
}

fn uncancel(_: &Vm, this: Ref<Future>) -> u32 {
    let requested = this.cancels_requested.get();
    if requested > 0 {
        this.cancels_requested.set(requested - 1);
        if requested == 1 {
            this.must_cancel.set(false);
        }
    }
    this.cancels_requested.get()
}

fn set_result(vm: &Vm, _: Ref<Future>, _: Value) -> PyResult<()> {
    Err(vm.runtime_error("Task does not support set_result operation"))
}

fn set_exception(vm: &Vm, _: Ref<Future>, _: Value) -> PyResult<()> {
    Err(vm.runtime_error("Task does not support set_exception operation"))
}

static GET_STACK: u8 = 0;
static PRINT_STACK: u8 = 0;
static TASK_REPR: u8 = 0;

fn get_stack(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let function = library(vm, &GET_STACK, "asyncio.base_tasks", "_task_get_stack")?;
    vm.call(function, &[args.get(0), args.opt(1).unwrap_or(Value::NONE)])
}

fn print_stack(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let function = library(vm, &PRINT_STACK, "asyncio.base_tasks", "_task_print_stack")?;
    let [limit, file] = [1, 2].map(|i| args.opt(i).unwrap_or(Value::NONE));
    vm.call(function, &[args.get(0), limit, file])
}

fn repr(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
    vm.call(library(vm, &TASK_REPR, "asyncio.base_tasks", "_task_repr")?, &[this.value()])
}

fn get_coroutine(_: &Vm, this: Ref<Future>) -> Slot {
    this.coroutine.get()
}

fn get_context(_: &Vm, this: Ref<Future>) -> Slot {
    this.context.get()
}

fn get_waiter(_: &Vm, this: Ref<Future>) -> Slot {
    this.waiter.get()
}

fn get_must_cancel(_: &Vm, this: Ref<Future>) -> bool {
    this.must_cancel.get()
}

fn get_log_destroy_pending(_: &Vm, this: Ref<Future>) -> bool {
    this.log_destroy_pending.get()
}

fn set_log_destroy_pending(vm: &Vm, this: Ref<Future>, value: Slot) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.attribute_error("cannot delete attribute")) };
    this.log_destroy_pending.set(vm.is_true(value)?);
    Ok(())
}

fn finalize(vm: &Vm, this: Ref<Future>) -> PyResult<()> {
    if !this.is_done() && this.log_destroy_pending.get() && !this.event_loop.is_empty() {
        let message = vm.new_str("Task was destroyed but it is pending!")?.value();
        future::tell_loop(vm, this, &[("task", this.value()), ("message", message)])?;
    }
    future::finalize(vm, this)
}

static METHODS: &[MethodDef] = &[
    method!("__init__", "($self, /, coro, *, loop=None, name=None, context=None, eager_start=False)", init),
    method!("__repr__", 1, repr),
    method!("__del__", 1, finalize),
    method!("set_result", 2, set_result),
    method!("set_exception", 2, set_exception),
    method!("cancel", "($self, /, msg=None)", cancel).doc(
        "Request that this task cancel itself.\n\nThis arranges for a CancelledError to be thrown into the\nwrapped coroutine on the next cycle through the event loop.\nThe coroutine then has a chance to clean up or even deny\nthe request using try/except/finally.\n\nUnlike Future.cancel, this does not guarantee that the\ntask will be cancelled: the exception might be caught and\nacted upon, delaying cancellation of the task or preventing\ncancellation completely.  The task may also return a value or\nraise a different exception.\n\nImmediately after this method is called, Task.cancelled() will\nnot return True (unless the task was already cancelled).  A\ntask will be marked as cancelled when the wrapped coroutine\nterminates with a CancelledError exception (even if cancel()\nwas not called).\n\nThis also increases the task's count of cancellation requests.",
    ),
    method!("cancelling", 1, cancelling).doc(
        "Return the count of the task's cancellation requests.\n\nThis count is incremented when .cancel() is called\nand may be decremented using .uncancel().",
    ),
    method!("uncancel", 1, uncancel).doc(
        "Decrement the task's count of cancellation requests.\n\nThis should be used by tasks that catch CancelledError\nand wish to continue indefinitely until they are cancelled again.\n\nReturns the remaining number of cancellation requests.",
    ),
    method!("get_stack", "($self, /, *, limit=None)", get_stack).doc(
        "Return the list of stack frames for this task's coroutine.\n\nIf the coroutine is not done, this returns the stack where it is\nsuspended.  If the coroutine has completed successfully or was\ncancelled, this returns an empty list.  If the coroutine was\nterminated by an exception, this returns the list of traceback\nframes.\n\nThe frames are always ordered from oldest to newest.\n\nThe optional limit gives the maximum number of frames to\nreturn; by default all available frames are returned.  Its\nmeaning differs depending on whether a stack or a traceback is\nreturned: the newest frames of a stack are returned, but the\noldest frames of a traceback are returned.  (This matches the\nbehavior of the traceback module.)\n\nFor reasons beyond our control, only one stack frame is\nreturned for a suspended coroutine.",
    ),
    method!("print_stack", "($self, /, *, limit=None, file=None)", print_stack).doc(
        "Print the stack or traceback for this task's coroutine.\n\nThis produces output similar to that of the traceback module,\nfor the frames retrieved by get_stack().  The limit argument\nis passed to get_stack().  The file argument is an I/O stream\nto which the output is written; by default output is written\nto sys.stderr.",
    ),
    method!("get_name", 1, get_name),
    method!("set_name", 2, set_name),
    method!("get_coro", 1, get_coroutine),
    method!("get_context", 1, get_context),
    method!("__class_getitem__", 2, class_getitem).class().doc("See PEP 585"),
];

static GETSET: &[GetSetDef] = &[
    getset!("_log_destroy_pending", get_log_destroy_pending, set_log_destroy_pending),
    getset!("_must_cancel", get_must_cancel),
    getset!("_coro", get_coroutine),
    getset!("_fut_waiter", get_waiter),
];

pub static DEF: TypeDef = TypeDef {
    module: "_asyncio",
    layout: Some(crate::layouts::ASYNCIO_FUTURE),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Task(coro, *, loop=None, name=None, context=None, eager_start=False)\n--\n\nA coroutine wrapped in a Future.",
    ),
    ..TypeDef::new("Task")
};
