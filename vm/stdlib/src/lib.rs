//! The native modules of the standard library, one file or folder each. [`MODULES`] lists them.

pub mod bisect;
pub mod builtins;
pub mod codecs;
pub mod collections;
pub mod heapq;
pub mod layouts;
mod start;
pub mod suggestions;
pub mod sys;
pub mod typing;
pub mod weakref;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::state::start::Library;

pub use start::{is_zip, main_module, prepend_path, read_pyc, shut_down, start};

/// Every native module.
pub static MODULES: &[&ModuleDef] = &[
    &bisect::MODULE,
    &builtins::MODULE,
    &codecs::MODULE,
    &collections::MODULE,
    &heapq::MODULE,
    &suggestions::MODULE,
    &sys::MODULE,
    &typing::MODULE,
    &weakref::MODULE,
];

/// What an interpreter is started with.
pub fn library() -> Library {
    Library { layouts: layouts::table(), modules: MODULES }
}
