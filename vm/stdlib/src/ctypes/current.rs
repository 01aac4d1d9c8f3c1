//! Which thread state native code that calls back belongs to: while a foreign function runs, its thread knows who called
//! it, and whether the GIL was given up for the call.

use std::cell::Cell;

use brolga_runtime::state::Vm;

#[derive(Copy, Clone)]
struct Caller {
    vm: *const Vm,
    /// Without the GIL, inside `Vm::allow_threads`.
    is_released: bool,
}

thread_local! {
    static CALLER: Cell<Option<Caller>> = const { Cell::new(None) };
}

struct Restore(Option<Caller>);

impl Drop for Restore {
    fn drop(&mut self) {
        CALLER.set(self.0);
    }
}

fn with_caller<R>(caller: Caller, f: impl FnOnce() -> R) -> R {
    let _restore = Restore(CALLER.replace(Some(caller)));
    f()
}

/// Runs a foreign function on this thread, which holds the GIL; without it, if `releases`.
pub fn foreign<R>(vm: &Vm, releases: bool, f: impl FnOnce() -> R) -> R {
    let caller = Caller { vm, is_released: releases };
    if releases { vm.allow_threads(|| with_caller(caller, f)) } else { with_caller(caller, f) }
}

/// Runs `f` with the GIL, when a foreign function that this thread has called calls back. `Err`: it has called none.
pub fn back<R, F: FnOnce(&Vm) -> R>(f: F) -> Result<R, F> {
    let Some(caller) = CALLER.get() else { return Err(f) };
    // SAFETY: `foreign` has the reference, and has not returned.
    let vm = unsafe { &*caller.vm };
    let run = || with_caller(Caller { is_released: false, ..caller }, || f(vm));
    if caller.is_released {
        // SAFETY: this thread is inside `foreign`'s `allow_threads`, and not in another call of `back` there: that would
        // have set `is_released` to false.
        Ok(unsafe { vm.call_back(run) })
    } else {
        Ok(run())
    }
}

/// Has this thread the GIL, or has it called a foreign function without it?
pub fn has_gil() -> bool {
    CALLER.get().is_some_and(|caller| !caller.is_released)
}
