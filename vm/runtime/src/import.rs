//! `import`: the native half. Finding and loading is `importlib._bootstrap`'s, as in CPython.

pub mod shadowing;
pub mod timing;

use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::dict::PyDict;
use crate::types::native_function::PyNativeFunction;
use crate::types::str::PyStr;
use crate::types::type_object::create;
use crate::value::Value;

/// Is this the builtin `__import__`?
pub fn is_builtin_import(vm: &Vm, v: Value) -> bool {
    let _ = vm;
    v.downcast::<PyNativeFunction>().is_some_and(|f| f.def().name == "__import__" && f.owner_type().is_none())
}

/// Key of `importlib._bootstrap` as it was started with, whatever a program puts in its place in `sys.modules`.
pub static BOOTSTRAP: [u8; 5] = [0; 5];

/// Key of the builtin `__import__`, by which importlib imports a package for its module, whatever a program puts in its place.
pub static IMPORT_FUNCTION: [u8; 6] = [0; 6];

fn import_function(vm: &Vm) -> PyResult<Value> {
    match vm.kept(&IMPORT_FUNCTION) {
        Some(function) => Ok(function),
        None => Err(vm.import_error("import machinery not initialized")),
    }
}

fn bootstrap(vm: &Vm) -> PyResult<Value> {
    match vm.kept(&BOOTSTRAP) {
        Some(module) => Ok(module),
        None => Err(vm.import_error("import machinery not initialized")),
    }
}

/// `__import__(name, globals, locals, fromlist, level)`.
pub fn import(vm: &Vm, name: Ref<PyStr>, globals: Value, fromlist: Value, level: Value) -> PyResult<Value> {
    let level = vm.to_i32(level)?;
    if level < 0 {
        return Err(vm.value_error("level must be >= 0"));
    }
    let absolute = if level > 0 {
        resolve(vm, name, globals, level)?
    } else {
        if name.is_empty() {
            return Err(vm.value_error("Empty module name"));
        }
        name
    };
    let module = import_absolute(vm, absolute)?;
    let wants_names = !fromlist.is_none() && vm.is_true(fromlist)?;
    if wants_names {
        // Submodules named in the list of a package are imported too.
        if vm.get_attr_opt(module, vm.names.__path__)?.is_some() {
            let bootstrap = bootstrap(vm)?;
            let handle = vm.get_attr_str(bootstrap, "_handle_fromlist")?;
            let args = [module, fromlist, import_function(vm)?];
            return vm.call(handle, &args).map_err(|raised| remove_import_frames(vm, raised));
        }
        return Ok(module);
    }
    // `import a.b` gives `a`.
    let text = name.to_lossy();
    let Some(dot) = text.find('.') else { return Ok(module) };
    if level == 0 {
        let front = vm.new_str(&text[..dot])?;
        return import_absolute(vm, vm.intern_str(front));
    }
    let cut = text.len() - dot;
    let absolute = absolute.to_lossy();
    let front = vm.new_str(&absolute[..absolute.len() - cut])?;
    match vm.modules.get_item(vm, front.value())? {
        Some(module) => Ok(module),
        None => Err(vm.key_error(front.value())),
    }
}

/// The module of an absolute name, loaded if it is not.
pub fn import_absolute(vm: &Vm, name: Ref<PyStr>) -> PyResult<Value> {
    let found = match vm.sys.get_str(vm, vm.names.modules).and_then(Value::downcast::<PyDict>) {
        Some(modules) => modules.get_item(vm, name.value())?,
        None => vm.modules.get_item(vm, name.value())?,
    };
    if let Some(module) = found
        && !module.is_none()
    {
        // Another thread may be loading it.
        if let Some(spec) = vm.get_attr_opt(module, vm.names.__spec__)?
            && !spec.is_none()
            && let Some(initializing) = vm.get_attr_opt(spec, vm.names.__initializing__)?
            && vm.is_true(initializing)?
        {
            let bootstrap = bootstrap(vm)?;
            vm.call_method(bootstrap, "_lock_unlock_module", &[name.value()])?;
        }
        timing::cached(vm, name);
        return Ok(module);
    }
    if vm.is_audited() {
        let get = |name: &str| Ok::<_, crate::Raised>(vm.sys.get_str(vm, vm.intern(name)?).unwrap_or(Value::NONE));
        let args = [name.value(), Value::NONE, get("path")?, get("meta_path")?, get("path_hooks")?];
        vm.audit("import", &args)?;
    }
    let bootstrap = bootstrap(vm)?;
    let find = vm.get_attr(bootstrap, vm.names.find_and_load)?;
    let import = import_function(vm)?;
    let timed = timing::begin(vm);
    let module = vm.call(find, &[name.value(), import]);
    timing::end(vm, timed, name);
    module.map_err(|raised| remove_import_frames(vm, raised))
}

