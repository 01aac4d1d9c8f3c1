//! The native modules of the standard library, one file or folder each. [`MODULES`] lists them.

pub mod codecs;
pub mod errno;
pub mod functools;
pub mod itertools;
pub mod layouts;
pub mod math;
pub(crate) mod object;
pub mod operator;
pub mod posix;
pub mod stat;
pub mod suggestions;
pub mod time;
pub mod typing;
pub mod weakref;

use brolga_runtime::module_def::ModuleDef;

/// Every native module.
pub static MODULES: &[&ModuleDef] = &[
    &codecs::MODULE,
    &errno::MODULE,
    &functools::MODULE,
    &itertools::MODULE,
    &math::MODULE,
    &operator::MODULE,
    &posix::MODULE,
    &stat::MODULE,
    &suggestions::MODULE,
    &time::MODULE,
    &typing::MODULE,
    &weakref::MODULE,
];
