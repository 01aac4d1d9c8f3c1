//! The bytecode verifier: no code object from outside runs before it passed here.
//!
//! An abstract interpretation over all paths. For verified code the interpreter may rely on, without looking:
//! - every instruction decodes, jumps and handlers lead to instructions, control never leaves the code;
//! - the stack never underflows nor exceeds `stacksize`, and has one depth at each offset;
//! - constant, name and local indexes, and the numbers of operations and intrinsics, are in range;
//! - a slot that an instruction uses as a value is not NULL, except where the opcode allows it (`CALL`'s self, `POP_TOP`,
//!   `STORE_FAST`, `CALL_FUNCTION_EX`'s keywords);
//! - `LOAD_FAST` and its like (not `LOAD_FAST_CHECK`, `LOAD_FAST_AND_CLEAR`, `DELETE_FAST`) find the local bound;
//! - `*_DEREF` find a cell; the target of `LIST_APPEND`, `LIST_EXTEND`, `SET_UPDATE`, `MAP_ADD`, `DICT_UPDATE` and
//!   `DICT_MERGE` (not of `SET_ADD`, which must check) was made by `BUILD_LIST`, `BUILD_SET`, `BUILD_MAP` in the same frame; `SET_FUNCTION_ATTRIBUTE` finds a
//!   function that `MAKE_FUNCTION` made; `CALL_KW`'s names are a constant tuple of strings, no more than arguments;
//!   `INTRINSIC_LIST_TO_TUPLE` and `INTRINSIC_PREP_RERAISE_STAR` find such a list;
//! - `YIELD_VALUE` runs only in a generator's frame, after the one `RETURN_GENERATOR`, with a value below its own where the
//!   `RESUME` behind it says that something is awaited; `POP_EXCEPT` pops what `PUSH_EXC_INFO`
//!   pushed; the offset below an exception that a handler got with `lasti` is an integer.
//!
//! In return the interpreter must: enter handlers only from instructions that [`crate::Opcode::can_raise`]; not write to slots
//! below `depth - pops` before it raises; push a value (None) when `throw()` resumes a frame at `YIELD_VALUE`, before raising
//! there; go on behind the `END_FOR` when `FOR_ITER` is exhausted, with the iterator still on the stack; check that a closure
//! has as many cells as the code has free variables.
//!
//! Everything else is a value of unknown type, which the operation checks: `POP_JUMP_IF_*` and `UNARY_NOT` may meet any object,
//! `BUILD_STRING` may meet non-strings, `CHECK_*_MATCH` and `RERAISE` non-exceptions, `MAKE_FUNCTION` something else than code.

mod check;
mod state;
mod step;

use std::fmt;

use crate::code::{CodeObject, Const};
use state::Engine;

/// What the verifier must know about a constant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConstKind {
    /// A tuple of strings, of this length.
    StrTuple(usize),
    Other,
}

/// A borrowed view of a code object, whoever owns it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub code: &'a [u8],
    pub consts: usize,
    pub const_kind: &'a dyn Fn(usize) -> ConstKind,
    pub names: usize,
    /// One byte for each localsplus slot.
    pub localspluskinds: &'a [u8],
    pub stacksize: u32,
    pub exceptiontable: &'a [u8],
    pub flags: u32,
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
}

/// What is known of verified code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// The deepest the stack gets, handlers included.
    pub max_depth: u32,
}

/// Why code was refused, and at which byte offset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    pub offset: usize,
    pub reason: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid bytecode at offset {}: {}", self.offset, self.reason)
    }
}

impl std::error::Error for VerifyError {}

/// Verifies one code object (not those among its constants).
pub fn verify(view: &View<'_>) -> Result<Verified, VerifyError> {
    let layout = check::layout(view)?;
    let mut engine = Engine::new(view, layout);
    engine.run()?;
    Ok(Verified { max_depth: engine.max_depth })
}

/// What the verifier asks about a constant, for [`CodeObject`]s.
pub fn const_kind(value: &Const) -> ConstKind {
    match value {
        Const::Tuple(items) if items.iter().all(|i| matches!(i, Const::Str(_))) => ConstKind::StrTuple(items.len()),
        _ => ConstKind::Other,
    }
}

/// Verifies a plain code object, without those among its constants.
pub fn verify_code(code: &CodeObject) -> Result<Verified, VerifyError> {
    if code.localsplusnames.len() != code.localspluskinds.len() {
        return Err(VerifyError {
            offset: 0,
            reason: "localsplusnames and localspluskinds differ in length".to_owned(),
        });
    }
    let kind = |i: usize| code.consts.get(i).map_or(ConstKind::Other, const_kind);
    verify(&View {
        code: &code.code,
        consts: code.consts.len(),
        const_kind: &kind,
        names: code.names.len(),
        localspluskinds: &code.localspluskinds,
        stacksize: code.stacksize,
        exceptiontable: &code.exceptiontable,
        flags: code.flags,
        argcount: code.argcount,
        posonlyargcount: code.posonlyargcount,
        kwonlyargcount: code.kwonlyargcount,
    })
}

/// Verifies a code object and all those among its constants.
pub fn verify_tree(code: &CodeObject) -> Result<(), VerifyError> {
    // A tuple in a constant may hold code too, and only a list, not the native stack, grows with nesting.
    let mut pending = vec![code];
    while let Some(code) = pending.pop() {
        verify_code(code)?;
        let mut values: Vec<&Const> = code.consts.iter().collect();
        while let Some(value) = values.pop() {
            match value {
                Const::Code(inner) => pending.push(inner),
                Const::Tuple(items) | Const::FrozenSet(items) | Const::List(items) | Const::Set(items) => {
                    values.extend(items);
                }
                Const::Slice(parts) => values.extend(parts.iter()),
                Const::Dict(items) => values.extend(items.iter().flat_map(|(k, v)| [k, v])),
                _ => {}
            }
        }
    }
    Ok(())
}
