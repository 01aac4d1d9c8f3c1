//! The command line's tools: what a program's author, or a developer of Brolga, asks of the JIT.
//!
//! - [`explain`] runs in the program's own process: it samples, and asks the JIT at the end. So do [`profile`] and [`report`].
//! - [`diff`] and [`count`] run the program several times, each time in a process of its own.
//! - [`command`] says which of them the command line asks for.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests"))]

pub mod child;
pub mod command;
pub mod count;
pub mod diff;
pub mod explain;
pub mod json;
pub mod profile;
pub mod report;

pub use command::{Tool, split};
