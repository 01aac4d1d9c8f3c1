//! Algorithms on text and numbers that know nothing of the runtime.
//!
//! Code points are plain `u32`, because a Python string may hold surrogates. Strings are flat arrays of 1, 2 or 4 bytes a
//! code point (PEP 393): [`Text`] borrows one, [`TextBuf`] builds one. Failures are small enums that carry what CPython's
//! message needs; `Display` gives CPython 3.14's exact text where there is one.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failing test may panic"))]

pub mod codecs;
pub mod float;
pub mod format;
pub mod hash;
pub mod int;
pub mod mersenne;
pub mod repr;
pub mod search;
pub mod strbuf;
pub mod struct_format;
pub mod text;
pub mod unicode;

pub use strbuf::{TextBuf, TextData};
pub use text::{CodeUnit, Text};

/// Memory for a result could not be had: the caller raises `MemoryError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

impl From<std::collections::TryReserveError> for NoMemory {
    fn from(_: std::collections::TryReserveError) -> Self {
        NoMemory
    }
}

impl std::fmt::Display for NoMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("out of memory")
    }
}
