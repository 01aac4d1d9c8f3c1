//! Planted bugs, with which the program generator is tested: does it find them? (`tests/fuzz/fuzz.py --planted`)
//!
//! Only with the cargo feature `planted` are they there; `-X jit-plant=N` then chooses one. Otherwise [`is`] is a
//! constant. 1 to 12 are in `lower`, 13 to 15 in `deopt`, 16 to 20 in `opt`.

/// How many there are; they are numbered from 1.
pub const COUNT: u32 = 20;

#[cfg(feature = "planted")]
static CHOSEN: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

/// Is this bug to be there?
#[cfg(feature = "planted")]
pub fn is(number: u32) -> bool {
    CHOSEN.load(std::sync::atomic::Ordering::Relaxed) == number
}

#[cfg(not(feature = "planted"))]
#[inline(always)]
pub const fn is(_: u32) -> bool {
    false
}

/// Chooses one; `false`: this build has none.
pub fn choose(number: u32) -> bool {
    #[cfg(feature = "planted")]
    CHOSEN.store(number, std::sync::atomic::Ordering::Relaxed);
    cfg!(feature = "planted") && (1..=COUNT).contains(&number)
}
