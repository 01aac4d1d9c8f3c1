//! `_warnings`: `warn`, `warn_explicit` and the filters that `warnings` shares.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::exception::PyException;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use crate::thread::rlock::{self, PyRLock};

/// Where this module, the filters' version and the lock are kept.
static MODULE_KEPT: u8 = 0;
static VERSION: u16 = 0;
static LOCK: u32 = 0;

fn lock(vm: &Vm) -> PyResult<Ref<PyRLock>> {
    if let Some(lock) = vm.kept(&LOCK).and_then(Value::downcast) {
        return Ok(lock);
    }
    let lock = rlock::new_lock(vm)?;
    vm.keep(&LOCK, lock.value());
    Ok(lock)
}

fn acquire_lock(vm: &Vm) -> PyResult<()> {
    rlock::acquire_forever(vm, lock(vm)?)
}

fn release_lock(vm: &Vm) -> PyResult<()> {
    rlock::release(vm, lock(vm)?)
}

fn version(vm: &Vm) -> i64 {
    vm.kept(&VERSION).and_then(Value::as_small_int).unwrap_or(0)
}

/// What registries remember of the filters is void.
fn filters_mutated(vm: &Vm) -> PyResult<()> {
    if !lock(vm)?.is_owned(vm) {
        return Err(vm.runtime_error("warnings lock is not held"));
    }
    vm.keep(&VERSION, vm.new_int(version(vm) + 1)?);
    Ok(())
}

/// An attribute of `warnings`, or where that is not loaded (or lacks it) of this module.
fn state(vm: &Vm, name: &str, own: &str) -> PyResult<Slot> {
    if let Some(module) = vm.modules.get_item(vm, vm.intern("warnings")?.value())?
        && let Some(found) = vm.get_attr_opt(module, vm.intern(name)?)?
    {
        return Ok(Some(found));
    }
    match vm.kept(&MODULE_KEPT) {
        Some(module) => vm.get_attr_opt(module, vm.intern(own)?),
        None => Ok(None),
    }
}

/// Does a filter's field match? None matches all, a string only itself, anything else by its `match`.
fn matches(vm: &Vm, pattern: Value, text: Value) -> PyResult<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if vm.exact_str(pattern).is_some() {
        return vm.eq(pattern, text);
    }
    let found = vm.call_method(pattern, "match", &[text])?;
    vm.is_true(found)
}

/// The filters of the current context (`warnings.catch_warnings` with context-aware warnings), then the module's.
fn filter_lists(vm: &Vm) -> PyResult<ValueVec> {
    let lists = ValueVec::new();
    if let Some(module) = vm.modules.get_item(vm, vm.intern("warnings")?.value())?
        && let Some(get) = vm.get_attr_opt(module, vm.intern("_get_context")?)?
    {
        let context = vm.call(get, &[])?;
        if let Some(filters) = vm.get_attr_opt(context, vm.intern("_filters")?)? {
            lists.push(vm, filters)?;
        }
    }
    if let Some(filters) = state(vm, "filters", "filters")? {
        lists.push(vm, filters)?;
    }
    Ok(lists)
}

/// The action for a warning, and the filter that named it (None for the default).
fn action_for(vm: &Vm, category: Value, text: Value, lineno: i64, module: Value) -> PyResult<(Value, Value)> {
    let lists = filter_lists(vm)?;
    for at in 0..lists.len() {
        let Some(filters) = lists.get(at).and_then(Value::downcast::<PyList>) else {
            return Err(vm.value_error("_warnings.filters must be a list"));
        };
        let mut i = 0;
        while let Some(item) = filters.get(i) {
            let Some(filter) = item.downcast::<PyTuple>().filter(|t| t.len() == 5) else {
                return Err(vm.value_error(format!("warnings.filters item {i} isn't a 5-tuple")));
            };
            let field = |n: usize| filter.get(n).unwrap_or(Value::NONE);
            if vm.exact_str(field(0)).is_none() {
                let name = vm.type_name(field(0));
                return Err(vm.type_error(format!("action must be a string, not '{name}'")));
            }
            let subclass = vm.call(vm.builtin(vm.intern("issubclass")?)?, &[category, field(2)])?;
            let line = vm.to_i64(field(4))?;
            if vm.is_true(subclass)?
                && (line == 0 || line == lineno)
                && matches(vm, field(1), text)?
                && matches(vm, field(3), module)?
            {
                return Ok((field(0), item));
            }
            i += 1;
        }
    }
    match state(vm, "defaultaction", "_defaultaction")? {
        Some(action) => Ok((action, Value::NONE)),
        None => Ok((vm.intern("default")?.value(), Value::NONE)),
    }
}

