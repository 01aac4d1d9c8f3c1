//! Leaving compiled code: one cold block for each frame state and reason.

use std::collections::BTreeMap;
use std::mem::offset_of;

use brolga_runtime::frame::Frame;
use brolga_runtime::interp::native::{EXITED, YIELDED, push_inlined};
use brolga_runtime::state::ThreadState;
use brolga_runtime::types::generator;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};

use super::{Exit, LOCALS, Lowering, trusted};
use crate::ir::{FrameState, Inst, Op, Reason, State, Val};
use crate::planted;

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
        let reason = if reason != Reason::Raised && self.anchors.contains(&state) { Reason::Hoisted } else { reason };
        if let Some(block) = self.exit_blocks.get(&(state, reason)) {
            return Ok(*block);
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.exit_blocks.insert((state, reason), block);
        Ok(block)
    }

    /// Fills the blocks that guards leave by. What several have to write is there once.
    pub(super) fn exits(&mut self) -> Result<(), String> {
        let mut by_state: BTreeMap<State, Vec<(State, Reason, ir::Block)>> = BTreeMap::new();
        for (&(state, reason), &block) in &self.exit_blocks {
            by_state.entry(self.unit.left_by(state)).or_default().push((state, reason, block));
        }
        for (by, mut all) in by_state {
            all.sort_by_key(|(.., block)| *block);
            if let &[(state, reason, block)] = all.as_slice() {
                self.b.switch_to_block(block);
                let status = self.status(state, reason)?;
                self.leave(by, status)?;
                continue;
            }
            let shared = self.b.create_block();
            self.b.set_cold_block(shared);
            let parameter = self.b.append_block_param(shared, types::I64);
            for (state, reason, block) in all {
                self.b.switch_to_block(block);
                let status = self.status(state, reason)?;
                self.b.ins().jump(shared, &[BlockArg::Value(status)]);
            }
            self.b.switch_to_block(shared);
            self.leave(by, parameter)?;
        }
        Ok(())
    }

    /// Leaves by a state, which is the only one to do so here.
    pub(super) fn exit(&mut self, state: State, reason: Reason) -> Result<(), String> {
        let status = self.status(state, reason)?;
        self.leave(self.unit.left_by(state), status)
    }

    /// The number of an exit, as code answers it.
    fn status(&mut self, state: State, reason: Reason) -> Result<ir::Value, String> {
        let (pc, frame) = {
            let state = self.state(state)?;
            (state.pc, state.frame)
        };
        let info = self.unit.frames.get(frame as usize).ok_or("no such frame")?;
        let (function, code) = (info.name.clone(), info.code);
        let number = self.addresses.first_exit + self.exits.len() as u64;
        self.exits.push(Exit { reason, function, code, pc });
        Ok(self.word(EXITED + 2 * number + u64::from(reason == Reason::Raised)))
    }

    /// Writes the frames as a state says, and returns.
    fn leave(&mut self, state: State, mut status: ir::Value) -> Result<(), String> {
        let failed = self.make_virtuals(state)?;
        self.write_state(state)?;
        let virtuals = self.state(state)?.virtuals.iter().map(|v| v.object).collect::<Vec<_>>();
        for v in virtuals {
            self.values[v.index()] = None;
        }
        if let Some(failed) = failed {
            status = self.b.ins().bor(status, failed);
        }
        let nothing = self.word(0);
        self.b.ins().return_(&[status, nothing]);
        Ok(())
    }

    /// Writes what a state says: fields that were held as values, and the frames.
    fn write_state(&mut self, state: State) -> Result<(), String> {
        for p in self.state(state)?.pending.clone() {
            if planted::is(13) {
                continue;
            }
            let object = self.value(p.object)?;
            let word = if p.raw { self.value(p.value)? } else { self.boxed(p.value)? };
            self.b.ins().store(trusted(), word, object, p.offset as i32);
            if !p.raw {
                self.barrier(object, p.value)?;
            }
        }
        self.write_frames(state)
    }

    /// The generator yields `v`: as `interp::generators::suspend`.
    pub(super) fn suspend(&mut self, state: State, v: Val) -> Result<(), String> {
        self.write_state(state)?;
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
                    Some(v) if !planted::is(15) => self.value(v)?,
                    _ => self.word(0),
                };
                let thread = self.thread()?;
                self.call(push_inlined as *const () as usize, &[thread, template, function, instance], 1)?[0]
            };
            for (slot, v) in &state.slots {
                if planted::is(14) && state.frame > 0 && *slot == 1 {
                    continue;
                }
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
