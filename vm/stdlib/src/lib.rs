//! The native modules of the standard library, one file or folder each. [`MODULES`] lists them.

pub mod layouts;
pub mod suggestions;
pub mod typing;
pub mod weakref;

use brolga_runtime::module_def::ModuleDef;

/// Every native module.
pub static MODULES: &[&ModuleDef] = &[&suggestions::MODULE, &typing::MODULE, &weakref::MODULE];
