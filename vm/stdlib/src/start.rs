//! Python's own start-up, after the interpreter's: the modules that are there before any import, and the end.

use brolga_runtime::object::Ref;
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::{PyResult, Value, Vm};

/// Makes `sys`, `builtins`, and what they need.
pub fn start(vm: &Vm) -> PyResult<()> {
    for def in [&crate::sys::MODULE, &crate::builtins::MODULE] {
        let module = def.make(vm)?;
        // The runtime's own dicts of these modules exist already: they become the modules'.
        let own = if def.name == "sys" { *vm.sys } else { *vm.builtins };
        if let Some(dict) = module.dict() {
            let mut position = 0;
            while let Some((k, v)) = dict.next_item(&mut position) {
                own.set_item(vm, k, v)?;
            }
        }
        module.set_dict(own);
        vm.modules.set_item(vm, vm.intern(def.name)?.value(), module.value())?;
    }
    crate::signal::start(vm)?;
    crate::bootstrap::install(vm)?;
    crate::io::start(vm)?;
    if vm.config.faulthandler || vm.config.dev_mode {
        crate::faulthandler::start(vm)?;
    }
    crate::bootstrap::import_site(vm)?;
    if !vm.config.warn_options.is_empty() {
        // It is the module that reads the options, in time for what native code warns of.
        vm.import("warnings")?;
    }
    Ok(())
}

/// The interpreter is about to go: what the process's own state knows of it is forgotten.
pub fn forget(vm: &Vm) {
    crate::signal::forget(vm);
    crate::faulthandler::forget(vm);
}

/// `__main__`, made if there is none.
pub fn main_module(vm: &Vm) -> PyResult<Ref<PyModule>> {
    let name = vm.names.__main__.value();
    if let Some(m) = vm.modules.get_item(vm, name)?.and_then(Value::downcast::<PyModule>) {
        return Ok(m);
    }
    let module = PyModule::new(vm, "__main__", None)?;
    if let Some(builtins) = vm.modules.get_item(vm, vm.names.builtins.value())? {
        PyModule::set(module, vm, "__builtins__", builtins)?;
    }
    vm.modules.set_item(vm, name, module.value())?;
    Ok(module)
}

/// Puts a folder first on `sys.path`.
pub fn prepend_path(vm: &Vm, folder: &str) -> PyResult<()> {
    if vm.config.safe_path {
        return Ok(());
    }
    if let Some(path) = vm.sys.get_str(vm, vm.names.path).and_then(Value::downcast::<PyList>) {
        let folder = vm.new_str(folder)?.value();
        vm.keep(&brolga_runtime::import::shadowing::SYS_PATH_0, folder);
        path.insert(vm, 0, folder)?;
    }
    Ok(())
}

/// Does the file begin or end as a zip file does?
pub fn is_zip(file: &std::path::Path) -> bool {
    file.extension().is_some_and(|e| e == "zip" || e == "pyz")
}

/// The code object, if these are the bytes of a .pyc file.
pub fn read_pyc(vm: &Vm, data: &[u8]) -> PyResult<Option<Ref<PyCode>>> {
    if !data.starts_with(&brolga_bytecode::pyc::MAGIC) || data.len() < 16 {
        return Ok(None);
    }
    let (value, _) = brolga_runtime::marshal::load(vm, &data[16..], brolga_runtime::marshal::Trust::Foreign, true)?;
    Ok(value.downcast())
}

/// Has a stream been closed? What goes wrong with the question means no.
fn is_closed(vm: &Vm, stream: Value) -> bool {
    let closed = vm.get_attr_str(stream, "closed").and_then(|closed| vm.is_true(closed));
    closed.unwrap_or_else(|raised| {
        vm.take_raised(raised);
        false
    })
}

/// Python's end: waits for threads, runs `atexit`'s functions and finalizers, flushes files and the standard streams. The exit status,
/// or 120 when a standard stream could not be flushed.
pub fn shut_down(vm: &Vm, status: i32) -> i32 {
    let mut status = status;
    if let Ok(Some(threading)) = vm.intern("threading").and_then(|name| vm.modules.get_item(vm, name.value()))
        && let Err(raised) = vm.call_method(threading, "_shutdown", &[])
    {
        vm.write_unraisable(raised, threading, None);
    }
    if let Err(raised) = crate::atexit::run(vm) {
        vm.write_unraisable(raised, Value::NONE, None);
    }
    vm.finalizing.set(true);
    // CPython comes to the same by taking the modules apart; here their names stay, so that each finds what it needs.
    vm.finalize_at_exit();
    crate::io::flush_all(vm);
    for name in [vm.names.stdout, vm.names.stderr] {
        let Some(stream) = vm.sys.get_str(vm, name).filter(|s| !s.is_none()) else { continue };
        if is_closed(vm, stream) {
            continue;
        }
        if let Err(raised) = vm.call_method_name(stream, vm.names.flush, &[]) {
            vm.write_unraisable(raised, stream, None);
            status = 120;
        }
    }
    crate::io::flush_all(vm);
    status
}
