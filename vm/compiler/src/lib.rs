//! Source text to code object: one function, [`compile`], around the `rustpython-codegen` crates. The seam is thin on purpose,
//! so that another compiler can take their place; what they do differently from CPython is set right here where it can be.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail by panicking")
)]

mod block_ends;
mod compile;
mod convert;
mod depth;
mod divisions;
pub mod errors;
mod escapes;
mod large_literals;
mod long_ints;
mod powers;
mod qualname;
mod renamed;
pub mod scopes;
mod soft_keywords;
pub mod source;
pub mod tree;

pub use compile::{Compiled, Mode, Options, Warning, compile};
pub use errors::{ErrorKind, Phase, SyntaxError};
pub use source::{DecodeFailure, Decoder, Source, decode_source};
