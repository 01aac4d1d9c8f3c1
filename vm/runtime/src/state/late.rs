//! [`Late`]: a part of the interpreter's state that is set once while it starts.

use std::cell::OnceCell;
use std::ops::Deref;

/// A value set once at start-up, before anything reads it.
pub struct Late<T>(OnceCell<T>);

impl<T> Late<T> {
    pub const fn new() -> Late<T> {
        Late(OnceCell::new())
    }

    /// Sets it; a second call changes nothing.
    pub fn set(&self, value: T) {
        let _ = self.0.set(value);
    }

    pub fn is_set(&self) -> bool {
        self.0.get().is_some()
    }
}

impl<T> Deref for Late<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        match self.0.get() {
            Some(value) => value,
            None => unset(),
        }
    }
}

/// A fault in the order of start-up, which no Python program can reach.
#[cold]
fn unset() -> ! {
    eprintln!("brolga: read before it was set, while starting");
    std::process::abort()
}
