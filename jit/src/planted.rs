//! Planted bugs, with which the program generator is tested: does it find them? (`tests/fuzz/fuzz.py --planted`)
//!
//! Only with the cargo feature `planted` are they there; `-X jit-plant=N` then chooses one. Otherwise [`is`] is a
//! constant. 1 to 12 are in `lower`, 13 to 15 in `deopt`, 16 to 20 in `opt`.

/// How many there are; they are numbered from 1.
pub const COUNT: u32 = 20;

#[cfg(feature = "planted")]
mod chosen {
    use std::sync::atomic::{AtomicU32, Ordering};

    static NUMBER: AtomicU32 = AtomicU32::new(0);
    /// A process that is to be without it; 0: none is.
    static SPARED: AtomicU32 = AtomicU32::new(0);

    pub fn set(number: u32, forked: bool) {
        SPARED.store(if forked { std::process::id() } else { 0 }, Ordering::Relaxed);
        NUMBER.store(number, Ordering::Relaxed);
    }

    pub fn is(number: u32) -> bool {
        NUMBER.load(Ordering::Relaxed) == number && SPARED.load(Ordering::Relaxed) != std::process::id()
    }
}

/// Is this bug to be there?
#[cfg(feature = "planted")]
pub fn is(number: u32) -> bool {
    chosen::is(number)
}

#[cfg(not(feature = "planted"))]
#[inline(always)]
pub const fn is(_: u32) -> bool {
    false
}

/// Chooses one, as `N` or, for a fork server, `N,forked`: then it is in the processes that are forked off only. `false`:
/// this build has none.
pub fn choose(text: &str) -> bool {
    let (number, how) = text.split_once(',').unwrap_or((text, ""));
    let number = number.parse().unwrap_or(0);
    #[cfg(feature = "planted")]
    chosen::set(number, how == "forked");
    cfg!(feature = "planted") && (1..=COUNT).contains(&number) && matches!(how, "" | "forked")
}
