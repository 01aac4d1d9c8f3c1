//! The native modules of the standard library, one file or folder each. [`MODULES`] lists them.

pub mod abc;
pub mod accounts;
mod arguments;
pub mod array;
pub mod ast;
pub mod asyncio;
pub mod atexit;
pub mod binascii;
pub mod bisect;
pub mod bootstrap;
pub mod brolga;
pub mod builtins;
pub mod calling;
pub mod cmath;
pub mod codecs;
pub mod collections;
pub mod compression;
pub mod contextvars;
pub mod csv;
pub mod ctypes;
pub mod datetime;
pub mod decimal;
pub mod elementtree;
pub mod errno;
mod exception_class;
pub mod expat;
pub mod faulthandler;
pub mod fcntl;
pub mod functools;
pub mod gc;
pub mod hashes;
pub mod heapq;
pub mod host;
pub mod imp;
pub mod io;
pub mod itertools;
pub mod json;
pub mod layouts;
pub mod library;
pub mod locale;
pub mod lsprof;
pub mod marshal;
mod marshal_write;
pub mod math;
pub mod mmap;
pub mod multibyte;
pub mod multiprocessing;
pub(crate) mod object;
pub mod opcode;
pub mod operator;
pub mod pickle;
pub mod posix;
pub mod posixsubprocess;
pub mod queue;
pub mod random;
pub mod repl;
pub mod resource;
pub mod select;
pub mod signal;
pub mod socket;
pub mod sre;
mod start;
pub mod stat;
pub mod statistics;
pub mod string;
pub mod structs;
pub mod suggestions;
pub mod symtable;
pub mod sys;
mod sysconfig;
pub mod termios;
mod termios_constants;
pub mod thread;
pub mod time;
pub mod tokenize;
pub mod typing;
pub mod unicodedata;
pub mod uuid;
mod vectors;
pub mod warnings;
pub mod weakref;
pub mod xxsubtype;
pub mod zlib;

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::state::start::Library;

pub use start::{forget, is_zip, main_module, prepend_path, read_pyc, shut_down, start};

/// Every native module.
pub static MODULES: &[&ModuleDef] = &[
    &abc::MODULE,
    &array::MODULE,
    &ast::MODULE,
    &asyncio::MODULE,
    &atexit::MODULE,
    &random::MODULE,
    &structs::MODULE,
    &binascii::MODULE,
    &bisect::MODULE,
    &brolga::MODULE,
    &builtins::MODULE,
    &cmath::MODULE,
    &codecs::MODULE,
    &collections::MODULE,
    &compression::bz2::MODULE,
    &compression::lzma::MODULE,
    &csv::MODULE,
    &ctypes::MODULE,
    &datetime::MODULE,
    &decimal::MODULE,
    &elementtree::MODULE,
    &errno::MODULE,
    &functools::MODULE,
    &heapq::MODULE,
    &io::MODULE,
    &imp::MODULE,
    &itertools::MODULE,
    &json::MODULE,
    &locale::MODULE,
    &marshal::MODULE,
    &math::MODULE,
    &operator::MODULE,
    &pickle::MODULE,
    &xxsubtype::MODULE,
    &posix::MODULE,
    &hashes::blake2::MODULE,
    &hashes::hashlib::MODULE,
    &hashes::hmac::MODULE,
    &hashes::md5::MODULE,
    &hashes::sha1::MODULE,
    &hashes::sha2::MODULE,
    &hashes::sha3::MODULE,
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
    &unicodedata::MODULE,
    &warnings::MODULE,
    &gc::MODULE,
    &contextvars::MODULE,
    &opcode::MODULE,
    &weakref::MODULE,
    &zlib::MODULE,
    &accounts::PWD,
    &accounts::GRP,
    &expat::MODULE,
    &faulthandler::MODULE,
    &fcntl::MODULE,
    &posixsubprocess::MODULE,
    &lsprof::MODULE,
    &queue::MODULE,
    &calling::MODULE,
    &resource::MODULE,
    &select::MODULE,
    &mmap::MODULE,
    &multibyte::MODULE,
    &multibyte::CN,
    &multibyte::HK,
    &multibyte::JP,
    &multibyte::KR,
    &multibyte::TW,
    &multiprocessing::MODULE,
    &multiprocessing::SHMEM,
    &socket::MODULE,
    &symtable::MODULE,
    &sysconfig::MODULE,
    &statistics::MODULE,
    &termios::MODULE,
    &uuid::MODULE,
];

/// What an interpreter is started with.
pub fn library() -> Library {
    Library { layouts: layouts::table(), modules: MODULES.iter().map(|def| **def).collect() }
}
