//! The native modules of the standard library, one file or folder each. [`MODULES`] lists them.

pub mod abc;
pub mod ast;
pub mod atexit;
pub mod bisect;
pub mod bootstrap;
pub mod builtins;
pub mod codecs;
pub mod collections;
pub mod contextvars;
pub mod errno;
pub mod functools;
pub mod gc;
pub mod heapq;
pub mod imp;
pub mod io;
pub mod itertools;
pub mod layouts;
pub mod library;
pub mod locale;
pub mod marshal;
mod marshal_write;
pub mod math;
pub(crate) mod object;
pub mod opcode;
pub mod operator;
pub mod posix;
pub mod random;
pub mod sha2;
pub mod signal;
pub mod sre;
mod start;
pub mod stat;
pub mod string;
pub mod structs;
pub mod suggestions;
pub mod sys;
pub mod thread;
pub mod time;
pub mod tokenize;
pub mod typing;
pub mod warnings;
pub mod weakref;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::state::start::Library;

pub use start::{is_zip, main_module, prepend_path, read_pyc, shut_down, start};

/// Every native module.
pub static MODULES: &[&ModuleDef] = &[
    &abc::MODULE,
    &ast::MODULE,
    &atexit::MODULE,
    &random::MODULE,
    &structs::MODULE,
    &bisect::MODULE,
    &builtins::MODULE,
    &codecs::MODULE,
    &collections::MODULE,
    &errno::MODULE,
    &functools::MODULE,
    &heapq::MODULE,
    &io::MODULE,
    &imp::MODULE,
    &itertools::MODULE,
    &locale::MODULE,
    &marshal::MODULE,
    &math::MODULE,
    &operator::MODULE,
    &posix::MODULE,
    &sha2::MODULE,
    &sre::MODULE,
    &signal::MODULE,
    &stat::MODULE,
    &string::MODULE,
    &suggestions::MODULE,
    &sys::MODULE,
    &thread::MODULE,
    &time::MODULE,
    &tokenize::MODULE,
    &typing::MODULE,
    &warnings::MODULE,
    &gc::MODULE,
    &contextvars::MODULE,
    &opcode::MODULE,
    &weakref::MODULE,
];

/// What an interpreter is started with.
pub fn library() -> Library {
    Library { layouts: layouts::table(), modules: MODULES }
}
