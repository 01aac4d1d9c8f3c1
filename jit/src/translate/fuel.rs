//! Fuel: a count of bytecodes that is the same in compiled code as in the interpreter.
//!
//! Fuel is taken for a *segment* at its start: a run of instructions of which only the last may leave, raise or run Python.
//! Where there is less than a segment needs the unit leaves at its first instruction, and the interpreter, which takes fuel
//! for one instruction at a time, finds the very one that it runs out at. An exit at a segment's last instruction gives back
//! what was taken for that one ([`FrameState::refund`](crate::ir::FrameState)): the interpreter takes it anew.

use brolga_bytecode::instructions::Instruction;
use brolga_bytecode::opcode::Opcode;

use super::builder::Builder;
use crate::ir::Op;

/// How far fuel was taken in one frame's code.
#[derive(Default)]
pub(super) struct Meter {
    /// Instructions that it was taken for and that are not translated yet.
    paid: usize,
    /// The instruction being translated, for which it was: its start, and its opcode's offset.
    at: Option<(usize, usize)>,
}

impl Meter {
    pub(super) fn is_at(&self, offset: usize) -> bool {
        self.at.is_some_and(|(start, opcode)| offset == start || offset == opcode)
    }

    /// What follows in the translation of the instruction is done when it is over.
    pub(super) fn is_over(&mut self) {
        self.at = None;
    }
}

/// Takes fuel where an instruction begins a segment.
pub fn take(b: &mut Builder<'_>, i: &Instruction) {
    let Some((address, meter)) = b.meter() else { return };
    meter.is_over();
    if meter.paid == 0 {
        let length = segment(b, i);
        let state = b.state_at(i.start);
        b.push(Op::Fuel, [length as u64, address], vec![], Some(state));
        if let Some((_, meter)) = b.meter() {
            meter.paid = length;
        }
    }
    if let Some((_, meter)) = b.meter() {
        meter.paid -= 1;
        meter.at = Some((i.start, i.offset));
    }
}

/// Instructions of the segment that begins with this one.
fn segment(b: &Builder<'_>, first: &Instruction) -> usize {
    let (mut length, mut i) = (1, *first);
    while is_silent(i.opcode) && !b.has_leader(i.next) {
        match b.instruction_at(i.next) {
            Some(next) => (length, i) = (length + 1, next),
            None => break,
        }
    }
    length
}

/// Does the instruction only move values, whatever they are?
fn is_silent(opcode: Opcode) -> bool {
    matches!(
        opcode,
        Opcode::NOP
            | Opcode::NOT_TAKEN
            | Opcode::LOAD_FAST
            | Opcode::LOAD_FAST_BORROW
            | Opcode::LOAD_FAST_LOAD_FAST
            | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW
            | Opcode::STORE_FAST
            | Opcode::STORE_FAST_LOAD_FAST
            | Opcode::STORE_FAST_STORE_FAST
            | Opcode::LOAD_CONST
            | Opcode::LOAD_SMALL_INT
            | Opcode::POP_TOP
            | Opcode::POP_ITER
            | Opcode::END_FOR
            | Opcode::PUSH_NULL
            | Opcode::COPY
            | Opcode::SWAP
    )
}
