//! A lock for each buffer: a system call lets other threads run, which may use the same buffer.

use std::sync::atomic::{AtomicU32, Ordering};

use brolga_runtime::PyResult;
use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;

use super::PyBuffered;

/// Values of `lock`.
const FREE: u32 = 0;
const HELD: u32 = 1;
/// Held, and somebody sleeps on it.
const WAITED_FOR: u32 = 2;

/// Frees the lock when dropped.
pub struct Guard(Ref<PyBuffered>);

impl PyBuffered {
    fn word(&self) -> &AtomicU32 {
        // SAFETY: a `Cell<u32>` is a word that may be shared; all accesses while threads wait go through this.
        unsafe { AtomicU32::from_ptr(self.lock.as_ptr()) }
    }

    /// Frees a lock whose holder is not there any more: see `after_fork`.
    pub fn break_lock(&self, vm: &Vm) {
        if self.owner.get() != vm.ident.get() {
            self.owner.set(0);
            self.word().store(FREE, Ordering::SeqCst);
        }
    }
}

/// Takes the lock, waiting; RuntimeError where this thread has it already.
#[inline]
pub fn enter(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<Guard> {
    // The GIL is held: nobody changes the word between look and store but a waiter, who only waits while it is taken.
    if this.word().load(Ordering::Relaxed) == FREE {
        this.word().store(HELD, Ordering::Relaxed);
        this.owner.set(vm.ident.get());
        return Ok(Guard(this));
    }
    enter_slow(vm, this)
}

#[cold]
fn enter_slow(vm: &Vm, this: Ref<PyBuffered>) -> PyResult<Guard> {
    if this.owner.get() == vm.ident.get() {
        let text = vm.repr_lossy(this.value())?;
        return Err(vm.runtime_error(format!("reentrant call inside {text}")));
    }
    let word = this.word();
    while word.load(Ordering::SeqCst) != FREE {
        word.store(WAITED_FOR, Ordering::SeqCst);
        let address = this.lock.as_ptr();
        vm.allow_threads(|| {
            let pause = libc::timespec { tv_sec: 1, tv_nsec: 0 };
            // SAFETY: the word lies in an object that this stack holds; objects do not move.
            unsafe {
                libc::syscall(
                    libc::SYS_futex,
                    address,
                    libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
                    WAITED_FOR,
                    &pause as *const libc::timespec,
                );
            }
        });
        vm.poll()?;
    }
    // Others may still sleep: whoever frees it wakes one.
    word.store(WAITED_FOR, Ordering::SeqCst);
    this.owner.set(vm.ident.get());
    Ok(Guard(this))
}

impl Drop for Guard {
    #[inline]
    fn drop(&mut self) {
        self.0.owner.set(0);
        if self.0.word().swap(FREE, Ordering::SeqCst) == WAITED_FOR {
            // SAFETY: wakes a sleeper on the word's address; no memory is touched.
            unsafe {
                libc::syscall(libc::SYS_futex, self.0.lock.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, 1);
            }
        }
    }
}
