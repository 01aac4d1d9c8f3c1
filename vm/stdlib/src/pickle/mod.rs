//! `_pickle`: the pickler and unpickler, with CPython's opcodes and messages.
//!
//! [`pickler`] has the object that Python sees, [`save`] what is written for each type, [`reduce`] for objects by
//! `__reduce_ex__`, [`global`] for what is found by its name; [`output`] puts it into frames. [`unpickler`] is the object that
//! reads, [`input`] where from, [`load`] what each opcode does, [`build`] how objects are made. [`memo`] is what both remember
//! objects in; [`assigned`] the hooks that can be assigned to either.

mod assigned;
mod buffer;
mod build;
mod global;
mod input;
mod load;
mod memo;
mod opcodes;
mod output;
mod pickler;
mod reduce;
mod save;
mod unpickler;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use crate::exception_class::{Base, ExceptionClass};

pub use memo::{Indexes, drop_indexes};

static PICKLE_ERROR: ExceptionClass = ExceptionClass::new("_pickle", "PickleError", Base::Exception);
static PICKLING_ERROR: ExceptionClass = ExceptionClass::new("_pickle", "PicklingError", Base::Other(&PICKLE_ERROR));
static UNPICKLING_ERROR: ExceptionClass = ExceptionClass::new("_pickle", "UnpicklingError", Base::Other(&PICKLE_ERROR));

const HIGHEST_PROTOCOL: i64 = 5;
const DEFAULT_PROTOCOL: i64 = 5;

/// An attribute of a module of the library, looked up once: a dict or function that stays the same object.
fn library(vm: &Vm, key: &'static u8, module: &str, name: &str) -> PyResult<Value> {
    if let Some(found) = vm.kept(key) {
        return Ok(found);
    }
    let found = vm.import_attr(module, name)?;
    vm.keep(key, found);
    Ok(found)
}

/// The name of an object's class with its module, as the messages have it.
fn class_name(vm: &Vm, v: Value) -> String {
    vm.fully_qualified_name(vm.type_of(v))
}

/// Adds a note to an exception in flight.
fn with_note(vm: &Vm, raised: Raised, note: impl FnOnce() -> PyResult<String>) -> Raised {
    let exception = vm.take_raised(raised);
    let noted = note()
        .and_then(|note| vm.new_str(&note))
        .and_then(|note| vm.call_method(exception.value(), "add_note", &[note.value()]));
    if let Err(raised) = noted {
        vm.take_raised(raised);
    }
    vm.reraise(exception)
}

const FUNCTIONS: &[MethodDef] = &[
    method!("dump", "($module, /, obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)", pickler::dump)
        .doc(pickler::DUMP_DOC),
    method!("dumps", "($module, /, obj, protocol=None, *, fix_imports=True, buffer_callback=None)", pickler::dumps)
        .doc(pickler::DUMPS_DOC),
    method!(
        "load",
        "($module, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        unpickler::load
    )
    .doc(unpickler::LOAD_DOC),
    method!(
        "loads",
        "($module, data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
        unpickler::loads
    )
    .doc(unpickler::LOADS_DOC),
];

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    for class in [&PICKLE_ERROR, &PICKLING_ERROR, &UNPICKLING_ERROR] {
        m.add_type(vm, class.class(vm)?)?;
    }
    m.add_type(vm, vm.native_type(&pickler::DEF)?)?;
    m.add_type(vm, vm.native_type(&unpickler::DEF)?)?;
    m.add_type(vm, vm.native_type(&buffer::DEF)?)
}

pub static MODULE: ModuleDef =
    ModuleDef::new("_pickle", FUNCTIONS, init).doc("Optimized C implementation for the Python pickle module.");
