//! The instructions that are calls of their `ops` functions and nothing else, and those that are left to the
//! interpreter.

use brolga_bytecode::instructions::Instruction;
use brolga_bytecode::opcode::Opcode;
use brolga_runtime::interp::feedback::Kind;
use brolga_runtime::types::{cell, shape};

use super::builder::Builder;
use super::handlers;
use super::ops::{add_to, call, call_without_result};
use crate::helpers::{Helper, Packed};
use crate::ir::{Op, Reason, Val};

/// Translates one instruction. `None`: the code is not what the verifier lets through.
pub fn translate(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let arg = i.arg as usize;
    match i.opcode {
        Opcode::DELETE_FAST => {
            let (v, state) = (b.local(arg)?, b.before(i));
            b.guarded(Op::GuardBound, 0, &[v], state);
            let empty = b.constant(0);
            b.set_local(arg, empty)
        }
        Opcode::END_SEND => {
            let v = b.pop()?;
            b.replace(1, v)
        }
        Opcode::FORMAT_WITH_SPEC => call(b, i, Helper::FormatWithSpec, 2),

        // Names and variables.
        Opcode::LOAD_COMMON_CONSTANT => call_and_push(b, i, Helper::LoadCommonConstant, &[]),
        Opcode::LOAD_LOCALS => call_and_push(b, i, Helper::LoadLocals, &[]),
        Opcode::DELETE_NAME => call_without_result(b, i, Helper::DeleteName, 0, 0),
        Opcode::DELETE_GLOBAL => call_without_result(b, i, Helper::DeleteGlobal, 0, 0),
        Opcode::LOAD_FROM_DICT_OR_GLOBALS => call(b, i, Helper::LoadFromDictOrGlobals, 1),
        Opcode::LOAD_FROM_DICT_OR_DEREF => {
            b.store_local(arg)?;
            call(b, i, Helper::LoadFromDictOrDeref, 1)
        }
        Opcode::LOAD_DEREF => {
            let (cell, state) = (b.local(arg)?, b.before(i));
            let cell = b.guarded(Op::GuardShape, u64::from(shape::cell), &[cell], state);
            let v = b.pure(Op::LoadField, cell::CONTENTS_OFFSET as u64, &[cell]);
            let v = b.guarded(Op::GuardBound, 0, &[v], state);
            b.push_value(v);
            Some(())
        }
        Opcode::STORE_DEREF => {
            let (cell, v, state) = (b.local(arg)?, b.peek(1)?, b.before(i));
            let cell = b.guarded(Op::GuardShape, u64::from(shape::cell), &[cell], state);
            b.pure(Op::StoreField, cell::CONTENTS_OFFSET as u64, &[cell, v]);
            b.pop().map(|_| ())
        }
        Opcode::DELETE_DEREF => {
            b.store_local(arg)?;
            call_without_result(b, i, Helper::DeleteDeref, 0, 0)
        }
        Opcode::MAKE_CELL => {
            let contents = b.local(arg)?;
            let v = b.call(i, Helper::MakeCell, 0, &[contents]);
            b.set_local(arg, v)?;
            b.left(i, Helper::MakeCell);
            Some(())
        }
        Opcode::COPY_FREE_VARS => {
            b.call(i, Helper::CopyFreeVars, Packed::bits(i.arg, 0, 0)?, &[]);
            let all = b.source().nlocalsplus;
            for local in all.checked_sub(arg)?..all {
                let v = b.load_written(local);
                b.set_local(local, v)?;
            }
            b.left(i, Helper::CopyFreeVars);
            Some(())
        }

        // Attributes.
        Opcode::DELETE_ATTR => call_without_result(b, i, Helper::DeleteAttr, 1, 1),
        Opcode::LOAD_SUPER_ATTR => {
            let operands = [b.peek(3)?, b.peek(2)?, b.peek(1)?];
            let (number, profile) = b.profile(i)?;
            // A new object's shape is known; others are guarded to be what was met.
            let shape = match b.def(operands[2]) {
                (Op::New, header, _) => Some(header as u32),
                _ => (profile.extra == 0).then_some(profile.shape),
            };
            let name = b.source().names.get((i.arg >> 2) as usize).copied();
            if profile.kind == Kind::SuperMethod
                && let (Some(shape), Some(name)) = (shape, name)
                && let Some(found) = b.resolver.super_method(shape, profile.index, name)
            {
                let state = b.before(i);
                b.guarded(Op::GuardIs, found.global_super, &operands[..1], state);
                b.guarded(Op::GuardIs, found.class, &operands[1..2], state);
                let this = b.guarded(Op::GuardShape, u64::from(shape), &operands[2..], state);
                b.push(Op::GuardWord, [found.version.0, u64::from(found.version.1)], vec![], Some(state));
                b.pop()?;
                let f = b.constant(found.function);
                b.replace(2, f)?;
                b.set_full(this);
                return b.replace(1, this);
            }
            let slot = b.slot_of(2)?;
            let f = b.call(i, Helper::LoadSuperAttr, Packed::bits(i.arg, number, slot)?, &operands);
            let this = (i.arg & 1 != 0).then(|| b.load_written(slot));
            b.pop()?;
            b.pop()?;
            b.replace(1, f)?;
            if let Some(this) = this {
                b.push_value(this);
            }
            b.left(i, Helper::LoadSuperAttr);
            Some(())
        }
        Opcode::LOAD_SPECIAL => {
            let owner = b.peek(1)?;
            let slot = b.slot_of(1)? + 1;
            let f = b.call(i, Helper::LoadSpecial, Packed::bits(i.arg, 0, slot)?, &[owner]);
            let this = b.load_written(slot);
            b.replace(1, f)?;
            b.push_value(this);
            b.left(i, Helper::LoadSpecial);
            Some(())
        }

        // Building.
        Opcode::BUILD_TEMPLATE => call(b, i, Helper::BuildTemplate, 2),
        Opcode::BUILD_INTERPOLATION => {
            let n = if i.arg & 1 != 0 { 3 } else { 2 };
            let (value, expression) = (b.peek(n)?, b.peek(n - 1)?);
            let spec = if n == 3 { b.peek(1)? } else { b.constant(0) };
            let v = b.call(i, Helper::BuildInterpolation, Packed::bits(i.arg, 0, 0)?, &[value, expression, spec]);
            for _ in 1..n {
                b.pop()?;
            }
            b.replace(1, v)?;
            b.left(i, Helper::BuildInterpolation);
            Some(())
        }
        Opcode::SET_UPDATE => add_to(b, i, Helper::SetUpdate, 1),
        Opcode::DICT_UPDATE => add_to(b, i, Helper::DictUpdate, 1),
        Opcode::DICT_MERGE => {
            // Below the dict: function, NULL or self, positional arguments.
            let operands = [b.peek(arg.checked_add(4)?)?, b.peek(arg.checked_add(1)?)?, b.peek(1)?];
            b.call(i, Helper::DictMerge, 0, &operands);
            b.pop()?;
            b.left(i, Helper::DictMerge);
            Some(())
        }
        Opcode::UNPACK_EX => {
            let v = b.peek(1)?;
            let first = b.slot_of(1)?;
            b.call(i, Helper::UnpackEx, Packed::bits(i.arg, 0, first)?, &[v]);
            b.pop()?;
            for k in 0..(arg & 0xff) + 1 + (arg >> 8) {
                let v = b.load_written(first + k);
                b.push_value(v);
            }
            b.left(i, Helper::UnpackEx);
            Some(())
        }

        // Functions, classes, modules.
        Opcode::MAKE_FUNCTION => call(b, i, Helper::MakeFunction, 1),
        Opcode::SET_FUNCTION_ATTRIBUTE => {
            let (function, value) = (b.peek(1)?, b.peek(2)?);
            b.call(i, Helper::SetFunctionAttribute, Packed::bits(i.arg, 0, 0)?, &[function, value]);
            b.pop()?;
            b.replace(1, function)?;
            b.left(i, Helper::SetFunctionAttribute);
            Some(())
        }
        Opcode::LOAD_BUILD_CLASS => call_and_push(b, i, Helper::LoadBuildClass, &[]),
        Opcode::SETUP_ANNOTATIONS => call_without_result(b, i, Helper::SetupAnnotations, 0, 0),
        Opcode::CALL_INTRINSIC_1 => call(b, i, Helper::CallIntrinsic1, 1),
        Opcode::CALL_INTRINSIC_2 => call(b, i, Helper::CallIntrinsic2, 2),
        Opcode::IMPORT_NAME => call(b, i, Helper::ImportName, 2),
        Opcode::IMPORT_FROM => call_and_push(b, i, Helper::ImportFrom, &[b.peek(1)?]),

        // Calls.
        Opcode::CALL_FUNCTION_EX => {
            let operands = [b.peek(4)?, b.peek(2)?, b.peek(1)?];
            let v = b.call(i, Helper::CallEx, 0, &operands);
            for _ in 0..3 {
                b.pop()?;
            }
            b.replace(1, v)?;
            b.left(i, Helper::CallEx);
            Some(())
        }

        // Iteration.
        Opcode::GET_LEN => call_and_push(b, i, Helper::GetLen, &[b.peek(1)?]),
        Opcode::GET_AWAITABLE => call(b, i, Helper::GetAwaitable, 1),
        Opcode::GET_AITER => call(b, i, Helper::GetAiter, 1),
        Opcode::GET_ANEXT => call_and_push(b, i, Helper::GetAnext, &[b.peek(1)?]),
        Opcode::GET_YIELD_FROM_ITER => call(b, i, Helper::GetYieldFromIter, 1),

        // Pattern matching.
        Opcode::MATCH_MAPPING => call_and_push(b, i, Helper::MatchMapping, &[b.peek(1)?]),
        Opcode::MATCH_SEQUENCE => call_and_push(b, i, Helper::MatchSequence, &[b.peek(1)?]),
        Opcode::MATCH_KEYS => call_and_push(b, i, Helper::MatchKeys, &[b.peek(2)?, b.peek(1)?]),
        Opcode::MATCH_CLASS => call(b, i, Helper::MatchClass, 3),

        // Exceptions.
        Opcode::WITH_EXCEPT_START => {
            // exit, exit's self or NULL, lasti, previous exception, exception
            call_and_push(b, i, Helper::WithExceptStart, &[b.peek(5)?, b.peek(4)?, b.peek(1)?])
        }
        Opcode::CHECK_EXC_MATCH => {
            let (exception, pattern) = (b.peek(2)?, b.peek(1)?);
            let v = b.call(i, Helper::CheckExcMatch, 0, &[exception, pattern]);
            b.replace(1, v)?;
            b.left(i, Helper::CheckExcMatch);
            Some(())
        }
        Opcode::CHECK_EG_MATCH => {
            let (exception, pattern) = (b.peek(2)?, b.peek(1)?);
            let slot = b.slot_of(2)?;
            let matched = b.call(i, Helper::CheckEgMatch, Packed::bits(0, 0, slot)?, &[exception, pattern]);
            let rest = b.load_written(slot);
            b.replace(2, rest)?;
            b.replace(1, matched)?;
            b.left(i, Helper::CheckEgMatch);
            Some(())
        }
        Opcode::PUSH_EXC_INFO => {
            let exception = b.peek(1)?;
            let previous = b.call(i, Helper::PushExcInfo, 0, &[exception]);
            b.replace(1, previous)?;
            b.push_value(exception);
            b.left(i, Helper::PushExcInfo);
            Some(())
        }
        Opcode::POP_EXCEPT => call_without_result(b, i, Helper::PopExcept, 1, 1),
        Opcode::RAISE_VARARGS => handlers::raise_varargs(b, i),
        Opcode::RERAISE => handlers::reraise(b, i),

        // What suspends the frame, and what follows a suspension.
        _ => {
            b.exit_to(i.start, Reason::Interpreted);
            Some(())
        }
    }
}

/// An instruction that leaves its operands on the stack and pushes the helper's result.
fn call_and_push(b: &mut Builder<'_>, i: &Instruction, helper: Helper, operands: &[Val]) -> Option<()> {
    let v = b.call(i, helper, Packed::bits(i.arg, 0, 0)?, operands);
    b.push_value(v);
    b.left(i, helper);
    Some(())
}
