//! One Python.

use brolga_compiler::{Mode, Source};
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm as State;
use brolga_runtime::state::start::Interpreter;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised};
use brolga_stdlib::builtins::code::{compile_source, run_code};

use super::builder::{Builder, Host};
use super::convert::{Arguments, ToPython};
use super::error::Error;
use super::limits::InterruptHandle;
use super::object::Object;

/// One Python: modules, heap, threads. It belongs to the thread that built it.
///
/// What [`exec`](Vm::exec) and [`eval`](Vm::eval) run has the module `__main__` as its globals. When the VM is dropped
/// Python ends as a program does: threads are waited for (daemon threads are not), functions of `atexit` and finalizers
/// run, files are flushed.
pub struct Vm {
    interpreter: Interpreter,
}

impl Vm {
    /// A VM with the standard library, hot code compiled, and no bounds.
    pub fn new() -> Result<Vm, Error> {
        Vm::builder().build()
    }

    /// See [`Builder`].
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(super) fn of(interpreter: Interpreter) -> Vm {
        Vm { interpreter }
    }

    /// Python's own start-up.
    pub(super) fn start(&self, fuel: Option<u64>, host: Host) -> Result<(), Error> {
        self.run(brolga_stdlib::start)?;
        if host == Host::None {
            brolga_stdlib::host::close(self.state());
        }
        if let Some(fuel) = fuel {
            self.state().meter.begin(fuel);
        }
        Ok(())
    }

    pub(super) fn state(&self) -> &State {
        self.interpreter.vm()
    }

    /// Runs what may raise.
    pub(super) fn run<T>(&self, f: impl FnOnce(&State) -> PyResult<T>) -> Result<T, Error> {
        let state = self.state();
        let result = f(state);
        // (A call within another, from a function that Python has called, leaves the end of a stop to that one.)
        let stop = if state.frame.get().is_null() { state.end_stop() } else { None };
        match (result, stop) {
            (Ok(value), None) => Ok(value),
            (Ok(_), Some(stop)) => Err(Error::stopped(stop, String::new())),
            (Err(raised), stop) => Err(Error::of(state, state.take_raised(raised), stop)),
        }
    }

    /// Keeps a value alive.
    pub(super) fn hold(&self, value: Value) -> Result<Object<'_>, Error> {
        match self.state().handles.hold(value) {
            Some(number) => Ok(Object::of(self, number)),
            None => Err(self.no_memory()),
        }
    }

    pub(super) fn no_memory(&self) -> Error {
        let raised: Raised = self.state().memory_error();
        Error::of(self.state(), self.state().take_raised(raised), None)
    }

    /// What [`run`](Vm::run) gives, kept alive.
    pub(super) fn run_object(&self, f: impl FnOnce(&State) -> PyResult<Value>) -> Result<Object<'_>, Error> {
        let value = self.run(f)?;
        self.hold(value)
    }

    /// Runs statements.
    pub fn exec(&self, source: &str) -> Result<(), Error> {
        self.exec_as(source, "<string>")
    }

    /// Runs statements; tracebacks name them so.
    pub fn exec_as(&self, source: &str, name: &str) -> Result<(), Error> {
        self.run(|state| self.run_source(state, source, name, Mode::Exec)).map(|_| ())
    }

    /// The value of an expression.
    pub fn eval(&self, expression: &str) -> Result<Object<'_>, Error> {
        self.run_object(|state| self.run_source(state, expression.trim_start(), "<string>", Mode::Eval))
    }

    fn run_source(&self, state: &State, source: &str, name: &str, mode: Mode) -> PyResult<Value> {
        let globals = globals(state)?;
        let code = compile_source(state, Source::Text(source), name, mode, 0, None)?;
        run_code(state, code, globals, globals.value(), None)
    }

    /// A variable of `__main__`, or a builtin; NameError where there is none.
    pub fn get(&self, name: &str) -> Result<Object<'_>, Error> {
        self.run_object(|state| {
            let key = state.new_str(name)?.value();
            let found = match globals(state)?.get_item(state, key)? {
                Some(value) => Some(value),
                None => state.builtins.get_item(state, key)?,
            };
            found.ok_or_else(|| {
                let message = state.new_str(&format!("name '{name}' is not defined"));
                message.map_or_else(|raised| raised, |m| state.raise_args(state.types.name_error, &[m.value()]))
            })
        })
    }

    /// Sets a variable of `__main__`.
    pub fn set(&self, name: &str, value: impl ToPython) -> Result<(), Error> {
        let value = value.to_python(self)?;
        self.run(|state| globals(state)?.set_item(state, state.intern(name)?.value(), value.value()))
    }

    /// Calls what a variable of `__main__`, or a builtin, is.
    pub fn call(&self, name: &str, arguments: impl Arguments) -> Result<Object<'_>, Error> {
        let callable = self.get(name)?;
        let called = callable.call(arguments)?;
        // (It borrows from the VM, not from the handle of what was called.)
        self.hold(called.value())
    }

    /// Imports a module.
    pub fn import(&self, name: &str) -> Result<Object<'_>, Error> {
        self.run_object(|state| {
            state.import(name)?;
            let key = state.new_str(name)?.value();
            match state.modules.get_item(state, key)? {
                Some(module) => Ok(module),
                None => Err(state.import_error(format!("no module named {name}"))),
            }
        })
    }

    /// A Python value made of a Rust value.
    pub fn object(&self, value: impl ToPython) -> Result<Object<'_>, Error> {
        value.to_python(self)
    }

    /// Interrupts or stops what runs, from any thread.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        InterruptHandle(self.state().requests())
    }

    /// Bytecodes that have run so far, where they are counted ([`Builder::fuel`]).
    pub fn fuel_used(&self) -> u64 {
        self.state().meter.used()
    }

    /// Bytecodes that may still run.
    pub fn fuel_left(&self) -> u64 {
        self.state().meter.remaining()
    }

    /// Adds fuel.
    pub fn add_fuel(&self, bytecodes: u64) {
        if self.state().meter.is_on() {
            self.state().meter.add(bytecodes);
        }
    }

    /// Bytes that the heap has in use.
    pub fn memory_used(&self) -> usize {
        self.state().heap.used_bytes()
    }

    /// Collects garbage, and runs the finalizers of what was found.
    pub fn collect_garbage(&self) {
        self.state().collect_garbage();
    }
}

/// The namespace of `__main__`.
fn globals(state: &State) -> PyResult<Ref<PyDict>> {
    match brolga_stdlib::main_module(state)?.dict() {
        Some(globals) => Ok(globals),
        None => Err(state.system_error("__main__ has no namespace")),
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        let state = self.state();
        state.end_stop();
        brolga_stdlib::shut_down(state, 0);
        brolga_stdlib::forget(state);
    }
}
