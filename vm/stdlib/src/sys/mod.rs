//! `sys`.

mod frames;
mod info;
mod module_names;
mod monitoring;
mod settings;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::exception::PyException;
use brolga_runtime::types::exception::display;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::{PyResult, Value, Vm, method};

/// What version of Python this is (`sys.version_info`).
pub const VERSION: (u32, u32, u32) = (3, 14, 10);
pub const VERSION_TEXT: &str = concat!("3.14.10 (Brolga ", env!("CARGO_PKG_VERSION"), ") [Rust]");

fn displayhook(vm: &Vm, v: Value) -> PyResult<()> {
    if v.is_none() {
        return Ok(());
    }
    let builtins = *vm.builtins;
    builtins.set_str(vm, vm.names.underscore, Value::NONE)?;
    let Some(out) = vm.sys.get_str(vm, vm.names.stdout).filter(|o| !o.is_none()) else {
        return Err(vm.runtime_error("lost sys.stdout"));
    };
    let text = vm.repr(v)?;
    if let Err(raised) = vm.call_method_name(out, vm.names.write, &[text.value()]) {
        // What the stream's encoding lacks is written with backslashes.
        vm.catch(raised, vm.types.unicode_encode_error)?;
        let encoding = vm.get_attr(out, vm.names.encoding)?;
        let how = vm.intern("backslashreplace")?.value();
        let bytes = vm.call_method(text.value(), "encode", &[encoding, how])?;
        let text = vm.call_method(bytes, "decode", &[encoding, vm.names.strict.value()])?;
        vm.call_method_name(out, vm.names.write, &[text])?;
    }
    vm.call_method_name(out, vm.names.write, &[vm.latin1_char(b'\n').value()])?;
    builtins.set_str(vm, vm.names.underscore, v)
}

fn excepthook(vm: &Vm, args: &brolga_runtime::object::Args<'_>) -> PyResult<()> {
    display::default_excepthook(vm, args.get(1), args.get(2))
}

fn unraisablehook(vm: &Vm, args: Value) -> PyResult<()> {
    brolga_runtime::types::exception::unraisable::default_hook(vm, args)
}

fn exc_info(vm: &Vm) -> PyResult<Value> {
    let none = Value::NONE;
    let items = match vm.handled_exception() {
        Some(e) => {
            let traceback = e.downcast::<PyException>().and_then(|e| e.traceback()).unwrap_or(none);
            [vm.type_of(e).value(), e, traceback]
        }
        None => [none, none, none],
    };
    Ok(vm.new_tuple(&items)?.value())
}

fn exception(vm: &Vm) -> Value {
    vm.handled_exception().unwrap_or(Value::NONE)
}

fn exit(vm: &Vm, args: &brolga_runtime::object::Args<'_>) -> PyResult<()> {
    let status = args.opt(0);
    let class = vm.types.system_exit.value();
    let made = match status {
        Some(v) if !v.is_none() => match v.downcast::<brolga_runtime::types::tuple::PyTuple>() {
            Some(t) => vm.call(class, t.as_slice())?,
            None => vm.call(class, &[v])?,
        },
        Some(v) => vm.call(class, &[v])?,
        None => vm.call(class, &[])?,
    };
    match made.downcast::<PyException>() {
        Some(e) => Err(vm.raise(e)),
        None => Ok(()),
    }
}

fn intern(vm: &Vm, s: Value) -> PyResult<Value> {
    match s.downcast::<brolga_runtime::types::str::PyStr>() {
        Some(s) if vm.exact_str(s.value()).is_some() => Ok(vm.intern_str(s).value()),
        Some(_) => Err(vm.type_error("can't intern str subclass instances")),
        None => Err(vm.type_error(format!("intern() argument must be str, not {}", vm.type_name(s)))),
    }
}

fn is_interned(_: &Vm, s: Value) -> bool {
    s.downcast::<brolga_runtime::types::str::PyStr>().is_some_and(|s| s.is_interned())
}

fn getsizeof(vm: &Vm, args: &brolga_runtime::object::Args<'_>) -> PyResult<Value> {
    let v = args.get(0);
    let found = match vm.call_special(v, brolga_runtime::state::names::Special::Sizeof, &[]) {
        Ok(found) => found,
        Err(raised) => match args.opt(1) {
            Some(default) => {
                vm.catch(raised, vm.types.type_error)?;
                return Ok(default);
            }
            None => return Err(raised),
        },
    };
    match found {
        Some(n) => Ok(n),
        None => args.opt(1).ok_or_else(|| vm.type_error(format!("Type {} doesn't define __sizeof__", vm.type_name(v)))),
    }
}

/// There are no reference counts.
/// CPython's immortal objects have this count.
const IMMORTAL: i64 = 3 << 30;

fn is_immortal(_: &Vm, v: Value) -> bool {
    match v.as_small_int() {
        Some(i) => (-5..=256).contains(&i),
        None => !v.is_obj() && v.as_f64().is_none(),
    }
}

fn getrefcount(vm: &Vm, v: Value) -> i64 {
    if is_immortal(vm, v) { IMMORTAL } else { 2 }
}

fn getdefaultencoding(_: &Vm) -> &'static str {
    "utf-8"
}

fn getfilesystemencodeerrors(_: &Vm) -> &'static str {
    "surrogateescape"
}

fn is_finalizing(vm: &Vm) -> bool {
    vm.finalizing.get()
}

