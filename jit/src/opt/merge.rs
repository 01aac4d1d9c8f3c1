//! Blocks that follow each other on the only way become one.

use super::dominators::Dominators;
use super::parameters::each_target;
use crate::ir::{Block, BlockData, End, FrameState, State, Unit, Val};

pub fn run(unit: &mut Unit) {
    let dominators = Dominators::new(unit);
    let mut map: Vec<Val> = (0..unit.insts.len() as u32).map(Val).collect();
    let mut gone = vec![false; unit.blocks.len()];
    for &block in &dominators.order {
        if gone[block.index()] {
            continue;
        }
        while let Some(End::Jump(t)) = &unit.blocks[block.index()].end {
            let next = t.block;
            if next == block || next == Block(0) || dominators.predecessors[next.index()].len() != 1 {
                break;
            }
            let arguments = t.arguments.clone();
            let data = &mut unit.blocks[next.index()];
            let (parameters, insts, end) =
                (std::mem::take(&mut data.parameters), std::mem::take(&mut data.insts), data.end.take());
            // Unreachable from now on, but whole.
            data.end = Some(End::Jump(crate::ir::Target { block: next, arguments: Vec::new() }));
            gone[next.index()] = true;
            for (p, a) in parameters.into_iter().zip(arguments) {
                map[p.index()] = a;
            }
            unit.blocks[block.index()].insts.extend(insts);
            unit.blocks[block.index()].end = end;
        }
    }
    if gone.contains(&true) {
        for i in 0..map.len() {
            let mut to = map[i];
            while map[to.index()] != to {
                to = map[to.index()];
            }
            map[i] = to;
        }
        unit.rename(&map);
    }
}

/// Blocks that cannot be reached go, and states that nobody names; the rest is numbered in the order it runs.
pub fn compact(unit: &mut Unit) {
    let order = unit.reverse_postorder();
    let mut numbers = vec![Block(0); unit.blocks.len()];
    for (i, block) in order.iter().enumerate() {
        numbers[block.index()] = Block(i as u32);
    }
    let mut blocks = Vec::with_capacity(order.len());
    for block in &order {
        let data = &mut unit.blocks[block.index()];
        each_target(&mut data.end, |t| t.block = numbers[t.block.index()]);
        let empty = BlockData { parameters: Vec::new(), insts: Vec::new(), end: None };
        blocks.push(std::mem::replace(data, empty));
    }
    unit.blocks = blocks;
    let mut used: Vec<Option<State>> = vec![None; unit.states.len()];
    let mut states = Vec::new();
    for i in 0..unit.blocks.len() {
        let insts = unit.blocks[i].insts.clone();
        for v in insts {
            unit.insts[v.index()].state =
                unit.insts[v.index()].state.map(|s| number(s, &unit.states, &mut used, &mut states));
        }
        if let Some(End::Exit(s, _) | End::Yield(s, _)) = &mut unit.blocks[i].end {
            *s = number(*s, &unit.states, &mut used, &mut states);
        }
    }
    unit.states = states;
}

/// The new number of a state, its callers' before its own.
fn number(s: State, all: &[FrameState], used: &mut [Option<State>], states: &mut Vec<FrameState>) -> State {
    if let Some(s) = used[s.index()] {
        return s;
    }
    let mut state = all[s.index()].clone();
    state.caller = state.caller.map(|c| number(c, all, used, states));
    state.instead = state.instead.map(|s| number(s, all, used, states));
    states.push(state);
    let new = State(states.len() as u32 - 1);
    used[s.index()] = Some(new);
    new
}
