//! Exceptions that are raised and caught within the unit: their handlers are blocks like others.
//!
//! A call in a protected range is followed by a branch on whether it raised. The way of the exception does what
//! `interp::unwind` does for this frame, and goes on in the handler's block. Guards still leave to the interpreter, which
//! then raises by itself.

use brolga_bytecode::exceptions::{Entry, find_handler};
use brolga_bytecode::instructions::Instruction;
use brolga_runtime::value::Value;

use super::builder::Builder;
use crate::helpers::{Helper, Packed};
use crate::ir::{End, FrameState, Op, Reason, Target, Val};

/// The handler of what this instruction raises, if the unit has it. (An inlined function leaves with what it raises.)
pub fn handler(b: &Builder<'_>, i: &Instruction) -> Option<Entry> {
    if b.is_inlined() {
        return None;
    }
    let entry = find_handler(&b.source().exceptiontable, u32::try_from(i.offset).ok()?)?;
    b.has_instruction(entry.target as usize).then_some(entry)
}

/// Calls a helper whose exceptions are handled in the unit. The frame is ready to be looked at if it runs Python.
pub fn call(
    b: &mut Builder<'_>,
    i: &Instruction,
    handler: Entry,
    helper: Helper,
    immediate: u64,
    operands: &[Val],
) -> Option<Val> {
    let v = try_call(b, i, helper, immediate, operands);
    catch(b, i, handler, v, helper.runs_python())?;
    Some(v)
}

/// Goes to the handler where a call's result `v` is none, for it has raised.
pub fn catch(b: &mut Builder<'_>, i: &Instruction, handler: Entry, v: Val, ran_python: bool) -> Option<()> {
    let empty = b.constant(0);
    let raised = b.pure(Op::Same, 0, &[v, empty]);
    let fine = b.pure(Op::Not, 0, &[raised]);
    let (next, landing) = (b.split(), b.split());
    let to = |block| Target { block, arguments: Vec::new() };
    b.end_with(End::Branch(fine, to(next), to(landing)));
    let slots = b.snapshot();
    b.set_block(landing);
    let lasti = b.constant(Value::from_len(i.offset).bits());
    land(b, i, handler, false, lasti, ran_python)?;
    b.restore(&slots);
    b.set_block(next);
    Some(())
}

/// The call itself: 0 where it raised.
fn try_call(b: &mut Builder<'_>, i: &Instruction, helper: Helper, immediate: u64, operands: &[Val]) -> Val {
    // It leaves nowhere: the state only says at which instruction the frame is.
    let state = b.unit.state(FrameState { pc: (i.offset / 2) as u32, ..FrameState::default() });
    b.push(Op::TryCall, [helper as u64, immediate], operands.to_vec(), Some(state))
}

/// From where an exception is in flight to its handler. `traced`: the frame has its traceback entry already.
fn land(
    b: &mut Builder<'_>,
    i: &Instruction,
    handler: Entry,
    traced: bool,
    lasti: Val,
    ran_python: bool,
) -> Option<()> {
    let exception = try_call(b, i, Helper::Catch, Packed::bits(u32::from(traced), 0, 0)?, &[]);
    while b.depth() > handler.depth as usize {
        b.pop()?;
    }
    if b.depth() < handler.depth as usize {
        return None;
    }
    if handler.lasti {
        b.push_value(lasti);
    }
    b.push_value(exception);
    if ran_python {
        let state = b.state_at(handler.target as usize);
        b.push(Op::CheckLeave, [0; 2], vec![], Some(state));
    }
    b.jump_to(handler.target as usize)
}

/// RAISE_VARARGS: what it raises is handled in the unit, or it leaves.
pub fn raise_varargs(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    // A bare `raise` is as one that has been traced, unless there is nothing to raise: the interpreter knows.
    let handler = if i.arg == 0 { None } else { handler(b, i) };
    let Some(handler) = handler else {
        b.exit_to(i.start, Reason::Raise);
        return Some(());
    };
    let empty = b.constant(0);
    let (exception, cause) = if i.arg == 2 { (b.peek(2)?, b.peek(1)?) } else { (b.peek(1)?, empty) };
    b.flush_locals();
    try_call(b, i, Helper::RaiseVarargs, 0, &[exception, cause]);
    let lasti = b.constant(Value::from_len(i.offset).bits());
    land(b, i, handler, false, lasti, true)
}

/// RERAISE: likewise.
pub fn reraise(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let Some(handler) = handler(b, i) else {
        b.exit_to(i.start, Reason::Raise);
        return Some(());
    };
    let exception = b.peek(1)?;
    let (own, first) = (b.constant(Value::from_len(i.offset).bits()), i.arg > 0);
    let lasti = if first { b.peek((i.arg as usize).checked_add(1)?)? } else { own };
    try_call(b, i, Helper::Reraise, 0, &[exception, lasti]);
    land(b, i, handler, true, lasti, false)
}
