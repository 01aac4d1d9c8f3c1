//! What `await future` iterates: it yields the future once, to the task that runs the coroutine, and then gives its result.

use brolga_runtime::object::{Args, Field, MethodDef, Ref, TypeDef, def::type_flags};
use brolga_runtime::state::Vm;
use brolga_runtime::types::generator::Thrown;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use super::future::{Future, outcome};
use crate::object::{itself, object};

object!(
    pub struct FutureIter: ASYNCIO_FUTURE_ITER {
        /// Empty at the end.
        future: Field,
    }
);

pub(super) fn new(vm: &Vm, future: Ref<Future>) -> PyResult<Ref<FutureIter>> {
    future.require_loop(vm)?;
    let this: Ref<FutureIter> = vm.alloc_instance(vm.native_type(&DEF)?)?;
    this.future.init(future.value());
    Ok(this)
}

fn step(vm: &Vm, this: Ref<FutureIter>) -> PyResult<Slot> {
    let Some(future) = this.future.get().and_then(Value::downcast::<Future>) else { return Ok(None) };
    if !future.is_done() {
        if !future.blocking.replace(true) {
            return Ok(Some(future.value()));
        }
        return Err(vm.runtime_error("await wasn't used with future"));
    }
    this.future.set(this, None);
    let result = outcome(vm, future)?;
    if result.is_none() { Ok(None) } else { Err(vm.stop_iteration(Some(result))) }
}

fn next(vm: &Vm, this: Value) -> PyResult<Slot> {
    match this.downcast::<FutureIter>() {
        Some(this) => step(vm, this),
        None => Ok(None),
    }
}

fn send(vm: &Vm, this: Ref<FutureIter>, _: Value) -> PyResult<Value> {
    step(vm, this)?.ok_or_else(|| vm.stop_iteration(None))
}

fn throw(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let this: Ref<FutureIter> = args.get(0).downcast().ok_or_else(|| vm.type_error("a FutureIter is required"))?;
    let exception = Thrown::from_args(vm, args, "throw")?.exception(vm)?;
    this.future.set(this, None);
    Err(vm.reraise(exception))
}

fn close(_: &Vm, this: Ref<FutureIter>) {
    this.future.set(this, None);
}

static METHODS: &[MethodDef] = &[
    method!("__iter__", 1, itself),
    method!("send", 2, send),
    method!("throw", "($self, type, value=None, traceback=None, /)", throw),
    method!("close", 1, close),
];

pub static DEF: TypeDef = TypeDef {
    module: "_asyncio",
    layout: Some(crate::layouts::ASYNCIO_FUTURE_ITER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[METHODS],
    iternext: Some(next),
    ..TypeDef::new("FutureIter")
};
