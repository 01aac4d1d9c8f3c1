//! The runtime: values, objects, types, frames, threads, imports and the interpreter of a Python 3.14.
//!
//! - [`value`]: a Python value is one NaN-boxed word.
//! - [`object`]: heap objects, their layouts, and the tables that define native types and functions.
//! - [`state`]: interpreter and thread state, shapes, names, memory, raising.
//! - [`types`]: the builtin types, one file or folder each.
//! - [`attributes`], [`protocol`], [`call`]: what can be done with any object.
//! - [`frame`]: activations, on one VM stack a thread.
//! - [`interp`]: the interpreter, and `ops`, the meaning of every opcode.
//! - [`monitoring`]: events of a running program, `sys.settrace`, audit hooks.
//! - [`import`], [`marshal`], [`codecs`], [`module_def`]: modules and how code gets in.
//!
//! The runtime knows no JIT and no native module; they are handed to it.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail by panicking")
)]

pub mod attributes;
pub mod call;
pub mod codecs;
pub mod error;
pub mod frame;
pub mod gil;
pub mod import;
pub mod interp;
pub mod marshal;
pub mod module_def;
pub mod monitoring;
pub mod object;
pub mod protocol;
pub mod state;
pub mod types;
pub mod value;
pub mod warnings;

pub use error::{PyResult, Raised};
pub use state::Vm;
pub use value::{Slot, Value};
