//! How threads that are none of the interpreter's come in: native code that calls back on a thread of its own.

use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

use super::start::THREAD_STACK;
use super::{InterpreterState, ThreadState, Vm};

/// One for each interpreter that has been asked for it. It may outlive the interpreter, and then is closed.
pub struct Doorway(Mutex<Door>);

struct Door {
    interp: Option<NonNull<InterpreterState>>,
    /// Threads that have come in and have not left.
    inside: usize,
}

// SAFETY: the pointer is followed only by threads that are counted in `inside`, for whom the interpreter stays
// (`Doorway::close`), and they take the GIL first.
unsafe impl Send for Door {}

impl Doorway {
    /// Runs `f` on this thread, which is none of the interpreter's, as one of its threads. `None` where the interpreter is
    /// gone, or there is no memory for a thread.
    pub fn enter<R>(&self, f: impl FnOnce(&Vm) -> R) -> Option<R> {
        struct Leave<'a>(&'a Doorway);
        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                self.0.door().inside -= 1;
            }
        }
        let interp = {
            let mut door = self.door();
            let interp = door.interp?;
            door.inside += 1;
            interp
        };
        let _leave = Leave(self);
        // SAFETY: this thread was counted in while the interpreter was there, so it is not dropped before `_leave` is.
        // What `new` reads of it does not change.
        let thread = ThreadState::new(unsafe { interp.as_ref() }, THREAD_STACK).ok()?;
        let vm: &Vm = &thread;
        vm.acquire_gil();
        vm.attach();
        let result = f(vm);
        vm.forget_thread_values();
        vm.detach();
        vm.release_gil();
        Some(result)
    }

    fn door(&self) -> std::sync::MutexGuard<'_, Door> {
        // Nothing panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody comes in any more. False where somebody is inside: then the interpreter has to stay.
    pub(super) fn close(&self) -> bool {
        // (The lock of a thread that a fork has lost is never given back.)
        let Ok(mut door) = self.0.try_lock() else { return false };
        door.interp = None;
        door.inside == 0
    }
}

impl Vm {
    /// The way in for threads that are none of the interpreter's.
    pub fn doorway(&self) -> Arc<Doorway> {
        let new = || Arc::new(Doorway(Mutex::new(Door { interp: NonNull::new(self.interp.cast_mut()), inside: 0 })));
        self.doorway.get_or_init(new).clone()
    }
}
