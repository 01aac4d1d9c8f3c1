//! `_asyncio`: futures and tasks, and which event loop and task a thread runs.
//!
//! [`future`] has the object that both are, [`task`] what a task adds, [`step`] how a task's coroutine is driven, [`awaiting`]
//! the iterator behind `await future`, and [`registry`] the loop, the current task and all tasks.

mod awaiting;
mod future;
mod registry;
mod step;
mod task;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::exception::PyException;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};

pub use future::Future;

/// An attribute of a module of the library, looked up once.
fn library(vm: &Vm, key: &'static u8, module: &str, name: &str) -> PyResult<Value> {
    if let Some(found) = vm.kept(key) {
        return Ok(found);
    }
    let found = vm.import_attr(module, name)?;
    vm.keep(key, found);
    Ok(found)
}

static CANCELLED_ERROR: u8 = 0;
static INVALID_STATE_ERROR: u8 = 0;

fn exception_class(vm: &Vm, key: &'static u8, name: &str) -> PyResult<Ref<PyType>> {
    let class = library(vm, key, "asyncio.exceptions", name)?;
    class.downcast().ok_or_else(|| vm.type_error(format!("asyncio.exceptions.{name} is no class")))
}

fn cancelled_error(vm: &Vm) -> PyResult<Ref<PyType>> {
    exception_class(vm, &CANCELLED_ERROR, "CancelledError")
}

/// Makes an exception by calling its class.
fn make_exception(vm: &Vm, class: Ref<PyType>, args: &[Value]) -> PyResult<Ref<PyException>> {
    let made = vm.call(class.value(), args)?;
    made.downcast().ok_or_else(|| vm.type_error("calling an exception class gave no exception"))
}

fn invalid_state(vm: &Vm, message: &str) -> Raised {
    let class = match exception_class(vm, &INVALID_STATE_ERROR, "InvalidStateError") {
        Ok(class) => class,
        Err(raised) => return raised,
    };
    let made = vm.new_str(message).and_then(|text| make_exception(vm, class, &[text.value()]));
    made.map_or_else(|raised| raised, |e| vm.raise(e))
}

static CONTEXT_KEYWORD: u8 = 0;
static MSG_KEYWORD: u8 = 0;

/// The names of the keyword arguments of a call that has one.
fn keyword(vm: &Vm, key: &'static u8, name: &str) -> PyResult<Ref<PyTuple>> {
    if let Some(names) = vm.kept(key).and_then(Value::downcast) {
        return Ok(names);
    }
    let names = vm.new_tuple(&[vm.intern(name)?.value()])?;
    vm.keep(key, names.value());
    Ok(names)
}

/// `loop.call_soon(callback, *args, context=context)`.
fn call_soon(vm: &Vm, event_loop: Value, callback: Value, arg: Option<Value>, context: Value) -> PyResult<()> {
    let names = keyword(vm, &CONTEXT_KEYWORD, "context")?;
    let (method, unbound) = vm.get_method(event_loop, vm.names.call_soon)?;
    let mut args = [event_loop, callback, Value::NONE, Value::NONE];
    let mut count = 2;
    for value in arg.into_iter().chain([context]) {
        args[count] = value;
        count += 1;
    }
    vm.call_kw(method, &args[usize::from(!unbound)..count], Some(names)).map(|_| ())
}

/// `object.cancel(msg=message)`, as a truth value.
fn call_cancel(vm: &Vm, object: Value, message: Value) -> PyResult<bool> {
    let names = keyword(vm, &MSG_KEYWORD, "msg")?;
    let done = vm.call_method_kw(object, "cancel", &[message], Some(names))?;
    vm.is_true(done)
}

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    m.add_type(vm, future::class(vm)?)?;
    m.add_type(vm, task::class(vm)?)
}

pub static MODULE: ModuleDef =
    ModuleDef::new("_asyncio", registry::FUNCTIONS, init).doc("Accelerator module for asyncio");
