//! Which block lies on every way to another.

use crate::ir::{Block, Unit};

pub struct Dominators {
    /// Immediate dominators; the first block's is itself, an unreachable one's `None`.
    immediate: Vec<Option<Block>>,
    pub order: Vec<Block>,
    pub predecessors: Vec<Vec<Block>>,
}

impl Dominators {
    pub fn new(unit: &Unit) -> Dominators {
        let order = unit.reverse_postorder();
        let mut position = vec![usize::MAX; unit.blocks.len()];
        let mut predecessors = vec![Vec::new(); unit.blocks.len()];
        for (i, block) in order.iter().enumerate() {
            position[block.index()] = i;
            for successor in unit.successors(*block) {
                predecessors[successor.index()].push(*block);
            }
        }
        let mut immediate: Vec<Option<Block>> = vec![None; unit.blocks.len()];
        if let Some(first) = immediate.first_mut() {
            *first = Some(Block(0));
        }
        let mut changed = true;
        while changed {
            changed = false;
            for &block in order.iter().skip(1) {
                let mut best: Option<Block> = None;
                for &p in &predecessors[block.index()] {
                    if immediate[p.index()].is_some() {
                        best = Some(match best {
                            None => p,
                            Some(other) => meet(&immediate, &position, p, other),
                        });
                    }
                }
                if best.is_some() && immediate[block.index()] != best {
                    immediate[block.index()] = best;
                    changed = true;
                }
            }
        }
        Dominators { immediate, order, predecessors }
    }

    /// The nearest block on every way to this one; `None` for the first.
    pub fn immediate(&self, block: Block) -> Option<Block> {
        self.immediate[block.index()].filter(|up| *up != block)
    }

    /// Does every way to `b` lead through `a`?
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        let mut at = b;
        loop {
            if at == a {
                return true;
            }
            match self.immediate[at.index()] {
                Some(up) if up != at => at = up,
                _ => return false,
            }
        }
    }
}

fn meet(immediate: &[Option<Block>], position: &[usize], mut a: Block, mut b: Block) -> Block {
    while a != b {
        while position[a.index()] > position[b.index()] {
            match immediate[a.index()] {
                Some(up) => a = up,
                None => return b,
            }
        }
        while position[b.index()] > position[a.index()] {
            match immediate[b.index()] {
                Some(up) => b = up,
                None => return a,
            }
        }
    }
    a
}
