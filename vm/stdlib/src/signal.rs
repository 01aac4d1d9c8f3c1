//! `_signal`: signal handlers in Python. The native handler only notes that the signal came in and wakes the main
//! thread's breaker; the Python handler runs at the main thread's next poll.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU32, AtomicUsize, Ordering};

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{Args, MethodDef, Ref};
use brolga_runtime::state::{InterpreterState, Vm, breaker};
use brolga_runtime::types::dict::PyDict;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::types::set::PySet;
use brolga_runtime::types::shape;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method, struct_sequence};

use crate::arguments::{Deadline, SECOND, nanoseconds};
use crate::exception_class::{Base, ExceptionClass};

/// One more than the highest signal number.
const NSIG: i32 = 65;
const SIG_DFL: i32 = 0;
const SIG_IGN: i32 = 1;

// Signal state is the process's own: only one interpreter's main thread handles signals.
static TRIPPED: [AtomicBool; NSIG as usize] = [const { AtomicBool::new(false) }; NSIG as usize];
static ANY: AtomicBool = AtomicBool::new(false);
/// The address of that interpreter; 0: there is none.
static OWNER: AtomicUsize = AtomicUsize::new(0);
/// Its main thread's breaker word.
static BREAKER: AtomicPtr<AtomicU32> = AtomicPtr::new(std::ptr::null_mut());
static WAKEUP_FD: AtomicI32 = AtomicI32::new(-1);
/// Tell of a wakeup file that is full.
static WAKEUP_WARNS: AtomicBool = AtomicBool::new(true);
/// Why the last write to the wakeup file failed, until somebody is told.
static WAKEUP_ERROR: AtomicI32 = AtomicI32::new(0);

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
    // SAFETY: null, or the breaker of the main thread; it is taken away before that one's state goes.
    if let Some(word) = unsafe { BREAKER.load(Ordering::SeqCst).as_ref() } {
        word.fetch_or(breaker::SIGNAL, Ordering::SeqCst);
    }
    let fd = WAKEUP_FD.load(Ordering::SeqCst);
    if fd >= 0 {
        let byte = signal as u8;
        // SAFETY: one byte of a live local.
        let failed = unsafe { libc::write(fd, std::ptr::from_ref(&byte).cast(), 1) } < 0;
        // SAFETY: as above.
        let error = unsafe { *libc::__errno_location() };
        if failed && (error != libc::EAGAIN || WAKEUP_WARNS.load(Ordering::SeqCst)) {
            WAKEUP_ERROR.store(error, Ordering::SeqCst);
        }
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

/// Are the process's signals this interpreter's? Of several it is the first that asks for them.
fn is_owner(vm: &Vm) -> bool {
    OWNER.load(Ordering::SeqCst) == address(vm)
}

fn address(vm: &Vm) -> usize {
    let interpreter: &InterpreterState = vm;
    std::ptr::from_ref(interpreter).addr()
}

/// The interpreter is about to go: signals are nobody's.
pub(crate) fn forget(vm: &Vm) {
    if is_owner(vm) {
        BREAKER.store(std::ptr::null_mut(), Ordering::SeqCst);
        OWNER.store(0, Ordering::SeqCst);
    }
}

/// As if the signal had come in.
pub fn simulate(vm: &Vm, signal: i32) {
    if !is_owner(vm) {
        if signal == libc::SIGINT {
            vm.requests().interrupt();
        }
        return;
    }
    let handled = match kept_handlers(vm) {
        Some(handlers) => handlers
            .get_item(vm, Value::from_i32(signal))
            .ok()
            .flatten()
            .is_some_and(|h| h.as_small_int().is_none() && !h.is_none()),
        None => signal == libc::SIGINT && interrupts(),
    };
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
    match WAKEUP_ERROR.swap(0, Ordering::SeqCst) {
        0 => {}
        errno => {
            let what = "Exception ignored while trying to write to the signal wakeup fd";
            vm.write_unraisable(vm.os_error(errno, None), Value::NONE, Some(what));
        }
    }
    for signal in 1..NSIG {
        if !TRIPPED[signal as usize].swap(false, Ordering::SeqCst) {
            continue;
        }
        if let Err(raised) = run_handler(vm, signal) {
            // The others stay noted.
            ANY.store(true, Ordering::SeqCst);
            vm.request(breaker::SIGNAL);
            return Err(raised);
        }
    }
    Ok(())
}

fn run_handler(vm: &Vm, signal: i32) -> PyResult<()> {
    let Some(handlers) = kept_handlers(vm) else {
        // Nothing has imported the module yet: SIGINT is the only signal that was taken over.
        return if signal == libc::SIGINT { Err(keyboard_interrupt(vm)) } else { Ok(()) };
    };
    match handlers.get_item(vm, Value::from_i32(signal))? {
        Some(handler) if !handler.is_none() && handler.as_small_int().is_none() => {
            let frame = current_frame(vm)?;
            vm.call(handler, &[Value::from_i32(signal), frame]).map(drop)
        }
        _ => Ok(()),
    }
}

fn keyboard_interrupt(vm: &Vm) -> Raised {
    vm.raise_args(vm.types.keyboard_interrupt, &[])
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

/// The handlers, once the module is imported.
fn kept_handlers(vm: &Vm) -> Option<Ref<PyDict>> {
    vm.kept(&HANDLERS).and_then(Value::downcast)
}

fn handlers(vm: &Vm) -> PyResult<Ref<PyDict>> {
    if let Some(dict) = kept_handlers(vm) {
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
    if vm.is_main_thread() && is_owner(vm) {
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
    Err(keyboard_interrupt(vm))
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
    WAKEUP_WARNS.store(args.opt(1).map_or(Ok(true), |v| vm.is_true(v))?, Ordering::SeqCst);
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

pub fn set_from_python(vm: &Vm, iterable: Value) -> PyResult<libc::sigset_t> {
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

struct_sequence! {
    static SIGINFO = "struct_siginfo" in "signal", "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on.";
    visible ["si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"], hidden [], unnamed 0
}

/// Waits for a signal of the set, until `left` says that the time is over.
fn wait_for(vm: &Vm, set: Value, deadline: Option<Deadline>) -> PyResult<Value> {
    let set = set_from_python(vm, set)?;
    loop {
        let left = deadline.map(|d| d.left().unwrap_or(0).max(0));
        let left = left.map(|ns| libc::timespec { tv_sec: ns / SECOND, tv_nsec: ns % SECOND });
        let timeout = left.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        let (number, info, errno) = vm.allow_threads(|| {
            // SAFETY: a set, a time or none, and room for what the kernel tells.
            unsafe {
                let mut info = std::mem::zeroed::<libc::siginfo_t>();
                let number = libc::sigtimedwait(&set, &mut info, timeout);
                (number, info, *libc::__errno_location())
            }
        });
        if number >= 0 {
            // SAFETY: these read numbers of a union, whichever of them have a meaning for the signal.
            let (pid, uid, status) = unsafe { (info.si_pid(), info.si_uid(), info.si_status()) };
            // `si_band` begins where the process is, and is as long as two numbers.
            let band = i64::from(pid as u32) | i64::from(uid) << 32;
            let fields = [
                Value::from_i32(info.si_signo),
                Value::from_i32(info.si_code),
                Value::from_i32(info.si_errno),
                Value::from_i32(pid),
                crate::arguments::owner_value(uid),
                Value::from_i32(status),
                vm.new_int(band)?,
            ];
            return SIGINFO.make(vm, &fields);
        }
        match errno {
            libc::EINTR => vm.poll()?,
            libc::EAGAIN if deadline.is_some() => return Ok(Value::NONE),
            _ => return Err(vm.os_error(errno, None)),
        }
        if deadline.is_some_and(Deadline::is_over) {
            return Ok(Value::NONE);
        }
    }
}

fn sigwaitinfo(vm: &Vm, set: Value) -> PyResult<Value> {
    wait_for(vm, set, None)
}

fn sigtimedwait(vm: &Vm, set: Value, timeout: Value) -> PyResult<Value> {
    let ns = nanoseconds(vm, timeout, SECOND)?;
    if ns < 0 {
        return Err(vm.value_error("timeout must be non-negative"));
    }
    wait_for(vm, set, Some(Deadline::after(ns)))
}

fn pidfd_send_signal(vm: &Vm, args: &Args<'_>) -> PyResult<()> {
    let (fd, number) = (vm.to_i32(args.get(0))?, vm.to_i32(args.get(1))?);
    if args.opt_not_none(2).is_some() {
        return Err(vm.type_error("siginfo must be None"));
    }
    let flags = args.opt(3).map_or(Ok(0), |v| vm.to_i32(v))?;
    let nothing = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: no memory is involved.
    if unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, number, nothing, flags) } < 0 {
        return Err(vm.last_os_error(None));
    }
    vm.check_breaker()
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
    method!("sigwaitinfo", 1, sigwaitinfo),
    method!("sigtimedwait", 2, sigtimedwait),
    method!("pidfd_send_signal", "($module, pidfd, signalnum, siginfo=None, flags=0, /)", pidfd_send_signal),
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
    let is_first = || OWNER.compare_exchange(0, address(vm), Ordering::SeqCst, Ordering::SeqCst).is_ok();
    if !vm.config.handles_signals || !is_first() {
        return Ok(());
    }
    BREAKER.store(std::ptr::from_ref(&vm.breaker).cast_mut(), Ordering::SeqCst);
    vm.set_signal_hook(run_handlers);
    // SAFETY: plain calls; SIGPIPE and SIGXFSZ are ignored as CPython does.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
    // Whoever has started this process may want SIGINT ignored.
    if action(libc::SIGINT) == Some(libc::SIG_DFL) { set_action(vm, libc::SIGINT, on_signal_address()) } else { Ok(()) }
}

/// What the process does with a signal now.
fn action(signal: i32) -> Option<libc::sighandler_t> {
    // SAFETY: a zeroed `sigaction` is valid; the call only writes it.
    unsafe {
        let mut action = std::mem::zeroed::<libc::sigaction>();
        (libc::sigaction(signal, std::ptr::null(), &mut action) == 0).then_some(action.sa_sigaction)
    }
}

/// SIGINT ends in `on_signal`.
fn interrupts() -> bool {
    action(libc::SIGINT) == Some(on_signal_address())
}

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for (name, number) in NUMBERS {
        module.add_int(vm, name, i64::from(*number))?;
    }
    module.add_int(vm, "SIGRTMIN", i64::from(libc::SIGRTMIN()))?;
    module.add_int(vm, "SIGRTMAX", i64::from(libc::SIGRTMAX()))?;
    module.add_type(vm, SIGINFO.class(vm)?)?;
    module.add(vm, "ItimerError", TIMER_ERROR.class(vm)?)?;
    let all = handlers(vm)?;
    for number in 1..NSIG {
        let value = match action(number) {
            None => continue,
            Some(libc::SIG_DFL) => Value::from_i32(SIG_DFL),
            Some(libc::SIG_IGN) => Value::from_i32(SIG_IGN),
            Some(own) if number == libc::SIGINT && own == on_signal_address() => {
                vm.get_attr_str(module.value(), "default_int_handler")?
            }
            Some(_) => Value::NONE,
        };
        all.set_item(vm, Value::from_i32(number), value)?;
    }
    Ok(())
}

pub static MODULE: ModuleDef =
    ModuleDef::new("_signal", FUNCTIONS, init).doc("This module provides mechanisms to use signal handlers in Python.");
