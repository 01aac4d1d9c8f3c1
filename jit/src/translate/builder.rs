//! The state of a translation: the unit so far, the current block, and which value each slot of the frame holds there.

use std::collections::{BTreeMap, BTreeSet};

use brolga_bytecode::instructions::Instruction;
use brolga_bytecode::opcode::Opcode;

use super::region::Region;
use super::source::{Profile, Source};
use crate::helpers::Helper;
use crate::ir::{Block, End, FrameState, Op, Reason, State, Target, Type, Unit, Val};

pub struct Builder<'a> {
    pub unit: Unit,
    source: &'a Source<'a>,
    region: &'a Region,
    /// The block that is being filled.
    block: Block,
    /// What each slot holds: locals, cells and free variables, then the value stack.
    slots: Vec<Val>,
    /// Which of them differ from the frame's memory.
    dirty: Vec<bool>,
    /// Locals that the region stores.
    stored: BTreeSet<usize>,
    /// Blocks of bytecode by offset: block, stack depth.
    blocks: BTreeMap<usize, (Block, usize)>,
    pending: Vec<usize>,
    depth: usize,
    /// Where its loops begin.
    headers: BTreeSet<usize>,
    /// Where the current block of bytecode begins.
    position: Option<usize>,
    ended: bool,
}

