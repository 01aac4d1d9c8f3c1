//! The thread that writes tracebacks when a time is up.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::dump::{self, Out};

/// How long a busy thread is waited for to give up the GIL. One that does not is in native code, where its frames do not
/// change.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Shared {
    cancelled: Mutex<bool>,
    changed: Condvar,
}

/// The watch that was set last, in this process.
static RUNNING: Mutex<Option<Arc<Shared>>> = Mutex::new(None);

#[derive(Clone)]
pub struct Watch {
    pub after: Duration,
    pub header: String,
    pub file: i32,
    pub repeat: bool,
    pub exit: bool,
}

fn run(watch: &Watch, shared: &Shared) {
    loop {
        let until = Instant::now() + watch.after;
        let mut cancelled = shared.cancelled.lock().unwrap_or_else(PoisonError::into_inner);
        while !*cancelled {
            let now = Instant::now();
            if now >= until {
                break;
            }
            cancelled = shared.changed.wait_timeout(cancelled, until - now).unwrap_or_else(PoisonError::into_inner).0;
        }
        if *cancelled {
            return;
        }
        drop(cancelled);
        let out = Out::holding(watch.file);
        out.text(&watch.header);
        if let Some(interpreter) = dump::interpreter() {
            // SAFETY: the interpreter's threads wait for the GIL, or are in native code for long.
            interpreter.with_threads_stopped(PATIENCE, || unsafe { dump::all_threads(&out, false) });
        }
        out.let_go();
        if watch.exit {
            // SAFETY: that is what was asked for.
            unsafe { libc::_exit(1) };
        }
        if !watch.repeat {
            return;
        }
    }
}

/// Starts it, in place of the one before.
pub fn start(watch: Watch) -> std::io::Result<()> {
    cancel();
    let shared = Arc::new(Shared::default());
    let own = Arc::clone(&shared);
    // Signals go to other threads.
    // SAFETY: plain calls with sets of signals on the stack.
    let before = unsafe {
        let (mut all, mut before): (libc::sigset_t, libc::sigset_t) = (std::mem::zeroed(), std::mem::zeroed());
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
        before
    };
    let spawned = std::thread::Builder::new().stack_size(256 << 10).spawn(move || run(&watch, &own));
    // SAFETY: as above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, std::ptr::null_mut()) };
    spawned?;
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = Some(shared);
    Ok(())
}

pub fn cancel() {
    if let Some(shared) = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).take() {
        *shared.cancelled.lock().unwrap_or_else(PoisonError::into_inner) = true;
        shared.changed.notify_all();
    }
}
