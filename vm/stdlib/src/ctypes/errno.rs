//! The copy of C's `errno` that each thread has for `use_errno`.

use std::cell::Cell;

thread_local! {
    static COPY: Cell<i32> = const { Cell::new(0) };
}

fn place() -> *mut i32 {
    // SAFETY: the calling thread's own, always there.
    unsafe { libc::__errno_location() }
}

/// Exchanges the two.
pub fn swap() {
    // SAFETY: a valid place of this thread's.
    unsafe {
        let now = place().read();
        place().write(COPY.replace(now));
    }
}

pub fn get() -> i32 {
    COPY.get()
}

/// Sets the copy, and gives what it was.
pub fn set(n: i32) -> i32 {
    COPY.replace(n)
}
