//! Limits and intervals that can be set, and the constants of `sys`.

use std::ffi::c_void;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::def::type_flags;
use brolga_runtime::object::{Args, Ref};
use brolga_runtime::state::config::JitMode;
use brolga_runtime::types::array::ValueVec;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::namespace::PyNamespace;
use brolga_runtime::types::set::PySet;
use brolga_runtime::types::shape;
use brolga_runtime::types::type_object::PyType;
use brolga_runtime::{PyResult, Slot, Value, Vm, method};

pub fn getrecursionlimit(vm: &Vm) -> u32 {
    vm.recursion_limit.get()
}

pub fn setrecursionlimit(vm: &Vm, limit: Value) -> PyResult<()> {
    let limit = match i32::try_from(vm.to_i64(limit)?) {
        Ok(limit) => limit,
        Err(_) => return Err(vm.overflow_error("Python int too large to convert to C int")),
    };
    let limit = match u32::try_from(limit) {
        Ok(limit @ 1..) => limit,
        _ => return Err(vm.value_error("recursion limit must be greater or equal than 1")),
    };
    if vm.depth.get() >= limit {
        return Err(vm.recursion_error(format!(
            "cannot set the recursion limit to {limit} at the recursion depth {}: the limit is too low",
            vm.depth.get()
        )));
    }
    vm.recursion_limit.set(limit);
    vm.leave_compiled();
    Ok(())
}

/// Takes the descriptors of `__dict__` and `__weakref__` off a class that `dataclasses` replaces by one with slots, so that
/// they don't keep it.
pub fn clear_type_descriptors(vm: &Vm, class: Value) -> PyResult<()> {
    let Some(class) = class.downcast::<PyType>() else {
        return Err(
            vm.type_error(format!("_clear_type_descriptors() argument 1 must be type, not {}", vm.type_name(class)))
        );
    };
    if class.has_flag(type_flags::IMMUTABLE) {
        return Err(vm.type_error("argument is immutable"));
    }
    let Some(dict) = class.dict() else { return Ok(()) };
    for name in ["__dict__", "__weakref__"] {
        let name = vm.intern(name)?;
        if dict.remove(vm, name.value())?.is_some() {
            class.modified(vm, Some(name));
        }
    }
    Ok(())
}

/// `sys._jit`.
static JIT: ModuleDef = ModuleDef::new(
    "sys._jit",
    &[
        method!("is_available", 0, jit_is_available)
            .doc("Return True if the current Python executable supports JIT compilation."),
        method!("is_enabled", 0, jit_is_enabled)
            .doc("Return True if JIT compilation is enabled for the current Python process."),
        method!("is_active", 0, jit_is_active)
            .doc("Return True if the topmost Python frame is currently executing JIT code."),
    ],
    nothing_more,
)
.doc("Utilities for interacting with the JIT.");

fn jit_is_available(vm: &Vm) -> bool {
    vm.compiler.is_set() || vm.config.jit == JitMode::Off
}

fn jit_is_enabled(vm: &Vm) -> bool {
    vm.compiler.is_set()
}

/// Did compiled code call this? The native stack says. Compiled code has no unwind tables: the first of it ends the walk. It
/// counts unless the interpreter was entered after it, further inside.
fn jit_is_active(vm: &Vm) -> bool {
    struct Search {
        code: std::ops::Range<usize>,
        interpreter: usize,
        found: bool,
    }
    unsafe extern "C" {
        fn _Unwind_Backtrace(each: extern "C" fn(*mut c_void, *mut c_void) -> i32, argument: *mut c_void) -> i32;
        fn _Unwind_GetIP(context: *mut c_void) -> usize;
        fn _Unwind_GetCFA(context: *mut c_void) -> usize;
    }
    extern "C" fn each(context: *mut c_void, search: *mut c_void) -> i32 {
        // SAFETY: the unwinder's context, and the `Search` below.
        unsafe {
            let search = &mut *search.cast::<Search>();
            let is_code = search.code.contains(&_Unwind_GetIP(context));
            search.found |= is_code && _Unwind_GetCFA(context) < search.interpreter;
        }
        0
    }
    if !vm.compiler.is_set() {
        return false;
    }
    let Some(code) = vm.compiler.inspect().addresses() else { return false };
    let mut search = Search { code, interpreter: vm.interpreter_entered(), found: false };
    // SAFETY: the unwinder that the Rust runtime is linked with; it walks, and changes nothing.
    unsafe { _Unwind_Backtrace(each, (&raw mut search).cast()) };
    search.found
}

fn nothing_more(_: &Vm, _: Ref<PyModule>) -> PyResult<()> {
    Ok(())
}

pub fn getswitchinterval(vm: &Vm) -> f64 {
    vm.switch_interval.get()
}

pub fn setswitchinterval(vm: &Vm, interval: f64) -> PyResult<()> {
    if interval.is_nan() || interval <= 0.0 {
        return Err(vm.value_error("switch interval must be strictly positive"));
    }
    vm.switch_interval.set(interval);
    Ok(())
}

pub fn get_int_max_str_digits(vm: &Vm) -> usize {
    vm.int_max_str_digits.get()
}

pub fn set_int_max_str_digits(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let n = vm.to_i64(args.get(0))?;
    if n != 0 && n < 640 {
        return Err(vm.value_error("maxdigits must be >= 640 or 0 for unlimited"));
    }
    vm.int_max_str_digits.set(n as usize);
    Ok(())
}

pub fn get_origin_depth(vm: &Vm) -> i32 {
    vm.coroutine_origin_depth.get()
}

pub fn set_origin_depth(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let depth = vm.to_i32(args.get(0))?;
    if depth < 0 {
        return Err(vm.value_error("depth must be >= 0"));
    }
    vm.coroutine_origin_depth.set(depth);
    Ok(())
}

