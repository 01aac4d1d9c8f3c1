//! Asynchronous generators: their methods, the awaitables these give, and the hooks of an event loop.
//!
//! The generator itself is a [`PyGenerator`]. What its code yields by `yield` arrives wrapped ([`wrap`]), so that an
//! awaitable can tell it from what an `await` inside the generator passes through: the former ends the awaitable with
//! that value, the latter goes on to whoever drives it.

mod anext;

use std::cell::Cell;

pub use anext::{ANEXT_DEF, anext_default};

use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::{ASYNC_GEN_OP, GENERATOR};
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::generator::{self, PyGenerator, State, Step, Thrown};
use crate::types::shape;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};
use crate::{PyResult, Raised, getset, method};

/// In `PyGenerator::async_flags`: the hooks have been looked at.
const HOOKED: u8 = 1;
const CLOSED: u8 = 2;
/// One of its awaitables is being driven (`ag_running`).
const RUNNING: u8 = 4;

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
enum OpState {
    Init = 0,
    /// Has been sent to.
    Iter = 1,
    Closed = 2,
}

/// The awaitables, and the wrapped value: which of them it is, its class says.
#[repr(C)]
pub struct PyAsyncGenOp {
    header: Header,
    /// The asynchronous generator. `anext(x, default)`: the awaitable of `x.__anext__()`. The wrapped value.
    target: Field,
    /// `asend`: what to send first. `athrow`: the tuple of its arguments; empty for `aclose`. `anext`: the default.
    argument: Field,
    state: Cell<OpState>,
}

// SAFETY: repr(C), header first; `OpState` is zero at first, `Init`, and its small numbers are no addresses.
unsafe impl HeapType for PyAsyncGenOp {
    const LAYOUT: LayoutId = ASYNC_GEN_OP;
}

impl PyAsyncGenOp {
    fn new(vm: &Vm, shape: u32, target: Value, argument: Slot) -> PyResult<Ref<PyAsyncGenOp>> {
        let op: Ref<PyAsyncGenOp> = vm.alloc(shape)?;
        op.target.init(target);
        op.argument.init(argument);
        Ok(op)
    }

    fn is_asend(&self) -> bool {
        self.header.tag() == shape::async_gen_asend
    }

    fn is_athrow(&self) -> bool {
        self.header.tag() == shape::async_gen_athrow
    }

    fn is_aclose(&self) -> bool {
        self.is_athrow() && self.argument.is_empty()
    }

    /// The method that made it.
    fn method(&self) -> &'static str {
        if self.is_asend() {
            "asend"
        } else if self.is_aclose() {
            "aclose"
        } else {
            "athrow"
        }
    }

    fn generator(&self, vm: &Vm) -> PyResult<Ref<PyGenerator>> {
        self.target
            .get()
            .and_then(Value::downcast)
            .ok_or_else(|| vm.system_error("an asynchronous generator's awaitable without a generator"))
    }
}

fn has(g: Ref<PyGenerator>, flag: u8) -> bool {
    g.async_flags.get() & flag != 0
}

fn set(g: Ref<PyGenerator>, flag: u8, on: bool) {
    let flags = g.async_flags.get();
    g.async_flags.set(if on { flags | flag } else { flags & !flag });
}

/// INTRINSIC_ASYNC_GEN_WRAP: marks a value as yielded by the asynchronous generator itself.
pub fn wrap(vm: &Vm, value: Value) -> PyResult<Value> {
    Ok(PyAsyncGenOp::new(vm, shape::async_gen_wrapped, value, None)?.value())
}

fn unwrapped(vm: &Vm, v: Value) -> Slot {
    vm.exact::<PyAsyncGenOp>(v, shape::async_gen_wrapped).map(|w| w.target.get_or_none())
}

