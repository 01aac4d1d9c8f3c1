//! The GIL: one thread of an interpreter runs at a time. A busy one is asked to give it up after the switch interval.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::state::{InterpreterState, ThreadState, Vm, breaker};

#[derive(Default)]
struct Inner {
    /// The thread that holds it.
    holder: usize,
    /// Threads that wait; a ticket each, so that they get it in order.
    next_ticket: u64,
    serving: u64,
}

#[derive(Default)]
pub struct Gil {
    inner: Mutex<Inner>,
    free: Condvar,
    waiting: AtomicUsize,
}

impl Gil {
    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        // Nothing panics while it holds the lock; even then the numbers are right.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes it, waiting; asks the holder to give it up every `interval`.
    fn acquire(&self, me: *const ThreadState, interval: Duration) {
        let mut inner = self.lock();
        let ticket = inner.next_ticket;
        inner.next_ticket += 1;
        self.waiting.fetch_add(1, Ordering::SeqCst);
        while inner.holder != 0 || inner.serving != ticket {
            let (guard, timeout) = self.free.wait_timeout(inner, interval).unwrap_or_else(PoisonError::into_inner);
            inner = guard;
            if timeout.timed_out() && inner.holder != 0 {
                // SAFETY: a thread that holds the GIL is alive; the lock keeps it from giving it up meanwhile.
                unsafe { (*(inner.holder as *const ThreadState)).request(breaker::GIL) };
            }
        }
        inner.holder = me as usize;
        inner.serving += 1;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }

    /// Runs `f` while no thread holds the GIL, from a thread that is none of the interpreter's. One that does not give it up
    /// within `patience` is taken to be in native code for long, and `f` runs all the same, while no other thread can take
    /// the GIL.
    fn stopped(&self, interval: Duration, patience: Duration, f: impl FnOnce()) {
        let until = std::time::Instant::now() + patience;
        let mut f = Some(f);
        let mut inner = self.lock();
        let ticket = inner.next_ticket;
        inner.next_ticket += 1;
        self.waiting.fetch_add(1, Ordering::SeqCst);
        loop {
            let served = inner.holder == 0 && inner.serving == ticket;
            if (served || std::time::Instant::now() >= until)
                && let Some(f) = f.take()
            {
                f();
            }
            if served {
                break;
            }
            let (guard, timeout) = self.free.wait_timeout(inner, interval).unwrap_or_else(PoisonError::into_inner);
            inner = guard;
            if timeout.timed_out() && inner.holder != 0 {
                // SAFETY: as in `acquire`.
                unsafe { (*(inner.holder as *const ThreadState)).request(breaker::GIL) };
            }
        }
        inner.serving += 1;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        drop(inner);
        self.free.notify_all();
    }

    fn release(&self) {
        let mut inner = self.lock();
        inner.holder = 0;
        let waited_for = inner.serving != inner.next_ticket;
        drop(inner);
        // Waking nobody is a system call all the same.
        if waited_for {
            self.free.notify_all();
        }
    }

    /// Calls `fork`, which gives 0 in the child: there only `me` is left, and holds the GIL. The lock is held across the
    /// call, lest the child inherits it from a thread that it does not have.
    pub fn across_fork(&self, me: *const ThreadState, fork: impl FnOnce() -> i32) -> i32 {
        let mut inner = self.lock();
        let pid = fork();
        if pid == 0 {
            *inner = Inner { holder: me as usize, next_ticket: 0, serving: 0 };
            self.waiting.store(0, Ordering::SeqCst);
        }
        pid
    }
}

impl InterpreterState {
    /// Runs `f` while the interpreter's threads stand still, from a thread that is none of them: they wait for the GIL, or
    /// the one that has it did not give it up within `patience`, as is so in long native code.
    pub fn with_threads_stopped(&self, patience: Duration, f: impl FnOnce()) {
        self.gil.stopped(Duration::from_millis(5), patience, f);
    }
}

impl Vm {
    fn switch_duration(&self) -> Duration {
        Duration::from_secs_f64(self.switch_interval.get().clamp(1e-6, 1e6))
    }

    /// Takes the GIL: for a new thread, before it does anything else.
    pub fn acquire_gil(&self) {
        self.gil.acquire(self, self.switch_duration());
    }

    /// Gives the GIL up for good: a thread's end.
    pub fn release_gil(&self) {
        self.gil.release();
    }

    /// Runs `f` without the GIL: for what blocks. `f` must not touch the heap but for buffers that are rooted.
    pub fn allow_threads<R>(&self, f: impl FnOnce() -> R) -> R {
        // SAFETY: this thread holds the GIL and has it again when the closure returns; `f` keeps to the rule above.
        unsafe {
            self.alloc.with_published_stack(|| {
                self.gil.release();
                let result = f();
                self.gil.acquire(self, self.switch_duration());
                result
            })
        }
    }

    /// Runs `f` with the GIL, within what [`Vm::allow_threads`] runs on this thread: native code calls back.
    ///
    /// # Safety
    /// This thread is inside `allow_threads` of this same thread state, and not in another call of this function there.
    pub unsafe fn call_back<R>(&self, f: impl FnOnce() -> R) -> R {
        struct Release<'a>(&'a Gil);
        impl Drop for Release<'_> {
            fn drop(&mut self) {
                self.0.release();
            }
        }
        self.gil.acquire(self, self.switch_duration());
        let _release = Release(&self.gil);
        // SAFETY: `allow_threads` has published the stack; the GIL is held until `_release` is dropped, after this.
        unsafe { self.alloc.with_stack_again(f) }
    }

    /// Does any thread wait for it?
    pub(crate) fn gil_waited_for(&self) -> bool {
        self.gil.waiting.load(Ordering::SeqCst) > 0
    }

    /// Another thread has asked for the GIL.
    pub(crate) fn yield_gil(&self) {
        if self.gil.waiting.load(Ordering::SeqCst) > 0 {
            self.allow_threads(|| {});
        }
    }
}
