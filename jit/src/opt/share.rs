//! Fewer ways out: guards leave by the frame state of an earlier one where nothing has happened between that could not be
//! done again. The interpreter then repeats what had no effect: loads, arithmetic, other guards, whole inlined calls.
//!
//! So a chain of arithmetic has one exit, and what it computes on the way need not be boxed for any. The state that a guard
//! had says which instruction's guess has failed ([`FrameState::instead`](crate::ir::FrameState)).

use rustc_hash::FxHashMap as HashMap;

use super::dominators::Dominators;
use super::memory::{self, Regions, Write};
use crate::ir::{Block, Effects, End, FrameState, Op, State, Unit, Val};

/// So many operations are repeated at most.
const MAX_REPEATED: usize = 120;

pub fn run(unit: &mut Unit) {
    let dominators = Dominators::new(unit);
    let anchors = unit.anchors();
    // By which state each is left; `None`: by several.
    let mut choices: HashMap<State, Option<State>> = HashMap::default();
    let mut choose = |s: State, by: State| {
        let choice = choices.entry(s).or_insert(Some(by));
        if *choice != Some(by) {
            *choice = None;
        }
    };
    let mut at_end: HashMap<Block, Option<(State, usize)>> = HashMap::default();
    for &block in &dominators.order {
        let mut base = match dominators.predecessors[block.index()].as_slice() {
            [one] => at_end.get(one).copied().flatten(),
            _ => None,
        };
        for &v in &unit.blocks[block.index()].insts {
            let inst = unit.inst(v);
            if let Some((_, n)) = &mut base {
                *n += 1;
            }
            if has_effect(unit, v) {
                base = None;
            }
            let Some(s) = inst.state else { continue };
            if !is_guard(inst.op) || anchors.contains(&s) || unit.states[s.index()].pushed {
                choose(s, s);
                continue;
            }
            match base {
                Some((by, n)) if n <= MAX_REPEATED => choose(s, by),
                _ => {
                    choose(s, s);
                    base = Some((s, 0));
                }
            }
        }
        if let Some(End::Exit(s, _) | End::Yield(s, _)) = unit.blocks[block.index()].end {
            choose(s, s);
        }
        at_end.insert(block, base);
    }
    let mut callers = vec![false; unit.states.len()];
    for state in &unit.states {
        if let Some(caller) = state.caller {
            callers[caller.index()] = true;
        }
    }
    for (s, by) in choices {
        if let Some(by) = by
            && by != s
            && !callers[s.index()]
        {
            let state = &mut unit.states[s.index()];
            let (frame, pc, depth) = (state.frame, state.pc, state.depth);
            *state = FrameState { frame, pc, depth, instead: Some(by), ..FrameState::default() };
        }
    }
    drop_bound(unit, &dominators.order);
}

/// A check for an empty slot goes where a guard that leaves by the same state finds that out anyway.
fn drop_bound(unit: &mut Unit, order: &[Block]) {
    let mut used = vec![false; unit.insts.len()];
    for &block in order {
        unit.each_use(block, |v| used[v.index()] = true);
    }
    for &block in order {
        let insts = std::mem::take(&mut unit.blocks[block.index()].insts);
        let mut kept = Vec::with_capacity(insts.len());
        for (i, &v) in insts.iter().enumerate() {
            let inst = unit.inst(v);
            let (Op::GuardBound, Some(state), &[slot]) = (inst.op, inst.state, inst.operands.as_slice()) else {
                kept.push(v);
                continue;
            };
            let by = unit.left_by(state);
            let found_out = !used[v.index()]
                && insts[i + 1..].iter().take_while(|v| !has_effect(unit, **v)).any(|v| {
                    let other = unit.inst(*v);
                    matches!(other.op, Op::GuardInt | Op::GuardFloat | Op::GuardBool | Op::GuardShape)
                        && other.operands.first() == Some(&slot)
                        && other.state.is_some_and(|s| unit.left_by(s) == by)
                });
            if !found_out {
                kept.push(v);
            }
        }
        unit.blocks[block.index()].insts = kept;
    }
}

/// Does the operation only look whether a guess holds?
fn is_guard(op: Op) -> bool {
    let effects = op.effects();
    effects.has(Effects::EXIT)
        && !effects.has(Effects::WRITE)
        && !effects.has(Effects::CALL)
        && !matches!(op, Op::Poll | Op::CheckLeave | Op::Anchor | Op::GuardStack | Op::GuardRoom | Op::GuardUnseen)
}

/// May it not be done again?
fn has_effect(unit: &Unit, v: Val) -> bool {
    let op = unit.inst(v).op;
    let changes = memory::writes(unit, v).is_some_and(|w| w != Write::Regions(Regions::NONE));
    changes || matches!(op, Op::CheckLeave | Op::Fuel) || op.effects().has(Effects::CALL) && op != Op::New
}
