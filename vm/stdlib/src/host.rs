//! A program without access to the host: no files, processes, sockets, environment, signals.
//!
//! Some modules are not there, which programs find out as they would on a system that has not what they are for. Those that
//! the library can't do without (`posix`, `_signal`, `_locale`) refuse all that reaches outside with a PermissionError. What
//! is left of the outside: the standard streams, clocks, random bytes, threads, and memory as far as the heap's limit goes.

use std::borrow::Cow;

use brolga_runtime::PyResult;
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::state::start::Library;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::native_function::PyNativeFunction;
use brolga_runtime::value::Value;
use brolga_runtime::{Raised, method};

use crate::{MODULES, layouts};

/// Modules that are not there.
const ABSENT: &[&str] = &[
    "_ctypes",
    "_multiprocessing",
    "_posixshmem",
    "_posixsubprocess",
    "_socket",
    "_uuid",
    "faulthandler",
    "fcntl",
    "grp",
    "mmap",
    "pwd",
    "resource",
    "select",
    "termios",
];

/// Functions of closed modules that do not reach outside.
const HARMLESS: &[&str] = &[
    "WCOREDUMP",
    "WEXITSTATUS",
    "WIFCONTINUED",
    "WIFEXITED",
    "WIFSIGNALED",
    "WIFSTOPPED",
    "WSTOPSIG",
    "WTERMSIG",
    "_path_normpath",
    "_path_splitroot",
    "_path_splitroot_ex",
    "cpu_count",
    "default_int_handler",
    "device_encoding",
    "fspath",
    "getencoding",
    "getrandom",
    "getsignal",
    "isatty",
    "localeconv",
    "nl_langinfo",
    "register_at_fork",
    "strcoll",
    "strerror",
    "strsignal",
    "strxfrm",
    "urandom",
    "valid_signals",
    "waitstatus_to_exitcode",
];

/// What an interpreter is started with that has no access to the host; [`close`] does the rest when it has started.
pub fn closed_library() -> Library {
    let modules = MODULES.iter().filter(|def| !ABSENT.contains(&def.name));
    let modules = modules.map(|def| match def.name {
        "posix" => ModuleDef { init: closed_posix, ..**def },
        "_signal" => ModuleDef { init: closed_signal, ..**def },
        "_locale" => ModuleDef { init: closed_locale, ..**def },
        _ => **def,
    });
    Library { layouts: layouts::table(), modules: Cow::Owned(modules.collect()) }
}

/// From now on no file can be opened.
pub fn close(vm: &Vm) {
    vm.host_is_closed.set(true);
}

/// Raises where the program has no access to the host.
pub(crate) fn check(vm: &Vm) -> PyResult<()> {
    if vm.host_is_closed.get() { Err(refused(vm)) } else { Ok(()) }
}

#[cold]
fn refused(vm: &Vm) -> Raised {
    vm.os_error(libc::EPERM, None)
}

fn refuse(vm: &Vm, _: &Args<'_>) -> PyResult<Value> {
    Err(refused(vm))
}

static REFUSED: MethodDef = method!("refused", "($module, /, *args, **kwargs)", refuse);

/// Functions that reach outside give way to one that raises.
fn closed(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    let Some(dict) = module.dict() else { return Ok(()) };
    let mut position = 0;
    while let Some((name, value)) = dict.next_item(&mut position) {
        let Some(function) = value.downcast::<PyNativeFunction>() else { continue };
        if !HARMLESS.contains(&function.def().name) {
            let refused = PyNativeFunction::new_function(vm, &REFUSED, Some(module.value()), None)?;
            // The key is there: the dict's order stays.
            dict.set_item(vm, name, refused.value())?;
        }
    }
    Ok(())
}

fn closed_posix(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    (crate::posix::MODULE.init)(vm, module)?;
    module.add(vm, "environ", vm.new_dict()?)?;
    closed(vm, module)
}

fn closed_signal(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    (crate::signal::MODULE.init)(vm, module)?;
    closed(vm, module)
}

fn closed_locale(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    (crate::locale::MODULE.init)(vm, module)?;
    closed(vm, module)
}
