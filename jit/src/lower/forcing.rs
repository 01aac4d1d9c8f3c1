//! Stress modes: guards that fail though their conditions hold (see [`crate::stress`]).

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};

use super::{Lowering, trusted};
use crate::ir::{Inst, Op, Reason};
use crate::stress::{Forcing, GuardKind};

impl Lowering<'_> {
    /// In a stress mode: whether this guard fails in any case. `reason` is `None` where it leaves nowhere.
    pub(super) fn forced(&mut self, inst: &Inst, reason: Option<Reason>) -> Result<Option<ir::Value>, String> {
        let Some(stress) = self.stress else { return Ok(None) };
        let state = match inst.state {
            Some(state) => Some(self.state(state)?),
            None => None,
        };
        let is_entry = inst.op == Op::GuardTrue
            && state.is_some_and(|s| s.slots.is_empty() && Some((s.pc, s.depth)) == self.unit.header)
            && inst.operands.first().is_some_and(|v| self.unit.inst(*v).op == Op::Bool);
        let kind = match reason {
            None => Some(GuardKind::Slow),
            Some(_) if is_entry => Some(GuardKind::Entry),
            Some(reason) => GuardKind::of(reason),
        };
        let Some(kind) = kind else { return Ok(None) };
        let (frame, pc) = state.map_or((0, 0), |s| (s.frame, s.pc));
        let code = self.unit.frames.get(frame as usize).map_or(0, |f| f.code);
        match stress.guard(kind, inst.op.info().name, reason, code, pc) {
            Forcing::Nothing => Ok(None),
            Forcing::Count(cell) => {
                let cell = self.word(cell);
                let count = self.b.ins().load(types::I64, trusted(), cell, 0);
                let count = self.b.ins().iadd_imm_s(count, 1);
                self.b.ins().store(trusted(), count, cell, 0);
                Ok(None)
            }
            Forcing::Fail { cell, period, forced } => {
                let cell = self.word(cell);
                let left = self.b.ins().load(types::I64, trusted(), cell, 0);
                let left = self.b.ins().iadd_imm_s(left, -1);
                let now = self.b.ins().icmp_imm_s(IntCC::Equal, left, 0);
                let period = self.word(period);
                let left = self.b.ins().select(now, period, left);
                self.b.ins().store(trusted(), left, cell, 0);
                if reason.is_some() {
                    let flag = self.word(forced);
                    let before = self.b.ins().load(types::I64, trusted(), flag, 0);
                    let wide = self.b.ins().uextend(types::I64, now);
                    let after = self.b.ins().bor(before, wide);
                    self.b.ins().store(trusted(), after, flag, 0);
                }
                Ok(Some(now))
            }
        }
    }
}
