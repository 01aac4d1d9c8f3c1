//! `_imp`: what `importlib` asks of the virtual machine.

use brolga_bytecode::pyc;
use brolga_runtime::marshal::{self, Trust};
use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::code::PyCode;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use crate::library::{self, Module};
use crate::thread::rlock::{self, PyRLock};

/// Where the import lock is kept.
static IMPORT_LOCK: u8 = 0;

fn import_lock(vm: &Vm) -> PyResult<Ref<PyRLock>> {
    if let Some(lock) = vm.kept(&IMPORT_LOCK).and_then(Value::downcast) {
        return Ok(lock);
    }
    let lock = rlock::new_lock(vm)?;
    vm.keep(&IMPORT_LOCK, lock.value());
    Ok(lock)
}

fn acquire_lock(vm: &Vm) -> PyResult<()> {
    rlock::acquire_forever(vm, import_lock(vm)?)
}

fn release_lock(vm: &Vm) -> PyResult<()> {
    let lock = import_lock(vm)?;
    if !lock.is_owned(vm) {
        return Err(vm.runtime_error("not holding the import lock"));
    }
    rlock::release(vm, lock)
}

fn lock_held(vm: &Vm) -> PyResult<bool> {
    Ok(import_lock(vm)?.is_locked())
}

/// A frozen module under one name: the module, and the name it was made from.
struct Frozen {
    module: &'static Module,
    origin: String,
}

/// Frozen modules with names of their own.
const ALIASES: &[(&str, &str)] = &[
    ("_frozen_importlib", "importlib/_bootstrap"),
    ("_frozen_importlib_external", "importlib/_bootstrap_external"),
    ("__hello_alias__", "__hello__"),
];

fn find(vm: &Vm, name: &str) -> Option<Frozen> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, key)| *key);
    // The originals are only known by their aliases, as in CPython.
    let key = match alias {
        Some(key) => key.to_owned(),
        None if ALIASES.iter().any(|(_, key)| key.starts_with("importlib/_") && key.replace('/', ".") == name) => {
            return None;
        }
        None => name.replace('.', "/"),
    };
    // With PYTHONHOME the rest of the library comes from there, and its frozen part with it, but for the machinery.
    if vm.config.home.is_some() && alias.is_none() && key != "zipimport" {
        return None;
    }
    let module = library::module(&key).filter(|m| m.frozen && !(name.contains('/')))?;
    Some(Frozen { module, origin: module.name() })
}

fn name_text(vm: &Vm, v: Value, function: &str) -> PyResult<String> {
    match v.downcast::<PyStr>() {
        Some(s) => Ok(s.to_lossy()),
        None => Err(vm.type_error(format!("{function}() argument must be str, not {}", vm.type_name(v)))),
    }
}

fn no_frozen(vm: &Vm, name: &str) -> Raised {
    named_import_error(vm, &format!("No such frozen object named {name}"), name, None)
}

/// ImportError with its `name` and `path`.
fn named_import_error(vm: &Vm, message: &str, name: &str, path: Option<Value>) -> Raised {
    let make = || -> PyResult<Raised> {
        let message = vm.new_str(message)?.value();
        let name = vm.new_str(name)?.value();
        let names = vm.new_tuple(&[vm.intern("name")?.value(), vm.intern("path")?.value()])?;
        let args = [message, name, path.unwrap_or(Value::NONE)];
        let e = vm.call_kw(vm.types.import_error.value(), &args, Some(names))?;
        Ok(match e.downcast() {
            Some(e) => vm.raise(e),
            None => vm.import_error("import failed"),
        })
    };
    make().unwrap_or_else(|raised| raised)
}

fn is_builtin(vm: &Vm, name: Value) -> PyResult<i32> {
    let name = name_text(vm, name, "is_builtin")?;
    Ok(match name.as_str() {
        // These can't be made anew.
        "sys" | "builtins" => -1,
        name => i32::from(vm.native_modules.borrow().contains_key(name)),
    })
}

fn create_builtin(vm: &Vm, spec: Value) -> PyResult<Value> {
    let name = vm.get_attr_str(spec, "name")?;
    let text = name_text(vm, name, "create_builtin")?;
    if matches!(text.as_str(), "sys" | "builtins")
        && let Some(module) = vm.modules.get_item(vm, name)?
    {
        return Ok(module);
    }
    let found = vm.native_modules.borrow().get(text.as_str()).copied();
    match found {
        Some(def) => Ok(def.make(vm)?.value()),
        None => Ok(Value::NONE),
    }
}

/// Native modules are filled when they are made.
fn exec_builtin(_: &Vm, _: Value) -> i32 {
    0
}

fn is_frozen(vm: &Vm, name: Value) -> PyResult<bool> {
    Ok(find(vm, &name_text(vm, name, "is_frozen")?).is_some())
}

fn is_frozen_package(vm: &Vm, name: Value) -> PyResult<bool> {
    let name = name_text(vm, name, "is_frozen_package")?;
    match find(vm, &name) {
        Some(found) => Ok(found.module.package),
        None => Err(no_frozen(vm, &name)),
    }
}

