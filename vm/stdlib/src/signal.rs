//! `_signal`: signal handlers in Python. The native handler only notes that the signal came in and wakes the main
//! thread's breaker; the Python handler runs at the main thread's next poll.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU32, Ordering};

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::{Vm, breaker};
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::set::PySet;
use brolga_runtime::types::shape;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use crate::arguments::{SECOND, nanoseconds};
use crate::exception_class::{Base, ExceptionClass};

/// One more than the highest signal number.
const NSIG: i32 = 65;
const SIG_DFL: i32 = 0;
const SIG_IGN: i32 = 1;

// Signal state is the process's own: only one interpreter's main thread handles signals.
static TRIPPED: [AtomicBool; NSIG as usize] = [const { AtomicBool::new(false) }; NSIG as usize];
static ANY: AtomicBool = AtomicBool::new(false);
/// The main thread's breaker word.
static BREAKER: AtomicPtr<AtomicU32> = AtomicPtr::new(std::ptr::null_mut());
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);

/// Where the handlers (a dict by number) are kept.
static HANDLERS: u8 = 0;

/// Async-signal-safe: atomics and `write` only.
extern "C" fn on_signal(signal: i32) {
    // SAFETY: the location of errno is always valid; what the interrupted code sees there must not change.
    let errno = unsafe { *libc::__errno_location() };
    if let Some(tripped) = TRIPPED.get(signal as usize) {
        tripped.store(true, Ordering::SeqCst);
        ANY.store(true, Ordering::SeqCst);
    }
    // SAFETY: null, or the breaker of the main thread, whose state lives until the process ends.
    if let Some(word) = unsafe { BREAKER.load(Ordering::SeqCst).as_ref() } {
        word.fetch_or(breaker::SIGNAL, Ordering::SeqCst);
    }
    let fd = WAKEUP_FD.load(Ordering::SeqCst);
    if fd >= 0 {
        let byte = signal as u8;
        // SAFETY: one byte of a live local.
        unsafe { libc::write(fd, std::ptr::from_ref(&byte).cast(), 1) };
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

/// As if the signal had come in.
pub fn simulate(vm: &Vm, signal: i32) {
    let handled = handlers(vm)
        .and_then(|h| h.get_item(vm, Value::from_i32(signal)))
        .ok()
        .flatten()
        .is_some_and(|h| h.as_small_int().is_none() && !h.is_none());
    if handled && let Some(tripped) = TRIPPED.get(signal as usize) {
        tripped.store(true, Ordering::SeqCst);
        ANY.store(true, Ordering::SeqCst);
    }
}

/// Runs the Python handlers of signals that came in. On the main thread, at a poll.
fn run_handlers(vm: &Vm) -> PyResult<()> {
    if !ANY.swap(false, Ordering::SeqCst) {
        return Ok(());
    }
    for signal in 1..NSIG {
        if !TRIPPED[signal as usize].swap(false, Ordering::SeqCst) {
            continue;
        }
        let Some(handler) = handlers(vm)?.get_item(vm, Value::from_i32(signal))? else { continue };
        if handler.is_none() || handler.as_small_int().is_some() {
            continue;
        }
        let frame = current_frame(vm)?;
        if let Err(raised) = vm.call(handler, &[Value::from_i32(signal), frame]) {
            // The others stay noted.
            ANY.store(true, Ordering::SeqCst);
            vm.request(breaker::SIGNAL);
            return Err(raised);
        }
    }
    Ok(())
}

/// SIG_DFL and SIG_IGN may be members of an enum.
fn handler_number(vm: &Vm, handler: Value) -> PyResult<Option<i64>> {
    if handler.as_small_int().is_some() {
        return Ok(handler.as_small_int());
    }
    let number = vm.index(handler);
    Ok(vm.suppress(number, vm.types.type_error)?.and_then(Value::as_small_int))
}

/// The interrupted frame.
fn current_frame(vm: &Vm) -> PyResult<Value> {
    if vm.frame.get().is_null() {
        return Ok(Value::NONE);
    }
    match vm.sys.get_str(vm, vm.intern("_getframe")?) {
        Some(getframe) => vm.call(getframe, &[]),
        None => Ok(Value::NONE),
    }
}

fn handlers(vm: &Vm) -> PyResult<Ref<PyDict>> {
    if let Some(dict) = vm.kept(&HANDLERS).and_then(Value::downcast) {
        return Ok(dict);
    }
    let dict = vm.new_dict()?;
    vm.keep(&HANDLERS, dict.value());
    Ok(dict)
}

fn check(vm: &Vm, signal: Value) -> PyResult<i32> {
    let signal = vm.to_i32(signal)?;
    if !(1..NSIG).contains(&signal) {
        return Err(vm.value_error("signal number out of range"));
    }
    Ok(signal)
}

fn main_only(vm: &Vm, what: &str) -> PyResult<()> {
    if vm.is_main_thread() {
        return Ok(());
    }
    Err(vm.value_error(format!("{what} only works in main thread of the main interpreter")))
}

/// Sets the process's action.
fn set_action(vm: &Vm, signal: i32, action: libc::sighandler_t) -> Result<(), Raised> {
    // SAFETY: a zeroed `sigaction` is valid; the handler is async-signal-safe.
    let failed = unsafe {
        let mut new = std::mem::zeroed::<libc::sigaction>();
        new.sa_sigaction = action;
        libc::sigemptyset(&mut new.sa_mask);
        // So that blocking calls end with EINTR and the handler runs soon.
        new.sa_flags = if action > 1 { libc::SA_ONSTACK } else { 0 };
        libc::sigaction(signal, &new, std::ptr::null_mut()) != 0
    };
    if failed { Err(vm.last_os_error(None)) } else { Ok(()) }
}

fn on_signal_address() -> libc::sighandler_t {
    let handler: extern "C" fn(i32) = on_signal;
    handler as *const () as libc::sighandler_t
}

fn signal(vm: &Vm, number: Value, handler: Value) -> PyResult<Value> {
    let number = check_range_later(vm, number)?;
    main_only(vm, "signal")?;
    if !(1..NSIG).contains(&number) {
        return Err(vm.value_error("signal number out of range"));
    }
    let as_number = if vm.is_callable(handler) { None } else { handler_number(vm, handler)? };
    let action = match as_number {
        Some(0) => libc::SIG_DFL,
        Some(1) => libc::SIG_IGN,
        _ if vm.is_callable(handler) => on_signal_address(),
        _ => {
            return Err(vm.type_error("signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"));
        }
    };
    vm.check_breaker()?;
    set_action(vm, number, action)?;
    let stored = match as_number {
        Some(n) => Value::from_i32(n as i32),
        None => handler,
    };
    let handlers = handlers(vm)?;
    let key = Value::from_i32(number);
    let old = handlers.get_item(vm, key)?.unwrap_or(Value::NONE);
    handlers.set_item(vm, key, stored)?;
    Ok(old)
}

fn check_range_later(vm: &Vm, number: Value) -> PyResult<i32> {
    vm.to_i32(number)
}

fn getsignal(vm: &Vm, number: Value) -> PyResult<Value> {
    let number = check(vm, number)?;
    Ok(handlers(vm)?.get_item(vm, Value::from_i32(number))?.unwrap_or(Value::NONE))
}

fn default_int_handler(vm: &Vm, _: &Args<'_>) -> PyResult<()> {
    Err(vm.raise_args(vm.types.keyboard_interrupt, &[]))
}

fn raise_signal(vm: &Vm, number: Value) -> PyResult<()> {
    let number = vm.to_i32(number)?;
    // SAFETY: no memory involved.
    if unsafe { libc::raise(number) } != 0 {
        return Err(vm.last_os_error(None));
    }
    vm.check_breaker()
}

fn pthread_kill(vm: &Vm, thread: Value, number: Value) -> PyResult<()> {
    let thread = vm.to_i64(thread)? as u64;
    let number = vm.to_i32(number)?;
    // A `pthread_t` of a thread that has ended must not be used.
    // SAFETY: the list has live thread states only, and this thread holds the GIL.
    let alive = vm.threads.borrow().iter().any(|t| unsafe { (**t).ident.get() } == thread);
    if !alive {
        return Err(vm.os_error(libc::ESRCH, None));
    }
    // SAFETY: the thread lives: it can't detach while this one holds the GIL.
    let failed = unsafe { libc::pthread_kill(thread as libc::pthread_t, number) };
    if failed != 0 {
        return Err(vm.os_error(failed, None));
    }
    vm.check_breaker()
}

fn set_wakeup_fd(vm: &Vm, args: &Args<'_>) -> PyResult<i32> {
    let fd = vm.to_i32(args.get(0))?;
    main_only(vm, "set_wakeup_fd")?;
    if fd != -1 {
        // SAFETY: fills the local.
        let flags = unsafe {
            let mut status = std::mem::zeroed::<libc::stat>();
            if libc::fstat(fd, &mut status) != 0 {
                return Err(vm.last_os_error(None));
            }
            libc::fcntl(fd, libc::F_GETFL)
        };
        if flags & libc::O_NONBLOCK == 0 {
            return Err(vm.value_error(format!("the fd {fd} must be in non-blocking mode")));
        }
    }
    Ok(WAKEUP_FD.swap(fd, Ordering::SeqCst))
}

fn alarm(vm: &Vm, seconds: Value) -> PyResult<u32> {
    let seconds = vm.to_i32(seconds)?;
    // SAFETY: no memory involved.
    Ok(unsafe { libc::alarm(seconds as u32) })
}

fn pause(vm: &Vm) -> PyResult<()> {
    // SAFETY: no memory involved.
    vm.allow_threads(|| unsafe { libc::pause() });
    vm.check_breaker()
}

fn timeval(vm: &Vm, v: Value) -> PyResult<libc::timeval> {
    let ns = nanoseconds(vm, v, SECOND)?;
    // Microseconds, rounded up.
    let us = ns.div_euclid(1000) + i64::from(ns.rem_euclid(1000) != 0);
    Ok(libc::timeval { tv_sec: us.div_euclid(1_000_000), tv_usec: us.rem_euclid(1_000_000) })
}

fn timer_result(vm: &Vm, timer: libc::itimerval) -> PyResult<Value> {
    let float = |t: libc::timeval| Value::from_f64(t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    Ok(vm.new_tuple(&[float(timer.it_value), float(timer.it_interval)])?.value())
}

static TIMER_ERROR: ExceptionClass = ExceptionClass::new("signal", "ItimerError", Base::OsError);

fn timer_error(vm: &Vm) -> Raised {
    let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL);
    TIMER_ERROR.raise_numbered(vm, errno, &brolga_runtime::types::exception::strerror(errno))
}

fn setitimer(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    let which = vm.to_i32(args.get(0))?;
    let new = libc::itimerval {
        it_value: timeval(vm, args.get(1))?,
        it_interval: match args.opt(2) {
            Some(v) => timeval(vm, v)?,
            None => libc::timeval { tv_sec: 0, tv_usec: 0 },
        },
    };
    // SAFETY: a zeroed itimerval is valid; both are live locals.
    let (failed, old) = unsafe {
        let mut old = std::mem::zeroed::<libc::itimerval>();
        (setitimer_raw(which, &new, &mut old) != 0, old)
    };
    if failed { Err(timer_error(vm)) } else { timer_result(vm, old) }
}

unsafe extern "C" {
    #[link_name = "setitimer"]
    fn setitimer_raw(which: i32, new: *const libc::itimerval, old: *mut libc::itimerval) -> i32;
    #[link_name = "getitimer"]
    fn getitimer_raw(which: i32, now: *mut libc::itimerval) -> i32;
    #[link_name = "strsignal"]
    fn strsignal_raw(signal: i32) -> *const libc::c_char;
}

fn getitimer(vm: &Vm, which: Value) -> PyResult<Value> {
    let which = vm.to_i32(which)?;
    // SAFETY: as `setitimer`.
    let (failed, now) = unsafe {
        let mut now = std::mem::zeroed::<libc::itimerval>();
        (getitimer_raw(which, &mut now) != 0, now)
    };
    if failed { Err(timer_error(vm)) } else { timer_result(vm, now) }
}

fn strsignal(vm: &Vm, number: Value) -> PyResult<Value> {
    let number = check(vm, number)?;
    // SAFETY: gives a string that stays until the next call on this thread.
    let text = unsafe {
        let text = strsignal_raw(number);
        if text.is_null() {
            return Ok(Value::NONE);
        }
        std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned()
    };
    if text.starts_with("Unknown signal") {
        return Ok(Value::NONE);
    }
    Ok(vm.new_str(&text)?.value())
}

fn siginterrupt(vm: &Vm, number: Value, flag: Value) -> PyResult<()> {
    let number = check(vm, number)?;
    let flag = vm.is_true(flag)?;
    // SAFETY: reads and changes one flag of the present action.
    let failed = unsafe {
        let mut action = std::mem::zeroed::<libc::sigaction>();
        libc::sigaction(number, std::ptr::null(), &mut action);
        if flag {
            action.sa_flags &= !libc::SA_RESTART;
        } else {
            action.sa_flags |= libc::SA_RESTART;
        }
        libc::sigaction(number, &action, std::ptr::null_mut()) != 0
    };
    if failed { Err(vm.last_os_error(None)) } else { Ok(()) }
}

/// The set of the signal numbers in a `sigset_t`.
fn set_to_python(vm: &Vm, set: &libc::sigset_t) -> PyResult<Ref<PySet>> {
    let result = PySet::new(vm, shape::set)?;
    for number in 1..NSIG {
        // SAFETY: a valid set and number.
        if unsafe { libc::sigismember(set, number) } == 1 {
            result.add(vm, Value::from_i32(number))?;
        }
    }
    Ok(result)
}

fn set_from_python(vm: &Vm, iterable: Value) -> PyResult<libc::sigset_t> {
    // SAFETY: `sigemptyset` makes a valid set.
    let mut set = unsafe {
        let mut set = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&mut set);
        set
    };
    vm.for_each(iterable, |v| {
        let number = vm.to_i32(v)?;
        if !(1..NSIG).contains(&number) {
            return Err(vm.value_error(format!("signal number {number} out of range [1; {}]", NSIG - 1)));
        }
        // SAFETY: a valid set; numbers that the C library reserves are refused by it.
        unsafe { libc::sigaddset(&mut set, number) };
        Ok(())
    })?;
    Ok(set)
}

fn pthread_sigmask(vm: &Vm, how: Value, mask: Value) -> PyResult<Ref<PySet>> {
    let how = vm.to_i32(how)?;
    let mask = set_from_python(vm, mask)?;
    // SAFETY: valid sets.
    let (failed, old) = unsafe {
        let mut old = std::mem::zeroed::<libc::sigset_t>();
        (libc::pthread_sigmask(how, &mask, &mut old), old)
    };
    if failed != 0 {
        return Err(vm.os_error(failed, None));
    }
    vm.check_breaker()?;
    set_to_python(vm, &old)
}

fn sigpending(vm: &Vm) -> PyResult<Ref<PySet>> {
    // SAFETY: fills the set.
    let set = unsafe {
        let mut set = std::mem::zeroed::<libc::sigset_t>();
        libc::sigpending(&mut set);
        set
    };
    set_to_python(vm, &set)
}

fn sigwait(vm: &Vm, set: Value) -> PyResult<i32> {
    let set = set_from_python(vm, set)?;
    let number = Cell::new(0);
    // SAFETY: valid set and location.
    let failed = vm.allow_threads(|| unsafe { libc::sigwait(&set, number.as_ptr()) });
    if failed != 0 { Err(vm.os_error(failed, None)) } else { Ok(number.get()) }
}

fn valid_signals(vm: &Vm) -> PyResult<Ref<PySet>> {
    // SAFETY: fills the set.
    let set = unsafe {
        let mut set = std::mem::zeroed::<libc::sigset_t>();
        libc::sigfillset(&mut set);
        set
    };
    set_to_python(vm, &set)
}

const FUNCTIONS: &[MethodDef] = &[
    method!("signal", 2, signal).doc(
        "Set the action for the given signal.\n\nThe action can be SIG_DFL, SIG_IGN, or a callable Python object.\nThe previous action is returned.  See getsignal() for possible return values.\n\n*** IMPORTANT NOTICE ***\nA signal handler function is called with two arguments:\nthe first is the signal number, the second is the interrupted stack frame.",
    ),
    method!("getsignal", 1, getsignal).doc("Return the current action for the given signal."),
    method!("default_int_handler", "($module, signalnum, frame, /)", default_int_handler)
        .doc("The default handler for SIGINT installed by Python.\n\nIt raises KeyboardInterrupt."),
    method!("raise_signal", 1, raise_signal).doc("Send a signal to the executing process."),
    method!("pthread_kill", 2, pthread_kill).doc("Send a signal to a thread."),
    method!("set_wakeup_fd", "($module, fd, /, *, warn_on_full_buffer=True)", set_wakeup_fd),
    method!("alarm", 1, alarm).doc("Arrange for SIGALRM to arrive after the given number of seconds."),
    method!("pause", 0, pause).doc("Wait until a signal arrives."),
    method!("setitimer", "($module, which, seconds, interval=0.0, /)", setitimer),
    method!("getitimer", 1, getitimer),
    method!("strsignal", 1, strsignal),
    method!("siginterrupt", 2, siginterrupt),
    method!("pthread_sigmask", 2, pthread_sigmask),
    method!("sigpending", 0, sigpending),
    method!("sigwait", 1, sigwait),
    method!("valid_signals", 0, valid_signals),
];

const NUMBERS: &[(&str, i32)] = &[
    ("SIGHUP", libc::SIGHUP),
    ("SIGINT", libc::SIGINT),
    ("SIGQUIT", libc::SIGQUIT),
    ("SIGILL", libc::SIGILL),
    ("SIGTRAP", libc::SIGTRAP),
    ("SIGIOT", libc::SIGABRT),
    ("SIGABRT", libc::SIGABRT),
    ("SIGFPE", libc::SIGFPE),
    ("SIGKILL", libc::SIGKILL),
    ("SIGBUS", libc::SIGBUS),
    ("SIGSEGV", libc::SIGSEGV),
    ("SIGSYS", libc::SIGSYS),
    ("SIGPIPE", libc::SIGPIPE),
    ("SIGALRM", libc::SIGALRM),
    ("SIGTERM", libc::SIGTERM),
    ("SIGUSR1", libc::SIGUSR1),
    ("SIGUSR2", libc::SIGUSR2),
    ("SIGCLD", libc::SIGCHLD),
    ("SIGCHLD", libc::SIGCHLD),
    ("SIGPWR", libc::SIGPWR),
    ("SIGIO", libc::SIGIO),
    ("SIGURG", libc::SIGURG),
    ("SIGWINCH", libc::SIGWINCH),
    ("SIGPOLL", libc::SIGIO),
    ("SIGSTOP", libc::SIGSTOP),
    ("SIGTSTP", libc::SIGTSTP),
    ("SIGCONT", libc::SIGCONT),
    ("SIGTTIN", libc::SIGTTIN),
    ("SIGTTOU", libc::SIGTTOU),
    ("SIGVTALRM", libc::SIGVTALRM),
    ("SIGPROF", libc::SIGPROF),
    ("SIGXCPU", libc::SIGXCPU),
    ("SIGXFSZ", libc::SIGXFSZ),
    ("SIGSTKFLT", libc::SIGSTKFLT),
    ("SIG_BLOCK", libc::SIG_BLOCK),
    ("SIG_UNBLOCK", libc::SIG_UNBLOCK),
    ("SIG_SETMASK", libc::SIG_SETMASK),
    ("ITIMER_REAL", 0),
    ("ITIMER_VIRTUAL", 1),
    ("ITIMER_PROF", 2),
    ("SIG_DFL", SIG_DFL),
    ("SIG_IGN", SIG_IGN),
    ("NSIG", NSIG),
];

/// Notes what each signal does now, and takes SIGINT over, as the main interpreter does when it starts.
pub fn start(vm: &Vm) -> PyResult<()> {
    BREAKER.store(std::ptr::from_ref(&vm.breaker).cast_mut(), Ordering::SeqCst);
    vm.set_signal_hook(run_handlers);
    // SAFETY: plain calls; SIGPIPE and SIGXFSZ are ignored as CPython does.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
    set_action(vm, libc::SIGINT, on_signal_address())
}

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for (name, number) in NUMBERS {
        module.add_int(vm, name, i64::from(*number))?;
    }
    module.add_int(vm, "SIGRTMIN", i64::from(libc::SIGRTMIN()))?;
    module.add_int(vm, "SIGRTMAX", i64::from(libc::SIGRTMAX()))?;
    module.add(vm, "ItimerError", TIMER_ERROR.class(vm)?)?;
    let all = handlers(vm)?;
    for number in 1..NSIG {
        // SAFETY: reads the present action.
        let action = unsafe {
            let mut action = std::mem::zeroed::<libc::sigaction>();
            match libc::sigaction(number, std::ptr::null(), &mut action) {
                0 => action.sa_sigaction,
                _ => continue,
            }
        };
        let value = match action {
            libc::SIG_DFL => Value::from_i32(SIG_DFL),
            libc::SIG_IGN => Value::from_i32(SIG_IGN),
            _ => Value::NONE,
        };
        all.set_item(vm, Value::from_i32(number), value)?;
    }
    let int_handler = vm.get_attr_str(module.value(), "default_int_handler")?;
    all.set_item(vm, Value::from_i32(libc::SIGINT), int_handler)
}

pub static MODULE: ModuleDef =
    ModuleDef::new("_signal", FUNCTIONS, init).doc("This module provides mechanisms to use signal handlers in Python.");
