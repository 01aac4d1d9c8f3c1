//! `_thread`: threads, locks, thread-local data.

pub mod handle;
pub mod local;
pub mod lock;
pub mod raw;
pub mod rlock;

use std::time::Duration;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::{Vm, breaker};
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::exception::display;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::str::PyStr;
use brolga_runtime::types::tuple::PyTuple;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, method, struct_sequence};

use handle::PyThreadHandle;
use raw::Wait;

/// `TIMEOUT_MAX`: seconds, CPython's on 64-bit Linux.
const TIMEOUT_MAX: f64 = 9223372036.0;
/// Bytes of a thread's name that Linux keeps.
const NAME_MAX: usize = 15;
/// Native stack of a new thread when `stack_size` was not called.
const DEFAULT_STACK: usize = 8 << 20;
/// The least that `stack_size` accepts: CPython's. It is too little for this interpreter, so threads have more.
const MIN_STACK: isize = 53248;
const MIN_NATIVE_STACK: usize = 1 << 20;

/// Where the stack size that `stack_size` set, and the handles of threads to join at the end, are kept.
static STACK_SIZE: u8 = 0;
static HANDLES: u16 = 0;
/// Where the handles of threads that were not started here are kept: the main thread's, for one.
static FOREIGN: u32 = 0;

fn note_foreign(vm: &Vm, handle: Ref<PyThreadHandle>) -> PyResult<()> {
    let list = match vm.kept(&FOREIGN).and_then(Value::downcast::<PyList>) {
        Some(list) => list,
        None => {
            let list = vm.new_list(&[])?;
            vm.keep(&FOREIGN, list.value());
            list
        }
    };
    list.push(vm, handle.value())
}

/// In the child after `fork`: the other threads are gone, and nobody waits for them at the end.
pub fn after_fork(vm: &Vm) {
    for list in [vm.kept(&HANDLES), vm.kept(&FOREIGN)] {
        if let Some(list) = list.and_then(Value::downcast::<PyList>) {
            drop_others(vm, list);
        }
    }
}

fn drop_others(vm: &Vm, list: Ref<PyList>) {
    let me = vm.ident.get();
    let mut i = 0;
    while let Some(item) = list.get(i) {
        match item.downcast::<PyThreadHandle>() {
            Some(handle) if handle.ident() != me => {
                handle.set_gone();
                list.remove_at(i);
            }
            _ => i += 1,
        }
    }
}

/// A timeout in seconds; negative is none at all.
fn seconds(vm: &Vm, timeout: Value) -> PyResult<Option<Duration>> {
    let timeout = match timeout.as_f64() {
        Some(f) => f,
        None => vm.to_f64(timeout)?,
    };
    if timeout.is_nan() {
        return Err(vm.value_error("Invalid value NaN (not a number)"));
    }
    if timeout > TIMEOUT_MAX {
        return Err(vm.overflow_error("timeout value is too large"));
    }
    Ok(if timeout < 0.0 { None } else { Some(Duration::from_secs_f64(timeout)) })
}

/// The `blocking` and `timeout` arguments of `acquire`.
fn wait_of(vm: &Vm, blocking: Slot, timeout: Slot) -> PyResult<Wait> {
    let blocking = match blocking {
        Some(v) => vm.is_true(v)?,
        None => true,
    };
    let Some(timeout) = timeout else { return Ok(if blocking { Wait::Forever } else { Wait::No }) };
    let time = seconds(vm, timeout)?;
    let minus_one = time.is_none() && vm.to_f64(timeout)? == -1.0;
    match (blocking, time) {
        (false, _) if !minus_one => Err(vm.value_error("can't specify a timeout for a non-blocking call")),
        (false, _) => Ok(Wait::No),
        (true, None) if !minus_one => Err(vm.value_error("timeout value must be a non-negative number")),
        (true, None) => Ok(Wait::Forever),
        (true, Some(time)) if time.is_zero() => Ok(Wait::No),
        (true, Some(time)) => Ok(Wait::For(time)),
    }
}

fn stack_bytes(vm: &Vm) -> usize {
    match vm.kept(&STACK_SIZE).and_then(|v| vm.to_usize(v).ok()) {
        Some(n) if n > 0 => n.max(MIN_NATIVE_STACK),
        _ => DEFAULT_STACK,
    }
}

