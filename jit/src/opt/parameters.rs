//! Removes block parameters that are always the same value, or only themselves, or the same as another.

use super::dominators::Dominators;
use crate::ir::{Block, End, Target, Unit, Val};

pub fn run(unit: &mut Unit) {
    let dominators = Dominators::new(unit);
    loop {
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
                let same = match (only, many) {
                    (Some(only), false) => Some(only),
                    _ => twin(unit, &dominators, block, i).filter(|t| map[t.index()] == *t),
                };
                if let Some(same) = same {
                    map[parameter.index()] = same;
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

/// An earlier parameter of the same block that always gets the same.
fn twin(unit: &Unit, dominators: &Dominators, block: Block, i: usize) -> Option<Val> {
    let parameters = &unit.blocks[block.index()].parameters;
    let this = parameters[i];
    let mut all: Vec<(Val, Val)> = Vec::new();
    (0..i).map(|j| (j, parameters[j])).find_map(|(j, other)| {
        if unit.ty(other) != unit.ty(this) {
            return None;
        }
        all.clear();
        for &from in &dominators.predecessors[block.index()] {
            all.extend(arguments(unit, from, block, i).zip(arguments(unit, from, block, j)));
        }
        all.iter().all(|(x, y)| x == y || (*x, *y) == (this, other)).then_some(other)
    })
}

/// What `from` passes as parameter `i` of `to`, once for each way.
pub fn arguments(unit: &Unit, from: Block, to: Block, i: usize) -> impl Iterator<Item = Val> {
    let of = |t: &Target| if t.block == to { t.arguments.get(i).copied() } else { None };
    let all = match &unit.blocks[from.index()].end {
        Some(End::Jump(t)) => [of(t), None],
        Some(End::Branch(_, a, b)) => [of(a), of(b)],
        _ => [None, None],
    };
    all.into_iter().flatten()
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
