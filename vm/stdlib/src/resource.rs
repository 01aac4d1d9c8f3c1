//! `resource`: limits and use of the system's resources.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::int;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised, method, struct_sequence};

use crate::arguments::c_int;

struct_sequence! {
    static RUSAGE = "struct_rusage" in "resource", "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\nor via the attributes ru_utime, ru_stime, ru_maxrss, and so on.";
    visible ["ru_utime", "ru_stime", "ru_maxrss", "ru_ixrss", "ru_idrss", "ru_isrss", "ru_minflt", "ru_majflt",
             "ru_nswap", "ru_inblock", "ru_oublock", "ru_msgsnd", "ru_msgrcv", "ru_nsignals", "ru_nvcsw", "ru_nivcsw"],
    hidden [],
    unnamed 0
}

/// How many kinds of limits Linux has.
const LIMITS: i32 = 16;

fn kind(vm: &Vm, v: Value) -> PyResult<i32> {
    let resource = c_int(vm, v)?;
    if (0..LIMITS).contains(&resource) { Ok(resource) } else { Err(vm.value_error("invalid resource specified")) }
}

fn pair(vm: &Vm, limit: &libc::rlimit) -> PyResult<Value> {
    // Infinity, all bits set, is -1.
    let values = [vm.new_int(limit.rlim_cur as i64)?, vm.new_int(limit.rlim_max as i64)?];
    Ok(vm.new_tuple(&values)?.value())
}

fn one_limit(vm: &Vm, v: Value) -> PyResult<libc::rlim_t> {
    let v = vm.index(v)?;
    match (int::to_i64(v), int::to_u64(v)) {
        (Some(-1), _) => Ok(libc::RLIM_INFINITY),
        (_, Some(n)) => Ok(n),
        _ if int::is_negative(v) => Err(vm.value_error("Cannot convert negative int")),
        _ => Err(vm.overflow_error("Python int too large to convert to C rlim_t")),
    }
}

fn limits(vm: &Vm, v: Value) -> PyResult<libc::rlimit> {
    let pair = vm.tuple_from(v)?;
    let (Some(soft), Some(hard), 2) = (pair.get(0), pair.get(1), pair.len()) else {
        return Err(vm.value_error("expected a tuple of 2 integers"));
    };
    Ok(libc::rlimit { rlim_cur: one_limit(vm, soft)?, rlim_max: one_limit(vm, hard)? })
}

/// The error of a call that set limits, if it set any.
fn limit_error(vm: &Vm, setting: bool) -> Raised {
    let error = std::io::Error::last_os_error();
    match error.raw_os_error() {
        Some(libc::EINVAL) if setting => vm.value_error("current limit exceeds maximum limit"),
        Some(libc::EPERM) if setting => vm.value_error("not allowed to raise maximum limit"),
        _ => vm.io_error(&error, None),
    }
}

fn getrlimit(vm: &Vm, resource: Value) -> PyResult<Value> {
    let resource = kind(vm, resource)?;
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: room for a limit.
    if unsafe { libc::getrlimit(resource as _, &mut limit) } < 0 {
        return Err(vm.last_os_error(None));
    }
    pair(vm, &limit)
}

fn setrlimit(vm: &Vm, resource: Value, new: Value) -> PyResult<()> {
    let resource = kind(vm, resource)?;
    let limit = limits(vm, new)?;
    // SAFETY: a limit.
    if unsafe { libc::setrlimit(resource as _, &limit) } < 0 {
        return Err(limit_error(vm, true));
    }
    Ok(())
}

fn prlimit(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let pid = c_int(vm, args.get(0))?;
    let resource = kind(vm, args.get(1))?;
    let new: Slot = args.opt_not_none(2);
    let new = new.map(|v| limits(vm, v)).transpose()?;
    let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    let given = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: a limit or none, and room for one.
    if unsafe { libc::prlimit(pid, resource as _, given, &mut old) } < 0 {
        return Err(limit_error(vm, new.is_some()));
    }
    pair(vm, &old)
}

fn getrusage(vm: &Vm, who: Value) -> PyResult<Value> {
    let who = c_int(vm, who)?;
    // SAFETY: all zero is a `rusage`, of which the call fills one.
    let (result, u) = unsafe {
        let mut u: libc::rusage = std::mem::zeroed();
        (libc::getrusage(who, &mut u), u)
    };
    if result < 0 {
        let error = std::io::Error::last_os_error();
        return Err(match error.raw_os_error() {
            Some(libc::EINVAL) => vm.value_error("invalid who parameter"),
            _ => vm.io_error(&error, None),
        });
    }
    usage(vm, &u)
}

/// What processes used, as a `struct_rusage`.
pub fn usage(vm: &Vm, u: &libc::rusage) -> PyResult<Value> {
    let seconds = |t: libc::timeval| Value::from_f64(t.tv_sec as f64 + t.tv_usec as f64 * 0.000001);
    let mut values = [Value::NONE; 16];
    let counts = [
        u.ru_maxrss,
        u.ru_ixrss,
        u.ru_idrss,
        u.ru_isrss,
        u.ru_minflt,
        u.ru_majflt,
        u.ru_nswap,
        u.ru_inblock,
        u.ru_oublock,
        u.ru_msgsnd,
        u.ru_msgrcv,
        u.ru_nsignals,
        u.ru_nvcsw,
        u.ru_nivcsw,
    ];
    for (value, count) in values.iter_mut().skip(2).zip(counts) {
        *value = vm.new_int(count)?;
    }
    values[0] = seconds(u.ru_utime);
    values[1] = seconds(u.ru_stime);
    RUSAGE.make(vm, &values)
}

fn getpagesize(_: &Vm) -> i64 {
    // SAFETY: no memory is involved.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) }
}

static FUNCTIONS: &[MethodDef] = &[
    method!("getrusage", 1, getrusage),
    method!("getrlimit", 1, getrlimit),
    method!("prlimit", "($module, pid, resource, limits=None, /)", prlimit),
    method!("setrlimit", 2, setrlimit),
    method!("getpagesize", 0, getpagesize),
];

static CONSTANTS: &[(&str, i64)] = &[
    ("RLIMIT_CPU", 0),
    ("RLIMIT_FSIZE", 1),
    ("RLIMIT_DATA", 2),
    ("RLIMIT_STACK", 3),
    ("RLIMIT_CORE", 4),
    ("RLIMIT_RSS", 5),
    ("RLIMIT_NPROC", 6),
    ("RLIMIT_NOFILE", 7),
    ("RLIMIT_OFILE", 7),
    ("RLIMIT_MEMLOCK", 8),
    ("RLIMIT_AS", 9),
    ("RLIMIT_SIGPENDING", 11),
    ("RLIMIT_MSGQUEUE", 12),
    ("RLIMIT_NICE", 13),
    ("RLIMIT_RTPRIO", 14),
    ("RLIMIT_RTTIME", 15),
    ("RLIM_INFINITY", -1),
    ("RUSAGE_SELF", 0),
    ("RUSAGE_CHILDREN", -1),
    ("RUSAGE_THREAD", 1),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for (name, value) in CONSTANTS {
        module.add_int(vm, name, *value)?;
    }
    module.add(vm, "error", vm.types.os_error)?;
    module.add_type(vm, RUSAGE.class(vm)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("resource", FUNCTIONS, init);