fn find_frozen(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let name = name_text(vm, args.get(0), "find_frozen")?;
    let Some(found) = find(vm, &name) else { return Ok(Value::NONE) };
    let data = match args.opt(1) {
        Some(v) if vm.is_true(v)? => {
            let bytes = PyBytes::new(vm, &found.module.marshalled())?;
            vm.call(vm.types.memoryview.value(), &[bytes.value()])?
        }
        _ => Value::NONE,
    };
    let origin = vm.new_str(&found.origin)?;
    Ok(vm.new_tuple(&[data, Value::from_bool(found.module.package), origin.value()])?.value())
}

fn get_frozen_object(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let name = name_text(vm, args.get(0), "get_frozen_object")?;
    if let Some(data) = args.opt_not_none(1) {
        let bytes = vm.buffer(data, false)?.as_slice().to_vec();
        let loaded = marshal::load(vm, &bytes, Trust::Foreign, true);
        let Ok((code, _)) = loaded.map_err(|raised| vm.catch(raised, vm.types.exception)) else {
            let message = format!("Frozen object named {} is invalid", vm.repr_lossy(args.get(0))?);
            return Err(vm.import_error_for(vm.types.import_error, &message, args.get(0), Value::NONE));
        };
        return match code.downcast::<PyCode>() {
            Some(code) => Ok(code.value()),
            None => Err(vm.type_error(format!("frozen object {name} is not a code object"))),
        };
    }
    match find(vm, &name) {
        Some(found) => Ok(found.module.code(vm)?.value()),
        None => Err(no_frozen(vm, &name)),
    }
}

fn init_frozen(vm: &Vm, name: Value) -> PyResult<Value> {
    let text = name_text(vm, name, "init_frozen")?;
    if find(vm, &text).is_none() {
        return Ok(Value::NONE);
    }
    vm.import(&text)
}

fn frozen_module_names(vm: &Vm) -> PyResult<Ref<PyList>> {
    let names = ValueVec::new();
    for (alias, _) in ALIASES {
        names.push(vm, vm.new_str(alias)?.value())?;
    }
    for module in library::frozen() {
        let name = module.name();
        if find(vm, &name).is_some() {
            names.push(vm, vm.new_str(&name)?.value())?;
        }
    }
    PyList::from_vec(vm, names)
}

fn extension_suffixes(vm: &Vm) -> PyResult<Value> {
    let tagged = format!(".cpython-314-{}-linux-gnu.so", std::env::consts::ARCH);
    let items = [vm.new_str(&tagged)?.value(), vm.new_str(".abi3.so")?.value(), vm.new_str(".so")?.value()];
    Ok(vm.new_list(&items)?.value())
}

fn create_dynamic(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let spec = args.get(0);
    let name = vm.get_attr_str(spec, "name")?;
    let origin = vm.get_attr_str(spec, "origin")?;
    let (name, place) = (vm.to_lossy(name), vm.to_lossy(origin));
    let message = format!("cannot import {name}: {place} is a C extension module, and Brolga does not load those");
    Err(named_import_error(vm, &message, &name, Some(origin)))
}

fn exec_dynamic(_: &Vm, _: Value) -> i32 {
    0
}

fn fix_co_filename(vm: &Vm, code: Ref<PyCode>, path: Value) -> PyResult<()> {
    let path = vm.expect_str(path, "_fix_co_filename() argument 2")?;
    if code.filename_str().is_some_and(|f| f.equals(&path)) {
        return Ok(());
    }
    // Code that was moved with its module: functions of other files (by `exec`) keep theirs.
    let old = code.filename_str();
    let todo = ValueVec::new();
    todo.push(vm, code.value())?;
    while let Some(code) = todo.pop().and_then(Value::downcast::<PyCode>) {
        if code.filename_str() != old && !code.filename_str().zip(old).is_some_and(|(a, b)| a.equals(&b)) {
            continue;
        }
        code.set_filename(path);
        if let Some(consts) = code.consts() {
            for i in 0..consts.len() {
                if let Some(inner) = consts.get(i).and_then(Value::downcast::<PyCode>) {
                    todo.push(vm, inner.value())?;
                }
            }
        }
    }
    Ok(())
}

