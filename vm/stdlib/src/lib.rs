//! The native modules of the standard library, one file or folder each. [`MODULES`] lists them.

pub mod bisect;
pub mod builtins;
pub mod codecs;
pub mod collections;
pub mod errno;
pub mod functools;
pub mod heapq;
pub mod itertools;
pub mod io;
pub mod layouts;
pub mod math;
pub mod operator;
pub mod posix;
pub mod sre;
pub mod stat;
pub mod suggestions;
pub mod sys;
pub mod time;
pub mod typing;
pub mod weakref;
pub(crate) mod object;
mod start;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::state::start::Library;

pub use start::{is_zip, main_module, prepend_path, read_pyc, shut_down, start};

/// Every native module.
pub static MODULES: &[&ModuleDef] = &[
    &bisect::MODULE,
    &builtins::MODULE,
    &codecs::MODULE,
    &collections::MODULE,
    &errno::MODULE,
    &functools::MODULE,
    &heapq::MODULE,
    &io::MODULE,
    &itertools::MODULE,
    &math::MODULE,
    &operator::MODULE,
    &posix::MODULE,
    &sre::MODULE,
    &stat::MODULE,
    &suggestions::MODULE,
    &sys::MODULE,
    &time::MODULE,
    &typing::MODULE,
    &weakref::MODULE,
];

/// What an interpreter is started with.
pub fn library() -> Library {
    Library { layouts: layouts::table(), modules: MODULES }
}