/// The first use of a generator: takes the thread's hooks.
fn first_use(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<()> {
    if has(g, HOOKED) {
        return Ok(());
    }
    set(g, HOOKED, true);
    if let Some(finalizer) = vm.async_gen_finalizer.get() {
        g.origin.set(g, finalizer);
    }
    if let Some(hook) = vm.async_gen_firstiter.get() {
        vm.call(hook, &[g.value()])?;
    }
    Ok(())
}

/// Does a finalizer hook take care of the generator when it dies?
pub fn has_finalizer(g: Ref<PyGenerator>) -> bool {
    !g.origin.is_empty() && !has(g, CLOSED)
}

/// Hands a dead generator to its finalizer hook.
pub fn finalize(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<()> {
    match g.origin.get() {
        Some(hook) => vm.call(hook, &[g.value()]).map(|_| ()),
        None => Ok(()),
    }
}

/// An awaitable that is warned about if nobody awaits it.
fn watched(vm: &Vm, op: Ref<PyAsyncGenOp>) -> Value {
    // SAFETY: a live cell of this heap. Without memory for its registration there is no warning.
    let _ = unsafe { vm.heap.register_finalizer(op.obj().as_ptr()) };
    op.value()
}

/// `__anext__` where the result is awaited at once: an `async for`.
pub fn anext_in_loop(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<Value> {
    first_use(vm, g)?;
    Ok(PyAsyncGenOp::new(vm, shape::async_gen_asend, g.value(), None)?.value())
}

fn anext(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<Value> {
    first_use(vm, g)?;
    Ok(watched(vm, PyAsyncGenOp::new(vm, shape::async_gen_asend, g.value(), None)?))
}

fn asend(vm: &Vm, g: Ref<PyGenerator>, value: Value) -> PyResult<Value> {
    first_use(vm, g)?;
    Ok(watched(vm, PyAsyncGenOp::new(vm, shape::async_gen_asend, g.value(), Some(value))?))
}

fn athrow(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(g) = args.get(0).downcast::<PyGenerator>() else {
        return Err(vm.wrong_layout(GENERATOR, args.get(0)));
    };
    let thrown = Thrown::from_args(vm, args, "athrow")?;
    first_use(vm, g)?;
    let thrown = thrown.with_slice(|args| PyTuple::new(vm, args))?;
    Ok(watched(vm, PyAsyncGenOp::new(vm, shape::async_gen_athrow, g.value(), Some(thrown.value()))?))
}

fn aclose(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<Value> {
    first_use(vm, g)?;
    Ok(watched(vm, PyAsyncGenOp::new(vm, shape::async_gen_athrow, g.value(), None)?))
}

/// Does the exception in flight end an asynchronous generator?
fn ends_generator(vm: &Vm) -> bool {
    vm.raised
        .get()
        .is_some_and(|e| vm.is_instance(e, vm.types.stop_async_iteration) || vm.is_instance(e, vm.types.generator_exit))
}

/// The generator has run: what that means to whoever drives the awaitable.
fn outcome(vm: &Vm, g: Ref<PyGenerator>, result: PyResult<Step>) -> PyResult<Step> {
    let raised = match result {
        Ok(Step::Yielded(v)) => match unwrapped(vm, v) {
            Some(value) => {
                set(g, RUNNING, false);
                return Ok(Step::Returned(value));
            }
            None => return Ok(Step::Yielded(v)),
        },
        Ok(Step::Returned(_)) => vm.raise_args(vm.types.stop_async_iteration, &[]),
        Err(raised) => raised,
    };
    if ends_generator(vm) {
        set(g, CLOSED, true);
    }
    set(g, RUNNING, false);
    Err(raised)
}

/// An `asend` or `athrow` is done with when it has a result or has failed.
fn settle(op: Ref<PyAsyncGenOp>, result: PyResult<Step>) -> PyResult<Step> {
    if !matches!(result, Ok(Step::Yielded(_))) {
        op.state.set(OpState::Closed);
    }
    result
}

fn closed_error(vm: &Vm, op: Ref<PyAsyncGenOp>) -> Raised {
    vm.runtime_error(if op.is_asend() {
        "cannot reuse already awaited __anext__()/asend()"
    } else {
        "cannot reuse already awaited aclose()/athrow()"
    })
}

/// The first use of an awaitable: no other one of the generator may be under way.
fn begin(vm: &Vm, op: Ref<PyAsyncGenOp>, g: Ref<PyGenerator>) -> PyResult<()> {
    if has(g, RUNNING) {
        op.state.set(OpState::Closed);
        let method = if op.is_asend() { "anext" } else { op.method() };
        return Err(vm.runtime_error(format!("{method}(): asynchronous generator is already running")));
    }
    Ok(())
}

/// `send(value)` to an awaitable. Yielded: something to wait for; returned: its result.
fn drive(vm: &Vm, op: Ref<PyAsyncGenOp>, value: Value) -> PyResult<Step> {
    let g = op.generator(vm)?;
    if op.state.get() == OpState::Closed {
        return Err(closed_error(vm, op));
    }
    if op.is_athrow() {
        return drive_athrow(vm, op, g, value);
    }
    let mut value = value;
    if op.state.get() == OpState::Init {
        begin(vm, op, g)?;
        if value.is_none() {
            value = op.argument.get_or_none();
        }
        op.state.set(OpState::Iter);
    }
    set(g, RUNNING, true);
    let result = generator::step(vm, g, value);
    settle(op, outcome(vm, g, result))
}

fn drive_athrow(vm: &Vm, op: Ref<PyAsyncGenOp>, g: Ref<PyGenerator>, value: Value) -> PyResult<Step> {
    if g.state() == State::Finished {
        op.state.set(OpState::Closed);
        return Err(vm.stop_iteration(None));
    }
    let result = if op.state.get() == OpState::Init {
        begin(vm, op, g)?;
        if has(g, CLOSED) {
            op.state.set(OpState::Closed);
            return Err(vm.raise_args(vm.types.stop_async_iteration, &[]));
        }
        if !value.is_none() {
            return Err(vm.runtime_error("can't send non-None value to a just-started coroutine"));
        }
        op.state.set(OpState::Iter);
        set(g, RUNNING, true);
        let thrown = match op.argument.get().and_then(Value::downcast::<PyTuple>) {
            Some(args) => Thrown::from_slice(args.as_slice()),
            None => {
                set(g, CLOSED, true);
                Thrown::new(vm.types.generator_exit.value())
            }
        };
        generator::throw_step(vm, g, thrown, false)
    } else {
        generator::step(vm, g, value)
    };
    match op.is_aclose() {
        true => aclose_outcome(vm, op, g, result),
        false => settle(op, outcome(vm, g, result)),
    }
}

/// As [`outcome`], of `aclose()`: the end of the generator is its success.
fn aclose_outcome(vm: &Vm, op: Ref<PyAsyncGenOp>, g: Ref<PyGenerator>, result: PyResult<Step>) -> PyResult<Step> {
    let result = match result {
        Ok(Step::Yielded(v)) if unwrapped(vm, v).is_none() => return Ok(Step::Yielded(v)),
        Ok(Step::Yielded(_)) => Err(vm.runtime_error("async generator ignored GeneratorExit")),
        Ok(Step::Returned(_)) => Ok(Step::Returned(Value::NONE)),
        Err(raised) if ends_generator(vm) => {
            vm.take_raised(raised);
            Ok(Step::Returned(Value::NONE))
        }
        Err(raised) => Err(raised),
    };
    set(g, RUNNING, false);
    op.state.set(OpState::Closed);
    result
}

/// Is it an awaitable of an asynchronous generator?
pub fn is_awaitable(v: Value) -> bool {
    v.downcast::<PyAsyncGenOp>().is_some_and(|op| op.is_asend() || op.is_athrow())
}

/// SEND to an awaitable of an asynchronous generator, without a StopIteration for its result. `None`: it is none.
pub fn send(vm: &Vm, receiver: Value, value: Value) -> Option<PyResult<Step>> {
    let op = receiver.downcast::<PyAsyncGenOp>().filter(|op| op.is_asend() || op.is_athrow())?;
    Some(drive(vm, op, value))
}

/// A step as methods show it.
fn raise_result(vm: &Vm, step: Step) -> PyResult<Value> {
    match step {
        Step::Yielded(v) => Ok(v),
        Step::Returned(v) => Err(vm.stop_iteration(if v.is_none() { None } else { Some(v) })),
    }
}

fn send_method(vm: &Vm, op: Ref<PyAsyncGenOp>, value: Value) -> PyResult<Value> {
    let step = drive(vm, op, value)?;
    raise_result(vm, step)
}

fn next(vm: &Vm, op: Value) -> PyResult<Slot> {
    let Some(op) = op.downcast::<PyAsyncGenOp>() else { return Ok(None) };
    match drive(vm, op, Value::NONE)? {
        Step::Yielded(v) => Ok(Some(v)),
        Step::Returned(v) if v.is_none() => Ok(None),
        Step::Returned(v) => Err(vm.stop_iteration(Some(v))),
    }
}

fn throw_into(vm: &Vm, op: Ref<PyAsyncGenOp>, thrown: Thrown) -> PyResult<Step> {
    let g = op.generator(vm)?;
    match op.state.get() {
        OpState::Closed => return Err(closed_error(vm, op)),
        OpState::Init => {
            begin(vm, op, g)?;
            op.state.set(OpState::Iter);
            set(g, RUNNING, true);
        }
        OpState::Iter => {}
    }
    let result = generator::throw_step(vm, g, thrown, true);
    match op.is_aclose() {
        true => aclose_outcome(vm, op, g, result),
        false => settle(op, outcome(vm, g, result)),
    }
}

fn throw_method(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let Some(op) = args.get(0).downcast::<PyAsyncGenOp>() else {
        return Err(vm.wrong_layout(ASYNC_GEN_OP, args.get(0)));
    };
    let thrown = Thrown::from_args(vm, args, "throw")?;
    let step = throw_into(vm, op, thrown)?;
    raise_result(vm, step)
}

fn close_method(vm: &Vm, op: Ref<PyAsyncGenOp>) -> PyResult<()> {
    if op.state.get() == OpState::Closed {
        return Ok(());
    }
    match throw_into(vm, op, Thrown::new(vm.types.generator_exit.value())) {
        Ok(Step::Yielded(_)) => Err(vm.runtime_error("coroutine ignored GeneratorExit")),
        Ok(Step::Returned(_)) => Ok(()),
        Err(raised) if ends_generator(vm) => {
            vm.take_raised(raised);
            Ok(())
        }
        Err(raised) => vm.catch(raised, vm.types.stop_iteration).map(|_| ()),
    }
}

/// A dead awaitable that nobody awaited.
fn del(vm: &Vm, op: Ref<PyAsyncGenOp>) -> PyResult<()> {
    if op.state.get() != OpState::Init {
        return Ok(());
    }
    let g = op.generator(vm)?;
    let method = vm.new_str(op.method())?;
    let message = format!(
        "coroutine method {} of {} was never awaited",
        vm.repr_lossy(method.value())?,
        vm.repr_lossy(g.qualname.get_or_none())?
    );
    if let Err(raised) = vm.warn(vm.types.runtime_warning, &message, 1) {
        let message = format!("Exception ignored while finalizing async generator {}", generator::repr(vm, g));
        vm.write_unraisable(raised, Value::NONE, Some(&message));
    }
    Ok(())
}

fn get_running(_: &Vm, g: Ref<PyGenerator>) -> bool {
    has(g, RUNNING)
}

fn itself(_: &Vm, this: Value) -> Value {
    this
}

pub static DEF: TypeDef = TypeDef {
    layout: Some(GENERATOR),
    flags: type_flags::DISALLOW_NEW | type_flags::WEAKREFABLE,
    methods: &[&[
        method!("__repr__", 1, generator::repr),
        method!("__del__", 1, generator::del),
        method!("__aiter__", 1, itself),
        method!("__anext__", 1, anext),
        method!("asend", 2, asend).doc("asend(v) -> send 'v' in generator."),
        method!("athrow", "($self, typ, val=None, tb=None, /)", athrow).doc(
            "athrow(value)\nathrow(type[,value[,tb]])\n\nraise exception in generator.\n\
             the (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python.",
        ),
        method!("aclose", 1, aclose).doc("aclose() -> raise GeneratorExit inside generator."),
        method!("__sizeof__", 1, generator::size_of_generator)
            .doc("gen.__sizeof__() -> size of gen in memory, in bytes"),
        method!("__class_getitem__", 2, generator::class_getitem)
            .class()
            .doc("async generators are generic over the types of their yield and send values"),
    ]],
    getset: &[
        getset!("ag_running", get_running).member(),
        getset!("__name__", generator::get_name, generator::set_name).doc("name of the async generator"),
        getset!("__qualname__", generator::get_qualname, generator::set_qualname)
            .doc("qualified name of the async generator"),
        getset!("ag_await", generator::get_awaited).doc("object being awaited on, or None"),
        getset!("ag_frame", generator::get_frame),
        getset!("ag_code", generator::get_code),
        getset!("ag_suspended", generator::get_suspended),
    ],
    ..TypeDef::new("async_generator")
};

/// Of both awaitables.
const OP: TypeDef = TypeDef {
    layout: Some(ASYNC_GEN_OP),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[
        method!("__iter__", 1, itself),
        method!("__await__", 1, itself),
        method!("__del__", 1, del),
        method!("send", 2, send_method)
            .doc("send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration."),
        method!("throw", "($self, typ, val=None, tb=None, /)", throw_method).doc(
            "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or \
             raise\nStopIteration.\nthe (type, val, tb) signature is deprecated, \n\
             and may be removed in a future version of Python.",
        ),
        method!("close", 1, close_method).doc("close() -> raise GeneratorExit inside generator."),
    ]],
    iternext: Some(next),
    ..TypeDef::new("")
};

pub static ASEND_DEF: TypeDef = TypeDef { name: "async_generator_asend", ..OP };
pub static ATHROW_DEF: TypeDef = TypeDef { name: "async_generator_athrow", ..OP };
pub static WRAPPED_DEF: TypeDef = TypeDef {
    layout: Some(ASYNC_GEN_OP),
    flags: type_flags::DISALLOW_NEW,
    ..TypeDef::new("async_generator_wrapped_value")
};
