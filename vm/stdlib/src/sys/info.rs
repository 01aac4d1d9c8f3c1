//! The struct sequences of `sys`: `flags`, `version_info`, `float_info`, `int_info`, `hash_info`, `thread_info`.

use brolga_runtime::object::Ref;
use brolga_runtime::struct_sequence;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::{PyResult, Value, Vm};

struct_sequence!(static VERSION_INFO = "version_info" in "sys";
    visible ["major", "minor", "micro", "releaselevel", "serial"], hidden [], unnamed 0);
struct_sequence!(static FLAGS = "flags" in "sys";
    visible ["debug", "inspect", "interactive", "optimize", "dont_write_bytecode", "no_user_site", "no_site",
        "ignore_environment", "verbose", "bytes_warning", "quiet", "hash_randomization", "isolated", "dev_mode",
        "utf8_mode", "warn_default_encoding", "safe_path", "int_max_str_digits"],
    hidden ["gil", "thread_inherit_context", "context_aware_warnings"], unnamed 0);
struct_sequence!(static FLOAT_INFO = "float_info" in "sys";
    visible ["max", "max_exp", "max_10_exp", "min", "min_exp", "min_10_exp", "dig", "mant_dig", "epsilon", "radix",
        "rounds"], hidden [], unnamed 0);
struct_sequence!(static INT_INFO = "int_info" in "sys";
    visible ["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"], hidden [], unnamed 0);
struct_sequence!(static HASH_INFO = "hash_info" in "sys";
    visible ["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"], hidden [],
    unnamed 0);
struct_sequence!(static THREAD_INFO = "thread_info" in "sys";
    visible ["name", "lock", "version"], hidden [], unnamed 0);
struct_sequence!(static ASYNCGEN_HOOKS = "asyncgen_hooks" in "builtins";
    visible ["firstiter", "finalizer"], hidden [], unnamed 0);
struct_sequence!(pub static UNRAISABLE = "UnraisableHookArgs" in "builtins";
    visible ["exc_type", "exc_value", "exc_traceback", "err_msg", "object"], hidden [], unnamed 0);

fn int(i: i64) -> Value {
    Value::from_int_truncated(i)
}

pub fn version_info(vm: &Vm) -> PyResult<Value> {
    let (major, minor, micro) = super::VERSION;
    let level = vm.new_str("final")?.value();
    VERSION_INFO.make(vm, &[int(major.into()), int(minor.into()), int(micro.into()), level, int(0)])
}

pub fn asyncgen_hooks(vm: &Vm, hooks: &[Value; 2]) -> PyResult<Value> {
    ASYNCGEN_HOOKS.make(vm, hooks)
}

pub fn add(vm: &Vm, m: Ref<PyModule>) -> PyResult<()> {
    let c = &vm.config;
    let bool_int = |b: bool| int(b.into());
    let flags = [
        bool_int(c.debug),
        bool_int(c.inspect),
        bool_int(c.interactive),
        int(c.optimize.into()),
        bool_int(c.dont_write_bytecode),
        bool_int(c.no_user_site),
        bool_int(c.no_site),
        bool_int(c.ignore_environment),
        int(c.verbose.into()),
        int(c.bytes_warning.into()),
        bool_int(c.quiet),
        bool_int(c.hash_seed != Some(0)),
        bool_int(c.isolated),
        Value::from_bool(c.dev_mode),
        int(1),
        bool_int(c.warn_default_encoding),
        Value::from_bool(c.safe_path),
        int(vm.int_max_str_digits.get() as i64),
        int(1),
        bool_int(c.thread_inherit_context),
        bool_int(c.context_aware_warnings),
    ];
    m.add(vm, "flags", FLAGS.make(vm, &flags)?)?;
    let float = [
        Value::from_f64(f64::MAX),
        int(f64::MAX_EXP.into()),
        int(f64::MAX_10_EXP.into()),
        Value::from_f64(f64::MIN_POSITIVE),
        int(f64::MIN_EXP.into()),
        int(f64::MIN_10_EXP.into()),
        int(f64::DIGITS.into()),
        int(f64::MANTISSA_DIGITS.into()),
        Value::from_f64(f64::EPSILON),
        int(f64::RADIX.into()),
        int(1),
    ];
    m.add(vm, "float_info", FLOAT_INFO.make(vm, &float)?)?;
    m.add(vm, "int_info", INT_INFO.make(vm, &[int(30), int(4), int(4300), int(640)])?)?;
    let algorithm = vm.new_str("siphash13")?.value();
    let hash = [
        int(64),
        vm.new_int((1 << 61) - 1)?,
        int(314_159),
        int(0),
        int(1_000_003),
        algorithm,
        int(64),
        int(128),
        int(0),
    ];
    m.add(vm, "hash_info", HASH_INFO.make(vm, &hash)?)?;
    let (name, lock) = (vm.new_str("pthread")?.value(), vm.new_str("pymutex")?.value());
    m.add(vm, "thread_info", THREAD_INFO.make(vm, &[name, lock, Value::NONE])?)?;
    m.add(vm, "UnraisableHookArgs", UNRAISABLE.class(vm)?)?;
    Ok(())
}