fn stack_size(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let old = vm.kept(&STACK_SIZE).unwrap_or(Value::from_i32(0));
    if let Some(size) = args.opt(0) {
        let n = vm.to_isize(size)?;
        if n != 0 && n < MIN_STACK {
            return Err(vm.value_error(format!("size must be at least {MIN_STACK} bytes")));
        }
        vm.keep(&STACK_SIZE, vm.new_int(n as i64)?);
    }
    Ok(old)
}

/// What a thread runs: its payload is (function, args, kwargs or None, handle or None).
fn thread_body(vm: &Vm, payload: Value) {
    let Some(parts) = payload.downcast::<PyTuple>() else { return };
    let item = |i| parts.get(i).unwrap_or(Value::NONE);
    if let Some(handle) = item(3).downcast::<PyThreadHandle>() {
        handle.set_ident(vm.ident.get());
    }
    vm.run_thread_function(item(0), item(1), Some(item(2)).filter(|v| !v.is_none()));
    if let Some(handle) = item(3).downcast::<PyThreadHandle>() {
        handle.set_done();
        forget_handle(vm, handle);
    }
}

fn handles(vm: &Vm) -> PyResult<Ref<PyList>> {
    if let Some(list) = vm.kept(&HANDLES).and_then(Value::downcast) {
        return Ok(list);
    }
    let list = vm.new_list(&[])?;
    vm.keep(&HANDLES, list.value());
    Ok(list)
}

fn forget_handle(vm: &Vm, handle: Ref<PyThreadHandle>) {
    let Some(list) = vm.kept(&HANDLES).and_then(Value::downcast::<PyList>) else { return };
    if let Some(i) = list.as_slice().iter().position(|v| v.bits() == handle.value().bits()) {
        list.remove_at(i);
    }
}

fn spawn(vm: &Vm, payload: &[Value]) -> PyResult<u64> {
    let payload = vm.new_tuple(payload)?;
    vm.spawn_thread(stack_bytes(vm), payload.value(), thread_body)
        .map_err(|_| vm.runtime_error("can't start new thread"))
}

fn start_new_thread(vm: &Vm, args: &Args<'_>) -> PyResult<u64> {
    let (function, positional) = (args.get(0), args.get(1));
    if !vm.is_callable(function) {
        return Err(vm.type_error("first arg must be callable"));
    }
    if positional.downcast::<PyTuple>().is_none() {
        return Err(vm.type_error("2nd arg must be a tuple"));
    }
    let kwargs = args.opt(2).unwrap_or(Value::NONE);
    if args.opt(2).is_some() && kwargs.downcast::<PyDict>().is_none() {
        return Err(vm.type_error("optional 3rd arg must be a dictionary"));
    }
    vm.audit("_thread.start_new_thread", &[function, positional, kwargs])?;
    check_running(vm)?;
    spawn(vm, &[function, positional, kwargs, Value::NONE])
}

/// No thread begins once the interpreter ends.
fn check_running(vm: &Vm) -> PyResult<()> {
    if vm.finalizing.get() {
        return Err(
            vm.raise_message(vm.types.python_finalization_error, "can't create new thread at interpreter shutdown")
        );
    }
    Ok(())
}

fn start_joinable_thread(vm: &Vm, args: &Args<'_>) -> PyResult<Ref<PyThreadHandle>> {
    let function = args.get(0);
    if !vm.is_callable(function) {
        return Err(vm.type_error("thread function must be callable"));
    }
    let daemon = args.opt(2).map_or(Ok(true), |v| vm.is_true(v))?;
    let given = args.opt(1).unwrap_or(Value::NONE);
    vm.audit("_thread.start_joinable_thread", &[function, Value::from_int_truncated(daemon.into()), given])?;
    let handle = match args.opt_not_none(1) {
        None => handle::new_handle(vm)?,
        Some(v) => match v.downcast::<PyThreadHandle>() {
            Some(handle) => handle,
            None => return Err(vm.type_error("'handle' must be a _ThreadHandle")),
        },
    };
    if handle.is_started() {
        return Err(vm.runtime_error("thread already started"));
    }
    let daemon = match args.opt(2) {
        Some(v) => vm.is_true(v)?,
        None => true,
    };
    check_running(vm)?;
    handle.start();
    if !daemon {
        handles(vm)?.push(vm, handle.value())?;
    }
    match spawn(vm, &[function, vm.empty_tuple.value(), Value::NONE, handle.value()]) {
        Ok(ident) => {
            handle.set_ident(ident);
            Ok(handle)
        }
        Err(raised) => {
            handle.unstart();
            forget_handle(vm, handle);
            Err(raised)
        }
    }
}

