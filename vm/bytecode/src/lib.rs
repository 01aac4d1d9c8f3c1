//! What CPython 3.14 programs are made of, with no runtime attached: the opcode table, code objects, their location and
//! exception tables, marshal, `.pyc` headers, the bytecode verifier and the disassembler.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail by panicking")
)]

pub mod code;
pub mod constants;
pub mod depth;
pub mod dis;
pub mod exceptions;
pub mod instructions;
pub mod lines;
pub mod marshal;
pub mod opcode;
pub mod pyc;
pub mod stack_effect;
pub mod verifier;
pub mod wtf8;

pub use code::{CodeObject, Const};
pub use opcode::{Effects, Jump, Opcode, Operand};
pub use stack_effect::StackEffect;
pub use wtf8::Wtf8String;