/// Was this warning shown before? Notes it if `add`.
fn already(vm: &Vm, registry: Ref<PyDict>, key: Value, add: bool) -> PyResult<bool> {
    let version_key = vm.intern("version")?.value();
    let known = registry.get_item(vm, version_key)?.and_then(Value::as_small_int);
    if known != Some(version(vm)) {
        registry.clear();
        registry.set_item(vm, version_key, vm.new_int(version(vm))?)?;
    } else if let Some(seen) = registry.get_item(vm, key)?
        && vm.is_true(seen)?
    {
        return Ok(true);
    }
    if add {
        registry.set_item(vm, key, Value::TRUE)?;
    }
    Ok(false)
}

struct Place {
    filename: Value,
    lineno: i64,
    module: Value,
    registry: Option<Ref<PyDict>>,
    source: Value,
    sourceline: Slot,
}

/// `warn_explicit` once everything is known.
fn issue(vm: &Vm, category: Value, message: Value, place: &Place) -> PyResult<()> {
    let mut module = place.module;
    if module.is_none() {
        // The file's name without `.py`.
        let name = vm.to_lossy(place.filename);
        let name = if name.is_empty() { "<unknown>" } else { name.strip_suffix(".py").unwrap_or(&name) };
        module = vm.new_str(name)?.value();
    }
    let is_warning = vm.is_instance(message, vm.types.warning);
    let (text, category, message) = if is_warning {
        (vm.str(message)?.value(), vm.type_of(message).value(), message)
    } else {
        (message, category, vm.call(category, &[message])?)
    };
    let lineno = vm.new_int(place.lineno)?;
    let key = vm.new_tuple(&[text, category, lineno])?.value();
    if let Some(registry) = place.registry
        && already(vm, registry, key, false)?
    {
        return Ok(());
    }
    let (action, _filter) = action_for(vm, category, text, place.lineno, module)?;
    let action = vm.to_lossy(action);
    match action.as_str() {
        "error" => {
            return match message.downcast::<PyException>() {
                Some(exception) => Err(vm.raise(exception)),
                None => Err(vm.type_error("exceptions must derive from BaseException")),
            };
        }
        "ignore" => return Ok(()),
        _ => {}
    }
    let seen = match action.as_str() {
        "once" => {
            if let Some(registry) = place.registry {
                registry.set_item(vm, key, Value::TRUE)?;
            }
            let once = state(vm, "onceregistry", "_onceregistry")?.and_then(Value::downcast::<PyDict>);
            let Some(once) = once else { return Err(vm.type_error("warnings.onceregistry must be a dict")) };
            let key = vm.new_tuple(&[text, category])?.value();
            already(vm, once, key, true)?
        }
        "always" | "all" => false,
        "module" => {
            let key = vm.new_tuple(&[text, category, Value::from_i32(0)])?.value();
            match place.registry {
                Some(registry) => already(vm, registry, key, true)?,
                None => false,
            }
        }
        "default" => {
            if let Some(registry) = place.registry {
                registry.set_item(vm, key, Value::TRUE)?;
            }
            false
        }
        other => {
            return Err(vm.runtime_error(format!("Unrecognized action ({other}) in warnings.filters:\n None")));
        }
    };
    if seen { Ok(()) } else { show(vm, category, message, text, place) }
}

/// By `warnings._showwarnmsg`; before that module is loaded, plainly to stderr.
fn show(vm: &Vm, category: Value, message: Value, text: Value, place: &Place) -> PyResult<()> {
    let wanted = !vm.finalizing.get() && !vm.frame.get().is_null();
    let loaded = vm.modules.get_item(vm, vm.intern("warnings")?.value())?;
    let module = match loaded {
        Some(module) => Some(module),
        // A source means that tracemalloc may say more.
        None if wanted => vm.import("warnings").map(Some).or_else(|raised| {
            vm.catch(raised, vm.types.import_error)?;
            Ok(None)
        })?,
        None => None,
    };
    if let Some(module) = module
        && let Some(show) = vm.get_attr_opt(module, vm.intern("_showwarnmsg")?)?
    {
        if !vm.is_callable(show) {
            return Err(vm.type_error("warnings._showwarnmsg() must be set to a callable"));
        }
        let class = vm.get_attr_str(module, "WarningMessage")?;
        let lineno = vm.new_int(place.lineno)?;
        let none = Value::NONE;
        let item = vm.call(class, &[message, category, place.filename, lineno, none, none, place.source])?;
        return vm.call(show, &[item]).map(|_| ());
    }
    let Some(file) = vm.sys.get_str(vm, vm.names.stderr).filter(|f| !f.is_none()) else { return Ok(()) };
    let name = category.downcast::<PyType>().map(|c| c.name().to_string()).unwrap_or_default();
    let mut line = format!("{}:{}: {name}: {}\n", vm.to_lossy(place.filename), place.lineno, vm.to_lossy(text));
    if let Some(source) = place.sourceline {
        line.push_str(&format!("  {}\n", vm.to_lossy(source).trim()));
    }
    vm.call_method(file, "write", &[vm.new_str(&line)?.value()]).map(|_| ())
}

