//! `Future`.

use std::cell::Cell;

use brolga_runtime::object::{Args, Field, GetSetDef, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::exception::PyException;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::set::PySet;
use brolga_runtime::types::shape;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, getset, method};

use super::{call_soon, cancelled_error, invalid_state, library, make_exception, registry};
use crate::object::{class_argument, class_getitem, object};

#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    Pending = 0,
    Cancelled = 1,
    Finished = 2,
}

object!(
    /// A future, or a task, which is one with a coroutine.
    pub struct Future: ASYNCIO_FUTURE {
        pub(super) event_loop: Field,
        /// The first callback and its context; what comes later is in the list `callbacks`, as pairs.
        callback: Field,
        callback_context: Field,
        callbacks: Field,
        exception: Field,
        exception_traceback: Field,
        result: Field,
        source_traceback: Field,
        pub(super) cancel_message: Field,
        pub(super) cancelled_exception: Field,
        /// Who awaits this: a future, or a set of them.
        awaited_by: Field,
        pub(super) waiter: Field,
        pub(super) coroutine: Field,
        /// A task's name; an int for a name that is made when somebody asks.
        pub(super) name: Field,
        pub(super) context: Field,
        pub(super) cancels_requested: Cell<u32>,
        state: Cell<State>,
        log_traceback: Cell<bool>,
        pub(super) blocking: Cell<bool>,
        pub(super) must_cancel: Cell<bool>,
        pub(super) log_destroy_pending: Cell<bool>,
        /// Is among all tasks, until it is done; has a place among them.
        pub(super) registered: Cell<bool>,
        pub(super) placed: Cell<bool>,
    }
);

impl Future {
    #[inline(always)]
    pub(super) fn state(&self) -> State {
        self.state.get()
    }

    #[inline(always)]
    pub(super) fn is_done(&self) -> bool {
        self.state.get() != State::Pending
    }

    /// The event loop; an error where `__init__` was never called.
    pub(super) fn require_loop(&self, vm: &Vm) -> PyResult<Value> {
        self.event_loop.get().ok_or_else(|| vm.runtime_error("Future object is not initialized."))
    }
}

pub(super) fn class(vm: &Vm) -> PyResult<Ref<PyType>> {
    vm.native_type(&DEF)
}

/// Is it a `Future` or `Task` itself, whose methods nobody has overridden?
pub(super) fn exact(vm: &Vm, v: Value) -> Option<Ref<Future>> {
    let future = v.downcast::<Future>()?;
    (!vm.type_of(v).is_heap_type()).then_some(future)
}

/// Has `__del__` called when it dies.
pub(super) fn want_finalizer(vm: &Vm, this: Ref<Future>) {
    // SAFETY: a live cell of this heap. Without memory to remember it, it dies without its message.
    let _ = unsafe { vm.heap.register_finalizer(this.obj().as_ptr()) };
}

static EXTRACT_STACK: u8 = 0;

/// What `__init__` does for both.
pub(super) fn initialize(vm: &Vm, this: Ref<Future>, event_loop: Slot) -> PyResult<()> {
    let event_loop = match event_loop.filter(|l| !l.is_none()) {
        Some(given) => given,
        None => registry::event_loop(vm)?,
    };
    for field in [
        &this.callback,
        &this.callback_context,
        &this.callbacks,
        &this.exception,
        &this.exception_traceback,
        &this.result,
        &this.source_traceback,
        &this.cancel_message,
        &this.cancelled_exception,
        &this.awaited_by,
    ] {
        field.init(None);
    }
    this.state.set(State::Pending);
    this.log_traceback.set(false);
    this.blocking.set(false);
    this.event_loop.set(this, event_loop);
    let debug = vm.call_method_name(event_loop, vm.names.get_debug, &[])?;
    if vm.is_true(debug)? && !vm.finalizing.get() {
        let extract = library(vm, &EXTRACT_STACK, "traceback", "extract_stack")?;
        let stack = vm.call(extract, &[])?;
        this.source_traceback.set(this, stack);
    }
    Ok(())
}

