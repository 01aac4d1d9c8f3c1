//! Removes block parameters that are always the same value, or only themselves.

use super::dominators::Dominators;
use crate::ir::{Block, End, Target, Unit, Val};

pub fn run(unit: &mut Unit) {
    loop {
        let dominators = Dominators::new(unit);
        let mut map: Vec<Val> = (0..unit.insts.len() as u32).map(Val).collect();
        let mut removed = vec![Vec::new(); unit.blocks.len()];
        for &block in dominators.order.iter().skip(1) {
            for (i, &parameter) in unit.blocks[block.index()].parameters.iter().enumerate() {
                let mut only: Option<Val> = None;
                let mut many = false;
                for &p in &dominators.predecessors[block.index()] {
                    for argument in arguments(unit, p, block, i) {
                        if argument != parameter && only.is_some_and(|o| o != argument) {
                            many = true;
                        } else if argument != parameter {
                            only = Some(argument);
                        }
                    }
                }
                if let (Some(only), false) = (only, many) {
                    map[parameter.index()] = only;
                    removed[block.index()].push(i);
                }
            }
        }
        if removed.iter().all(Vec::is_empty) {
            return;
        }
        // A removed parameter may stand for another one.
        for i in 0..map.len() {
            let mut to = map[i];
            while map[to.index()] != to {
                to = map[to.index()];
            }
            map[i] = to;
        }
        for block in unit.block_ids() {
            each_target(&mut unit.blocks[block.index()].end, |t| {
                let gone = &removed[t.block.index()];
                let mut i = 0;
                t.arguments.retain(|_| {
                    i += 1;
                    !gone.contains(&(i - 1))
                });
            });
            let gone = &removed[block.index()];
            let mut i = 0;
            unit.blocks[block.index()].parameters.retain(|_| {
                i += 1;
                !gone.contains(&(i - 1))
            });
        }
        unit.rename(&map);
    }
}

/// What `from` passes as parameter `i` of `to`, once for each way.
pub fn arguments(unit: &Unit, from: Block, to: Block, i: usize) -> Vec<Val> {
    let mut all = Vec::new();
    let mut of = |t: &Target| {
        if t.block == to {
            all.extend(t.arguments.get(i));
        }
    };
    match &unit.blocks[from.index()].end {
        Some(End::Jump(t)) => of(t),
        Some(End::Branch(_, a, b)) => {
            of(a);
            of(b);
        }
        _ => {}
    }
    all
}

/// Calls `f` with each target of a block's end.
pub fn each_target(end: &mut Option<End>, mut f: impl FnMut(&mut Target)) {
    match end {
        Some(End::Jump(t)) => f(t),
        Some(End::Branch(_, a, b)) => {
            f(a);
            f(b);
        }
        _ => {}
    }
}
