//! The signals that end a process: before they do, a traceback is written.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use super::dump::{self, Out};

pub struct Fatal {
    pub signal: i32,
    pub name: &'static str,
}

pub const FATAL: [Fatal; 5] = [
    Fatal { signal: libc::SIGBUS, name: "Bus error" },
    Fatal { signal: libc::SIGILL, name: "Illegal instruction" },
    Fatal { signal: libc::SIGFPE, name: "Floating-point exception" },
    Fatal { signal: libc::SIGABRT, name: "Aborted" },
    Fatal { signal: libc::SIGSEGV, name: "Segmentation fault" },
];

static ENABLED: AtomicBool = AtomicBool::new(false);
static FILE: AtomicI32 = AtomicI32::new(2);
static ALL_THREADS: AtomicBool = AtomicBool::new(true);
static NATIVE_STACK: AtomicBool = AtomicBool::new(true);
static DUMPING: AtomicBool = AtomicBool::new(false);

/// What was in charge of the signals before; written while nothing is enabled.
static mut PREVIOUS: [Option<libc::sigaction>; FATAL.len()] = [None; FATAL.len()];

pub fn is_enabled() -> bool {
    ENABLED.load(Ordering::SeqCst)
}

extern "C" fn on_fatal(signal: i32) {
    // SAFETY: the location of errno is always valid.
    let errno = unsafe { *libc::__errno_location() };
    let Some(at) = FATAL.iter().position(|fatal| fatal.signal == signal) else { return };
    restore(at);
    if ENABLED.load(Ordering::SeqCst) && !DUMPING.swap(true, Ordering::SeqCst) {
        let out = Out::to(FILE.load(Ordering::SeqCst));
        out.text("Fatal Python error: ");
        out.text(FATAL[at].name);
        out.text("\n\n");
        // SAFETY: this thread is in this handler. Others may run, if it had no GIL: what they show may be wrong, or raise the
        // signal anew, which then ends the process.
        unsafe {
            if ALL_THREADS.load(Ordering::SeqCst) {
                dump::all_threads(&out, true);
            } else {
                dump::this_thread(&out);
            }
        }
        if NATIVE_STACK.load(Ordering::SeqCst) {
            out.text("\n");
            dump::native_stack(&out);
        }
    }
    // SAFETY: as above. The signal comes again, for whoever was in charge of it.
    unsafe { *libc::__errno_location() = errno };
    raise(signal);
}

/// Raises a signal. Rust's handler of faults leaves those that it does not know to the system, which expects the fault to
/// come again.
pub fn raise(signal: i32) {
    // SAFETY: that is what was asked for; an action's room.
    unsafe {
        libc::raise(signal);
        let mut now: libc::sigaction = std::mem::zeroed();
        let known = libc::sigaction(signal, std::ptr::null(), &raw mut now) == 0;
        if known && now.sa_sigaction == libc::SIG_DFL && FATAL.iter().any(|fatal| fatal.signal == signal) {
            libc::raise(signal);
        }
    }
}

fn restore(at: usize) {
    // SAFETY: written only while the handler of this signal is not installed.
    if let Some(previous) = unsafe { (&raw const PREVIOUS[at]).read() } {
        // SAFETY: an action that was in force before.
        unsafe { libc::sigaction(FATAL[at].signal, &raw const previous, std::ptr::null_mut()) };
    }
}

pub fn enable(file: i32, all_threads: bool, native_stack: bool) -> std::io::Result<()> {
    FILE.store(file, Ordering::SeqCst);
    ALL_THREADS.store(all_threads, Ordering::SeqCst);
    NATIVE_STACK.store(native_stack, Ordering::SeqCst);
    if native_stack {
        // What unwinding needs is loaded now: the handler must not.
        let mut first = [std::ptr::null_mut(); 1];
        // SAFETY: room for one address.
        unsafe { libc::backtrace(first.as_mut_ptr(), 1) };
    }
    if ENABLED.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    for (at, fatal) in FATAL.iter().enumerate() {
        // SAFETY: all zero is a valid action; plain calls. The place is written before the handler can be called that reads
        // it.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = on_fatal as *const () as usize;
            action.sa_flags = libc::SA_NODEFER | libc::SA_ONSTACK;
            libc::sigemptyset(&raw mut action.sa_mask);
            let mut previous: libc::sigaction = std::mem::zeroed();
            libc::sigaction(fatal.signal, std::ptr::null(), &raw mut previous);
            (&raw mut PREVIOUS[at]).write(Some(previous));
            if libc::sigaction(fatal.signal, &raw const action, std::ptr::null_mut()) != 0 {
                return Err(std::io::Error::last_os_error());
            }
        }
    }
    Ok(())
}

/// Was it enabled?
pub fn disable() -> bool {
    let was = ENABLED.swap(false, Ordering::SeqCst);
    if was {
        (0..FATAL.len()).for_each(restore);
    }
    was
}
