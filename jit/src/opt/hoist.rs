//! What does not change in the loop, and is needed in each turn, is computed and guarded once, at the entry.

use super::dominators::Dominators;
use super::numbering::{has_calls, is_timeless};
use crate::ir::{Block, Op, Unit};

pub fn run(unit: &mut Unit) {
    let dominators = Dominators::new(unit);
    let calls = has_calls(unit);
    // The blocks from which the header is entered again: what dominates them all runs in each turn.
    let Some(header) = unit.successors(Block(0)).first().copied() else { return };
    let latches: Vec<Block> =
        dominators.predecessors[header.index()].iter().copied().filter(|b| *b != Block(0)).collect();
    let mut in_entry = vec![false; unit.insts.len()];
    for v in &unit.blocks[0].insts {
        in_entry[v.index()] = true;
    }
    let state = unit.entry_state();
    for block in dominators.order.clone() {
        if block == Block(0) || !latches.iter().all(|l| dominators.dominates(block, *l)) {
            continue;
        }
        let insts = std::mem::take(&mut unit.blocks[block.index()].insts);
        let (moved, kept): (Vec<_>, Vec<_>) = insts.into_iter().partition(|v| {
            let inst = unit.inst(*v);
            let moves = is_timeless(inst.op, calls)
                && !matches!(inst.op, Op::BoxInt | Op::BoxFloat | Op::BoxBool)
                && inst.operands.iter().all(|o| in_entry[o.index()]);
            if moves {
                in_entry[v.index()] = true;
            }
            moves
        });
        for v in &moved {
            if unit.insts[v.index()].state.is_some() {
                unit.insts[v.index()].state = Some(state);
            }
        }
        unit.blocks[0].insts.extend(moved);
        unit.blocks[block.index()].insts = kept;
    }
}
