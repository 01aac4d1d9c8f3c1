//! `_csv`: tables as comma-separated text.

mod dialect;
mod reader;
mod writer;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::int;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use crate::exception_class::{Base, ExceptionClass};
use crate::object::named_arguments;

static ERROR: ExceptionClass = ExceptionClass::new("_csv", "Error", Base::Exception);
static DIALECTS: u8 = 0;
static LIMIT: u8 = 0;

/// The most characters of a field, at first.
const DEFAULT_LIMIT: i64 = 128 << 10;

fn error(vm: &Vm, message: impl AsRef<str>) -> Raised {
    ERROR.raise(vm, message)
}

/// The registered dialects by name.
fn dialects(vm: &Vm) -> PyResult<Ref<PyDict>> {
    if let Some(dict) = vm.kept(&DIALECTS).and_then(Value::downcast) {
        return Ok(dict);
    }
    let dict = vm.new_dict()?;
    vm.keep(&DIALECTS, dict.value());
    Ok(dict)
}

fn registered(vm: &Vm, name: Value) -> PyResult<Value> {
    dialects(vm)?.get_item(vm, name)?.ok_or_else(|| error(vm, "unknown dialect"))
}

fn limit(vm: &Vm) -> i64 {
    vm.kept(&LIMIT).and_then(int::to_i64).unwrap_or(DEFAULT_LIMIT)
}

fn field_size_limit(vm: &Vm, args: &Args<'_>) -> PyResult<i64> {
    let old = limit(vm);
    if let Some(new) = args.opt(0) {
        if vm.type_of(new) != vm.types.int {
            return Err(vm.type_error("limit must be an integer"));
        }
        let Some(new) = int::to_i64(new) else {
            return Err(vm.overflow_error("Python int too large to convert to C ssize_t"));
        };
        vm.keep(&LIMIT, vm.new_int(new)?);
    }
    Ok(old)
}

fn register_dialect(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (name, base) = one_or_two(vm, "register_dialect", args)?;
    if name.downcast::<PyStr>().is_none() {
        return Err(vm.type_error("dialect name must be a string"));
    }
    let dialect = dialect::make(vm, base, args)?;
    dialects(vm)?.set_item(vm, name, dialect.value())
}

fn unregister_dialect(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    match dialects(vm)?.remove(vm, args.get(0))? {
        Some(_) => Ok(()),
        None => Err(error(vm, "unknown dialect")),
    }
}

fn get_dialect(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    registered(vm, args.get(0))
}

fn list_dialects(vm: &Vm) -> PyResult<Ref<PyList>> {
    vm.list_from(dialects(vm)?.value())
}

/// The positional arguments of a function that takes one and perhaps a dialect.
fn one_or_two(vm: &Vm, function: &str, args: &Args<'_>) -> PyResult<(Value, Option<Value>)> {
    match args.rest {
        [one] => Ok((*one, None)),
        [one, two] => Ok((*one, Some(*two))),
        [] => Err(vm.type_error(format!("{function} expected at least 1 argument, got 0"))),
        many => Err(vm.type_error(format!("{function} expected at most 2 arguments, got {}", many.len()))),
    }
}

static FUNCTIONS: &[MethodDef] = &[
    method!("reader", "($module, /, *args, **fmtparams)", reader::make).doc(
        "Return a reader object that will process lines from the given iterable.\n\nThe \"iterable\" argument can be any \
         object that returns a line\nof input for each iteration, such as a file object or a list.  The\noptional \
         \"dialect\" argument defines a CSV dialect.  The function\nalso accepts optional keyword arguments which override \
         settings\nprovided by the dialect.\n\nThe returned object is an iterator.  Each iteration returns a row\nof the CSV \
         file (which can span multiple input lines).\n",
    ),
    method!("writer", "($module, /, *args, **fmtparams)", writer::make).doc(
        "Return a writer object that will write user data on the given file object.\n\nThe \"fileobj\" argument can be any \
         object that supports the file API.\nThe optional \"dialect\" argument defines a CSV dialect.  The function\nalso \
         accepts optional keyword arguments which override settings\nprovided by the dialect.\n",
    ),
    method!("list_dialects", 0, list_dialects).doc("Return a list of all known dialect names."),
    method!("register_dialect", "($module, /, *args, **fmtparams)", register_dialect).doc(
        "Create a mapping from a string name to a CVS dialect.\n\nThe optional \"dialect\" argument specifies the base \
         dialect instance\nor the name of the registered dialect.  The function also accepts\noptional keyword arguments \
         which override settings provided by the\ndialect.\n",
    ),
    method!("unregister_dialect", "($module, /, name)", unregister_dialect)
        .doc("Delete the name/dialect mapping associated with a string name."),
    method!("get_dialect", "($module, /, name)", get_dialect)
        .doc("Return the dialect instance associated with name."),
    method!("field_size_limit", "($module, /, new_limit=<unrepresentable>)", field_size_limit).doc(
        "Sets an upper limit on parsed fields.\n\nReturns old limit. If limit is not given, no new limit is set and\nthe old \
         limit is returned",
    ),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add(vm, "_dialects", dialects(vm)?)?;
    for (name, value) in dialect::QUOTINGS {
        module.add_int(vm, name, value)?;
    }
    module.add_type(vm, vm.native_type(&dialect::DEF)?)?;
    module.add(vm, "Reader", vm.native_type(&reader::DEF)?)?;
    module.add(vm, "Writer", vm.native_type(&writer::DEF)?)?;
    module.add(vm, "Error", ERROR.class(vm)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("_csv", FUNCTIONS, init).doc("CSV parsing and writing.\n");

/// The keyword arguments that name parts of a dialect.
const PARAMETERS: [&str; 9] = [
    "dialect",
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

fn parameters(vm: &Vm, args: &Args<'_>) -> PyResult<[Option<Value>; 9]> {
    named_arguments(vm, args, "this function", PARAMETERS, 0).map_err(|raised| without_brackets(vm, raised))
}

/// "this function() got ..." is not what a function without a name is called.
#[cold]
fn without_brackets(vm: &Vm, raised: Raised) -> Raised {
    let e = vm.take_raised(raised);
    match vm.str(e.value()) {
        Ok(text) => vm.type_error(text.to_lossy().replacen("this function()", "this function", 1)),
        Err(raised) => raised,
    }
}