/// Waits for all threads that are no daemons.
fn shutdown(vm: &Vm) -> PyResult<()> {
    loop {
        let list = handles(vm)?;
        let me = vm.ident.get();
        let next = list.as_slice().iter().filter_map(|v| v.downcast::<PyThreadHandle>()).find(|h| h.ident() != me);
        let Some(next) = next else { return Ok(()) };
        handle::wait_done(vm, next, Wait::Forever)?;
        forget_handle(vm, next);
    }
}

fn get_ident(vm: &Vm) -> u64 {
    vm.ident.get()
}

fn get_native_id(_: &Vm) -> i64 {
    // SAFETY: no arguments, always succeeds.
    i64::from(unsafe { libc::gettid() })
}

fn main_thread_ident(vm: &Vm) -> u64 {
    vm.main_thread_ident()
}

fn count(vm: &Vm) -> usize {
    vm.threads.borrow().len().saturating_sub(1)
}

fn exit(vm: &Vm) -> PyResult<()> {
    Err(vm.raise_args(vm.types.system_exit, &[]))
}

fn yes(_: &Vm) -> bool {
    true
}

/// Acts as if the signal had come in.
fn interrupt_main(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let signal = match args.opt(0) {
        Some(v) => crate::arguments::parsed_int(vm, v)?,
        None => libc::SIGINT,
    };
    if !(1..=64).contains(&signal) {
        return Err(vm.value_error("signal number out of range"));
    }
    crate::signal::simulate(vm, signal);
    vm.request_main(breaker::SIGNAL);
    if vm.is_main_thread() { vm.check_breaker() } else { Ok(()) }
}

fn set_name(vm: &Vm, name: Value) -> PyResult<()> {
    let name = vm.expect_str(name, "set_name() argument 1")?.to_lossy().replace('\u{fffd}', "?");
    // At most 15 bytes, up to the first that is zero; a character may be cut.
    let mut bytes: Vec<u8> = name.bytes().take_while(|b| *b != 0).take(NAME_MAX).collect();
    bytes.push(0);
    // SAFETY: a string that ends in zero, of 16 bytes at most.
    unsafe { libc::pthread_setname_np(libc::pthread_self(), bytes.as_ptr().cast()) };
    Ok(())
}

fn get_name(vm: &Vm) -> PyResult<Ref<PyStr>> {
    let mut buffer = [0u8; 64];
    // SAFETY: writes a string that ends in zero into the buffer of this length.
    unsafe { libc::pthread_getname_np(libc::pthread_self(), buffer.as_mut_ptr().cast(), buffer.len()) };
    let end = buffer.iter().position(|b| *b == 0).unwrap_or(0);
    brolga_runtime::codecs::fs_decode(vm, &buffer[..end])
}

struct_sequence! {
    static EXCEPT_HOOK_ARGS = "_ExceptHookArgs" in "_thread", "ExceptHookArgs\n\nType used to pass arguments to threading.excepthook.";
    visible ["exc_type", "exc_value", "exc_traceback", "thread"], hidden [], unnamed 0
}

