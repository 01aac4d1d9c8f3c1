//! What a failed `from m import x` or `m.x` says about a module that may stand before the one that was meant: a script's
//! `random.py` beside it, or one that is still being imported.

use crate::PyResult;
use crate::state::Vm;
use crate::types::str::PyStr;
use crate::value::{Slot, Value};

/// Key of what the start put first on `sys.path`.
pub static SYS_PATH_0: [u8; 7] = [0; 7];

/// What is known of a module that lacks a name.
pub struct Suspicion {
    /// Its file, by its spec.
    pub origin: Option<String>,
    pub initializing: bool,
    /// It lies in the script's own folder.
    pub shadows: bool,
    /// ... and has a name of the standard library's.
    pub shadows_library: bool,
    /// The name is that of a submodule that is still being imported.
    pub submodule: bool,
}

impl Suspicion {
    /// Of the module with this spec, named `module`, about the name `name` in it.
    pub fn new(vm: &Vm, spec: Slot, module: Option<Value>, name: Value) -> PyResult<Suspicion> {
        let mut found =
            Suspicion { origin: None, initializing: false, shadows: false, shadows_library: false, submodule: false };
        let Some(spec) = spec.filter(|s| !s.is_none()) else { return Ok(found) };
        let truth = |attribute: &str| -> PyResult<bool> {
            match vm.get_attr_opt(spec, vm.intern(attribute)?)? {
                Some(v) => vm.is_true(v),
                None => Ok(false),
            }
        };
        if truth("has_location")?
            && let Some(origin) = vm.get_attr_opt(spec, vm.intern("origin")?)?
            && origin.downcast::<PyStr>().is_some()
        {
            found.origin = Some(vm.to_lossy(origin));
        }
        found.initializing = truth("_initializing")?;
        if let Some(uninitialized) = vm.get_attr_opt(spec, vm.intern("_uninitialized_submodules")?)? {
            found.submodule = vm.contains(uninitialized, name)?;
        }
        if let Some(origin) = &found.origin {
            found.shadows = lies_first(vm, origin);
        }
        if found.shadows
            && let Some(module) = module
            && let Some(library) = vm.sys.get_str(vm, vm.intern("stdlib_module_names")?)
            && (library.downcast::<crate::types::set::PySet>().is_some() || vm.is_instance(library, vm.types.frozenset))
        {
            found.shadows_library = vm.contains(library, module)?;
        }
        Ok(found)
    }
}

/// Is this file in the folder that the start put first on `sys.path`?
fn lies_first(vm: &Vm, origin: &str) -> bool {
    if vm.config.safe_path {
        return false;
    }
    let Some(first) = vm.kept(&SYS_PATH_0) else { return false };
    let Some((mut folder, file)) = origin.rsplit_once('/') else { return false };
    if file == "__init__.py" {
        match folder.rsplit_once('/') {
            Some((outer, _)) => folder = outer,
            None => return false,
        }
    }
    let first = vm.to_lossy(first);
    if first.is_empty() {
        return std::env::current_dir().is_ok_and(|here| here.to_string_lossy() == folder);
    }
    first == folder
}
