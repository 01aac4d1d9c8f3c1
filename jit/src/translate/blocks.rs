//! The blocks of bytecode that a translation has come to, and the ways to them: what the frame's slots hold where ways meet.

use super::builder::Builder;
use super::fuel::Meter;
use crate::ir::{Block, End, Op, Reason, Target, Type, Val};

/// On the ways to a block of bytecode.
pub(super) struct Arriving {
    /// Which locals differ from the frame's memory on one of them.
    dirty: Vec<bool>,
    /// The block is being filled, or is: others may not differ any more.
    begun: bool,
}

impl Builder<'_> {
    /// The next block of bytecode to fill.
    pub fn next_block(&mut self) -> Option<(usize, Block)> {
        let scope = self.scope_mut();
        let at = scope.pending.pop()?;
        scope.blocks.get(&at).map(|(block, _)| (at, *block))
    }

    /// Goes on in a block: its parameters are what the varying slots hold.
    pub fn begin(&mut self, at: usize, block: Block) -> Option<()> {
        self.block = block;
        self.scope_mut().position = Some(at);
        self.scope_mut().meter = Meter::default();
        self.ended = false;
        let parameters = self.unit.blocks[block.index()].parameters.clone();
        let mut parameters = parameters.into_iter();
        let scope = self.scope_mut();
        let (_, depth) = *scope.blocks.get(&at)?;
        scope.slots.truncate(scope.source.nlocalsplus);
        // Locals that are never stored hold what the entry loaded, or the caller passed.
        scope.dirty = vec![scope.return_to.is_some(); scope.source.nlocalsplus];
        let arriving = scope.arriving.get_mut(&at);
        if let Some(arriving) = &arriving {
            scope.dirty.copy_from_slice(&arriving.dirty);
        }
        for &local in &scope.stored {
            scope.slots[local] = parameters.next()?;
            scope.dirty[local] |= arriving.is_none();
        }
        if let Some(arriving) = arriving {
            arriving.begun = true;
        }
        for _ in 0..depth {
            scope.slots.push(parameters.next()?);
            scope.dirty.push(true);
        }
        Some(())
    }

    /// The block of bytecode at an offset, made at its first use.
    fn block_at(&mut self, at: usize) -> Option<Block> {
        let depth = self.depth();
        if let Some((block, known)) = self.scope().blocks.get(&at) {
            return (*known == depth).then_some(*block);
        }
        let block = self.unit.block();
        for _ in 0..self.scope().stored.len() + depth {
            self.unit.parameter(block, Type::Any);
        }
        self.scope_mut().blocks.insert(at, (block, depth));
        self.scope_mut().pending.push(at);
        Some(block)
    }

    /// The locals come to the block at an offset as they are now. Where the way there is new to a block that has begun, what
    /// others have in the frame's memory is stored first. (What comes to a loop's header is not known when it begins.)
    fn arrive(&mut self, at: usize) {
        let scope = self.scope_mut();
        if scope.return_to.is_some() || scope.headers.contains(&at) {
            return;
        }
        let now = &scope.dirty[..scope.source.nlocalsplus];
        match scope.arriving.get_mut(&at) {
            None => {
                scope.arriving.insert(at, Arriving { dirty: now.to_vec(), begun: false });
            }
            Some(arriving) if !arriving.begun => arriving.dirty.iter_mut().zip(now).for_each(|(x, y)| *x |= *y),
            Some(arriving) => {
                let late: Vec<usize> = (0..now.len()).filter(|i| now[*i] && !arriving.dirty[*i]).collect();
                for local in late {
                    self.flush(local, local + 1);
                }
            }
        }
    }

    /// The way to an offset: its block, or an exit where it lies outside the region.
    pub fn target(&mut self, at: usize) -> Option<Target> {
        if !self.scope().region.instructions.contains_key(&at) {
            let state = self.state_at(at);
            let block = self.unit.block();
            self.unit.blocks[block.index()].end = Some(End::Exit(state, Reason::LoopEnd));
            return Some(Target { block, arguments: Vec::new() });
        }
        let block = self.block_at(at)?;
        self.arrive(at);
        let scope = self.scope();
        let mut arguments: Vec<Val> = scope.stored.iter().map(|l| scope.slots[*l]).collect();
        arguments.extend(&scope.slots[scope.source.nlocalsplus..]);
        if scope.headers.contains(&at) && scope.position.is_none_or(|p| p < at) {
            // A loop is entered: what is moved out of it goes here.
            let state = self.state_at(at);
            let anchor = self.unit.block();
            self.unit.push(anchor, Op::Anchor, [0; 2], vec![], Some(state));
            self.unit.blocks[anchor.index()].end = Some(End::Jump(Target { block, arguments }));
            return Some(Target { block: anchor, arguments: Vec::new() });
        }
        Some(Target { block, arguments })
    }

    pub fn jump_to(&mut self, at: usize) -> Option<()> {
        let target = self.target(at)?;
        self.end(End::Jump(target));
        Some(())
    }

    /// Branches to `taken` if `condition`, else to `other` (offsets). `arrange` changes the stack on the taken way only.
    pub fn branch(
        &mut self,
        condition: Val,
        taken: usize,
        other: usize,
        arrange: impl FnOnce(&mut Self),
    ) -> Option<()> {
        let b = self.target(other)?;
        let slots = self.snapshot();
        arrange(self);
        let a = self.target(taken)?;
        self.restore(&slots);
        self.end(End::Branch(condition, a, b));
        Some(())
    }
}