fn breakpointhook(vm: &Vm, args: &brolga_runtime::object::Args<'_>) -> PyResult<Value> {
    let given = std::env::var("PYTHONBREAKPOINT").ok().filter(|v| !v.is_empty() && !vm.config.ignore_environment);
    let name = given.as_deref().unwrap_or("pdb.set_trace");
    if name == "0" {
        return Ok(Value::NONE);
    }
    let hook = match name.rsplit_once('.') {
        None => Some(("builtins", name)),
        Some(("", _)) => None,
        Some(parts) => Some(parts),
    };
    let hook = match hook.map(|(module, attribute)| Ok((vm.import(module)?, attribute))) {
        None => None,
        Some(Ok((module, attribute))) => match vm.get_attr_str(module, attribute) {
            Ok(hook) => Some(hook),
            Err(raised) => vm.catch(raised, vm.types.attribute_error).map(|_| None)?,
        },
        Some(Err(raised)) => vm.catch(raised, vm.types.import_error).map(|_| None)?,
    };
    let Some(hook) = hook else {
        vm.warn(vm.types.runtime_warning, &format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{name}\""), 0)?;
        return Ok(Value::NONE);
    };
    let kwargs = vm.new_dict()?;
    for (k, v) in args.kw.iter() {
        kwargs.set_item(vm, k, v)?;
    }
    vm.call_with_dict(hook, args.rest, Some(kwargs))
}

const FUNCTIONS: &[MethodDef] = &[
    method!("displayhook", 1, displayhook),
    method!("_baserepl", 0, crate::repl::base_repl).doc("Private function for getting the base REPL"),
    method!("__displayhook__", 1, displayhook),
    method!("excepthook", "($module, exctype, value, traceback, /)", excepthook),
    method!("__excepthook__", "($module, exctype, value, traceback, /)", excepthook),
    method!("unraisablehook", 1, unraisablehook),
    method!("__unraisablehook__", 1, unraisablehook),
    method!("breakpointhook", "($module, *args, **kwargs)", breakpointhook),
    method!("__breakpointhook__", "($module, *args, **kwargs)", breakpointhook),
    method!("exc_info", 0, exc_info),
    method!("exception", 0, exception),
    method!("exit", "($module, status=None, /)", exit),
    method!("intern", 1, intern),
    method!("_is_interned", 1, is_interned),
    method!("getsizeof", "($module, object, default=<unrepresentable>)", getsizeof),
    method!("getrefcount", 1, getrefcount),
    method!("_is_immortal", 1, is_immortal),
    method!("getdefaultencoding", 0, getdefaultencoding),
    method!("getfilesystemencoding", 0, getdefaultencoding),
    method!("getfilesystemencodeerrors", 0, getfilesystemencodeerrors),
    method!("is_finalizing", 0, is_finalizing),
    method!("audit", "($module, event, /, *args)", frames::audit),
    method!("addaudithook", "($module, hook)", frames::addaudithook),
    method!("_getframe", "($module, depth=0, /)", frames::getframe),
    method!("_getframemodulename", "($module, depth=0)", frames::getframemodulename),
    method!("_current_frames", 0, frames::current_frames),
    method!("_current_exceptions", 0, frames::current_exceptions),
    method!("settrace", 1, frames::settrace),
    method!("gettrace", 0, frames::gettrace),
    method!("setprofile", 1, frames::setprofile),
    method!("getprofile", 0, frames::getprofile),
    method!("_settraceallthreads", 1, frames::settraceallthreads),
    method!("_setprofileallthreads", 1, frames::setprofileallthreads),
    method!("call_tracing", 2, frames::call_tracing),
    method!("getrecursionlimit", 0, settings::getrecursionlimit),
    method!("setrecursionlimit", 1, settings::setrecursionlimit),
    method!("getswitchinterval", 0, settings::getswitchinterval),
    method!("setswitchinterval", 1, settings::setswitchinterval),
    method!("get_int_max_str_digits", 0, settings::get_int_max_str_digits),
    method!("set_int_max_str_digits", "($module, /, maxdigits)", settings::set_int_max_str_digits),
    method!("get_coroutine_origin_tracking_depth", 0, settings::get_origin_depth),
    method!("set_coroutine_origin_tracking_depth", "($module, /, depth)", settings::set_origin_depth),
    method!("get_asyncgen_hooks", 0, settings::get_asyncgen_hooks),
    method!("set_asyncgen_hooks", "($module, /, firstiter=None, finalizer=None)", settings::set_asyncgen_hooks),
    method!("_clear_internal_caches", 0, settings::nothing),
    method!("_clear_type_cache", 0, settings::nothing),
    method!("_clear_type_descriptors", 1, settings::clear_type_descriptors),
    method!("_get_cpu_count_config", 0, settings::cpu_count_config),
    method!("_is_gil_enabled", 0, settings::yes),
    method!("is_remote_debug_enabled", 0, settings::no),
    method!("activate_stack_trampoline", 1, settings::ignore),
    method!("deactivate_stack_trampoline", 0, settings::nothing),
    method!("is_stack_trampoline_active", 0, settings::no),
    method!("getallocatedblocks", 0, settings::zero),
    method!("getunicodeinternedsize", "($module, /, *, _only_immortal=False)", settings::zero_args),
];

fn init(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    m.add(vm, "monitoring", monitoring::MODULE.make(vm)?)?;
    settings::constants(vm, m)
}

pub static MODULE: ModuleDef = ModuleDef::new("sys", FUNCTIONS, init)
    .doc("This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.");

/// A list of strings.
pub fn string_list(vm: &Vm, items: &[String]) -> PyResult<Value> {
    let list = ValueVec::new();
    for item in items {
        list.push(vm, vm.new_str(item)?.value())?;
    }
    Ok(vm.new_list(list.as_slice())?.value())
}