pub fn get_asyncgen_hooks(vm: &Vm) -> PyResult<Value> {
    let hooks = [vm.async_gen_firstiter.get(), vm.async_gen_finalizer.get()].map(|h| h.unwrap_or(Value::NONE));
    super::info::asyncgen_hooks(vm, &hooks)
}

pub fn set_asyncgen_hooks(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let hook = |i: usize, what: &str| -> PyResult<Option<Slot>> {
        match args.opt(i) {
            None => Ok(None),
            Some(v) if v.is_none() => Ok(Some(None)),
            Some(v) if vm.is_callable(v) => Ok(Some(Some(v))),
            Some(v) => Err(vm.type_error(format!("callable {what} expected, got {}", vm.type_name(v)))),
        }
    };
    let (first, last) = (hook(0, "firstiter")?, hook(1, "finalizer")?);
    if let Some(first) = first {
        vm.async_gen_firstiter.set(first);
    }
    if let Some(last) = last {
        vm.async_gen_finalizer.set(last);
    }
    Ok(())
}

pub fn nothing(_: &Vm) {}
pub fn ignore(_: &Vm, _: Value) {}
pub fn yes(_: &Vm) -> bool {
    true
}
pub fn no(_: &Vm) -> bool {
    false
}
/// `-X cpu_count`; -1 where it is not given.
pub fn cpu_count_config(vm: &Vm) -> i32 {
    vm.config.cpu_count.map_or(-1, |n| n as i32)
}

pub fn zero(_: &Vm) -> i32 {
    0
}
pub fn zero_args(_: &Vm, _: &Args<'_>) -> i32 {
    0
}

pub fn constants(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    let config = &vm.config;
    let (major, minor, micro) = super::VERSION;
    m.add_str(vm, "version", super::VERSION_TEXT)?;
    m.add_str(
        vm,
        "copyright",
        "Copyright (c) the Brolga authors. The standard library is Copyright (c) 2001 Python Software Foundation.",
    )?;
    m.add_str(vm, "platform", if cfg!(target_os = "macos") { "darwin" } else { "linux" })?;
    m.add_str(vm, "byteorder", if cfg!(target_endian = "big") { "big" } else { "little" })?;
    m.add_int(vm, "maxsize", i64::MAX)?;
    m.add_int(vm, "maxunicode", 0x10_ffff)?;
    m.add_int(vm, "hexversion", i64::from(major << 24 | minor << 16 | micro << 8 | 0xf0))?;
    m.add_int(vm, "api_version", 1013)?;
    m.add_str(vm, "float_repr_style", "short")?;
    m.add_str(vm, "platlibdir", "lib")?;
    m.add_str(vm, "abiflags", "")?;
    m.add(vm, "_jit", JIT.make(vm)?.value())?;
    m.add_str(vm, "executable", &config.executable)?;
    m.add_str(vm, "_base_executable", &config.executable)?;
    for prefix in ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"] {
        m.add_str(vm, prefix, "/usr/local")?;
    }
    m.add_str(vm, "_framework", "")?;
    m.add(vm, "argv", super::string_list(vm, &config.argv)?)?;
    m.add(vm, "orig_argv", super::string_list(vm, &config.orig_argv)?)?;
    m.add(vm, "warnoptions", super::string_list(vm, &config.warn_options)?)?;
    let options = vm.new_dict()?;
    for (name, value) in &config.x_options {
        let value = match value {
            Some(v) => vm.new_str(v)?.value(),
            None => Value::TRUE,
        };
        options.set_name(vm, name, value)?;
    }
    m.add(vm, "_xoptions", options)?;
    m.add(vm, "path", vm.new_list(&[])?)?;
    m.add(vm, "meta_path", vm.new_list(&[])?)?;
    m.add(vm, "path_hooks", vm.new_list(&[])?)?;
    m.add(vm, "path_importer_cache", vm.new_dict()?)?;
    m.add(vm, "modules", *vm.modules)?;
    m.add(vm, "dont_write_bytecode", Value::from_bool(config.dont_write_bytecode))?;
    m.add(
        vm,
        "pycache_prefix",
        match &config.pycache_prefix {
            Some(p) => vm.new_str(p)?.value(),
            None => Value::NONE,
        },
    )?;
    let names = ValueVec::new();
    let mut all: Vec<&'static str> = vm.native_modules.borrow().keys().copied().collect();
    all.sort_unstable();
    for name in all {
        names.push(vm, vm.intern(name)?.value())?;
    }
    m.add(vm, "builtin_module_names", vm.new_tuple(names.as_slice())?)?;
    let library = PySet::new(vm, shape::frozenset)?;
    for name in super::module_names::STDLIB {
        library.add(vm, vm.intern(name)?.value())?;
    }
    m.add(vm, "stdlib_module_names", library)?;
    m.add(vm, "_git", vm.new_tuple(&[vm.new_str("Brolga")?.value(), vm.names.empty.value(), vm.names.empty.value()])?)?;
    let info = super::info::version_info(vm)?;
    m.add(vm, "version_info", info)?;
    super::info::add(vm, m)?;
    let cache_tag = vm.new_str("cpython-314")?.value();
    m.add(
        vm,
        "implementation",
        PyNamespace::new(
            vm,
            &[
                ("name", vm.new_str("brolga")?.value()),
                ("cache_tag", cache_tag),
                ("version", info),
                ("hexversion", vm.new_int(i64::from(major << 24 | minor << 16 | micro << 8 | 0xf0))?),
                ("supports_isolated_interpreters", Value::FALSE),
                ("_multiarch", vm.new_str("x86_64-linux-gnu")?.value()),
            ],
        )?,
    )?;
    Ok(())
}
