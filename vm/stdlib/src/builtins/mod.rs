//! `builtins`: the functions. (The classes are the runtime's.)

mod build_class;
pub mod code;
pub mod functions;
mod print;
mod reduce;

use brolga_runtime::interp::calls;
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::Ref;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::{PyResult, Value, Vm, method};

const FUNCTIONS: &[brolga_runtime::object::MethodDef] = &[
    method!("__build_class__", "($module, func, name, /, *bases, metaclass=None, **kwds)", build_class::build_class),
    method!("__import__", "($module, name, globals=None, locals=None, fromlist=(), level=0)", functions::import),
    method!("abs", 1, functions::abs).doc("Return the absolute value of the argument."),
    method!("aiter", 1, functions::aiter),
    method!("all", 1, reduce::all).doc(
        "Return True if bool(x) is True for all values x in the iterable.\n\nIf the iterable is empty, return True.",
    ),
    method!("anext", "($module, aiterator, default=<unrepresentable>, /)", functions::anext),
    method!("any", 1, reduce::any)
        .doc("Return True if bool(x) is True for any x in the iterable.\n\nIf the iterable is empty, return False."),
    method!("ascii", 1, functions::ascii),
    method!("bin", 1, functions::bin).doc("Return the binary representation of an integer.\n\n   >>> bin(2796202)\n   '0b1010101010101010101010'"),
    method!("breakpoint", "($module, *args, **kws)", functions::breakpoint),
    method!("callable", 1, functions::callable),
    method!("chr", 1, functions::chr),
    method!(
        "compile",
        "($module, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        code::compile
    ),
    method!("delattr", 2, functions::delattr),
    method!("dir", "($module, object=<unrepresentable>, /)", functions::dir),
    method!("divmod", 2, functions::divmod),
    method!("eval", "($module, source, /, globals=None, locals=None)", code::eval),
    method!("exec", "($module, source, /, globals=None, locals=None, *, closure=None)", code::exec),
    method!("format", "($module, value, format_spec='', /)", functions::format),
    method!("getattr", "($module, object, name, default=<unrepresentable>, /)", functions::getattr),
    method!("globals", 0, functions::globals),
    method!("hasattr", 2, functions::hasattr),
    method!("hash", 1, functions::hash),
    method!("hex", 1, functions::hex).doc("Return the hexadecimal representation of an integer.\n\n   >>> hex(12648430)\n   '0xc0ffee'"),
    method!("id", 1, functions::id),
    method!("input", "($module, prompt='', /)", print::input),
    method!("isinstance", 2, functions::isinstance),
    method!("issubclass", 2, functions::issubclass),
    method!("iter", "($module, object, sentinel=<unrepresentable>, /)", functions::iter),
    method!("len", 1, functions::len).doc("Return the number of items in a container."),
    method!("locals", 0, functions::locals),
    method!("max", "($module, *args, key=None, default=<unrepresentable>)", reduce::max).doc("max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a single iterable argument, return its biggest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the largest argument."),
    method!("min", "($module, *args, key=None, default=<unrepresentable>)", reduce::min).doc("min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a single iterable argument, return its smallest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the smallest argument."),
    method!("next", "($module, iterator, default=<unrepresentable>, /)", functions::next),
    method!("oct", 1, functions::oct).doc("Return the octal representation of an integer.\n\n   >>> oct(342391)\n   '0o1234567'"),
    method!("ord", 1, functions::ord),
    method!("pow", "($module, base, exp, mod=None)", functions::pow),
    method!("print", "($module, *args, sep=' ', end='\\n', file=None, flush=False)", print::print)
        .doc("Prints the values to a stream, or to sys.stdout by default."),
    method!("repr", 1, functions::repr),
    method!("round", "($module, number, ndigits=None)", functions::round),
    method!("setattr", 3, functions::setattr),
    method!("sorted", "($module, iterable, /, *, key=None, reverse=False)", reduce::sorted),
    method!("sum", "($module, iterable, /, start=0)", reduce::sum),
    method!("vars", "($module, object=<unrepresentable>, /)", functions::vars),
];

/// The classes that are builtins under their own names.
fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    let hidden = [
        "NoneType",
        "NotImplementedType",
        "ellipsis",
        "function",
        "method",
        "builtin_function_or_method",
        "generator",
        "coroutine",
        "async_generator",
        "module",
        "mappingproxy",
        "SimpleNamespace",
        "frame",
        "code",
        "traceback",
        "cell",
        "FrameLocalsProxy",
        "NoDefaultType",
    ];
    let public = |name: &str| {
        !hidden.contains(&name)
            && (name.chars().next().is_some_and(char::is_uppercase)
                || matches!(
                    name,
                    "_IncompleteInputError"
                        | "bool"
                        | "bytearray"
                        | "bytes"
                        | "classmethod"
                        | "complex"
                        | "dict"
                        | "enumerate"
                        | "filter"
                        | "float"
                        | "frozenset"
                        | "int"
                        | "list"
                        | "map"
                        | "memoryview"
                        | "object"
                        | "property"
                        | "range"
                        | "reversed"
                        | "set"
                        | "slice"
                        | "staticmethod"
                        | "str"
                        | "super"
                        | "tuple"
                        | "type"
                        | "zip"
                ))
    };
    vm.types.each(|t| {
        let in_builtins = t.native_def().is_some_and(|d| d.module == "builtins");
        if in_builtins && public(&t.name()) { module.add(vm, &t.name(), t) } else { Ok(()) }
    })?;
    for (name, value) in [
        ("None", Value::NONE),
        ("Ellipsis", Value::ELLIPSIS),
        ("NotImplemented", Value::NOT_IMPLEMENTED),
        ("False", Value::FALSE),
        ("True", Value::TRUE),
        ("__debug__", Value::from_bool(vm.config.optimize == 0)),
        ("EnvironmentError", vm.types.os_error.value()),
        ("IOError", vm.types.os_error.value()),
    ] {
        module.add(vm, name, value)?;
    }
    match module.dict() {
        Some(dict) => calls::keep_common_constants(vm, dict),
        None => Ok(()),
    }
}

pub static MODULE: ModuleDef = ModuleDef::new("builtins", FUNCTIONS, init).doc(
    "Built-in functions, types, exceptions, and other objects.\n\nThis module provides direct access to all 'built-in'\nidentifiers of Python; for example, builtins.len is\nthe full name for the built-in function len().\n\nThis module is not normally accessed explicitly by most\napplications, but can be useful in modules that provide\nobjects with the same name as a builtin and need to\nprovide the builtin of that name.",
);
