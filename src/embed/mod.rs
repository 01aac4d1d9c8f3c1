//! The library's parts: see the crate's documentation.

pub mod builder;
pub mod convert;
pub mod error;
pub mod limits;
pub mod object;
pub mod vm;