fn new(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Future>> {
    vm.alloc_instance(class_argument(vm, args)?)
}

fn receiver(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<Future>> {
    args.get(0).downcast().ok_or_else(|| vm.type_error("a Future is required"))
}

fn init(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    initialize(vm, receiver(vm, args)?, args.opt(1))
}

// ---- the end ----------------------------------------------------------------------------------------------------------

/// Has all callbacks called soon, and forgets them.
fn schedule_callbacks(vm: &Vm, this: Ref<Future>) -> PyResult<()> {
    let event_loop = this.require_loop(vm)?;
    if let Some(callback) = this.callback.get() {
        let context = this.callback_context.get_or_none();
        this.callback.set(this, None);
        this.callback_context.set(this, None);
        call_soon(vm, event_loop, callback, Some(this.value()), context)?;
    }
    let Some(list) = this.callbacks.get().and_then(Value::downcast::<PyList>) else { return Ok(()) };
    this.callbacks.set(this, None);
    let mut i = 0;
    while let Some(pair) = list.get(i).and_then(Value::downcast::<PyTuple>) {
        let [callback, context] = [0, 1].map(|at| pair.get(at).unwrap_or(Value::NONE));
        call_soon(vm, event_loop, callback, Some(this.value()), context)?;
        i += 1;
    }
    Ok(())
}

/// A task that is done needs no word at its death.
fn settled(vm: &Vm, this: Ref<Future>) {
    this.registered.set(false);
    if !this.coroutine.is_empty() && !vm.type_of(this.value()).is_heap_type() && !this.log_traceback.get() {
        // SAFETY: a live cell of this heap, which nobody frees by hand; one that is registered again is finalized once.
        unsafe { vm.heap.unregister_finalizer(this.obj().as_ptr()) };
    }
}

pub(super) fn finish(vm: &Vm, this: Ref<Future>, result: Value) -> PyResult<()> {
    this.require_loop(vm)?;
    if this.is_done() {
        return Err(invalid_state(vm, "invalid state"));
    }
    this.result.set(this, result);
    this.state.set(State::Finished);
    settled(vm, this);
    schedule_callbacks(vm, this)
}

pub(super) fn fail(vm: &Vm, this: Ref<Future>, exception: Value) -> PyResult<()> {
    if this.is_done() {
        return Err(invalid_state(vm, "invalid state"));
    }
    let exception = if vm.is_exception_class(exception) {
        let made = vm.call(exception, &[])?;
        if this.is_done() {
            return Err(invalid_state(vm, "invalid state"));
        }
        made
    } else {
        exception
    };
    let Some(mut exception) = exception.downcast::<PyException>() else {
        return Err(vm.type_error("invalid exception object"));
    };
    if vm.is_instance(exception.value(), vm.types.stop_iteration) {
        let text = vm.new_str("StopIteration interacts badly with generators and cannot be raised into a Future")?;
        let outer = PyException::new(vm, vm.types.runtime_error, &[text.value()])?;
        outer.set_cause(Some(exception));
        outer.set_context(Some(exception));
        exception = outer;
    }
    this.exception.set(this, exception.value());
    this.exception_traceback.set(this, exception.traceback());
    this.state.set(State::Finished);
    this.log_traceback.set(true);
    settled(vm, this);
    if !vm.type_of(this.value()).is_heap_type() {
        want_finalizer(vm, this);
    }
    schedule_callbacks(vm, this)
}

pub(super) fn cancel(vm: &Vm, this: Ref<Future>, message: Slot) -> PyResult<bool> {
    this.log_traceback.set(false);
    if this.is_done() {
        return Ok(false);
    }
    this.state.set(State::Cancelled);
    this.cancel_message.set(this, message);
    settled(vm, this);
    schedule_callbacks(vm, this)?;
    Ok(true)
}

/// Nobody needs to hear of the exception any more.
pub(super) fn forget_failure(this: Ref<Future>) {
    this.log_traceback.set(false);
}

/// The exception that tells of the cancellation.
pub(super) fn make_cancelled_error(vm: &Vm, this: Ref<Future>) -> PyResult<Ref<PyException>> {
    if let Some(saved) = this.cancelled_exception.get().and_then(Value::downcast) {
        this.cancelled_exception.set(this, None);
        return Ok(saved);
    }
    let class = cancelled_error(vm)?;
    match this.cancel_message.get().filter(|m| !m.is_none()) {
        Some(message) => make_exception(vm, class, &[message]),
        None => make_exception(vm, class, &[]),
    }
}

/// The result, or what the future has failed with.
pub(super) fn outcome(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
    match this.state() {
        State::Pending => Err(invalid_state(vm, "Result is not set.")),
        State::Cancelled => {
            let e = make_cancelled_error(vm, this)?;
            Err(vm.raise(e))
        }
        State::Finished => {
            this.log_traceback.set(false);
            let Some(exception) = this.exception.get().and_then(Value::downcast::<PyException>) else {
                return Ok(this.result.get_or_none());
            };
            exception.set_traceback(this.exception_traceback.get());
            this.exception_traceback.set(this, None);
            Err(vm.raise(exception))
        }
    }
}

fn result(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
    this.require_loop(vm).map_err(|raised| {
        vm.take_raised(raised);
        invalid_state(vm, "Future object is not initialized.")
    })?;
    outcome(vm, this)
}

fn exception(vm: &Vm, this: Ref<Future>) -> PyResult<Slot> {
    if this.event_loop.is_empty() {
        return Err(invalid_state(vm, "Future object is not initialized."));
    }
    match this.state() {
        State::Cancelled => {
            let e = make_cancelled_error(vm, this)?;
            Err(vm.raise(e))
        }
        State::Pending => Err(invalid_state(vm, "Exception is not set.")),
        State::Finished => {
            this.log_traceback.set(false);
            Ok(this.exception.get())
        }
    }
}

fn set_result(vm: &Vm, this: Ref<Future>, result: Value) -> PyResult<()> {
    finish(vm, this, result)
}

fn set_exception(vm: &Vm, this: Ref<Future>, exception: Value) -> PyResult<()> {
    this.require_loop(vm)?;
    fail(vm, this, exception)
}

fn cancel_method(vm: &Vm, args: &Args<'_>) -> PyResult<bool> {
    let this = receiver(vm, args)?;
    this.require_loop(vm)?;
    cancel(vm, this, args.opt(1))
}

fn cancelled(_: &Vm, this: Ref<Future>) -> bool {
    this.state() == State::Cancelled
}

fn done(_: &Vm, this: Ref<Future>) -> bool {
    this.is_done()
}

fn get_loop(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
    this.require_loop(vm)
}

// ---- callbacks --------------------------------------------------------------------------------------------------------

pub(super) fn add_callback(vm: &Vm, this: Ref<Future>, callback: Value, context: Value) -> PyResult<()> {
    let event_loop = this.require_loop(vm)?;
    if this.is_done() {
        return call_soon(vm, event_loop, callback, Some(this.value()), context);
    }
    let list = this.callbacks.get().and_then(Value::downcast::<PyList>);
    if list.is_none() && this.callback.is_empty() {
        this.callback.set(this, callback);
        this.callback_context.set(this, context);
        return Ok(());
    }
    let pair = vm.new_tuple(&[callback, context])?.value();
    match list {
        Some(list) => list.push(vm, pair),
        None => {
            let list = vm.new_list(&[pair])?;
            this.callbacks.set(this, list.value());
            Ok(())
        }
    }
}

fn add_done_callback(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let context = match args.opt_not_none(2) {
        Some(given) => given,
        None => crate::contextvars::copy_context(vm)?.value(),
    };
    add_callback(vm, receiver(vm, args)?, args.get(1), context)
}

fn remove_done_callback(vm: &Vm, this: Ref<Future>, callback: Value) -> PyResult<usize> {
    this.require_loop(vm)?;
    let mut removed = 0;
    if let Some(first) = this.callback.get()
        && vm.eq(first, callback)?
    {
        // Comparing may have run anything.
        this.callback.set(this, None);
        this.callback_context.set(this, None);
        removed = 1;
    }
    let list = || this.callbacks.get().and_then(Value::downcast::<PyList>);
    let Some(all) = list() else { return Ok(removed) };
    let before = all.len();
    let kept = ValueVec::new();
    let mut i = 0;
    while let Some(pair) = list().and_then(|list| list.get(i)) {
        let other = pair.downcast::<PyTuple>().and_then(|pair| pair.get(0)).unwrap_or(Value::NONE);
        if !vm.eq(other, callback)? {
            kept.push(vm, pair)?;
        }
        i += 1;
    }
    let left = kept.len();
    match list() {
        Some(_) if left == 0 => this.callbacks.set(this, None),
        Some(now) => now.replace_all(kept),
        None => {}
    }
    Ok(before.saturating_sub(left) + removed)
}

fn callbacks(vm: &Vm, this: Ref<Future>) -> PyResult<Slot> {
    this.require_loop(vm)?;
    let first = match this.callback.get() {
        Some(callback) => Some(vm.new_tuple(&[callback, this.callback_context.get_or_none()])?.value()),
        None => None,
    };
    let list = this.callbacks.get().and_then(Value::downcast::<PyList>);
    if first.is_none() && list.is_none() {
        return Ok(None);
    }
    let all = vm.new_list(&[])?;
    if let Some(first) = first {
        all.push(vm, first)?;
    }
    if let Some(list) = list {
        all.extend(vm, ValueVec::from_slice(vm, list.as_slice())?.as_slice())?;
    }
    Ok(Some(all.value()))
}

// ---- who awaits it ----------------------------------------------------------------------------------------------------

/// Remembers that `waiter` awaits `awaited`, of futures and tasks.
pub(super) fn add_awaited_by(vm: &Vm, awaited: Value, waiter: Value) -> PyResult<()> {
    let (Some(this), Some(_)) = (awaited.downcast::<Future>(), waiter.downcast::<Future>()) else { return Ok(()) };
    match this.awaited_by.get() {
        None => this.awaited_by.set(this, waiter),
        Some(other) => match other.downcast::<PySet>() {
            Some(set) => set.add(vm, waiter)?,
            None => {
                let set = PySet::from_slice(vm, shape::set, &[other, waiter])?;
                this.awaited_by.set(this, set.value());
            }
        },
    }
    Ok(())
}

pub(super) fn discard_awaited_by(vm: &Vm, awaited: Value, waiter: Value) -> PyResult<()> {
    let (Some(this), Some(_)) = (awaited.downcast::<Future>(), waiter.downcast::<Future>()) else { return Ok(()) };
    match this.awaited_by.get() {
        Some(other) if other.is(waiter) => this.awaited_by.set(this, None),
        Some(other) => {
            if let Some(set) = other.downcast::<PySet>() {
                set.discard(vm, waiter)?;
            }
        }
        None => {}
    }
    Ok(())
}

fn awaited_by(vm: &Vm, this: Ref<Future>) -> PyResult<Slot> {
    let Some(waiters) = this.awaited_by.get() else { return Ok(None) };
    let frozen = PySet::new(vm, shape::frozenset)?;
    match waiters.downcast::<PySet>() {
        Some(set) => {
            let mut position = 0;
            while let Some((waiter, hash)) = set.next_element(&mut position) {
                frozen.add_hashed(vm, waiter, hash)?;
            }
        }
        None => frozen.add(vm, waiters)?,
    }
    Ok(Some(frozen.value()))
}

// ---- attributes -------------------------------------------------------------------------------------------------------

fn state(vm: &Vm, this: Ref<Future>) -> PyResult<&'static str> {
    this.require_loop(vm)?;
    Ok(match this.state() {
        State::Pending => "PENDING",
        State::Cancelled => "CANCELLED",
        State::Finished => "FINISHED",
    })
}

fn blocking(_: &Vm, this: Ref<Future>) -> bool {
    !this.event_loop.is_empty() && this.blocking.get()
}

fn no_deletion(vm: &Vm, value: Slot) -> PyResult<Value> {
    value.ok_or_else(|| vm.attribute_error("cannot delete attribute"))
}

fn set_blocking(vm: &Vm, this: Ref<Future>, value: Slot) -> PyResult<()> {
    this.require_loop(vm)?;
    let value = no_deletion(vm, value)?;
    this.blocking.set(vm.is_true(value)?);
    Ok(())
}

fn loop_attribute(_: &Vm, this: Ref<Future>) -> Slot {
    this.event_loop.get()
}

fn result_attribute(vm: &Vm, this: Ref<Future>) -> PyResult<Slot> {
    this.require_loop(vm)?;
    Ok(this.result.get())
}

fn exception_attribute(vm: &Vm, this: Ref<Future>) -> PyResult<Slot> {
    this.require_loop(vm)?;
    Ok(this.exception.get())
}

fn log_traceback(vm: &Vm, this: Ref<Future>) -> PyResult<bool> {
    this.require_loop(vm)?;
    Ok(this.log_traceback.get())
}

fn set_log_traceback(vm: &Vm, this: Ref<Future>, value: Slot) -> PyResult<()> {
    let value = no_deletion(vm, value)?;
    if vm.is_true(value)? {
        return Err(vm.value_error("_log_traceback can only be set to False"));
    }
    this.log_traceback.set(false);
    Ok(())
}

fn source_traceback(_: &Vm, this: Ref<Future>) -> Slot {
    this.source_traceback.get().filter(|_| !this.event_loop.is_empty())
}

fn cancel_message(_: &Vm, this: Ref<Future>) -> Slot {
    this.cancel_message.get()
}

fn set_cancel_message(vm: &Vm, this: Ref<Future>, value: Slot) -> PyResult<()> {
    let value = no_deletion(vm, value)?;
    this.cancel_message.set(this, value);
    Ok(())
}

static FUTURE_REPR: u8 = 0;

fn repr(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
    this.require_loop(vm)?;
    vm.call(library(vm, &FUTURE_REPR, "asyncio.base_futures", "_future_repr")?, &[this.value()])
}

/// Tells the loop of what is wrong with a future that dies.
pub(super) fn tell_loop(vm: &Vm, this: Ref<Future>, entries: &[(&str, Value)]) -> PyResult<()> {
    let context = vm.new_dict()?;
    for (name, value) in entries {
        context.set_name(vm, name, *value)?;
    }
    if let Some(stack) = this.source_traceback.get() {
        context.set_name(vm, "source_traceback", stack)?;
    }
    let Some(event_loop) = this.event_loop.get() else { return Ok(()) };
    let handler = vm.get_attr_str(event_loop, "call_exception_handler")?;
    if let Err(raised) = vm.call(handler, &[context.value()]) {
        vm.write_unraisable(raised, handler, None);
    }
    Ok(())
}

pub(super) fn finalize(vm: &Vm, this: Ref<Future>) -> PyResult<()> {
    if !this.log_traceback.replace(false) {
        return Ok(());
    }
    let message = format!("{} exception was never retrieved", vm.type_of(this.value()).name());
    let message = vm.new_str(&message)?.value();
    tell_loop(vm, this, &[("message", message), ("exception", this.exception.get_or_none()), ("future", this.value())])
}

fn cancelled_error_method(vm: &Vm, this: Ref<Future>) -> PyResult<Value> {
    make_cancelled_error(vm, this).map(Ref::value)
}

static METHODS: &[MethodDef] = &[
    method!("__new__", "($type, *args, **kwargs)", new).static_(),
    method!("__init__", "($self, /, *, loop=None)", init),
    method!("__repr__", 1, repr),
    method!("__iter__", 1, super::awaiting::new),
    method!("__await__", 1, super::awaiting::new),
    method!("__del__", 1, finalize),
    method!("result", 1, result).doc(
        "Return the result this future represents.\n\nIf the future has been cancelled, raises CancelledError.  If the\nfuture's result isn't yet available, raises InvalidStateError.  If\nthe future is done and has an exception set, this exception is raised.",
    ),
    method!("exception", 1, exception).doc(
        "Return the exception that was set on this future.\n\nThe exception (or None if no exception was set) is returned only if\nthe future is done.  If the future has been cancelled, raises\nCancelledError.  If the future isn't done yet, raises\nInvalidStateError.",
    ),
    method!("set_result", 2, set_result).doc(
        "Mark the future done and set its result.\n\nIf the future is already done when this method is called, raises\nInvalidStateError.",
    ),
    method!("set_exception", 2, set_exception).doc(
        "Mark the future done and set an exception.\n\nIf the future is already done when this method is called, raises\nInvalidStateError.",
    ),
    method!("add_done_callback", "($self, fn, /, *, context=<unrepresentable>)", add_done_callback).doc(
        "Add a callback to be run when the future becomes done.\n\nThe callback is called with a single argument - the future object. If\nthe future is already done when this is called, the callback is\nscheduled with call_soon.",
    ),
    method!("remove_done_callback", 2, remove_done_callback).doc(
        "Remove all instances of a callback from the \"call when done\" list.\n\nReturns the number of callbacks removed.",
    ),
    method!("cancel", "($self, /, msg=None)", cancel_method).doc(
        "Cancel the future and schedule callbacks.\n\nIf the future is already done or cancelled, return False.  Otherwise,\nchange the future's state to cancelled, schedule the callbacks and\nreturn True.",
    ),
    method!("cancelled", 1, cancelled).doc("Return True if the future was cancelled."),
    method!("done", 1, done).doc(
        "Return True if the future is done.\n\nDone means either that a result / exception are available, or that the\nfuture was cancelled.",
    ),
    method!("get_loop", 1, get_loop).doc("Return the event loop the Future is bound to."),
    method!("_make_cancelled_error", 1, cancelled_error_method).doc(
        "Create the CancelledError to raise if the Future is cancelled.\n\nThis should only be called once when handling a cancellation since\nit erases the context exception value.",
    ),
    method!("__class_getitem__", 2, class_getitem).class().doc("See PEP 585"),
];

static GETSET: &[GetSetDef] = &[
    getset!("_state", state),
    getset!("_asyncio_future_blocking", blocking, set_blocking),
    getset!("_loop", loop_attribute),
    getset!("_callbacks", callbacks),
    getset!("_result", result_attribute),
    getset!("_exception", exception_attribute),
    getset!("_log_traceback", log_traceback, set_log_traceback),
    getset!("_source_traceback", source_traceback),
    getset!("_cancel_message", cancel_message, set_cancel_message),
    getset!("_asyncio_awaited_by", awaited_by),
];

pub static DEF: TypeDef = TypeDef {
    module: "_asyncio",
    layout: Some(crate::layouts::ASYNCIO_FUTURE),
    flags: type_flags::BASETYPE | type_flags::HAS_DICT | type_flags::WEAKREFABLE,
    methods: &[METHODS],
    getset: GETSET,
    doc: Some(
        "Future(*, loop=None)\n--\n\nThis class is *almost* compatible with concurrent.futures.Future.\n\n    Differences:\n\n    - result() and exception() do not take a timeout argument and\n      raise an exception when the future isn't done yet.\n\n    - Callbacks registered with add_done_callback() are always called\n      via the event loop's call_soon_threadsafe().\n\n    - This class is not compatible with the wait() and as_completed()\n      methods in the concurrent.futures package.",
    ),
    ..TypeDef::new("Future")
};
