//! `faulthandler`: tracebacks when a process dies, at a signal, or when a time is up.

mod dump;
mod fatal;
mod later;
mod user;

use std::time::Duration;

use brolga_runtime::module_def::{ModuleDef, nothing};
use brolga_runtime::object::{Args, MethodDef};
use brolga_runtime::state::Vm;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method};

use dump::Out;
pub(crate) use dump::forget;

/// The keys of files that are kept open: that of `enable`, that of `dump_traceback_later`, and a dict for `register`.
static FATAL_FILE: u8 = 0;
static LATER_FILE: u8 = 1;
static USER_FILES: u8 = 2;

/// The file's descriptor, and the object to keep alive. What it has in its buffer is written first.
fn file(vm: &Vm, file: Slot) -> PyResult<(i32, Value)> {
    let file = match file.filter(|f| !f.is_none()) {
        Some(file) => file,
        None => match vm.sys.get_str(vm, vm.intern("stderr")?) {
            None => return Err(vm.runtime_error("unable to get sys.stderr")),
            Some(stderr) if stderr.is_none() => return Err(vm.runtime_error("sys.stderr is None")),
            Some(stderr) => stderr,
        },
    };
    if vm.is_instance(file, vm.types.int) {
        if file.is_bool() {
            vm.warn(vm.types.runtime_warning, "bool is used as a file descriptor", 1)?;
        }
        let fd = vm.to_i32(file)?;
        if fd < 0 {
            return Err(vm.value_error("file is not a valid file descriptor"));
        }
        return Ok((fd, Value::NONE));
    }
    let fd = vm.call_method(file, "fileno", &[])?;
    let fd = match fd.as_small_int().and_then(|fd| i32::try_from(fd).ok()) {
        Some(fd) if fd >= 0 => fd,
        _ => return Err(vm.runtime_error("file.fileno() is not a valid file descriptor")),
    };
    if let Err(raised) = vm.call_method(file, "flush", &[]) {
        // The file may be closed by now, or not for writing.
        vm.catch(raised, vm.types.exception)?;
    }
    Ok((fd, file))
}

fn truth(vm: &Vm, v: Slot, default: bool) -> PyResult<bool> {
    v.map_or(Ok(default), |v| vm.is_true(v))
}

fn dump_traceback(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (fd, _file) = file(vm, args.opt(0))?;
    let all = truth(vm, args.opt(1), true)?;
    dump::watch(vm);
    // SAFETY: this thread holds the GIL.
    unsafe {
        if all {
            dump::all_threads(&Out::to(fd), true);
        } else {
            dump::this_thread(&Out::to(fd));
        }
    }
    vm.check_breaker()
}

fn dump_native_stack(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (fd, _file) = file(vm, args.opt(0))?;
    dump::native_stack(&Out::to(fd));
    vm.check_breaker()
}

fn enable(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (fd, file) = file(vm, args.opt(0))?;
    let (all, native) = (truth(vm, args.opt(1), true)?, truth(vm, args.opt(2), true)?);
    enable_for(vm, fd, file, all, native)
}

fn enable_for(vm: &Vm, fd: i32, file: Value, all_threads: bool, native_stack: bool) -> PyResult<()> {
    vm.keep(&FATAL_FILE, file);
    dump::watch(vm);
    fatal::enable(fd, all_threads, native_stack).map_err(|e| vm.io_error(&e, None))
}

/// As `-X faulthandler` has it.
pub fn start(vm: &Vm) -> PyResult<()> {
    enable_for(vm, 2, Value::NONE, true, true)
}

fn disable(vm: &Vm) -> bool {
    vm.keep(&FATAL_FILE, Value::NONE);
    fatal::disable()
}

fn is_enabled(_: &Vm) -> bool {
    fatal::is_enabled()
}

fn dump_later(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let ns = crate::arguments::nanoseconds(vm, args.get(0), crate::arguments::SECOND)?;
    let repeat = truth(vm, args.opt(1), false)?;
    let exit = truth(vm, args.opt(3), false)?;
    let us = ns.div_euclid(1000) + i64::from(ns.rem_euclid(1000) > 0);
    let Some(after) = u64::try_from(us).ok().filter(|us| *us > 0).map(Duration::from_micros) else {
        return Err(vm.value_error("timeout must be greater than 0"));
    };
    // Longer than any process lives; and `Instant` can still be added to.
    if after > Duration::from_secs(1 << 33) {
        return Err(vm.overflow_error("timeout value is too large"));
    }
    let (fd, file) = file(vm, args.opt(2))?;
    let (seconds, part) = (after.as_secs(), after.subsec_micros());
    let mut header = format!("Timeout ({}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if part != 0 {
        header.push_str(&format!(".{part:06}"));
    }
    header.push_str(")!\n");
    dump::watch(vm);
    vm.keep(&LATER_FILE, file);
    later::start(later::Watch { after, header, file: fd, repeat, exit })
        .map_err(|_| vm.runtime_error("unable to start watchdog thread"))
}

