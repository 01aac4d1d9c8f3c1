//! IMPORT_NAME, IMPORT_FROM, and `from m import *`.

use crate::PyResult;
use crate::frame::Frame;
use crate::import::shadowing::Suspicion;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::dict::PyDict;
use crate::types::exception::{self, PyException};
use crate::types::module::PyModule;
use crate::types::str::PyStr;
use crate::value::Value;

/// IMPORT_NAME: calls `__import__`.
pub fn import_name(vm: &Vm, frame: &Frame, name: Ref<PyStr>, fromlist: Value, level: Value) -> PyResult<Value> {
    let Some(import) = super::globals::lookup_in(vm, frame.builtins.get(), vm.names.__import__)? else {
        return Err(vm.import_error("__import__ not found"));
    };
    let locals = frame.locals.get().unwrap_or(Value::NONE);
    if crate::import::is_builtin_import(vm, import) {
        return crate::import::import(vm, name, frame.globals.get(), fromlist, level);
    }
    vm.call(import, &[name.value(), frame.globals.get(), locals, fromlist, level])
}

/// IMPORT_FROM.
pub fn import_from(vm: &Vm, module: Value, name: Ref<PyStr>) -> PyResult<Value> {
    if let Some(found) = vm.get_attr_opt(module, name)? {
        return Ok(found);
    }
    // A circular import: the submodule may stand in sys.modules though its parent has no attribute for it yet.
    let package = vm.get_attr_opt(module, vm.names.__name__)?.and_then(Value::downcast::<PyStr>);
    if let Some(package) = package {
        let full = vm.new_str(&format!("{}.{}", package.to_lossy(), name.to_lossy()))?;
        if let Some(found) = vm.modules.get_item(vm, full.value())? {
            return Ok(found);
        }
    }
    Err(cannot_import(vm, module, package, name)?)
}

#[cold]
fn cannot_import(vm: &Vm, module: Value, package: Option<Ref<PyStr>>, name: Ref<PyStr>) -> PyResult<crate::Raised> {
    let package_text = package.map_or_else(|| "<unknown module name>".to_owned(), |p| p.to_lossy());
    let name_text = name.to_lossy();
    let spec = vm.get_attr_opt(module, vm.names.__spec__)?;
    let suspicion = Suspicion::new(vm, spec, package.map(Ref::value), name.value())?;
    // A builtin module's origin is no place.
    let file = match &suspicion.origin {
        Some(origin) => Some(vm.new_str(origin)?.value()),
        None => vm.get_attr_opt(module, vm.names.__file__)?.filter(|f| f.downcast::<PyStr>().is_some()),
    };
    let place = file.map_or_else(|| "unknown location".to_owned(), |f| vm.to_lossy(f));
    let quoted = file.map_or_else(|| Ok("None".to_owned()), |f| vm.repr_lossy(f))?;
    let message = if suspicion.shadows_library {
        format!(
            "cannot import name '{name_text}' from '{package_text}' (consider renaming {quoted} since it has the same name as the standard library module named '{package_text}' and prevents importing that standard library module)"
        )
    } else if suspicion.initializing && suspicion.shadows {
        format!(
            "cannot import name '{name_text}' from '{package_text}' (consider renaming {quoted} if it has the same name as a library you intended to import)"
        )
    } else if suspicion.initializing {
        format!(
            "cannot import name '{name_text}' from partially initialized module '{package_text}' (most likely due to a circular import) ({place})"
        )
    } else if suspicion.submodule {
        format!(
            "cannot access submodule '{name_text}' of module '{package_text}' (most likely due to a circular import)"
        )
    } else {
        format!("cannot import name '{name_text}' from '{package_text}' ({place})")
    };
    let raised = vm.import_error(message);
    if let Some(e) = vm.raised.get().and_then(Value::downcast::<PyException>) {
        e.set_extra(exception::IMPORT_NAME, package.map_or(Value::NONE, Ref::value));
        e.set_extra(exception::IMPORT_PATH, file.unwrap_or(Value::NONE));
        e.set_extra(exception::IMPORT_NAME_FROM, name.value());
    }
    Ok(raised)
}

/// INTRINSIC_IMPORT_STAR.
pub fn import_star(vm: &Vm, frame: &Frame, module: Value) -> PyResult<()> {
    let Some(locals) = frame.locals.get() else {
        return Err(vm.system_error("no locals found during 'import *'"));
    };
    let store = |name: Value, value: Value| match locals.downcast::<PyDict>() {
        Some(dict) => dict.set_item(vm, name, value),
        None => vm.set_item(locals, name, value),
    };
    if let Some(all) = vm.get_attr_opt(module, vm.names.__all__)? {
        return vm.for_each(all, |name| {
            let Some(text) = name.downcast::<PyStr>() else {
                let module_name =
                    vm.get_attr_opt(module, vm.names.__name__)?.map_or_else(String::new, |n| vm.to_lossy(n));
                return Err(
                    vm.type_error(format!("Item in {module_name}.__all__ must be str, not {}", vm.type_name(name)))
                );
            };
            let value = vm.get_attr(module, text)?;
            store(name, value)
        });
    }
    let dict = match module.downcast::<PyModule>().and_then(|m| m.dict()) {
        Some(dict) => dict,
        None => match vm.get_attr_opt(module, vm.names.__dict__)?.and_then(Value::downcast::<PyDict>) {
            Some(dict) => dict,
            None => return Err(vm.import_error("from-import-* object has no __dict__ and no __all__")),
        },
    };
    let mut position = 0;
    while let Some((name, value)) = dict.next_item(&mut position) {
        match name.downcast::<PyStr>() {
            Some(text) if text.char_at(0) == u32::from(b'_') => {}
            Some(_) => store(name, value)?,
            None => {
                let module_name =
                    vm.get_attr_opt(module, vm.names.__name__)?.map_or_else(String::new, |n| vm.to_lossy(n));
                return Err(
                    vm.type_error(format!("Key in {module_name}.__dict__ must be str, not {}", vm.type_name(name)))
                );
            }
        }
    }
    Ok(())
}