fn source_hash(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyBytes>> {
    let key = vm.to_i64(args.get(0))? as u64;
    let source = vm.buffer(args.get(1), false)?;
    let hash = pyc::source_hash(key, source.as_slice());
    PyBytes::new(vm, &hash)
}

fn override_for_tests(vm: &Vm, flag: Value) -> PyResult<i32> {
    vm.to_i32(flag)?;
    Ok(0)
}

// What `_embedded_library` asks.

/// The part of a path below the embedded library's directory, or None.
fn embedded_below(vm: &Vm, path: Value) -> PyResult<Value> {
    let path = name_text(vm, path, "_embedded_below")?;
    match library::below(path.trim_end_matches('/')) {
        Some(rest) if rest.is_empty() || library::list(rest).is_some() => Ok(vm.new_str(rest)?.value()),
        _ => Ok(Value::NONE),
    }
}

/// Is the module at this place a package? None where there is no module.
fn embedded_find(vm: &Vm, key: Value) -> PyResult<Value> {
    let key = name_text(vm, key, "_embedded_find")?;
    Ok(library::module(&key).map_or(Value::NONE, |m| Value::from_bool(m.package)))
}

/// (name, is it a package) of the modules in a directory.
fn embedded_modules(vm: &Vm, prefix: Value) -> PyResult<Ref<PyList>> {
    let prefix = name_text(vm, prefix, "_embedded_modules")?;
    let all = ValueVec::new();
    for module in library::modules_in(&prefix) {
        let name = vm.new_str(&module.key[prefix.len()..])?;
        all.push(vm, vm.new_tuple(&[name.value(), Value::from_bool(module.package)])?.value())?;
    }
    PyList::from_vec(vm, all)
}

fn embedded_code(vm: &Vm, path: Value) -> PyResult<Ref<PyCode>> {
    let text = name_text(vm, path, "_embedded_code")?;
    let found = library::below(&text).and_then(|name| {
        let stem = name.strip_suffix(".py")?;
        library::module(stem.strip_suffix("/__init__").unwrap_or(stem))
    });
    match found {
        Some(module) => module.code(vm),
        None => Err(vm.os_error(libc::ENOENT, Some(path))),
    }
}

fn embedded_data(vm: &Vm, path: Value) -> PyResult<Ref<PyBytes>> {
    let text = name_text(vm, path, "_embedded_data")?;
    match library::below(&text).and_then(library::file) {
        Some(data) => PyBytes::new(vm, &data),
        None => Err(vm.os_error(libc::ENOENT, Some(path))),
    }
}

fn embedded_list(vm: &Vm, path: Value) -> PyResult<Value> {
    let text = name_text(vm, path, "_embedded_list")?;
    let Some(names) = library::below(&text).and_then(library::list) else { return Ok(Value::NONE) };
    let all = ValueVec::new();
    for name in names {
        all.push(vm, vm.new_str(&name)?.value())?;
    }
    Ok(PyList::from_vec(vm, all)?.value())
}

const FUNCTIONS: &[MethodDef] = &[
    method!("extension_suffixes", 0, extension_suffixes)
        .doc("Returns the list of file suffixes used to identify extension modules."),
    method!("lock_held", 0, lock_held)
        .doc("Return True if the import lock is currently held, else False.\n\nOn platforms without threads, return False."),
    method!("acquire_lock", 0, acquire_lock).doc(
        "Acquires the interpreter's import lock for the current thread.\n\nThis lock should be used by import hooks to ensure thread-safety when importing\nmodules. On platforms without threads, this function does nothing.",
    ),
    method!("release_lock", 0, release_lock).doc(
        "Release the interpreter's import lock.\n\nOn platforms without threads, this function does nothing.",
    ),
    method!("find_frozen", "($module, name, /, *, withdata=False)", find_frozen)
        .doc("Return info about the corresponding frozen module (if there is one) or None."),
    method!("get_frozen_object", "($module, name, data=None, /)", get_frozen_object)
        .doc("Create a code object for a frozen module."),
    method!("is_frozen_package", 1, is_frozen_package)
        .doc("Returns True if the module name is of a frozen package."),
    method!("create_builtin", 1, create_builtin).doc("Create an extension module."),
    method!("init_frozen", 1, init_frozen).doc("Initializes a frozen module."),
    method!("is_builtin", 1, is_builtin)
        .doc("Returns True if the module name corresponds to a built-in module."),
    method!("is_frozen", 1, is_frozen).doc("Returns True if the module name corresponds to a frozen module."),
    method!("_frozen_module_names", 0, frozen_module_names).doc("Returns the list of available frozen modules."),
    method!("_override_frozen_modules_for_tests", 1, override_for_tests),
    method!("_override_multi_interp_extensions_check", 1, override_for_tests),
    method!("create_dynamic", "($module, spec, file=<unrepresentable>, /)", create_dynamic)
        .doc("Create an extension module."),
    method!("exec_dynamic", 1, exec_dynamic).doc("Initialize an extension module."),
    method!("exec_builtin", 1, exec_builtin).doc("Initialize a built-in module."),
    method!("_fix_co_filename", 2, fix_co_filename).doc("Changes code.co_filename to specify the passed-in path."),
    method!("source_hash", "($module, /, key, source)", source_hash),
    method!("_embedded_below", 1, embedded_below),
    method!("_embedded_find", 1, embedded_find),
    method!("_embedded_modules", 1, embedded_modules),
    method!("_embedded_code", 1, embedded_code),
    method!("_embedded_data", 1, embedded_data),
    method!("_embedded_list", 1, embedded_list),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    let checked = vm.config.check_hash_pycs.as_str();
    module.add_str(vm, "check_hash_based_pycs", if checked.is_empty() { "default" } else { checked })?;
    module.add_int(vm, "pyc_magic_number_token", i64::from(pyc::MAGIC_TOKEN))
}

pub static MODULE: ModuleDef =
    ModuleDef::new("_imp", FUNCTIONS, init).doc("(Extremely) low-level import machinery bits.");
