//! The native modules of the standard library, one file or folder each. [`MODULES`] lists them.

pub mod layouts;

use brolga_runtime::module_def::ModuleDef;

/// Every native module.
pub static MODULES: &[&ModuleDef] = &[];
