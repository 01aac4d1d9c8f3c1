//! The awaitable of `anext(iterator, default)`: that of `__anext__()`, with the default in place of its
//! StopAsyncIteration.

use super::{PyAsyncGenOp, itself};
use crate::interp::ops::iteration::get_awaitable;
use crate::object::def::{TypeDef, type_flags};
use crate::object::layout::ASYNC_GEN_OP;
use crate::object::{Args, Ref};
use crate::state::Vm;
use crate::state::names::Special;
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, Raised, method};

/// What `anext(iterator, default)` gives for the awaitable of `iterator.__anext__()`.
pub fn anext_default(vm: &Vm, awaitable: Value, default: Value) -> PyResult<Value> {
    Ok(PyAsyncGenOp::new(vm, shape::anext_awaitable, awaitable, Some(default))?.value())
}

/// The iterator to drive.
fn iterator(vm: &Vm, op: Ref<PyAsyncGenOp>) -> PyResult<Value> {
    let iterator = crate::interp::ops::iteration::awaitable_iter(vm, op.target.get_or_none())?;
    let Some(iterator) = iterator else { return get_awaitable(vm, op.target.get_or_none(), 0) };
    if vm.is_iterator(iterator) {
        return Ok(iterator);
    }
    // Of all awaitables only a coroutine is no iterator.
    match vm.call_special(iterator, Special::Await, &[])? {
        Some(wrapper) if vm.is_iterator(wrapper) => Ok(wrapper),
        Some(other) => {
            Err(vm.type_error(format!("__await__() returned non-iterator of type '{}'", vm.type_name(other))))
        }
        None => Err(vm.type_error(format!("'{}' object can't be awaited", vm.type_name(iterator)))),
    }
}

/// The end of the asynchronous iterator is the default as the result.
fn or_default(vm: &Vm, op: Ref<PyAsyncGenOp>, raised: Raised) -> Raised {
    match vm.catch(raised, vm.types.stop_async_iteration) {
        Ok(_) => vm.stop_iteration(Some(op.argument.get_or_none())),
        Err(raised) => raised,
    }
}

fn next(vm: &Vm, op: Value) -> PyResult<Slot> {
    let Some(op) = op.downcast::<PyAsyncGenOp>() else { return Ok(None) };
    let iterator = iterator(vm, op)?;
    match vm.type_of(iterator).iternext() {
        Some(next) => next(vm, iterator).map_err(|raised| or_default(vm, op, raised)),
        // A `__next__` in Python: its StopIteration may have a value, which must stay.
        None => match vm.call_special(iterator, Special::Next, &[]) {
            Ok(v) => Ok(v),
            Err(raised) => Err(or_default(vm, op, raised)),
        },
    }
}

fn forward(vm: &Vm, op: Ref<PyAsyncGenOp>, method: &str, args: &[Value]) -> PyResult<Value> {
    let iterator = iterator(vm, op)?;
    vm.call_method(iterator, method, args).map_err(|raised| or_default(vm, op, raised))
}

fn send(vm: &Vm, op: Ref<PyAsyncGenOp>, value: Value) -> PyResult<Value> {
    forward(vm, op, "send", &[value])
}

fn throw(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    match args.get(0).downcast::<PyAsyncGenOp>() {
        Some(op) => forward(vm, op, "throw", args.rest),
        None => Err(vm.wrong_layout(ASYNC_GEN_OP, args.get(0))),
    }
}

fn close(vm: &Vm, op: Ref<PyAsyncGenOp>) -> PyResult<Value> {
    forward(vm, op, "close", &[])
}

pub static ANEXT_DEF: TypeDef = TypeDef {
    layout: Some(ASYNC_GEN_OP),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[
        method!("__iter__", 1, itself),
        method!("__await__", 1, itself),
        method!("send", 2, send)
            .doc("send(arg) -> send 'arg' into the wrapped iterator,\nreturn next yielded value or raise StopIteration."),
        method!("throw", "($self, /, *args)", throw).doc(
            "throw(value)\nthrow(typ[,val[,tb]])\n\nraise exception in the wrapped iterator, return next yielded value\n\
             or raise StopIteration.\nthe (type, val, tb) signature is deprecated, \n\
             and may be removed in a future version of Python.",
        ),
        method!("close", 1, close).doc("close() -> raise GeneratorExit inside generator."),
    ]],
    iternext: Some(next),
    ..TypeDef::new("anext_awaitable")
};