/// The absolute name of a relative import.
fn resolve(vm: &Vm, name: Ref<PyStr>, globals: Value, level: i32) -> PyResult<Ref<PyStr>> {
    let Some(globals) = globals.downcast::<PyDict>() else { return Err(vm.type_error("globals must be a dict")) };
    let get = |key: Ref<PyStr>| globals.get_str(vm, key).filter(|v| !v.is_none());
    let package = get(vm.names.__package__);
    let spec = get(vm.names.__spec__);
    let package = match (package, spec) {
        (Some(package), _) => match package.downcast::<PyStr>() {
            Some(p) => p.to_lossy(),
            None => return Err(vm.type_error("package must be a string")),
        },
        (None, Some(spec)) => {
            let parent = vm.get_attr_str(spec, "parent")?;
            match parent.downcast::<PyStr>() {
                Some(p) => p.to_lossy(),
                None => return Err(vm.type_error("__spec__.parent must be a string")),
            }
        }
        (None, None) => {
            let Some(name) = get(vm.names.__name__) else {
                return Err(vm.raise_message(vm.types.key_error, "'__name__' not in globals"));
            };
            let Some(text) = name.downcast::<PyStr>() else { return Err(vm.type_error("__name__ must be a string")) };
            vm.warn(
                vm.types.import_warning,
                "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__",
                1,
            )?;
            let text = text.to_lossy();
            if get(vm.names.__path__).is_some() {
                text
            } else {
                text.rfind('.').map_or_else(String::new, |dot| text[..dot].to_owned())
            }
        }
    };
    if package.is_empty() {
        return Err(vm.import_error("attempted relative import with no known parent package"));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        match base.rfind('.') {
            Some(dot) => base = &base[..dot],
            None => return Err(vm.import_error("attempted relative import beyond top-level package")),
        }
    }
    if name.is_empty() {
        return vm.intern(base);
    }
    vm.intern(&format!("{base}.{}", name.to_lossy()))
}

impl Vm {
    /// Imports a module by its absolute name, which may have dots, and gives that module.
    pub fn import(&self, name: &str) -> PyResult<Value> {
        let name = self.intern(name)?;
        if let Some(module) = self.modules.get_item(self, name.value())?
            && !module.is_none()
        {
            return Ok(module);
        }
        import_absolute(self, name)
    }

    /// `module.attribute`, the module imported if it is not.
    pub fn import_attr(&self, module: &str, attribute: &str) -> PyResult<Value> {
        let module = self.import(module)?;
        self.get_attr_str(module, attribute)
    }

    /// A private name as a class body sees it.
    pub fn mangle(&self, class: &str, name: &str) -> String {
        create::mangle(class, name)
    }
}

/// Leaves the frames of the import machinery out of a traceback, as CPython does for what goes wrong in a module.
pub fn remove_import_frames(vm: &Vm, raised: crate::Raised) -> crate::Raised {
    use crate::types::code::PyCode;
    use crate::types::traceback::PyTraceback;
    let exception = vm.take_raised(raised);
    let always = vm.is_instance(exception.value(), vm.types.import_error);
    // Chunks of frames of `importlib._bootstrap` that end in a call of `_call_with_frames_removed` (or, for an
    // ImportError, any such chunk) go.
    let mut entries: Vec<(Ref<PyTraceback>, bool, bool)> = Vec::new();
    let mut at = exception.traceback().and_then(Value::downcast::<PyTraceback>);
    while let Some(tb) = at {
        let code = vm.get_attr_str(tb.frame(), "f_code").ok().and_then(Value::downcast::<PyCode>);
        let file = code.and_then(|c| c.filename_str()).map(|f| f.to_lossy()).unwrap_or_default();
        let name = code.and_then(|c| c.name_str()).map(|f| f.to_lossy()).unwrap_or_default();
        let machinery = file == "<frozen importlib._bootstrap>" || file == "<frozen importlib._bootstrap_external>";
        entries.push((tb, machinery, machinery && name == "_call_with_frames_removed"));
        at = tb.next();
    }
    let mut keep: Vec<Ref<PyTraceback>> = Vec::new();
    let mut i = 0;
    while i < entries.len() {
        if !entries[i].1 {
            keep.push(entries[i].0);
            i += 1;
            continue;
        }
        let start = i;
        while i < entries.len() && entries[i].1 {
            i += 1;
        }
        let removed = always || entries[start..i].iter().any(|e| e.2);
        if !removed {
            keep.extend(entries[start..i].iter().map(|e| e.0));
        }
    }
    let mut next: Option<Value> = None;
    for tb in keep.iter().rev() {
        PyTraceback::set_next(*tb, next);
        next = Some(tb.value());
    }
    exception.set_traceback(next);
    vm.reraise(exception)
}