/// The category of a warning: that of the message if it is one, UserWarning for None.
fn category_of(vm: &Vm, message: Value, category: Slot) -> PyResult<Value> {
    if vm.is_instance(message, vm.types.warning) {
        return Ok(vm.type_of(message).value());
    }
    let category = category.filter(|c| !c.is_none()).unwrap_or(vm.types.user_warning.value());
    let is_warning = category.downcast::<PyType>().is_some_and(|c| c.is_subtype(vm.types.warning));
    if is_warning {
        return Ok(category);
    }
    Err(vm.type_error(format!("category must be a Warning subclass, not '{}'", vm.type_name(category))))
}

/// Is this a frame of the import machinery, which `stacklevel` leaves out?
fn is_machinery(filename: &str) -> bool {
    filename.contains("importlib") && filename.contains("_bootstrap")
}

fn frame_file(vm: &Vm, frame: Value) -> PyResult<String> {
    let code = vm.get_attr_str(frame, "f_code")?;
    let name = vm.get_attr_str(code, "co_filename")?;
    Ok(vm.to_lossy(name))
}

/// Is the frame one that `stacklevel` leaves out?
fn skipped(vm: &Vm, frame: Value, prefixes: Slot) -> PyResult<bool> {
    let file = frame_file(vm, frame)?;
    if is_machinery(&file) {
        return Ok(true);
    }
    if let Some(prefixes) = prefixes.and_then(Value::downcast::<PyTuple>) {
        for prefix in prefixes.as_slice() {
            if file.starts_with(&vm.to_lossy(*prefix)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The frame that `stacklevel` names.
fn frame_at(vm: &Vm, stacklevel: i64, prefixes: Slot) -> PyResult<Value> {
    if vm.frame.get().is_null() {
        return Ok(Value::NONE);
    }
    let Some(getframe) = vm.sys.get_str(vm, vm.intern("_getframe")?) else { return Ok(Value::NONE) };
    let mut frame = vm.call(getframe, &[])?;
    let plain = stacklevel <= 0 || (prefixes.is_none() && is_machinery(&frame_file(vm, frame)?));
    let mut left = stacklevel;
    if plain {
        while left > 1 && !frame.is_none() {
            frame = vm.get_attr_str(frame, "f_back")?;
            left -= 1;
        }
    } else {
        while left > 1 && !frame.is_none() {
            loop {
                frame = vm.get_attr_str(frame, "f_back")?;
                if frame.is_none() || !skipped(vm, frame, prefixes)? {
                    break;
                }
            }
            left -= 1;
        }
    }
    Ok(frame)
}

fn warn(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let message = args.get(0);
    let stacklevel = match args.opt(2) {
        Some(v) => vm.to_i64(v)?,
        None => 1,
    };
    let prefixes = args.opt(4).filter(|v| v.downcast::<PyTuple>().is_some_and(|t| !t.is_empty()));
    if let Some(v) = args.opt(4)
        && v.downcast::<PyTuple>().is_none()
    {
        return Err(
            vm.type_error(format!("warn() argument 'skip_file_prefixes' must be tuple, not {}", vm.type_name(v)))
        );
    }
    let category = category_of(vm, message, args.opt(1))?;
    warn_at(
        vm,
        message,
        category,
        if prefixes.is_some() { stacklevel.max(2) } else { stacklevel },
        prefixes,
        args.opt(3),
    )
}

fn warn_at(vm: &Vm, message: Value, category: Value, stacklevel: i64, prefixes: Slot, source: Slot) -> PyResult<()> {
    let frame = frame_at(vm, stacklevel, prefixes)?;
    let (globals, filename, lineno) = if frame.is_none() {
        (Some(*vm.sys), vm.intern("<sys>")?.value(), 0)
    } else {
        let globals = vm.get_attr_str(frame, "f_globals")?.downcast::<PyDict>();
        let code = vm.get_attr_str(frame, "f_code")?;
        let line = vm.get_attr_str(frame, "f_lineno")?;
        (globals, vm.get_attr_str(code, "co_filename")?, line.as_small_int().unwrap_or(0))
    };
    let mut module = vm.intern("<string>")?.value();
    let mut registry = None;
    if let Some(globals) = globals {
        let key = vm.intern("__warningregistry__")?;
        registry = globals.get_str(vm, key).and_then(Value::downcast::<PyDict>);
        if registry.is_none() {
            let made = vm.new_dict()?;
            globals.set_str(vm, key, made.value())?;
            registry = Some(made);
        }
        if let Some(name) = globals.get_str(vm, vm.names.__name__)
            && name.downcast::<PyStr>().is_some()
        {
            module = name;
        }
    }
    let place = Place { filename, lineno, module, registry, source: source.unwrap_or(Value::NONE), sourceline: None };
    issue(vm, category, message, &place)
}

fn warn_explicit(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let lineno = vm.to_i64(args.get(3))?;
    let registry = match args.opt_not_none(5) {
        None => None,
        Some(v) => match v.downcast::<PyDict>() {
            Some(dict) => Some(dict),
            None => {
                return Err(vm.type_error(format!("'registry' must be a dict or None, not '{}'", vm.type_name(v))));
            }
        },
    };
    let category = category_of(vm, args.get(0), args.opt(1))?;
    let mut sourceline = None;
    if let Some(globals) = args.opt_not_none(6) {
        let Some(globals) = globals.downcast::<PyDict>() else {
            return Err(vm.type_error(format!("module_globals must be a dict, not '{}'", vm.type_name(globals))));
        };
        sourceline = source_line(vm, globals, lineno)?;
    }
    let place = Place {
        filename: args.get(2),
        lineno,
        module: args.opt(4).unwrap_or(Value::NONE),
        registry,
        source: args.opt(7).unwrap_or(Value::NONE),
        sourceline,
    };
    issue(vm, category, args.get(0), &place)
}

/// The line of the module's source, by its loader.
fn source_line(vm: &Vm, globals: Ref<PyDict>, lineno: i64) -> PyResult<Slot> {
    let (Some(loader), Some(name)) = (globals.get_str(vm, vm.names.__loader__), globals.get_str(vm, vm.names.__name__))
    else {
        return Ok(None);
    };
    let Some(get_source) = vm.get_attr_opt(loader, vm.intern("get_source")?)? else { return Ok(None) };
    let source = vm.call(get_source, &[name])?;
    if source.is_none() {
        return Ok(None);
    }
    let text = vm.to_lossy(source);
    let line = usize::try_from(lineno).ok().and_then(|n| n.checked_sub(1)).and_then(|n| text.lines().nth(n));
    match line {
        Some(line) => Ok(Some(vm.new_str(line)?.value())),
        None => Ok(None),
    }
}

const FUNCTIONS: &[MethodDef] = &[
    method!("warn", "($module, /, message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())", warn)
        .doc("Issue a warning, or maybe ignore it or raise an exception."),
    method!(
        "warn_explicit",
        "($module, /, message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)",
        warn_explicit
    )
    .doc("Issue a warning, or maybe ignore it or raise an exception."),
    method!("_filters_mutated_lock_held", 0, filters_mutated),
    method!("_acquire_lock", 0, acquire_lock),
    method!("_release_lock", 0, release_lock),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    vm.keep(&MODULE_KEPT, module.value());
    vm.warn_hook.set(Some(|vm, message, category, stacklevel| warn_at(vm, message, category, stacklevel, None, None)));
    let none = Value::NONE;
    let zero = Value::from_i32(0);
    let filters = vm.new_list(&[])?;
    let t = &vm.types;
    let rules = [
        ("default", t.deprecation_warning, Some("__main__")),
        ("ignore", t.deprecation_warning, None),
        ("ignore", t.pending_deprecation_warning, None),
        ("ignore", t.import_warning, None),
        ("ignore", t.resource_warning, None),
    ];
    for (action, category, name) in rules {
        let name = match name {
            Some(name) => vm.intern(name)?.value(),
            None => none,
        };
        let rule = vm.new_tuple(&[vm.intern(action)?.value(), none, category.value(), name, zero])?;
        filters.push(vm, rule.value())?;
    }
    module.add(vm, "filters", filters.value())?;
    module.add(vm, "_onceregistry", vm.new_dict()?.value())?;
    module.add(vm, "_defaultaction", vm.intern("default")?.value())?;
    // The import machinery is not there yet when this module is made.
    let class = crate::contextvars::context_var_class(vm)?;
    let var = vm.call(class, &[vm.new_str("_warnings_context")?.value()])?;
    module.add(vm, "_warnings_context", var)?;
    Ok(())
}

pub static MODULE: ModuleDef = ModuleDef::new("_warnings", FUNCTIONS, init).doc(
    "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.",
);