/// `threading.excepthook`: reports what a thread's function raised.
fn excepthook(vm: &Vm, args: Value) -> PyResult<()> {
    let class = EXCEPT_HOOK_ARGS.class(vm)?;
    let parts = match args.downcast::<PyTuple>() {
        Some(parts) if vm.is_instance(args, class) => parts,
        _ => return Err(vm.type_error("_thread.excepthook argument type must be ExceptHookArgs")),
    };
    let item = |i| parts.get(i).unwrap_or(Value::NONE);
    if item(0).bits() == vm.types.system_exit.value().bits() {
        return Ok(());
    }
    let thread = item(3);
    let stderr = vm.sys.get_str(vm, vm.names.stderr).filter(|f| !f.is_none());
    // Where there is none any more, the one that the thread was made with.
    let file = match stderr {
        Some(file) => Some(file),
        None if thread.is_none() => None,
        None => vm.get_attr_opt(thread, vm.intern("_stderr")?)?.filter(|f| !f.is_none()),
    };
    let Some(file) = file else { return Ok(()) };
    let name = match thread {
        t if t.is_none() => vm.new_int_u64(vm.ident.get())?,
        t => vm.get_attr_str(t, "name")?,
    };
    let text = format!("Exception in thread {}:\n", vm.to_lossy(vm.str(name)?.value()));
    vm.call_method(file, "write", &[vm.new_str(&text)?.value()])?;
    if stderr.is_some() {
        display::default_excepthook(vm, item(1), item(2))?;
    } else {
        // `sys.stderr` for as long as the exception is printed.
        vm.sys.set_str(vm, vm.names.stderr, file)?;
        let result = display::default_excepthook(vm, item(1), item(2));
        vm.sys.set_str(vm, vm.names.stderr, Value::NONE)?;
        result?;
    }
    vm.call_method(file, "flush", &[]).map(|_| ())
}

const FUNCTIONS: &[MethodDef] = &[
    method!("start_new_thread", "($module, function, args, kwargs=<unrepresentable>, /)", start_new_thread)
        .doc("Start a new thread and return its identifier."),
    method!("start_new", "($module, function, args, kwargs=<unrepresentable>, /)", start_new_thread)
        .doc("An obsolete synonym of start_new_thread()."),
    method!("start_joinable_thread", "($module, function, handle=None, daemon=True)", start_joinable_thread),
    method!("daemon_threads_allowed", 0, yes).doc("Return True if daemon threads are allowed in the current interpreter,\nand False otherwise.\n"),
    method!("allocate_lock", 0, lock::allocate).doc("Create a new lock object."),
    method!("allocate", 0, lock::allocate).doc("An obsolete synonym of allocate_lock()."),
    method!("exit", 0, exit),
    method!("exit_thread", 0, exit).doc("An obsolete synonym of exit()."),
    method!("interrupt_main", "($module, signum=signal.SIGINT, /)", interrupt_main)
        .doc("Simulate the arrival of the given signal in the main thread,\nwhere the corresponding signal handler will be executed."),
    method!("get_ident", 0, get_ident).doc("Return a non-zero integer that uniquely identifies the current thread\namongst other threads that exist simultaneously."),
    method!("get_native_id", 0, get_native_id),
    method!("_count", 0, count),
    method!("stack_size", "($module, size=0, /)", stack_size),
    method!("_excepthook", 1, excepthook).doc("Handle uncaught Thread.run() exception."),
    method!("_is_main_interpreter", 0, yes),
    method!("_shutdown", 0, shutdown),
    method!("_make_thread_handle", 1, handle::make_for),
    method!("_get_main_thread_ident", 0, main_thread_ident),
    method!("set_name", "($module, /, name)", set_name_args),
    method!("_get_name", 0, get_name),
];

fn set_name_args(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    set_name(vm, args.get(0))
}

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    module.add(vm, "LockType", lock::class(vm)?)?;
    module.add(vm, "lock", lock::class(vm)?)?;
    module.add_type(vm, vm.native_type(&rlock::DEF)?)?;
    module.add_type(vm, vm.native_type(&local::DEF)?)?;
    module.add_type(vm, vm.native_type(&handle::DEF)?)?;
    module.add_type(vm, EXCEPT_HOOK_ARGS.class(vm)?)?;
    module.add(vm, "error", vm.types.runtime_error)?;
    module.add(vm, "TIMEOUT_MAX", Value::from_f64(TIMEOUT_MAX))?;
    module.add_int(vm, "_NAME_MAXLEN", NAME_MAX as i64)
}

pub static MODULE: ModuleDef = ModuleDef::new("_thread", FUNCTIONS, init).doc(
    "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
);
