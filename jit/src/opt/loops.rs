//! The natural loops of a unit, and how they lie in one another.

use super::dominators::Dominators;
use crate::ir::{Block, Effects, Unit};

pub struct Loop {
    pub header: Block,
    /// From where the header is entered again.
    pub latches: Vec<Block>,
    /// Which blocks belong to it, those of inner loops included.
    pub body: Vec<bool>,
}

pub struct Loops {
    /// Inner loops before those around them.
    pub all: Vec<Loop>,
}

impl Loops {
    pub fn new(unit: &Unit, dominators: &Dominators) -> Loops {
        let mut all: Vec<Loop> = Vec::new();
        for &header in &dominators.order {
            let latches: Vec<Block> = dominators.predecessors[header.index()]
                .iter()
                .copied()
                .filter(|p| dominators.dominates(header, *p))
                .collect();
            if latches.is_empty() {
                continue;
            }
            let mut body = vec![false; unit.blocks.len()];
            body[header.index()] = true;
            let mut work = latches.clone();
            while let Some(block) = work.pop() {
                if !std::mem::replace(&mut body[block.index()], true) {
                    work.extend(&dominators.predecessors[block.index()]);
                }
            }
            all.push(Loop { header, latches, body });
        }
        // A loop's header comes behind those of the loops around it.
        all.reverse();
        Loops { all }
    }

    /// How many loops a block lies in.
    pub fn depth(&self, block: Block) -> usize {
        self.all.iter().filter(|l| l.contains(block)).count()
    }
}

impl Loop {
    pub fn contains(&self, block: Block) -> bool {
        self.body.get(block.index()).copied().unwrap_or(false)
    }

    pub fn blocks(&self) -> impl Iterator<Item = Block> {
        self.body.iter().enumerate().filter(|(_, is)| **is).map(|(i, _)| Block(i as u32))
    }

    /// Does every turn run through the block?
    pub fn always_runs(&self, block: Block, dominators: &Dominators) -> bool {
        self.latches.iter().all(|l| dominators.dominates(block, *l))
    }
}

/// Has the unit a loop?
pub fn any(unit: &Unit) -> bool {
    let mut position = vec![0; unit.blocks.len()];
    let order = unit.reverse_postorder();
    for (i, block) in order.iter().enumerate() {
        position[block.index()] = i;
    }
    // In this order only a loop's latch goes back.
    order.iter().any(|b| unit.successors(*b).any(|to| position[to.index()] <= position[b.index()]))
}

/// Instructions of a loop that is tight.
const TIGHT: usize = 200;

/// Has the unit a loop without inner loops that is short and calls nothing? It may run for long by itself.
pub fn has_tight_loop(unit: &Unit) -> bool {
    let loops = Loops::new(unit, &Dominators::new(unit));
    let is_tight = |l: &Loop| {
        let insts = || l.blocks().flat_map(|b| &unit.blocks[b.index()].insts);
        !loops.all.iter().any(|inner| inner.header != l.header && l.contains(inner.header))
            && insts().count() <= TIGHT
            && !insts().any(|v| unit.inst(*v).op.effects().has(Effects::CALL))
    };
    loops.all.iter().any(is_tight)
}

/// Which blocks lie in loops.
pub fn in_loops(unit: &Unit) -> Vec<bool> {
    let loops = Loops::new(unit, &Dominators::new(unit));
    unit.block_ids().map(|b| loops.depth(b) > 0).collect()
}
