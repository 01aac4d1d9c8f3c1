//! The meaning of each opcode, written once. The interpreter calls these functions, and compiled code calls the same
//! ones wherever it has no guarded fast path. They take operands and give results; the value stack is their callers'.

pub mod arithmetic;
pub mod attributes;
pub mod build;
pub mod classes;
pub mod exact;
pub mod exceptions;
pub mod functions;
pub mod globals;
pub mod imports;
pub mod intrinsics;
pub mod iteration;
pub mod matching;
pub mod plain;
pub mod templates;
pub mod unpack;