fn cancel_later(vm: &Vm) {
    later::cancel();
    vm.keep(&LATER_FILE, Value::NONE);
}

fn check_signal(vm: &Vm, v: Value) -> PyResult<i32> {
    let signal = vm.to_i32(v)?;
    if fatal::FATAL.iter().any(|fatal| fatal.signal == signal) {
        return Err(vm.runtime_error(format!("signal {signal} cannot be registered, use enable() instead")));
    }
    if signal < 1 || signal as usize >= user::NSIG {
        return Err(vm.value_error("signal number out of range"));
    }
    Ok(signal)
}

/// The files of registered signals, by signal.
fn user_files(vm: &Vm) -> PyResult<brolga_runtime::object::Ref<brolga_runtime::types::dict::PyDict>> {
    if let Some(files) = vm.kept(&USER_FILES).and_then(Value::downcast) {
        return Ok(files);
    }
    let files = vm.new_dict()?;
    vm.keep(&USER_FILES, files.value());
    Ok(files)
}

fn register(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let signal = check_signal(vm, args.get(0))?;
    let all = truth(vm, args.opt(2), true)?;
    let chain = truth(vm, args.opt(3), false)?;
    let (fd, file) = file(vm, args.opt(1))?;
    user_files(vm)?.set_item(vm, Value::from_i32(signal), file)?;
    dump::watch(vm);
    user::register(signal, fd, all, chain).map_err(|e| vm.io_error(&e, None))
}

fn unregister(vm: &Vm, signal: Value) -> PyResult<bool> {
    let signal = check_signal(vm, signal)?;
    let was = user::unregister(signal);
    user_files(vm)?.remove(vm, Value::from_i32(signal))?;
    Ok(was)
}

fn read_null(_: &Vm) {
    fatal::raise(libc::SIGSEGV);
}

fn segfault(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    if truth(vm, args.opt(0), false)? {
        vm.allow_threads(|| fatal::raise(libc::SIGSEGV));
    } else {
        fatal::raise(libc::SIGSEGV);
    }
    Ok(())
}

fn float_error(_: &Vm) {
    fatal::raise(libc::SIGFPE);
}

fn abort(_: &Vm) {
    fatal::raise(libc::SIGABRT);
}

const FUNCTIONS: &[MethodDef] = &[
    method!("enable", "($module, /, file=sys.stderr, all_threads=True, c_stack=True)", enable)
        .text("($module, /, file=sys.stderr, all_threads=True)")
        .doc("Enable the fault handler."),
    method!("disable", 0, disable).doc("Disable the fault handler."),
    method!("is_enabled", 0, is_enabled).doc("Check if the handler is enabled."),
    method!("dump_traceback", "($module, /, file=sys.stderr, all_threads=True)", dump_traceback).doc(
        "Dump the traceback of the current thread, or of all threads if all_threads is True, into file.",
    ),
    method!("dump_c_stack", "($module, /, file=sys.stderr)", dump_native_stack)
        .doc("Dump the C stack of the current thread."),
    method!(
        "dump_traceback_later",
        "($module, /, timeout, repeat=False, file=sys.stderr, exit=False)",
        dump_later
    )
    .doc(
        "Dump the traceback of all threads in timeout seconds,\nor each timeout seconds if repeat is True. If exit is \
         True, call _exit(1) which is not safe.",
    ),
    method!("cancel_dump_traceback_later", 0, cancel_later)
        .doc("Cancel the previous call to dump_traceback_later()."),
    method!("register", "($module, /, signum, file=sys.stderr, all_threads=True, chain=False)", register).doc(
        "Register a handler for the signal 'signum': dump the traceback of the current thread, or of all threads if \
         all_threads is True, into file.",
    ),
    method!("unregister", 1, unregister)
        .text("($module, signum, /)")
        .doc("Unregister the handler of the signal 'signum' registered by register()."),
    method!("_read_null", 0, read_null).doc("Read from NULL, raise a SIGSEGV or SIGBUS signal depending on the platform."),
    method!("_sigsegv", "($module, release_gil=False, /)", segfault).doc("Raise a SIGSEGV signal."),
    method!("_sigfpe", 0, float_error).doc("Raise a SIGFPE signal."),
    method!("_sigabrt", 0, abort).doc("Raise a SIGABRT signal."),
];

pub static MODULE: ModuleDef = ModuleDef::new("faulthandler", FUNCTIONS, nothing).doc("faulthandler module.");