impl<'a> Builder<'a> {
    pub fn new(source: &'a Source<'a>, region: &'a Region, depth: usize) -> Option<Builder<'a>> {
        let mut stored = BTreeSet::new();
        for instruction in region.instructions.values() {
            let arg = instruction.arg as usize;
            match instruction.opcode {
                Opcode::STORE_FAST | Opcode::DELETE_FAST | Opcode::LOAD_FAST_AND_CLEAR | Opcode::MAKE_CELL => {
                    stored.insert(arg);
                }
                Opcode::COPY_FREE_VARS => {
                    stored.extend(source.nlocalsplus.checked_sub(arg)?..source.nlocalsplus);
                }
                Opcode::STORE_FAST_LOAD_FAST => {
                    stored.insert(arg >> 4);
                }
                Opcode::STORE_FAST_STORE_FAST => {
                    stored.insert(arg >> 4);
                    stored.insert(arg & 15);
                }
                _ => {}
            }
        }
        if stored.iter().any(|i| *i >= source.nlocalsplus) {
            return None;
        }
        Some(Builder {
            unit: Unit::new(),
            source,
            region,
            block: Block(0),
            slots: Vec::new(),
            dirty: Vec::new(),
            stored,
            blocks: BTreeMap::new(),
            pending: Vec::new(),
            depth,
            headers: region.headers(),
            position: None,
            ended: false,
        })
    }

    /// The entry: every slot is loaded from the frame.
    pub fn entry(&mut self) {
        self.unit.header = Some(((self.region.header / 2) as u32, self.depth as u32));
        self.block = self.unit.block();
        let count = self.source.nlocalsplus + self.depth;
        for slot in 0..count {
            let v = self.push(Op::LoadSlot, [slot as u64, 0], vec![], None);
            self.slots.push(v);
            self.dirty.push(false);
        }
        let _ = self.jump_to(self.region.header);
    }

    /// The next block of bytecode to fill.
    pub fn next_block(&mut self) -> Option<(usize, Block)> {
        let at = self.pending.pop()?;
        self.blocks.get(&at).map(|(block, _)| (at, *block))
    }

    /// Goes on in a block: its parameters are what the varying slots hold.
    pub fn begin(&mut self, at: usize, block: Block) -> Option<()> {
        let (_, depth) = *self.blocks.get(&at)?;
        self.block = block;
        self.position = Some(at);
        self.ended = false;
        self.slots.truncate(self.source.nlocalsplus);
        let parameters = self.unit.blocks[block.index()].parameters.clone();
        let mut parameters = parameters.into_iter();
        // Locals that are never stored hold what the entry loaded.
        self.dirty = vec![false; self.source.nlocalsplus];
        for &local in &self.stored {
            self.slots[local] = parameters.next()?;
            self.dirty[local] = true;
        }
        for _ in 0..depth {
            self.slots.push(parameters.next()?);
            self.dirty.push(true);
        }
        Some(())
    }

    /// The block of bytecode at an offset, made at its first use.
    fn block_at(&mut self, at: usize) -> Option<Block> {
        let depth = self.depth();
        if let Some((block, known)) = self.blocks.get(&at) {
            return (*known == depth).then_some(*block);
        }
        let block = self.unit.block();
        for _ in 0..self.stored.len() + depth {
            self.unit.parameter(block, Type::Any);
        }
        self.blocks.insert(at, (block, depth));
        self.pending.push(at);
        Some(block)
    }

    /// The way to an offset: its block, or an exit where it lies outside the region.
    pub fn target(&mut self, at: usize) -> Option<Target> {
        if !self.region.instructions.contains_key(&at) {
            let state = self.state_at(at);
            let block = self.unit.block();
            self.unit.blocks[block.index()].end = Some(End::Exit(state, Reason::LoopEnd));
            return Some(Target { block, arguments: Vec::new() });
        }
        let block = self.block_at(at)?;
        let mut arguments: Vec<Val> = self.stored.iter().map(|l| self.slots[*l]).collect();
        arguments.extend(&self.slots[self.source.nlocalsplus..]);
        if self.headers.contains(&at) && self.position.is_none_or(|p| p < at) {
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
        let (slots, dirty) = (self.slots.clone(), self.dirty.clone());
        arrange(self);
        let a = self.target(taken)?;
        (self.slots, self.dirty) = (slots, dirty);
        self.end(End::Branch(condition, a, b));
        Some(())
    }

    pub fn exit_to(&mut self, at: usize, reason: Reason) {
        let state = self.state_at(at);
        self.end(End::Exit(state, reason));
    }

    fn end(&mut self, end: End) {
        self.unit.blocks[self.block.index()].end = Some(end);
        self.ended = true;
    }

    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// A new block, to be filled next while the slots stay as they are.
    pub fn split(&mut self) -> Block {
        self.unit.block()
    }

    pub fn set_block(&mut self, block: Block) {
        self.block = block;
        self.ended = false;
    }

    pub fn end_with(&mut self, end: End) {
        self.end(end);
    }

    pub fn finish(self) -> Unit {
        self.unit
    }

    // The frame's slots.

    pub fn depth(&self) -> usize {
        self.slots.len() - self.source.nlocalsplus
    }

    pub fn local(&self, i: usize) -> Option<Val> {
        (i < self.source.nlocalsplus).then(|| self.slots[i])
    }

    pub fn set_local(&mut self, i: usize, v: Val) -> Option<()> {
        if i >= self.source.nlocalsplus || !self.stored.contains(&i) {
            return None;
        }
        self.slots[i] = v;
        self.dirty[i] = true;
        Some(())
    }

    pub fn push_value(&mut self, v: Val) {
        self.slots.push(v);
        self.dirty.push(true);
    }

    pub fn pop(&mut self) -> Option<Val> {
        if self.depth() == 0 {
            return None;
        }
        self.dirty.pop();
        self.slots.pop()
    }

    /// The value `n` below the top, from 1.
    pub fn peek(&self, n: usize) -> Option<Val> {
        if n == 0 || n > self.depth() {
            return None;
        }
        self.slots.get(self.slots.len() - n).copied()
    }

    pub fn replace(&mut self, n: usize, v: Val) -> Option<()> {
        self.peek(n)?;
        let at = self.slots.len() - n;
        self.slots[at] = v;
        self.dirty[at] = true;
        Some(())
    }

    /// The slot number of the value `n` below the top, from 1.
    pub fn slot_of(&self, n: usize) -> Option<usize> {
        self.peek(n)?;
        Some(self.slots.len() - n)
    }

    // Instructions.

    pub fn push(&mut self, op: Op, immediates: [u64; 2], operands: Vec<Val>, state: Option<State>) -> Val {
        self.unit.push(self.block, op, immediates, operands, state)
    }

    pub fn pure(&mut self, op: Op, immediate: u64, operands: &[Val]) -> Val {
        self.push(op, [immediate, 0], operands.to_vec(), None)
    }

    pub fn guarded(&mut self, op: Op, immediate: u64, operands: &[Val], state: State) -> Val {
        self.push(op, [immediate, 0], operands.to_vec(), Some(state))
    }

    pub fn constant(&mut self, bits: u64) -> Val {
        self.pure(Op::Const, bits, &[])
    }

    /// The frame as it is now, going on at an offset.
    pub fn state_at(&mut self, at: usize) -> State {
        let slots = self.slots.iter().zip(&self.dirty).enumerate();
        let slots = slots.filter(|(_, (_, dirty))| **dirty).map(|(i, (v, _))| (i as u32, *v)).collect();
        let depth = self.depth() as u32;
        self.unit.state(FrameState { pc: (at / 2) as u32, depth, slots })
    }

    /// The state before an instruction, for guards.
    pub fn before(&mut self, instruction: &Instruction) -> State {
        self.state_at(instruction.start)
    }

    /// Stores the locals that differ from the frame: somebody may look at it.
    fn flush_locals(&mut self) {
        for i in 0..self.source.nlocalsplus {
            if std::mem::replace(&mut self.dirty[i], false) {
                let v = self.slots[i];
                self.push(Op::StoreSlot, [i as u64, 0], vec![v], None);
            }
        }
    }

    /// Stores a local that differs from the frame: a helper reads it there.
    pub fn store_local(&mut self, i: usize) -> Option<()> {
        if std::mem::replace(self.dirty.get_mut(i)?, false) {
            let v = self.slots[i];
            self.push(Op::StoreSlot, [i as u64, 0], vec![v], None);
        }
        Some(())
    }

    /// Stores the top `n` values of the stack: a helper reads them there. Gives the first one's slot.
    pub fn spill_top(&mut self, n: usize) -> Option<usize> {
        let first = self.slots.len().checked_sub(n)?;
        for i in first..self.slots.len() {
            if std::mem::replace(&mut self.dirty[i], false) {
                let v = self.slots[i];
                self.push(Op::StoreSlot, [i as u64, 0], vec![v], None);
            }
        }
        Some(first)
    }

    /// Calls a helper; the operands still stand on the value stack. Its result may be followed by [`Builder::left`].
    pub fn call(&mut self, instruction: &Instruction, helper: Helper, immediate: u64, operands: &[Val]) -> Val {
        if helper.runs_python() {
            self.flush_locals();
        }
        // It raises at the opcode itself, whatever prefixes it has.
        let state = self.state_at(instruction.offset);
        self.push(Op::Call, [helper as u64, immediate], operands.to_vec(), Some(state))
    }

    /// After a call that can run Python, its results on the stack: leaves where the frame was changed meanwhile.
    pub fn left(&mut self, instruction: &Instruction, helper: Helper) {
        if helper.runs_python() {
            let state = self.state_at(instruction.next);
            self.push(Op::CheckLeave, [0; 2], vec![], Some(state));
        }
    }

    /// A slot that the last helper wrote into the frame.
    pub fn load_written(&mut self, slot: usize) -> Val {
        self.pure(Op::LoadSlot, slot as u64, &[])
    }

    pub fn profile(&self, instruction: &Instruction) -> Option<(u16, Profile)> {
        self.source.profile(instruction.offset / 2)
    }

    pub fn source(&self) -> &'a Source<'a> {
        self.source
    }

    /// The definition of a value.
    pub fn def(&self, v: Val) -> (Op, u64, &[Val]) {
        let inst = self.unit.inst(v);
        (inst.op, inst.immediates[0], &inst.operands)
    }
}
