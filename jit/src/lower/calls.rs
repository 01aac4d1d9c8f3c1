//! Calls of helpers, of native code and of Python functions.

use std::mem::offset_of;

use brolga_runtime::frame::{FRAME_SLOTS, Frame, OnReturn};
use brolga_runtime::interp::native::finish_call;
use brolga_runtime::state::ThreadState;
use brolga_runtime::types::code::NATIVE_OFFSET;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};

use super::{LIMIT, LOCALS, Lowering, TOP, signature, trusted};
use crate::helpers::Helper;
use crate::ir::{Inst, Op, Reason};

impl Lowering<'_> {
    /// Calls native code at an address.
    pub(super) fn call(
        &mut self,
        address: usize,
        arguments: &[ir::Value],
        results: usize,
    ) -> Result<Vec<ir::Value>, String> {
        let address = self.word(address as u64);
        self.call_at(address, arguments, results)
    }

    pub(super) fn call_at(
        &mut self,
        address: ir::Value,
        arguments: &[ir::Value],
        results: usize,
    ) -> Result<Vec<ir::Value>, String> {
        let signature = match self.signatures.get(&(arguments.len(), results)) {
            Some(s) => *s,
            None => {
                let s = signature(self.isa.default_call_conv(), arguments.len(), results);
                let s = self.b.import_signature(s);
                self.signatures.insert((arguments.len(), results), s);
                s
            }
        };
        let call = self.b.ins().call_indirect(signature, address, arguments);
        Ok(self.b.inst_results(call).to_vec())
    }

    pub(super) fn call_helper(&mut self, helper: Helper, inst: &Inst, frame: ir::Value) -> Result<ir::Value, String> {
        let mut arguments = vec![self.thread()?, frame, self.word(inst.immediates[1])];
        for v in &inst.operands {
            arguments.push(self.value(*v)?);
        }
        while arguments.len() < 6 {
            let zero = self.word(0);
            arguments.push(zero);
        }
        self.call(helper.address(), &arguments, 1)?.first().copied().ok_or_else(|| "no result".to_owned())
    }

    /// Exits unless `bytes` more fit on the VM stack and `frames` more are within the recursion limit; the stack's top
    /// now and then, and the depth now.
    pub(super) fn require_room(
        &mut self,
        frames: i64,
        bytes: i64,
        inst: &Inst,
    ) -> Result<(ir::Value, ir::Value, ir::Value), String> {
        let top = self.load_thread(types::I64, TOP)?;
        let new_top = self.b.ins().iadd_imm_s(top, bytes);
        let limit = self.load_thread(types::I64, LIMIT)?;
        let fits = self.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, new_top, limit);
        self.require(fits, inst, Reason::Error)?;
        let depth = self.load_thread(types::I32, offset_of!(ThreadState, depth))?;
        let then = self.b.ins().iadd_imm_s(depth, frames);
        let limit = self.word(self.addresses.recursion_limit);
        let limit = self.b.ins().load(types::I32, trusted(), limit, 0);
        let within = self.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, then, limit);
        self.require(within, inst, Reason::Error)?;
        Ok((top, new_top, then))
    }

    pub(super) fn call_python(&mut self, inst: &Inst) -> Result<ir::Value, String> {
        let state = self.state(inst.state.ok_or("a call without a frame state")?)?;
        let (pushed, own, pc) = (state.pushed, state.frame == 0, state.pc);
        let unit = self.unit;
        let callee = unit.callees.get(inst.immediates[0] as usize).ok_or("no such callee")?;
        let bytes = 8 * (FRAME_SLOTS as i64 + i64::from(callee.slots));
        let (new, new_top, depth) = self.require_room(1, bytes, inst)?;
        let caller = if pushed { self.load_thread(types::I64, offset_of!(ThreadState, frame))? } else { self.frame()? };
        if own {
            let at = self.word(unit.frames[0].instructions + 2 * u64::from(pc));
            self.b.ins().store(trusted(), at, caller, offset_of!(Frame, instr) as i32);
        }
        let function = self.operand(inst, 0)?;
        let empty = self.word(0);
        let (code, globals, builtins) = (self.word(callee.code), self.word(callee.globals), self.word(callee.builtins));
        let instructions = self.word(callee.instructions);
        let stack_base = self.b.ins().iadd_imm_s(new, i64::from(LOCALS) + 8 * i64::from(callee.nlocalsplus));
        // `owner`: the thread; `on_return`: to the native caller.
        let flags = self.word((OnReturn::Exit as u64) << 8);
        for (field, v) in [
            (offset_of!(Frame, previous), caller),
            (offset_of!(Frame, code), code),
            (offset_of!(Frame, globals), globals),
            (offset_of!(Frame, builtins), builtins),
            (offset_of!(Frame, locals), empty),
            (offset_of!(Frame, function), function),
            (offset_of!(Frame, instr), instructions),
            (offset_of!(Frame, sp), stack_base),
            (offset_of!(Frame, object), empty),
            (offset_of!(Frame, result), empty),
            (offset_of!(Frame, owner), flags),
        ] {
            self.b.ins().store(trusted(), v, new, field as i32);
        }
        for slot in 0..callee.nlocalsplus as usize {
            let v = if slot + 1 < inst.operands.len() { self.operand(inst, slot + 1)? } else { empty };
            self.b.ins().store(trusted(), v, new, LOCALS + 8 * slot as i32);
        }
        self.store_thread(new_top, TOP)?;
        self.store_thread(new, offset_of!(ThreadState, frame))?;
        self.store_thread(depth, offset_of!(ThreadState, depth))?;
        let native = self.b.ins().load(types::I64, trusted(), code, NATIVE_OFFSET as i32);
        let thread = self.thread()?;
        let answer = self.call_at(native, &[thread, new], 2)?;
        let (slow, next) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        let result = self.b.append_block_param(next, types::I64);
        self.b.ins().brif(answer[0], slow, &[], next, &[BlockArg::Value(answer[1])]);
        self.b.switch_to_block(slow);
        let answer = self.call(finish_call as *const () as usize, &[thread, answer[0]], 2)?;
        if inst.op == Op::TryCallPython {
            let zero = self.word(0);
            let result = self.b.ins().select(answer[0], zero, answer[1]);
            self.b.ins().jump(next, &[BlockArg::Value(result)]);
        } else {
            let raised = self.exit_block(inst, Reason::Raised)?;
            self.b.ins().brif(answer[0], raised, &[], next, &[BlockArg::Value(answer[1])]);
        }
        self.b.switch_to_block(next);
        Ok(result)
    }
}
