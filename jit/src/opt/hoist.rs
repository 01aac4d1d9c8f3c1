//! What does not change in a loop, and is needed in each turn, is computed and guarded once, before it.
//!
//! A guard moves only to an anchor, whose frame state is the loop's start: there the interpreter goes on where it fails.
//! Inner loops come first, so that an instruction moves on to the outermost loop in which it does not change.

use super::Options;
use super::dominators::Dominators;
use super::loops::{Loop, Loops};
use super::memory::{self, Write};
use super::numbering::{block_writes, is_timeless};
use super::rotate::anchor;
use crate::ir::{Block, Effects, End, Op, State, Unit};
use crate::planted;

/// Was something moved?
pub fn run(unit: &mut Unit, options: &Options) -> bool {
    let dominators = Dominators::new(unit);
    let loops = Loops::new(unit, &dominators);
    let mut changed = false;
    for l in &loops.all {
        if let Some((before, anchor)) = preheader(unit, l, &dominators, options) {
            changed |= hoist(unit, l, &dominators, before, anchor);
        }
    }
    changed
}

/// The block before a loop, and its anchor's state, if guards may move there.
pub fn preheader(unit: &Unit, l: &Loop, dominators: &Dominators, options: &Options) -> Option<(Block, Option<State>)> {
    let mut entries = dominators.predecessors[l.header.index()].iter().filter(|p| !l.contains(**p));
    let (before, None) = (*entries.next()?, entries.next()) else { return None };
    if !matches!(unit.blocks[before.index()].end, Some(End::Jump(_))) {
        return None;
    }
    let state = anchor(unit, before).map(|(_, s)| s);
    Some((before, state.filter(|s| !options.unhoisted.contains(&unit.states[s.index()].pc))))
}

fn hoist(unit: &mut Unit, l: &Loop, dominators: &Dominators, before: Block, anchor: Option<State>) -> bool {
    let mut changed = false;
    let mut inside = vec![false; unit.insts.len()];
    let written: Vec<Write> = l.blocks().flat_map(|b| block_writes(unit, b)).collect();
    for block in l.blocks() {
        let data = &unit.blocks[block.index()];
        for v in data.parameters.iter().chain(&data.insts) {
            inside[v.index()] = true;
        }
    }
    for block in dominators.order.iter().copied().filter(|b| l.contains(*b)) {
        let always = l.always_runs(block, dominators);
        let insts = std::mem::take(&mut unit.blocks[block.index()].insts);
        let (moved, kept): (Vec<_>, Vec<_>) = insts.into_iter().partition(|v| {
            let inst = unit.inst(*v);
            // What the loop reads, but does not write, is the same in each turn.
            let reads = memory::reads(unit, *v);
            let same = is_timeless(unit, *v)
                || memory::is_repeated(inst.op)
                    && reads.is_some_and(|r| planted::is(18) || !written.iter().any(|w| w.changes(r)));
            let moves = same
                // Boxes are made where they are needed, which is mostly in exits.
                && !matches!(inst.op, Op::BoxInt | Op::BoxFloat | Op::BoxBool)
                && if always { inst.state.is_none() || anchor.is_some() } else { is_free(inst.op) }
                && inst.operands.iter().all(|o| !inside[o.index()]);
            if moves {
                inside[v.index()] = false;
            }
            moves
        });
        for v in &moved {
            if unit.insts[v.index()].state.is_some() {
                unit.insts[v.index()].state = anchor;
            }
        }
        changed |= !moved.is_empty();
        unit.blocks[before.index()].insts.extend(moved);
        unit.blocks[block.index()].insts = kept;
    }
    changed
}

/// May the operation be done where nobody asked for it?
fn is_free(op: Op) -> bool {
    !op.effects().has(Effects::READ) && !op.effects().has(Effects::EXIT)
}
