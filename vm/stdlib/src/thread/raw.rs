//! What locks and joins wait on: a flag with a condition variable. Waiting gives up the GIL.

use std::cell::Cell;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use brolga_runtime::PyResult;
use brolga_runtime::object::{HeapType, Ref};
use brolga_runtime::state::Vm;

/// What a [`RawLock`] guards.
struct Inner {
    locked: bool,
    /// Threads that wait. A condition variable asks the system to wake somebody even if nobody waits; most releases can do
    /// without that call.
    waiters: usize,
}

/// A lock that any thread may release.
pub struct RawLock {
    inner: Mutex<Inner>,
    free: Condvar,
}

impl RawLock {
    const fn new() -> RawLock {
        RawLock { inner: Mutex::new(Inner { locked: false, waiters: 0 }), free: Condvar::new() }
    }
}

impl Default for RawLock {
    fn default() -> RawLock {
        RawLock::new()
    }
}

/// The lock that an object owns, outside the heap. The object's layout has a drop function, which calls
/// [`OwnedLock::free`].
#[repr(transparent)]
pub struct OwnedLock(Cell<*const RawLock>);

impl OwnedLock {
    /// Gives a new object its lock, which is freed with it.
    pub fn attach<O: HeapType>(&self, vm: &Vm, owner: Ref<O>) -> PyResult<()> {
        // SAFETY: a live cell of this heap, whose layout has a drop function, which accepts one without a lock.
        if unsafe { vm.heap.register_drop(owner.obj().as_ptr()) }.is_err() {
            return Err(vm.memory_error());
        }
        self.0.set(Box::into_raw(Box::default()));
        Ok(())
    }

    pub fn get(&self) -> &RawLock {
        // Of an object that could not be made.
        static NOBODYS: RawLock = RawLock::new();
        // SAFETY: null, or made by `Box::into_raw` and freed at the object's death.
        unsafe { self.0.get().as_ref() }.unwrap_or(&NOBODYS)
    }

    /// Makes it free in a child after `fork`.
    pub fn reset(&self) {
        if !self.get().reset() {
            // The old one stays behind: nobody can tell whether a thread still uses it.
            self.0.set(Box::into_raw(Box::default()));
        }
    }

    /// Frees what the object owned.
    ///
    /// # Safety
    /// The object is dead: nobody waits for the lock or can reach it.
    pub unsafe fn free(&self) {
        let raw = self.0.replace(std::ptr::null());
        if !raw.is_null() {
            // SAFETY: made by `Box::into_raw`; the caller says that it is not used.
            drop(unsafe { Box::from_raw(raw.cast_mut()) });
        }
    }
}

/// How long to wait.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Wait {
    No,
    For(Duration),
    Forever,
}

/// The main thread looks for signals this often while it waits.
const SLICE: Duration = Duration::from_millis(20);

impl RawLock {
    fn guard(&self) -> MutexGuard<'_, Inner> {
        // Nothing panics with it held, and any value is a state.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_locked(&self) -> bool {
        self.guard().locked
    }

    pub fn try_acquire(&self) -> bool {
        !std::mem::replace(&mut self.guard().locked, true)
    }

    /// Is it now unlocked, having been locked?
    pub fn release(&self) -> bool {
        let mut inner = self.guard();
        let was = std::mem::replace(&mut inner.locked, false);
        if inner.waiters > 0 {
            drop(inner);
            self.free.notify_one();
        }
        was
    }

    /// Makes it free in a child after `fork`, whoever held it. False: not possible, since a thread that the child does
    /// not have was at work on the lock itself.
    pub fn reset(&self) -> bool {
        // A thread that is alive needs it for no longer than a moment.
        for _ in 0..100 {
            match self.inner.try_lock() {
                // Waiters that the child does not have stay counted: they cost calls that wake nobody.
                Ok(mut inner) => inner.locked = false,
                Err(std::sync::TryLockError::Poisoned(inner)) => inner.into_inner().locked = false,
                Err(std::sync::TryLockError::WouldBlock) => {
                    std::thread::yield_now();
                    continue;
                }
            }
            self.free.notify_all();
            return true;
        }
        false
    }

    /// Ends a wait of all who [`RawLock::wait_free`].
    pub fn open(&self) {
        self.guard().locked = false;
        self.free.notify_all();
    }

    fn wait_slice(&self, limit: Option<Duration>, take: bool) -> bool {
        let mut inner = self.guard();
        let end = limit.map(|limit| Instant::now() + limit);
        inner.waiters += 1;
        while inner.locked {
            match end {
                None => inner = self.free.wait(inner).unwrap_or_else(PoisonError::into_inner),
                Some(end) => {
                    let now = Instant::now();
                    if now >= end {
                        inner.waiters -= 1;
                        return false;
                    }
                    inner = self.free.wait_timeout(inner, end - now).unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
        inner.waiters -= 1;
        if take {
            inner.locked = true;
        }
        true
    }

    /// Waits until it is free, and takes it if `take`. The main thread runs signal handlers meanwhile, which may raise.
    fn wait(&self, vm: &Vm, wait: Wait, take: bool) -> PyResult<bool> {
        if take {
            if self.try_acquire() {
                return Ok(true);
            }
        } else if !self.is_locked() {
            return Ok(true);
        }
        let end = match wait {
            Wait::No => return Ok(false),
            Wait::For(time) => Instant::now().checked_add(time),
            Wait::Forever => None,
        };
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let slice = if vm.is_main_thread() { Some(left.map_or(SLICE, |l| l.min(SLICE))) } else { left };
            if vm.allow_threads(|| self.wait_slice(slice, take)) {
                // A signal that came meanwhile interrupts the wait, not what the caller does behind it.
                return match vm.check_breaker() {
                    Ok(()) => Ok(true),
                    Err(raised) => {
                        if take {
                            self.release();
                        }
                        Err(raised)
                    }
                };
            }
            vm.check_breaker()?;
            if left.is_some_and(|l| l <= SLICE) && end.is_some_and(|end| Instant::now() >= end) {
                return Ok(false);
            }
        }
    }

    pub fn acquire(&self, vm: &Vm, wait: Wait) -> PyResult<bool> {
        self.wait(vm, wait, true)
    }

    pub fn wait_free(&self, vm: &Vm, wait: Wait) -> PyResult<bool> {
        self.wait(vm, wait, false)
    }
}
