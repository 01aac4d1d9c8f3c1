//! The import machinery's start: `importlib._bootstrap` and `_bootstrap_external` are run from the library in the
//! binary, and get `sys` and `_imp`, in the order of CPython's `importlib._install`.

use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;

use crate::builtins::code::run_code;
use crate::library;

/// Makes `import` work. `sys` and `builtins` are in `sys.modules` already.
pub fn install(vm: &Vm) -> PyResult<()> {
    vm.source_hook.set(Some(library::source_line));
    vm.described.set(library::DESCRIBED);
    set_paths(vm)?;
    let sys = loaded(vm, "sys")?;
    let imp = crate::imp::MODULE.make(vm)?;
    add_module(vm, "_imp", imp)?;
    let frozen = run_frozen(vm, "_frozen_importlib", "importlib/_bootstrap")?;
    vm.keep(&brolga_runtime::import::BOOTSTRAP, frozen.value());
    if let Some(import) = vm.builtins.get_str(vm, vm.intern("__import__")?) {
        vm.keep(&brolga_runtime::import::IMPORT_FUNCTION, import);
    }
    vm.call_method(frozen.value(), "_install", &[sys, imp.value()])?;
    vm.call_method(frozen.value(), "_install_external_importers", &[])?;
    if vm.config.home.is_none() {
        let embedded = vm.import("_embedded_library")?;
        vm.call_method(embedded, "_install", &[])?;
    }
    install_zipimport(vm)
}

/// `zipimport`'s hook comes first in `sys.path_hooks`. The embedded library's own hook stands in for it until a path
/// entry that is a file asks for it, since it costs more than all the rest.
fn install_zipimport(vm: &Vm) -> PyResult<()> {
    if vm.config.home.is_none() {
        return Ok(());
    }
    if let Some(hooks) = vm.sys.get_str(vm, vm.intern("path_hooks")?)
        && let Ok(importer) = vm.import_attr("zipimport", "zipimporter")
    {
        vm.call_method(hooks, "insert", &[Value::from_i32(0), importer])?;
    }
    Ok(())
}

/// What comes after the streams: `site`, unless `-S`.
pub fn import_site(vm: &Vm) -> PyResult<()> {
    if vm.config.no_site {
        return Ok(());
    }
    if let Err(raised) = vm.import("site").and_then(|site| vm.call_method(site, "main", &[])) {
        // Programs that do without it run all the same.
        let exception = vm.take_raised(raised);
        if vm.config.verbose > 0 {
            brolga_runtime::types::exception::display::report_uncaught(vm, exception);
        }
    }
    Ok(())
}

fn loaded(vm: &Vm, name: &str) -> PyResult<Value> {
    match vm.modules.get_item(vm, vm.intern(name)?.value())? {
        Some(module) => Ok(module),
        None => Err(vm.import_error(format!("no {name} module"))),
    }
}

fn add_module(vm: &Vm, name: &str, module: Ref<PyModule>) -> PyResult<()> {
    vm.modules.set_item(vm, vm.intern(name)?.value(), module.value())
}

/// `sys._stdlib_dir`, `path`, and the empty containers that the import machinery fills.
fn set_paths(vm: &Vm) -> PyResult<()> {
    let stdlib = match &vm.config.home {
        Some(home) => format!("{}/lib/python3.14", home.trim_end_matches('/')),
        None => library::DIR.to_owned(),
    };
    let path = vm.new_list(&[])?;
    for entry in &vm.config.path {
        path.push(vm, vm.new_str(entry)?.value())?;
    }
    path.push(vm, vm.new_str(&stdlib)?.value())?;
    let stdlib = vm.new_str(&stdlib)?.value();
    let values = [
        ("path", path.value()),
        ("_stdlib_dir", stdlib),
        ("meta_path", vm.new_list(&[])?.value()),
        ("path_hooks", vm.new_list(&[])?.value()),
        ("path_importer_cache", vm.new_dict()?.value()),
        ("modules", vm.modules.value()),
    ];
    for (name, value) in values {
        vm.sys.set_str(vm, vm.intern(name)?, value)?;
    }
    Ok(())
}

/// Runs a frozen module before there is an importer.
fn run_frozen(vm: &Vm, name: &str, key: &str) -> PyResult<Ref<PyModule>> {
    let Some(found) = library::module(key) else {
        return Err(vm.import_error(format!("no frozen module {name}")));
    };
    let code = found.code(vm)?;
    let module = PyModule::new(vm, name, None)?;
    add_module(vm, name, module)?;
    let dict = PyModule::dict_or_make(module, vm)?;
    dict.set_str(vm, vm.names.__builtins__, loaded(vm, "builtins")?)?;
    // `_fix_up_module` takes it from here.
    dict.set_name(vm, "__origname__", vm.intern("importlib._bootstrap")?.value())?;
    run_code(vm, code, dict, dict.value(), None)?;
    Ok(module)
}
