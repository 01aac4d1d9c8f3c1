//! Calls of helpers, of native code and of Python functions.

use std::mem::offset_of;

use brolga_runtime::frame::{FRAME_SLOTS, Frame, OnReturn};
use brolga_runtime::interp::delegation;
use brolga_runtime::interp::native::{UNWOUND, YIELDED, finish_call, finish_resume};
use brolga_runtime::state::ThreadState;
use brolga_runtime::types::code::{NATIVE_OFFSET, RESUME_OFFSET};
use brolga_runtime::types::{generator, shape};
use brolga_runtime::value::Value;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};

use super::{LIMIT, LOCALS, Lowering, TOP, signature, trusted};
use crate::helpers::{EXHAUSTED, Helper, Packed};
use crate::ir::{Inst, Op, Reason};

/// The shapes of what is resumed in its own frame: generators and coroutines. (The asynchronous ones are wrapped.)
const GENERATORS: [u64; 2] = [shape::generator as u64, (shape::coroutine - shape::generator) as u64];
const _: () = assert!(shape::coroutine == shape::generator + 1);

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
        // (The registers of operands that a helper has not are whatever they are: it takes them, and looks at none.)
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

    /// The frame that an instruction calls from; the unit's own is told where it is.
    pub(super) fn calling_frame(&mut self, inst: &Inst) -> Result<ir::Value, String> {
        let state = self.state(inst.state.ok_or("a call without a frame state")?)?;
        let (pushed, own, pc) = (state.pushed, state.frame == 0, state.pc);
        let frame = if pushed { self.load_thread(types::I64, offset_of!(ThreadState, frame))? } else { self.frame()? };
        if own {
            let at = self.word(self.unit.frames[0].instructions + 2 * u64::from(pc));
            self.b.ins().store(trusted(), at, frame, offset_of!(Frame, instr) as i32);
        }
        Ok(frame)
    }

    /// As `interp::generators::resume`, and calls its code.
    pub(super) fn resume_generator(&mut self, inst: &Inst) -> Result<ir::Value, String> {
        let sends = matches!(inst.op, Op::SendGenerator | Op::TrySendGenerator);
        let leaves = matches!(inst.op, Op::ResumeGenerator | Op::SendGenerator);
        let caller = self.calling_frame(inst)?;
        let generator = self.operand(inst, 0)?;
        let sent = if sends { self.operand(inst, 1)? } else { self.word(Value::NONE.bits()) };
        let (resume, check, ask, next) =
            (self.b.create_block(), self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(ask);
        let result = self.b.append_block_param(next, types::I64);
        if sends {
            // It may be any object.
            let (object, owner) = (self.b.create_block(), self.b.create_block());
            let is_object = self.is_object(generator);
            self.b.ins().brif(is_object, object, &[], ask, &[]);
            self.b.switch_to_block(object);
            let has = self.has_shape(generator, GENERATORS);
            self.b.ins().brif(has, owner, &[], ask, &[]);
            self.b.switch_to_block(owner);
        }
        let state = self.b.ins().uload8(types::I64, trusted(), generator, generator::STATE_OFFSET as i32);
        // One that has not begun takes None only.
        let mut able = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, state, generator::State::Running as i64);
        if sends {
            let begun = self.b.ins().icmp_imm_s(IntCC::Equal, state, generator::State::Suspended as i64);
            let none = self.b.ins().icmp_imm_s(IntCC::Equal, sent, Value::NONE.bits() as i64);
            let takes = self.b.ins().bor(begun, none);
            able = self.b.ins().band(able, takes);
        }
        self.b.ins().brif(able, check, &[], ask, &[]);

        self.b.switch_to_block(check);
        let depth = self.load_thread(types::I32, offset_of!(ThreadState, depth))?;
        let depth = self.b.ins().iadd_imm_s(depth, 1);
        let limit = self.word(self.addresses.recursion_limit);
        let limit = self.b.ins().load(types::I32, trusted(), limit, 0);
        let within = self.b.ins().icmp(IntCC::UnsignedLessThanOrEqual, depth, limit);
        let (able, through, answered) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let status = self.b.append_block_param(answered, types::I64);
        let answer = self.b.append_block_param(answered, types::I64);
        self.b.ins().brif(within, able, &[], ask, &[]);

        // One that waits for another: that one, by way of what is between, is resumed by a helper.
        self.b.switch_to_block(able);
        let frame = self.b.ins().iadd_imm_s(generator, generator::FRAME_OFFSET as i64);
        let at = self.b.ins().load(types::I64, trusted(), frame, offset_of!(Frame, instr) as i32);
        let behind = self.b.ins().uload16(types::I64, trusted(), at, 2);
        let behind = self.b.ins().band_imm_s(behind, i64::from(delegation::RESUME_BITS));
        let waits = self.b.ins().icmp_imm_s(IntCC::Equal, behind, i64::from(delegation::RESUME_DELEGATES));
        self.b.ins().brif(waits, through, &[], resume, &[]);

        self.b.switch_to_block(through);
        let thread = self.thread()?;
        let both = self.call(delegation::resume_through as *const () as usize, &[thread, generator, sent], 2)?;
        self.b.ins().jump(answered, &[BlockArg::Value(both[0]), BlockArg::Value(both[1])]);

        self.b.switch_to_block(resume);
        self.store_thread(depth, offset_of!(ThreadState, depth))?;
        let sp = self.b.ins().load(types::I64, trusted(), frame, offset_of!(Frame, sp) as i32);
        self.b.ins().store(trusted(), sent, sp, 0);
        let sp = self.b.ins().iadd_imm_s(sp, 8);
        // Behind the instruction that suspended it, which has no caches.
        let at = self.b.ins().iadd_imm_s(at, 2);
        for (field, v) in
            [(offset_of!(Frame, previous), caller), (offset_of!(Frame, sp), sp), (offset_of!(Frame, instr), at)]
        {
            self.b.ins().store(trusted(), v, frame, field as i32);
        }
        let exit = self.b.ins().iconst(types::I8, OnReturn::Exit as i64);
        self.b.ins().store(trusted(), exit, frame, offset_of!(Frame, on_return) as i32);
        let no = self.b.ins().iconst(types::I8, 0);
        self.b.ins().store(trusted(), no, frame, offset_of!(Frame, leave) as i32);
        self.store_thread(frame, offset_of!(ThreadState, frame))?;
        let running = self.b.ins().iconst(types::I8, generator::State::Running as i64);
        self.b.ins().store(trusted(), running, generator, generator::STATE_OFFSET as i32);
        let handled = self.load_thread(types::I64, offset_of!(ThreadState, handled))?;
        self.b.ins().store(trusted(), handled, generator, generator::PREVIOUS_HANDLED_OFFSET as i32);
        let handled = self.b.ins().iadd_imm_s(generator, generator::HANDLED_OFFSET as i64);
        self.store_thread(handled, offset_of!(ThreadState, handled))?;
        self.remember(generator)?;
        let code = self.b.ins().load(types::I64, trusted(), frame, offset_of!(Frame, code) as i32);
        let native = self.b.ins().load(types::I64, trusted(), code, RESUME_OFFSET as i32);
        let thread = self.thread()?;
        let both = self.call_at(native, &[thread, frame], 2)?;
        self.b.ins().jump(answered, &[BlockArg::Value(both[0]), BlockArg::Value(both[1])]);

        self.b.switch_to_block(answered);
        let (slow, finish, raised) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        for cold in [slow, finish, raised] {
            self.b.set_cold_block(cold);
        }
        // What has come of it: whether it yielded, and what.
        let arrived = self.b.create_block();
        let value = self.b.append_block_param(arrived, types::I64);
        let returned = self.b.create_block();
        let last = self.b.append_block_param(returned, types::I64);
        let yielded = self.b.ins().icmp_imm_s(IntCC::Equal, status, YIELDED as i64);
        self.b.ins().brif(yielded, arrived, &[BlockArg::Value(answer)], slow, &[]);

        self.b.switch_to_block(slow);
        // It has returned, or else the interpreter brings it to where it yields or returns.
        self.b.ins().brif(status, finish, &[], returned, &[BlockArg::Value(answer)]);
        self.b.switch_to_block(finish);
        let answer = self.call(finish_resume as *const () as usize, &[thread, frame, status], 2)?;
        let unwound = self.b.ins().icmp_imm_s(IntCC::Equal, answer[0], UNWOUND as i64);
        let done = self.b.create_block();
        self.b.ins().brif(unwound, raised, &[], done, &[]);
        self.b.switch_to_block(done);
        let value_now = BlockArg::Value(answer[1]);
        self.b.ins().brif(answer[0], arrived, &[value_now], returned, &[value_now]);

        self.b.switch_to_block(arrived);
        let outcome = if sends { self.put_sent(inst, caller, value, Value::TRUE) } else { value };
        self.b.ins().jump(next, &[BlockArg::Value(outcome)]);
        self.b.switch_to_block(returned);
        let outcome = if sends { self.put_sent(inst, caller, last, Value::FALSE) } else { self.word(EXHAUSTED) };
        self.b.ins().jump(next, &[BlockArg::Value(outcome)]);

        self.b.switch_to_block(ask);
        let immediate = self.word(inst.immediates[0]);
        let zero = self.word(0);
        let (helper, second) = if sends { (Helper::Send, sent) } else { (Helper::ForIter, zero) };
        let v = self.call(helper.address(), &[thread, caller, immediate, generator, second, zero], 1)?[0];
        self.b.ins().brif(v, next, &[BlockArg::Value(v)], raised, &[]);

        self.b.switch_to_block(raised);
        if leaves {
            let raised = self.exit_block(inst, Reason::Raised)?;
            self.b.ins().jump(raised, &[]);
        } else {
            let none = self.word(0);
            self.b.ins().jump(next, &[BlockArg::Value(none)]);
        }
        self.b.switch_to_block(next);
        Ok(result)
    }

    /// What a SEND has brought, to the slot that helper `send` would write; whether it `yielded`.
    fn put_sent(&mut self, inst: &Inst, frame: ir::Value, v: ir::Value, yielded: Value) -> ir::Value {
        let slot = i32::from(Packed::from(inst.immediates[0]).slot);
        self.b.ins().store(trusted(), v, frame, LOCALS + 8 * slot);
        self.word(yielded.bits())
    }

    pub(super) fn call_python(&mut self, inst: &Inst) -> Result<ir::Value, String> {
        let unit = self.unit;
        let callee = unit.callees.get(inst.immediates[0] as usize).ok_or("no such callee")?;
        let bytes = 8 * (FRAME_SLOTS as i64 + i64::from(callee.slots));
        let (new, new_top, depth) = self.require_room(1, bytes, inst)?;
        let caller = self.calling_frame(inst)?;
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
