//! Leaving compiled code: one cold block for each frame state and reason, which hands the state's values over
//! ([`crate::deopt`] does the rest); and what running code writes of frames itself.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::offset_of;

use brolga_runtime::frame::Frame;
use brolga_runtime::interp::native::{EXITED, YIELDED, activation_ends, push_inlined};
use brolga_runtime::state::ThreadState;
use brolga_runtime::types::generator;
use cranelift_codegen::ir::{self, InstBuilder, types};

use super::{Exit, LOCALS, Lowering, restore, trusted};
use crate::ir::{FrameState, Inst, Op, Reason, State, Val};

impl Lowering<'_> {
    /// Goes on where `condition` (not zero) holds, else leaves by the instruction's state.
    pub(super) fn require(&mut self, mut condition: ir::Value, inst: &Inst, reason: Reason) -> Result<(), String> {
        if let Some(forced) = self.forced(inst, Some(reason))? {
            let ty = self.b.func.dfg.value_type(condition);
            let never = self.b.ins().iconst(ty, 0);
            condition = self.b.ins().select(forced, never, condition);
        }
        let exit = self.exit_block(inst, reason)?;
        let next = self.b.create_block();
        self.b.ins().brif(condition, next, &[], exit, &[]);
        self.b.switch_to_block(next);
        Ok(())
    }

    /// Leaves where `condition` holds.
    pub(super) fn leave_if(&mut self, mut condition: ir::Value, inst: &Inst, reason: Reason) -> Result<(), String> {
        if let Some(forced) = self.forced(inst, Some(reason))? {
            let ty = self.b.func.dfg.value_type(condition);
            let always = self.b.ins().iconst(ty, 1);
            condition = self.b.ins().select(forced, always, condition);
        }
        let exit = self.exit_block(inst, reason)?;
        let next = self.b.create_block();
        self.b.ins().brif(condition, exit, &[], next, &[]);
        self.b.switch_to_block(next);
        Ok(())
    }

    pub(super) fn exit_block(&mut self, inst: &Inst, reason: Reason) -> Result<ir::Block, String> {
        let state = inst.state.ok_or("a guard without a frame state")?;
        // (What has raised has done so.)
        let is_own = matches!(reason, Reason::Raised | Reason::Fuel);
        let reason = if !is_own && self.anchors.contains(&state) { Reason::Hoisted } else { reason };
        if let Some(block) = self.exit_blocks.get(&(state, reason)) {
            return Ok(*block);
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.exit_blocks.insert((state, reason), block);
        Ok(block)
    }

    /// Fills the blocks that guards leave by. Those that hand over the same values share the code for that.
    pub(super) fn exits(&mut self) -> Result<(), String> {
        let mut all: Vec<(ir::Block, State, Reason)> =
            self.exit_blocks.iter().map(|(&(state, reason), &block)| (block, state, reason)).collect();
        all.sort_by_key(|(block, ..)| *block);
        let mut by_values: BTreeMap<Vec<Val>, Vec<(ir::Block, State, Reason)>> = BTreeMap::new();
        for exit in all {
            let plan = self.plan(exit.1)?;
            by_values.entry(self.plans[plan].clone()).or_default().push(exit);
        }
        for (values, all) in by_values {
            if let &[(block, state, reason)] = all.as_slice() {
                self.b.switch_to_block(block);
                self.stands_for(|places| places.of_state(state));
                self.set_status(state, reason)?;
                self.leave(&values)?;
                continue;
            }
            let shared = self.b.create_block();
            self.b.set_cold_block(shared);
            for (block, state, reason) in all {
                self.b.switch_to_block(block);
                self.stands_for(|places| places.of_state(state));
                self.set_status(state, reason)?;
                self.b.ins().jump(shared, &[]);
            }
            self.b.switch_to_block(shared);
            self.stands_for(|_| None);
            self.leave(&values)?;
        }
        self.leaves()
    }

    /// Leaves by a state, which is the only one to do so here.
    pub(super) fn exit(&mut self, state: State, reason: Reason) -> Result<(), String> {
        let plan = self.plan(state)?;
        let values = self.plans[plan].clone();
        self.set_status(state, reason)?;
        self.leave(&values)
    }

    /// Notes the number of an exit, as code is to answer it. (In memory: a parameter of the block that all exits come to would
    /// be a value of a thousand places for the register allocator.)
    fn set_status(&mut self, state: State, reason: Reason) -> Result<(), String> {
        let restore = self.plan(state)?;
        let (pc, frame) = {
            let state = self.state(state)?;
            (state.pc, state.frame)
        };
        let info = self.unit.frames.get(frame as usize).ok_or("no such frame")?;
        let (function, code) = (info.name.clone(), info.code);
        let number = self.addresses.first_exit + self.exits.len() as u64;
        self.exits.push(Exit { reason, function, code, pc, is_inlined: frame != 0, restore });
        let status = self.word(EXITED + 2 * number + u64::from(reason == Reason::Raised));
        self.store_thread(status, offset_of!(ThreadState, exit_status))
    }

    /// Hands the values over, and returns: in a block that all exits share, as each return has an epilogue.
    fn leave(&mut self, values: &[Val]) -> Result<(), String> {
        for (k, v) in values.iter().enumerate() {
            let v = self.value(*v)?;
            self.store_thread(v, offset_of!(ThreadState, exit_words) + 8 * k)?;
        }
        let leaving = match self.leaving {
            Some(block) => block,
            None => {
                let block = self.b.create_block();
                self.b.set_cold_block(block);
                *self.leaving.insert(block)
            }
        };
        self.b.ins().jump(leaving, &[]);
        Ok(())
    }

    /// Fills the block that exits return from.
    fn leaves(&mut self) -> Result<(), String> {
        let Some(block) = self.leaving else { return Ok(()) };
        self.b.switch_to_block(block);
        self.stands_for(|_| None);
        let status = self.load_thread(types::I64, offset_of!(ThreadState, exit_status))?;
        let nothing = self.word(0);
        self.b.ins().return_(&[status, nothing]);
        Ok(())
    }

    /// What is to be restored where a state is left by, and which values that takes, in the order of the exit words: the
    /// index of both.
    fn plan(&mut self, state: State) -> Result<usize, String> {
        let by = self.unit.left_by(state);
        if let Some(plan) = self.planned.get(&by) {
            return Ok(*plan);
        }
        let mut values = BTreeSet::new();
        self.unit.each_of_state(by, &mut |v| {
            values.extend(restore::handed_over(self.unit, v));
        });
        let values: Vec<Val> = values.into_iter().collect();
        let restore = restore::of_state(self.unit, self.addresses, by, &values)?;
        self.restores.push(restore);
        self.plans.push(values);
        self.planned.insert(by, self.plans.len() - 1);
        Ok(self.plans.len() - 1)
    }

    /// Writes the fields that a state holds as values.
    fn write_pending(&mut self, state: State) -> Result<(), String> {
        for p in self.state(state)?.pending.clone() {
            let object = self.value(p.object)?;
            let word = if p.raw { self.value(p.value)? } else { self.boxed(p.value)? };
            self.b.ins().store(trusted(), word, object, p.offset as i32);
            if !p.raw {
                self.barrier(object, p.value)?;
            }
        }
        Ok(())
    }

    /// The generator yields `v`: as `interp::generators::suspend`.
    pub(super) fn suspend(&mut self, state: State, v: Val) -> Result<(), String> {
        self.write_pending(state)?;
        self.write_frames(state)?;
        let v = self.value(v)?;
        let frame = self.frame()?;
        let generator = self.b.ins().iadd_imm_s(frame, -(generator::FRAME_OFFSET as i64));
        let suspended = self.b.ins().iconst(types::I8, generator::State::Suspended as i64);
        self.b.ins().store(trusted(), suspended, generator, generator::STATE_OFFSET as i32);
        let at = generator::PREVIOUS_HANDLED_OFFSET as i32;
        let handled = self.b.ins().load(types::I64, trusted(), generator, at);
        self.store_thread(handled, offset_of!(ThreadState, handled))?;
        let nothing = self.word(0);
        self.b.ins().store(trusted(), nothing, generator, at);
        self.leave_frame()?;
        self.b.ins().store(trusted(), nothing, frame, offset_of!(Frame, previous) as i32);
        self.remember(generator)?;
        let status = self.word(YIELDED);
        self.b.ins().return_(&[status, v]);
        Ok(())
    }

    /// Before a return: a frame that has an object gives its slots to it, or is left to the interpreter where that takes
    /// objects that do not exist yet.
    pub(super) fn end_seen(&mut self, inst: &Inst) -> Result<(), String> {
        let by = inst.state.ok_or("no frame state")?;
        let (thread, frame) = (self.thread()?, self.frame()?);
        let object = self.b.ins().load(types::I64, trusted(), frame, offset_of!(Frame, object) as i32);
        let state = self.state(by)?;
        if !state.virtuals.is_empty() || !state.pending.is_empty() {
            return self.leave_if(object, inst, Reason::Leave);
        }
        let (seen, next) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(seen);
        self.b.ins().brif(object, seen, &[], next, &[]);
        self.b.switch_to_block(seen);
        self.write_frames(by)?;
        self.call(activation_ends as *const () as usize, &[thread, frame], 0)?;
        self.b.ins().jump(next, &[]);
        self.b.switch_to_block(next);
        Ok(())
    }

    /// The caller's frame is the current one.
    pub(super) fn leave_frame(&mut self) -> Result<(), String> {
        let frame = self.frame()?;
        let previous = self.b.ins().load(types::I64, trusted(), frame, offset_of!(Frame, previous) as i32);
        self.store_thread(previous, offset_of!(ThreadState, frame))?;
        let depth = self.load_thread(types::I32, offset_of!(ThreadState, depth))?;
        let depth = self.b.ins().iadd_imm_s(depth, -1);
        self.store_thread(depth, offset_of!(ThreadState, depth))
    }

    pub(super) fn state(&self, state: State) -> Result<&'_ FrameState, String> {
        self.unit.states.get(state.index()).ok_or_else(|| "no such state".to_owned())
    }

    /// Brings the frames of a state to where the interpreter would have them: inlined ones are pushed.
    pub(super) fn write_frames(&mut self, state: State) -> Result<(), String> {
        let unit = self.unit;
        let mut chain = Vec::new();
        let mut next = Some(state);
        while let Some(state) = next {
            let state = unit.states.get(state.index()).ok_or("no such state")?;
            chain.push(state);
            next = state.caller;
        }
        for state in chain.into_iter().rev() {
            let info = unit.frames.get(state.frame as usize).ok_or("no such frame")?;
            let frame = if state.pushed {
                let thread = self.thread()?;
                self.b.ins().load(types::I64, trusted(), thread, offset_of!(ThreadState, frame) as i32)
            } else if state.frame == 0 {
                self.frame()?
            } else {
                let template = *self.addresses.templates.get(&info.template()).ok_or("no template")?;
                let template = self.word(template);
                let function = self.value(info.function.ok_or("no function")?)?;
                let instance = match info.instance {
                    Some(v) => self.value(v)?,
                    None => self.word(0),
                };
                let thread = self.thread()?;
                self.call(push_inlined as *const () as usize, &[thread, template, function, instance], 1)?[0]
            };
            for (slot, v) in &state.slots {
                let empty = {
                    let inst = unit.inst(*v);
                    inst.op == Op::Const && inst.immediates[0] == 0
                };
                // A frame just pushed has empty locals.
                if empty && state.frame != 0 && !state.pushed && *slot < info.nlocalsplus {
                    continue;
                }
                let word = self.boxed(*v)?;
                self.b.ins().store(trusted(), word, frame, LOCALS + 8 * *slot as i32);
            }
            let at = self.word(info.instructions + 2 * u64::from(state.pc));
            self.b.ins().store(trusted(), at, frame, offset_of!(Frame, instr) as i32);
            let top = i64::from(LOCALS) + 8 * i64::from(info.nlocalsplus + state.depth);
            let top = self.b.ins().iadd_imm_s(frame, top);
            self.b.ins().store(trusted(), top, frame, offset_of!(Frame, sp) as i32);
        }
        Ok(())
    }
}
