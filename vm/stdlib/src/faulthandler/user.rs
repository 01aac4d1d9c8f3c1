//! Signals on which a traceback is written, and the program goes on.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use super::dump::{self, Out};

pub const NSIG: usize = 65;

struct Entry {
    enabled: AtomicBool,
    file: AtomicI32,
    all_threads: AtomicBool,
    chain: AtomicBool,
}

static ENTRIES: [Entry; NSIG] = [const {
    Entry {
        enabled: AtomicBool::new(false),
        file: AtomicI32::new(2),
        all_threads: AtomicBool::new(true),
        chain: AtomicBool::new(false),
    }
}; NSIG];

/// What was in charge of the signals before; written while the entry is not enabled.
static mut PREVIOUS: [Option<libc::sigaction>; NSIG] = [None; NSIG];

extern "C" fn on_signal(signal: i32) {
    // SAFETY: the location of errno is always valid; what the interrupted code sees there must not change.
    let errno = unsafe { *libc::__errno_location() };
    let Some(entry) = usize::try_from(signal).ok().and_then(|at| ENTRIES.get(at)) else { return };
    if !entry.enabled.load(Ordering::SeqCst) {
        return;
    }
    let out = Out::to(entry.file.load(Ordering::SeqCst));
    // SAFETY: this thread is in this handler; others may run, if it had no GIL: what they show may be wrong, as CPython's
    // may be.
    unsafe {
        if entry.all_threads.load(Ordering::SeqCst) {
            dump::all_threads(&out, true);
        } else {
            dump::this_thread(&out);
        }
    }
    if entry.chain.load(Ordering::SeqCst) {
        restore(signal as usize);
        // SAFETY: the signal goes to whoever was in charge before, and then here again.
        unsafe {
            *libc::__errno_location() = errno;
            libc::raise(signal);
        }
        let _ = install(signal, true);
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

fn restore(at: usize) {
    // SAFETY: an index below `NSIG`; written only while the entry is not enabled.
    let previous = unsafe { (&raw const PREVIOUS).cast::<Option<libc::sigaction>>().add(at.min(NSIG - 1)).read() };
    if let Some(previous) = previous {
        // SAFETY: an action that was in force before.
        unsafe { libc::sigaction(at as i32, &raw const previous, std::ptr::null_mut()) };
    }
}

fn install(signal: i32, chain: bool) -> std::io::Result<()> {
    // SAFETY: all zero is a valid action; plain calls.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_signal as *const () as usize;
        // With `chain` the signal must be able to come in while its handler runs.
        action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK | if chain { libc::SA_NODEFER } else { 0 };
        libc::sigemptyset(&raw mut action.sa_mask);
        match libc::sigaction(signal, &raw const action, std::ptr::null_mut()) {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        }
    }
}

pub fn register(signal: i32, file: i32, all_threads: bool, chain: bool) -> std::io::Result<()> {
    let Some(entry) = usize::try_from(signal).ok().and_then(|at| ENTRIES.get(at)) else { return Ok(()) };
    entry.file.store(file, Ordering::SeqCst);
    entry.all_threads.store(all_threads, Ordering::SeqCst);
    entry.chain.store(chain, Ordering::SeqCst);
    if !entry.enabled.load(Ordering::SeqCst) {
        // SAFETY: a place of this array (the entry exists), that no handler reads while the entry is not enabled.
        unsafe {
            let mut previous: libc::sigaction = std::mem::zeroed();
            if libc::sigaction(signal, std::ptr::null(), &raw mut previous) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            (&raw mut PREVIOUS).cast::<Option<libc::sigaction>>().add(signal as usize).write(Some(previous));
        }
    }
    install(signal, chain)?;
    entry.enabled.store(true, Ordering::SeqCst);
    Ok(())
}

/// Was it registered?
pub fn unregister(signal: i32) -> bool {
    let Some(entry) = usize::try_from(signal).ok().and_then(|at| ENTRIES.get(at)) else { return false };
    let was = entry.enabled.swap(false, Ordering::SeqCst);
    if was {
        restore(signal as usize);
    }
    was
}
