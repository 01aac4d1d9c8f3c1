//! The just-in-time compiler: hot loops become native code that falls back to the interpreter's own frame.
//!
//! The life of a loop:
//!
//! 1. The interpreter counts its turns ([`brolga_runtime::interp::native`]); at a threshold it asks [`tiers`].
//! 2. [`translate`] takes its bytecode and what its instructions have met, and gives SSA ([`ir`]): the frame's slots
//!    become values; what was seen is guarded, and each guard names a frame state.
//! 3. [`opt`] removes what is known already, holds ints and floats raw, and moves guards out of the loop.
//! 4. [`lower`] makes Cranelift's code of it; [`code`] keeps it in memory that is never writable and executable at once.
//! 5. It is entered at the loop's header with the interpreter's frame, and left the same way: at an exit [`deopt`] writes
//!    the slots that differ and says where the interpreter goes on. [`tiers`] counts exits; a guess that fails too often is
//!    not made again.
//!
//! What has no fast path is a call to the `ops` function that the interpreter calls ([`helpers`]).
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests"))]

pub mod clock;
pub mod code;
pub mod deopt;
pub mod dumps;
pub mod gdb;
pub mod helpers;
pub mod ir;
pub mod limits;
pub mod log;
pub mod lower;
pub mod opt;
pub mod options;
pub mod perf_map;
pub mod planted;
pub mod stress;
pub mod tiers;
pub mod translate;

pub use tiers::Jit;
