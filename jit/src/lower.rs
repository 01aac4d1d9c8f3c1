//! IR to native code, through Cranelift.
//!
//! Code has the signature of [`brolga_runtime::interp::native::Entry`]. Each frame state has one cold block that writes
//! the frames' slots, shared by all guards that name it with one reason. Words of the object model are at offsets that
//! the runtime exports.

use std::collections::HashMap;
use std::mem::offset_of;
use std::sync::Arc;

use brolga_heap::flags::OLD;
use brolga_heap::{Header, write_barrier_slow};
use brolga_runtime::frame::stack::{LIMIT_OFFSET, TOP_OFFSET};
use brolga_runtime::frame::{FRAME_SLOTS, Frame, OnReturn};
use brolga_runtime::interp::native::{EXITED, RETURNED, finish_call, push_inlined};
use brolga_runtime::state::ThreadState;
use brolga_runtime::types::code::NATIVE_OFFSET;
use brolga_runtime::types::float::{floor_divide, plain_pow};
use brolga_runtime::value::{DOUBLE_OFFSET, INT_TAG, Value};
use cranelift_codegen::Context;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, AbiParam, BlockArg, InstBuilder, MemFlagsData, Signature, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use crate::code::Pool;
use crate::helpers::Helper;
use crate::ir::{Block, End, FrameState, Inst, NumberKind, Op, Reason, State, Target, Type, Unit, Val};
use crate::opt::loops;

/// Where an exit goes and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exit {
    pub reason: Reason,
    /// The function, inlined or not, its code object's address, and the code unit in it.
    pub function: String,
    pub code: u64,
    pub pc: u32,
}

/// Native code, not yet in executable memory.
#[derive(Debug)]
pub struct Code {
    pub bytes: Vec<u8>,
    pub exits: Vec<Exit>,
}

/// What the code refers to.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    /// Of the inlined frames' [`Template`](brolga_runtime::interp::native::Template)s, by their number.
    pub templates: Vec<u64>,
    /// Of the recursion limit.
    pub recursion_limit: u64,
    /// The number of the unit's first exit.
    pub first_exit: u64,
}

/// What to write to stderr on the way (`-X jit-dump`).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Dump {
    None,
    /// The code generator's input.
    Clif,
    /// Its output.
    Asm,
}

/// Compiles a unit. An error is the compiler's message.
pub fn lower(
    isa: &Arc<dyn TargetIsa>,
    pool: &Pool,
    unit: &Unit,
    addresses: &Addresses,
    dump: Dump,
) -> Result<Code, String> {
    let mut context = Context::new();
    context.set_disasm(dump == Dump::Asm);
    context.func.signature = signature(isa.default_call_conv(), 2, 2);
    let mut builder_context = FunctionBuilderContext::new();
    let mut exits = Vec::new();
    {
        let b = FunctionBuilder::new(&mut context.func, &mut builder_context);
        let mut lowering = Lowering {
            b,
            unit,
            addresses,
            isa,
            values: vec![None; unit.insts.len()],
            blocks: HashMap::new(),
            exit_blocks: HashMap::new(),
            exits: Vec::new(),
            pool,
            in_loop: loops::in_loops(unit),
            anchors: unit.anchors(),
            floats: HashMap::new(),
            thread: None,
            frame: None,
            signatures: HashMap::new(),
            saved_top: None,
        };
        lowering.run()?;
        exits.append(&mut lowering.exits);
        lowering.b.seal_all_blocks();
        lowering.b.finalize(isa.frontend_config());
    }
    if dump == Dump::Clif {
        eprintln!("{}", context.func.display());
    }
    let compiled = context.compile(&**isa, &mut Default::default()).map_err(|e| format!("{:?}", e.inner))?;
    if !compiled.buffer.relocs().is_empty() {
        return Err("code with relocations".to_owned());
    }
    if dump == Dump::Asm {
        eprintln!("{}", compiled.vcode.as_deref().unwrap_or(""));
    }
    Ok(Code { bytes: compiled.code_buffer().to_vec(), exits })
}

fn signature(convention: CallConv, parameters: usize, results: usize) -> Signature {
    let mut signature = Signature::new(convention);
    signature.params = vec![AbiParam::new(types::I64); parameters];
    signature.returns = vec![AbiParam::new(types::I64); results];
    signature
}

fn number_kind(inst: &Inst) -> Result<NumberKind, String> {
    NumberKind::ALL.get(inst.immediates[1] as usize).copied().ok_or_else(|| "no such number".to_owned())
}

/// The functions of [`Op::FloatCall`].
fn float_function(which: u64) -> usize {
    type Binary = extern "C" fn(f64, f64) -> f64;
    // The NaN of `Value`, so that no other is in a register.
    extern "C" fn power(x: f64, y: f64) -> f64 {
        plain_pow(x, y).unwrap_or(Value::from_f64(f64::NAN).f64_unchecked())
    }
    extern "C" fn floor_division(x: f64, y: f64) -> f64 {
        Value::from_f64(floor_divide(x, y).0).f64_unchecked()
    }
    extern "C" fn remainder(x: f64, y: f64) -> f64 {
        Value::from_f64(floor_divide(x, y).1).f64_unchecked()
    }
    let f: Binary = match which {
        0 => power,
        1 => floor_division,
        _ => remainder,
    };
    f as usize
}

struct Lowering<'a> {
    b: FunctionBuilder<'a>,
    unit: &'a Unit,
    addresses: &'a Addresses,
    isa: &'a Arc<dyn TargetIsa>,
    values: Vec<Option<ir::Value>>,
    blocks: HashMap<Block, ir::Block>,
    exit_blocks: HashMap<(State, Reason), ir::Block>,
    exits: Vec<Exit>,
    pool: &'a Pool,
    /// Which blocks lie in loops.
    in_loop: Vec<bool>,
    /// What leaves by their states was moved out of a loop.
    anchors: Vec<State>,
    floats: HashMap<u64, ir::Value>,
    thread: Option<ir::Value>,
    frame: Option<ir::Value>,
    /// By numbers of parameters and results.
    signatures: HashMap<(usize, usize), ir::SigRef>,
    /// Where the VM stack's top is kept while inlined frames stand on it.
    saved_top: Option<ir::StackSlot>,
}

const LOCALS: i32 = size_of::<Frame>() as i32;
const TOP: usize = offset_of!(ThreadState, stack) + TOP_OFFSET;
const LIMIT: usize = offset_of!(ThreadState, stack) + LIMIT_OFFSET;

fn clif_type(ty: Type) -> ir::Type {
    match ty {
        Type::Any | Type::Int => types::I64,
        Type::Float => types::F64,
        Type::Bool => types::I8,
    }
}

fn trusted() -> MemFlagsData {
    MemFlagsData::trusted()
}

impl Lowering<'_> {
    fn run(&mut self) -> Result<(), String> {
        let order = self.unit.reverse_postorder();
        for &block in &order {
            let clif = self.b.create_block();
            self.blocks.insert(block, clif);
        }
        for &block in &order {
            let clif = self.block(block)?;
            self.b.switch_to_block(clif);
            if self.catches(block) {
                self.b.set_cold_block(clif);
            }
            if block == Block(0) {
                self.b.append_block_params_for_function_params(clif);
                let parameters = self.b.block_params(clif);
                self.thread = parameters.first().copied();
                self.frame = parameters.get(1).copied();
                self.load_floats();
            }
            for &p in &self.unit.blocks[block.index()].parameters {
                let ty = clif_type(self.unit.ty(p).unwrap_or(Type::Any));
                let v = self.b.append_block_param(clif, ty);
                self.values[p.index()] = Some(v);
            }
            for &v in &self.unit.blocks[block.index()].insts {
                let inst = self.unit.inst(v);
                let result = self.inst(inst)?;
                self.values[v.index()] = result;
            }
            self.end(block)?;
        }
        // The exits' blocks, last.
        let mut exits: Vec<_> = self.exit_blocks.iter().map(|(key, block)| (*key, *block)).collect();
        exits.sort_by_key(|(_, block)| *block);
        for ((state, reason), block) in exits {
            self.b.switch_to_block(block);
            self.exit(state, reason)?;
        }
        Ok(())
    }

    /// Does the block begin with an exception in flight?
    fn catches(&self, block: Block) -> bool {
        self.unit.blocks[block.index()].insts.first().is_some_and(|v| {
            let inst = self.unit.inst(*v);
            inst.op == Op::TryCall && inst.immediates[0] == Helper::Catch as u64
        })
    }

    fn block(&self, block: Block) -> Result<ir::Block, String> {
        self.blocks.get(&block).copied().ok_or_else(|| format!("{block} is not reachable"))
    }

    fn value(&self, v: Val) -> Result<ir::Value, String> {
        self.values[v.index()].ok_or_else(|| format!("{v} has no value"))
    }

    fn thread(&self) -> Result<ir::Value, String> {
        self.thread.ok_or_else(|| "no thread".to_owned())
    }

    fn frame(&self) -> Result<ir::Value, String> {
        self.frame.ok_or_else(|| "no frame".to_owned())
    }

    fn operand(&self, inst: &Inst, i: usize) -> Result<ir::Value, String> {
        self.value(*inst.operands.get(i).ok_or("an operand is missing")?)
    }

    fn word(&mut self, bits: u64) -> ir::Value {
        self.b.ins().iconst(types::I64, bits as i64)
    }

    /// Floats that loops use are loaded at the entry: an immediate would be made anew in each turn. (Large ints are operands
    /// in memory anyway.)
    fn load_floats(&mut self) {
        let unit = self.unit;
        for block in unit.block_ids() {
            if !self.in_loop[block.index()] {
                continue;
            }
            for v in &unit.blocks[block.index()].insts {
                let inst = unit.inst(*v);
                let bits = inst.immediates[0];
                if inst.op == Op::Float && bits != 0 && !self.floats.contains_key(&bits) {
                    let address = self.word(self.pool.address(bits) as u64);
                    let v = self.b.ins().load(types::F64, trusted(), address, 0);
                    self.floats.insert(bits, v);
                }
            }
        }
    }

    /// Goes on where `condition` (not zero) holds, else leaves by the instruction's state.
    fn require(&mut self, condition: ir::Value, inst: &Inst, reason: Reason) -> Result<(), String> {
        let exit = self.exit_block(inst, reason)?;
        let next = self.b.create_block();
        self.b.ins().brif(condition, next, &[], exit, &[]);
        self.b.switch_to_block(next);
        Ok(())
    }

    /// Leaves where `condition` holds.
    fn leave_if(&mut self, condition: ir::Value, inst: &Inst, reason: Reason) -> Result<(), String> {
        let exit = self.exit_block(inst, reason)?;
        let next = self.b.create_block();
        self.b.ins().brif(condition, exit, &[], next, &[]);
        self.b.switch_to_block(next);
        Ok(())
    }

    fn exit_block(&mut self, inst: &Inst, reason: Reason) -> Result<ir::Block, String> {
        let state = inst.state.ok_or("a guard without a frame state")?;
        let reason = if self.anchors.contains(&state) { Reason::Hoisted } else { reason };
        if let Some(block) = self.exit_blocks.get(&(state, reason)) {
            return Ok(*block);
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.exit_blocks.insert((state, reason), block);
        Ok(block)
    }

    /// Writes the frames as a state says, and returns.
    fn exit(&mut self, state: State, reason: Reason) -> Result<(), String> {
        for p in self.state(state)?.pending.clone() {
            let object = self.value(p.object)?;
            let word = if p.raw { self.value(p.value)? } else { self.boxed(p.value)? };
            self.b.ins().store(trusted(), word, object, p.offset as i32);
            if !p.raw {
                self.barrier(object, p.value)?;
            }
        }
        self.write_frames(state)?;
        let state = self.state(state)?;
        let (pc, frame) = (state.pc, state.frame);
        let info = self.unit.frames.get(frame as usize).ok_or("no such frame")?;
        let (function, code) = (info.name.clone(), info.code);
        let number = self.addresses.first_exit + self.exits.len() as u64;
        self.exits.push(Exit { reason, function, code, pc });
        let status = self.word(EXITED + 2 * number + u64::from(reason == Reason::Raised));
        let nothing = self.word(0);
        self.b.ins().return_(&[status, nothing]);
        Ok(())
    }

    fn state(&self, state: State) -> Result<&'_ FrameState, String> {
        self.unit.states.get(state.index()).ok_or_else(|| "no such state".to_owned())
    }

    /// Brings the frames of a state to where the interpreter would have them: inlined ones are pushed.
    fn write_frames(&mut self, state: State) -> Result<(), String> {
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
                let template = *self.addresses.templates.get(state.frame as usize).ok_or("no template")?;
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

    /// Calls native code at an address.
    fn call(&mut self, address: usize, arguments: &[ir::Value], results: usize) -> Result<Vec<ir::Value>, String> {
        let address = self.word(address as u64);
        self.call_at(address, arguments, results)
    }

    fn call_at(
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

    fn load_thread(&mut self, ty: ir::Type, offset: usize) -> Result<ir::Value, String> {
        let thread = self.thread()?;
        Ok(self.b.ins().load(ty, trusted(), thread, offset as i32))
    }

    fn store_thread(&mut self, v: ir::Value, offset: usize) -> Result<(), String> {
        let thread = self.thread()?;
        self.b.ins().store(trusted(), v, thread, offset as i32);
        Ok(())
    }

    /// Exits unless `bytes` more fit on the VM stack and `frames` more are within the recursion limit; the stack's top
    /// now and then, and the depth now.
    fn require_room(
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

    fn call_python(&mut self, inst: &Inst) -> Result<ir::Value, String> {
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

    /// A value as a slot word.
    fn boxed(&mut self, v: Val) -> Result<ir::Value, String> {
        let raw = self.value(v)?;
        Ok(match self.unit.ty(v).unwrap_or(Type::Any) {
            Type::Any => raw,
            Type::Int => self.box_int(raw),
            Type::Float => self.box_float(raw),
            Type::Bool => self.box_bool(raw),
        })
    }

    fn box_int(&mut self, raw: ir::Value) -> ir::Value {
        let tag = self.word(INT_TAG);
        self.b.ins().bor(raw, tag)
    }

    /// The only NaNs in registers are those without payload: no operation makes another from them.
    fn box_float(&mut self, raw: ir::Value) -> ir::Value {
        let bits = self.b.ins().bitcast(types::I64, ir::MemFlagsData::new(), raw);
        let offset = self.word(DOUBLE_OFFSET);
        self.b.ins().iadd(bits, offset)
    }

    fn box_bool(&mut self, raw: ir::Value) -> ir::Value {
        let wide = self.b.ins().uextend(types::I64, raw);
        self.b.ins().bor_imm_s(wide, Value::FALSE.bits() as i64)
    }

    /// Exits unless an `i64` fits 49 bits.
    fn require_small(&mut self, v: ir::Value, inst: &Inst, reason: Reason) -> Result<(), String> {
        let half = self.word(1 << 48);
        let up = self.b.ins().iadd(v, half);
        let limit = self.word(1 << 49);
        let fits = self.b.ins().icmp(IntCC::UnsignedLessThan, up, limit);
        self.require(fits, inst, reason)
    }

    /// `x // y` or `x % y`, rounded down.
    fn divide(&mut self, inst: &Inst, x: ir::Value, y: ir::Value) -> Result<ir::Value, String> {
        self.require(y, inst, Reason::Error)?;
        let q = self.b.ins().sdiv(x, y);
        let product = self.b.ins().imul(q, y);
        let r = self.b.ins().isub(x, product);
        // Rounded down where the remainder has not the divisor's sign.
        let signs = self.b.ins().bxor(r, y);
        let differ = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, signs, 0);
        let inexact = self.b.ins().icmp_imm_s(IntCC::NotEqual, r, 0);
        let adjust = self.b.ins().band(differ, inexact);
        if inst.op == Op::IntMod {
            let other = self.b.ins().iadd(r, y);
            return Ok(self.b.ins().select(adjust, other, r));
        }
        let less = self.b.ins().iadd_imm_s(q, -1);
        let v = self.b.ins().select(adjust, less, q);
        self.require_small(v, inst, Reason::Overflow)?;
        Ok(v)
    }

    /// The same by a constant above 0: nothing can go wrong.
    fn divide_by(&mut self, op: Op, x: ir::Value, d: i64) -> ir::Value {
        if d & (d - 1) == 0 {
            return match op {
                Op::IntMod => self.b.ins().band_imm_s(x, d - 1),
                _ => self.b.ins().sshr_imm_s(x, i64::from(d.trailing_zeros())),
            };
        }
        // The code generator multiplies instead.
        let divisor = self.b.ins().iconst(types::I64, d);
        let q = self.b.ins().sdiv(x, divisor);
        let product = self.b.ins().imul(q, divisor);
        let r = self.b.ins().isub(x, product);
        // -1 where the remainder is negative.
        let sign = self.b.ins().sshr_imm_s(r, 63);
        match op {
            Op::IntMod => {
                let other = self.b.ins().band(sign, divisor);
                self.b.ins().iadd(r, other)
            }
            _ => self.b.ins().iadd(q, sign),
        }
    }

    fn is_object(&mut self, v: ir::Value) -> ir::Value {
        let offset = self.b.ins().iadd_imm_s(v, -0x100);
        let limit = self.word(DOUBLE_OFFSET - 0x100);
        self.b.ins().icmp(IntCC::UnsignedLessThan, offset, limit)
    }

    fn element(&mut self, inst: &Inst) -> Result<(ir::Value, i32), String> {
        let (base, index) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
        let scaled = self.b.ins().ishl_imm_s(index, 3);
        Ok((self.b.ins().iadd(base, scaled), inst.immediates[0] as i32))
    }

    /// The address (less the offset) of a number in an array's memory.
    fn number_at(&mut self, inst: &Inst, shift: i64) -> Result<ir::Value, String> {
        let (base, index) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
        let scaled = self.b.ins().ishl_imm_s(index, shift);
        Ok(self.b.ins().iadd(base, scaled))
    }

    fn call_helper(&mut self, helper: Helper, inst: &Inst, frame: ir::Value) -> Result<ir::Value, String> {
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

    /// After a store of `v` into `owner`.
    fn barrier(&mut self, owner: ir::Value, v: Val) -> Result<(), String> {
        let stored = self.unit.inst(v);
        let plain = stored.ty != Some(Type::Any)
            || matches!(stored.op, Op::BoxInt | Op::BoxFloat | Op::BoxBool)
            || stored.op == Op::Const && (stored.immediates[0] < 0x100 || stored.immediates[0] >= DOUBLE_OFFSET);
        if plain {
            return Ok(());
        }
        let flags = self.b.ins().uload8(types::I64, trusted(), owner, Header::FLAGS_OFFSET as i32);
        let old = self.b.ins().band_imm_s(flags, i64::from(OLD));
        let slow = self.b.create_block();
        let next = self.b.create_block();
        self.b.set_cold_block(slow);
        self.b.ins().brif(old, slow, &[], next, &[]);
        self.b.switch_to_block(slow);
        self.call(write_barrier_slow as *const () as usize, &[owner], 0)?;
        self.b.ins().jump(next, &[]);
        self.b.switch_to_block(next);
        Ok(())
    }

    fn inst(&mut self, inst: &Inst) -> Result<Option<ir::Value>, String> {
        let immediate = inst.immediates[0];
        let offset = immediate as i32;
        Ok(Some(match inst.op {
            Op::Param => return Err("a parameter among the instructions".to_owned()),
            Op::Const | Op::Int => self.word(immediate),
            Op::Float => match self.floats.get(&immediate) {
                Some(v) => *v,
                None => self.b.ins().f64const(f64::from_bits(immediate)),
            },
            Op::Bool => self.b.ins().iconst(types::I8, immediate as i64 & 1),

            Op::LoadSlot => {
                let frame = self.frame()?;
                self.b.ins().load(types::I64, trusted(), frame, LOCALS + 8 * offset)
            }
            Op::StoreSlot => {
                let (frame, v) = (self.frame()?, self.operand(inst, 0)?);
                self.b.ins().store(trusted(), v, frame, LOCALS + 8 * offset);
                return Ok(None);
            }

            Op::GuardInt => {
                let v = self.operand(inst, 0)?;
                let tag = self.word(INT_TAG);
                let is_int = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, v, tag);
                self.require(is_int, inst, Reason::Guard)?;
                let up = self.b.ins().ishl_imm_s(v, 15);
                self.b.ins().sshr_imm_s(up, 15)
            }
            Op::GuardFloat => {
                let v = self.operand(inst, 0)?;
                let minus = self.word(DOUBLE_OFFSET);
                let bits = self.b.ins().isub(v, minus);
                let limit = self.word(INT_TAG - DOUBLE_OFFSET);
                let is_float = self.b.ins().icmp(IntCC::UnsignedLessThan, bits, limit);
                self.require(is_float, inst, Reason::Guard)?;
                self.b.ins().bitcast(types::F64, ir::MemFlagsData::new(), bits)
            }
            Op::GuardBool => {
                let v = self.operand(inst, 0)?;
                let without = self.b.ins().band_imm_s(v, !1);
                let is_bool = self.b.ins().icmp_imm_s(IntCC::Equal, without, Value::FALSE.bits() as i64);
                self.require(is_bool, inst, Reason::Guard)?;
                let bit = self.b.ins().band_imm_s(v, 1);
                self.b.ins().ireduce(types::I8, bit)
            }
            Op::GuardShape => {
                let v = self.operand(inst, 0)?;
                let is_object = self.is_object(v);
                self.require(is_object, inst, Reason::Guard)?;
                let shape = self.b.ins().load(types::I32, trusted(), v, 0);
                let same = self.b.ins().icmp_imm_s(IntCC::Equal, shape, i64::from(immediate as u32 as i32));
                self.require(same, inst, Reason::Guard)?;
                v
            }
            Op::GuardRaw => {
                let object = self.operand(inst, 0)?;
                let found = self.b.ins().load(types::I64, trusted(), object, offset);
                let same = self.b.ins().icmp_imm_s(IntCC::Equal, found, inst.immediates[1] as i64);
                self.require(same, inst, Reason::Guard)?;
                object
            }
            Op::GuardObject => {
                let v = self.operand(inst, 0)?;
                let is_object = self.is_object(v);
                self.require(is_object, inst, Reason::Guard)?;
                v
            }
            Op::HasShape => {
                let v = self.operand(inst, 0)?;
                let shape = self.b.ins().load(types::I32, trusted(), v, 0);
                self.b.ins().icmp_imm_s(IntCC::Equal, shape, i64::from(immediate as u32 as i32))
            }
            Op::GuardIs => {
                let v = self.operand(inst, 0)?;
                let word = self.word(immediate);
                let same = self.b.ins().icmp(IntCC::Equal, v, word);
                self.require(same, inst, Reason::Guard)?;
                v
            }
            Op::GuardBound => {
                let v = self.operand(inst, 0)?;
                self.require(v, inst, Reason::Error)?;
                v
            }
            Op::GuardTrue => {
                let v = self.operand(inst, 0)?;
                self.require(v, inst, Reason::Guard)?;
                return Ok(None);
            }
            Op::GuardFalse => {
                let v = self.operand(inst, 0)?;
                self.leave_if(v, inst, Reason::Guard)?;
                return Ok(None);
            }

            Op::BoxInt => {
                let v = self.operand(inst, 0)?;
                self.box_int(v)
            }
            Op::BoxFloat => {
                let v = self.operand(inst, 0)?;
                self.box_float(v)
            }
            Op::BoxBool => {
                let v = self.operand(inst, 0)?;
                self.box_bool(v)
            }
            Op::IntToFloat => {
                let v = self.operand(inst, 0)?;
                self.b.ins().fcvt_from_sint(types::F64, v)
            }

            Op::IntAdd | Op::IntSub => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let v = if inst.op == Op::IntAdd { self.b.ins().iadd(x, y) } else { self.b.ins().isub(x, y) };
                self.require_small(v, inst, Reason::Overflow)?;
                v
            }
            Op::IntMul => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let (v, overflow) = self.b.ins().smul_overflow(x, y);
                self.leave_if(overflow, inst, Reason::Overflow)?;
                self.require_small(v, inst, Reason::Overflow)?;
                v
            }
            Op::IntNeg => {
                let x = self.operand(inst, 0)?;
                let v = self.b.ins().ineg(x);
                self.require_small(v, inst, Reason::Overflow)?;
                v
            }
            Op::RawAdd | Op::RawSub | Op::IntAnd | Op::IntOr | Op::IntXor => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let ins = self.b.ins();
                match inst.op {
                    Op::RawAdd => ins.iadd(x, y),
                    Op::RawSub => ins.isub(x, y),
                    Op::IntAnd => ins.band(x, y),
                    Op::IntOr => ins.bor(x, y),
                    _ => ins.bxor(x, y),
                }
            }
            Op::IntNot => {
                let x = self.operand(inst, 0)?;
                self.b.ins().bnot(x)
            }
            Op::IntShr => {
                let (x, n) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let fits = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, n, 64);
                self.require(fits, inst, Reason::Error)?;
                self.b.ins().sshr(x, n)
            }
            Op::IntShl => {
                let (x, n) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let fits = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, n, 48);
                self.require(fits, inst, Reason::Overflow)?;
                let v = self.b.ins().ishl(x, n);
                let back = self.b.ins().sshr(v, n);
                let same = self.b.ins().icmp(IntCC::Equal, back, x);
                self.require(same, inst, Reason::Overflow)?;
                self.require_small(v, inst, Reason::Overflow)?;
                v
            }
            Op::IntFloorDiv | Op::IntMod => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let divisor = self.unit.inst(inst.operands[1]);
                let known = (divisor.op == Op::Int).then_some(divisor.immediates[0] as i64).filter(|d| *d > 0);
                match known {
                    Some(d) => self.divide_by(inst.op, x, d),
                    None => self.divide(inst, x, y)?,
                }
            }
            Op::IntCompare => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let condition = match immediate {
                    0 => IntCC::SignedLessThan,
                    1 => IntCC::SignedLessThanOrEqual,
                    2 => IntCC::Equal,
                    3 => IntCC::NotEqual,
                    4 => IntCC::SignedGreaterThan,
                    _ => IntCC::SignedGreaterThanOrEqual,
                };
                self.b.ins().icmp(condition, x, y)
            }

            Op::FloatAdd | Op::FloatSub | Op::FloatMul => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let ins = self.b.ins();
                match inst.op {
                    Op::FloatAdd => ins.fadd(x, y),
                    Op::FloatSub => ins.fsub(x, y),
                    _ => ins.fmul(x, y),
                }
            }
            Op::FloatDiv => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let zero = self.b.ins().f64const(0.0);
                let is_zero = self.b.ins().fcmp(FloatCC::Equal, y, zero);
                self.leave_if(is_zero, inst, Reason::Error)?;
                self.b.ins().fdiv(x, y)
            }
            Op::FloatNeg => {
                let x = self.operand(inst, 0)?;
                self.b.ins().fneg(x)
            }
            Op::FloatCompare => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let condition = match immediate {
                    0 => FloatCC::LessThan,
                    1 => FloatCC::LessThanOrEqual,
                    2 => FloatCC::Equal,
                    3 => FloatCC::NotEqual,
                    4 => FloatCC::GreaterThan,
                    _ => FloatCC::GreaterThanOrEqual,
                };
                self.b.ins().fcmp(condition, x, y)
            }

            Op::FloatCall => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let mut signature = Signature::new(self.isa.default_call_conv());
                signature.params = vec![AbiParam::new(types::F64); 2];
                signature.returns = vec![AbiParam::new(types::F64)];
                let signature = self.b.import_signature(signature);
                let address = self.word(float_function(immediate) as u64);
                let call = self.b.ins().call_indirect(signature, address, &[x, y]);
                self.b.inst_results(call).first().copied().ok_or("no result")?
            }
            Op::IsInt => {
                let v = self.operand(inst, 0)?;
                let tag = self.b.ins().ushr_imm_s(v, 49);
                self.b.ins().icmp_imm_s(IntCC::Equal, tag, (INT_TAG >> 49) as i64)
            }
            Op::IsFloat => {
                let v = self.operand(inst, 0)?;
                let minus = self.word(DOUBLE_OFFSET.wrapping_neg());
                let bits = self.b.ins().iadd(v, minus);
                let limit = self.word(INT_TAG - DOUBLE_OFFSET);
                self.b.ins().icmp(IntCC::UnsignedLessThan, bits, limit)
            }
            Op::Not => {
                let x = self.operand(inst, 0)?;
                self.b.ins().bxor_imm_s(x, 1)
            }
            Op::Same => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                self.b.ins().icmp(IntCC::Equal, x, y)
            }

            Op::LoadRaw | Op::LoadField => {
                let object = self.operand(inst, 0)?;
                self.b.ins().load(types::I64, trusted(), object, offset)
            }
            Op::StoreRaw => {
                let (object, v) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                self.b.ins().store(trusted(), v, object, offset);
                return Ok(None);
            }
            Op::StoreField => {
                let (object, v) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                self.b.ins().store(trusted(), v, object, offset);
                self.barrier(object, inst.operands[1])?;
                return Ok(None);
            }
            Op::LoadElement => {
                let (at, offset) = self.element(inst)?;
                self.b.ins().load(types::I64, trusted(), at, offset)
            }
            Op::StoreElement => {
                let (at, offset) = self.element(inst)?;
                let (array, v) = (self.operand(inst, 0)?, self.operand(inst, 2)?);
                self.b.ins().store(trusted(), v, at, offset);
                self.barrier(array, inst.operands[2])?;
                return Ok(None);
            }
            Op::LoadNumber => {
                let kind = number_kind(inst)?;
                let at = self.number_at(inst, kind.shift())?;
                match kind {
                    NumberKind::I8 => self.b.ins().sload8(types::I64, trusted(), at, offset),
                    NumberKind::U8 => self.b.ins().uload8(types::I64, trusted(), at, offset),
                    NumberKind::I16 => self.b.ins().sload16(types::I64, trusted(), at, offset),
                    NumberKind::U16 => self.b.ins().uload16(types::I64, trusted(), at, offset),
                    NumberKind::I32 => self.b.ins().sload32(trusted(), at, offset),
                    NumberKind::U32 => self.b.ins().uload32(trusted(), at, offset),
                    NumberKind::I64 => self.b.ins().load(types::I64, trusted(), at, offset),
                }
            }
            Op::StoreNumber => {
                let kind = number_kind(inst)?;
                let at = self.number_at(inst, kind.shift())?;
                let v = self.operand(inst, 2)?;
                match kind.shift() {
                    0 => self.b.ins().istore8(trusted(), v, at, offset),
                    1 => self.b.ins().istore16(trusted(), v, at, offset),
                    2 => self.b.ins().istore32(trusted(), v, at, offset),
                    _ => self.b.ins().store(trusted(), v, at, offset),
                };
                return Ok(None);
            }
            Op::LoadDouble => {
                let at = self.number_at(inst, 3)?;
                let v = self.b.ins().load(types::F64, trusted(), at, offset);
                // The one NaN that registers hold.
                let nan = self.b.ins().f64const(Value::from_f64(f64::NAN).f64_unchecked());
                let is_nan = self.b.ins().fcmp(FloatCC::Unordered, v, v);
                self.b.ins().select(is_nan, nan, v)
            }
            Op::StoreDouble => {
                let at = self.number_at(inst, 3)?;
                let v = self.operand(inst, 2)?;
                self.b.ins().store(trusted(), v, at, offset);
                return Ok(None);
            }
            Op::SetShape => {
                let (object, shape) = (self.operand(inst, 0)?, self.b.ins().iconst(types::I32, i64::from(offset)));
                self.b.ins().store(trusted(), shape, object, 0);
                return Ok(None);
            }
            Op::CheckIndex => {
                let (index, len) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let negative = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, index, 0);
                let from_end = self.b.ins().iadd(index, len);
                let index = self.b.ins().select(negative, from_end, index);
                let inside = self.b.ins().icmp(IntCC::UnsignedLessThan, index, len);
                self.require(inside, inst, Reason::Error)?;
                index
            }
            Op::CheckBelow => {
                let (index, len) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let inside = self.b.ins().icmp(IntCC::UnsignedLessThan, index, len);
                self.require(inside, inst, Reason::Error)?;
                index
            }
            Op::CheckRange | Op::CheckIndexes => {
                let (start, count, step) = (self.operand(inst, 0)?, self.operand(inst, 1)?, self.operand(inst, 2)?);
                self.require_small(start, inst, Reason::Overflow)?;
                let (way, overflow) = self.b.ins().smul_overflow(count, step);
                self.leave_if(overflow, inst, Reason::Overflow)?;
                let (end, overflow) = self.b.ins().sadd_overflow(start, way);
                self.leave_if(overflow, inst, Reason::Overflow)?;
                self.require_small(end, inst, Reason::Overflow)?;
                if inst.op == Op::CheckIndexes {
                    let last = self.b.ins().isub(end, step);
                    let either = self.b.ins().bor(start, last);
                    let positive = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, either, 0);
                    self.require(positive, inst, Reason::Guard)?;
                }
                start
            }
            Op::KnownInt | Op::KnownIndex => self.operand(inst, 0)?,
            Op::CheckInt => {
                let v = self.operand(inst, 0)?;
                self.require_small(v, inst, Reason::Overflow)?;
                v
            }
            Op::GuardWord => {
                let address = self.word(immediate);
                let found = self.b.ins().load(types::I32, trusted(), address, 0);
                let same = self.b.ins().icmp_imm_s(IntCC::Equal, found, i64::from(inst.immediates[1] as u32 as i32));
                self.require(same, inst, Reason::Guard)?;
                return Ok(None);
            }
            Op::GuardPointer => {
                let address = self.word(immediate);
                let found = self.b.ins().load(types::I64, trusted(), address, 0);
                let wanted = self.word(inst.immediates[1]);
                let same = self.b.ins().icmp(IntCC::Equal, found, wanted);
                self.require(same, inst, Reason::Guard)?;
                return Ok(None);
            }
            Op::GuardGlobals => {
                let frame = self.frame()?;
                for (field, wanted) in
                    [(offset_of!(Frame, globals), immediate), (offset_of!(Frame, builtins), inst.immediates[1])]
                {
                    let found = self.b.ins().load(types::I64, trusted(), frame, field as i32);
                    let wanted = self.word(wanted);
                    let same = self.b.ins().icmp(IntCC::Equal, found, wanted);
                    self.require(same, inst, Reason::Guard)?;
                }
                return Ok(None);
            }
            Op::LoadAddress => {
                let address = self.word(immediate);
                self.b.ins().load(types::I64, trusted(), address, 0)
            }

            Op::Fast | Op::FastRead => {
                let helper = Helper::ALL.get(immediate as usize).ok_or("no such helper")?;
                let frame = self.frame()?;
                self.call_helper(*helper, inst, frame)?
            }
            Op::Call | Op::TryCall => {
                let state = self.state(inst.state.ok_or("a call without a frame state")?)?;
                let (pushed, own, pc) = (state.pushed, state.frame == 0, state.pc);
                let frame =
                    if pushed { self.load_thread(types::I64, offset_of!(ThreadState, frame))? } else { self.frame()? };
                if own {
                    let at = self.word(self.unit.frames[0].instructions + 2 * u64::from(pc));
                    self.b.ins().store(trusted(), at, frame, offset_of!(Frame, instr) as i32);
                }
                let helper = Helper::ALL.get(immediate as usize).ok_or("no such helper")?;
                let v = self.call_helper(*helper, inst, frame)?;
                if inst.op == Op::Call {
                    self.require(v, inst, Reason::Raised)?;
                }
                v
            }
            Op::Anchor => return Ok(None),
            Op::CallPython | Op::TryCallPython => self.call_python(inst)?,
            Op::GuardStack => {
                let sp = self.b.ins().get_stack_pointer(types::I64);
                let half = self.load_thread(types::I64, offset_of!(ThreadState, native_half))?;
                let enough = self.b.ins().icmp(IntCC::UnsignedGreaterThan, sp, half);
                self.require(enough, inst, Reason::Error)?;
                return Ok(None);
            }
            Op::GuardRoom => {
                self.require_room(immediate as i64, 8 * inst.immediates[1] as i64, inst)?;
                return Ok(None);
            }
            Op::GuardUnseen => {
                let frame = self.frame()?;
                let object = self.b.ins().load(types::I64, trusted(), frame, offset_of!(Frame, object) as i32);
                self.leave_if(object, inst, Reason::Leave)?;
                return Ok(None);
            }
            Op::PushFrames => {
                let top = self.load_thread(types::I64, TOP)?;
                let slot = match self.saved_top {
                    Some(slot) => slot,
                    None => {
                        let data = ir::StackSlotData::new(ir::StackSlotKind::ExplicitSlot, 8, 3);
                        let slot = self.b.create_sized_stack_slot(data);
                        self.saved_top = Some(slot);
                        slot
                    }
                };
                self.b.ins().stack_store(types::I64, top, slot, 0);
                self.write_frames(inst.state.ok_or("no frame state")?)?;
                return Ok(None);
            }
            Op::PopFrames => {
                let slot = self.saved_top.ok_or("no frames were pushed")?;
                let top = self.b.ins().stack_load(types::I64, types::I64, slot, 0);
                self.store_thread(top, TOP)?;
                let frame = self.frame()?;
                self.store_thread(frame, offset_of!(ThreadState, frame))?;
                let depth = self.load_thread(types::I32, offset_of!(ThreadState, depth))?;
                let depth = self.b.ins().iadd_imm_s(depth, -(immediate as i64));
                self.store_thread(depth, offset_of!(ThreadState, depth))?;
                return Ok(None);
            }
            Op::LoadPushedSlot => {
                let frame = self.load_thread(types::I64, offset_of!(ThreadState, frame))?;
                self.b.ins().load(types::I64, trusted(), frame, LOCALS + 8 * offset)
            }
            Op::CheckLeave => {
                let state = self.state(inst.state.ok_or("no frame state")?)?;
                let inlined = state.pushed;
                let own = self.frame()?;
                let mut leave = self.b.ins().uload8(types::I64, trusted(), own, offset_of!(Frame, leave) as i32);
                if inlined {
                    // Of those between, too: whoever has a frame object of an inlined frame keeps it on the stack.
                    let mut frame = self.load_thread(types::I64, offset_of!(ThreadState, frame))?;
                    for _ in 0..immediate {
                        let flag = self.b.ins().uload8(types::I64, trusted(), frame, offset_of!(Frame, leave) as i32);
                        let object = self.b.ins().load(types::I64, trusted(), frame, offset_of!(Frame, object) as i32);
                        leave = self.b.ins().bor(leave, flag);
                        leave = self.b.ins().bor(leave, object);
                        frame = self.b.ins().load(types::I64, trusted(), frame, offset_of!(Frame, previous) as i32);
                    }
                }
                self.leave_if(leave, inst, Reason::Leave)?;
                return Ok(None);
            }
            Op::Poll => {
                let thread = self.thread()?;
                // Not trusted: another thread writes it.
                let flags = MemFlagsData::new();
                let waiting = self.b.ins().load(types::I32, flags, thread, offset_of!(ThreadState, breaker) as i32);
                let any = self.b.ins().icmp_imm_s(IntCC::NotEqual, waiting, 0);
                self.leave_if(any, inst, Reason::Polled)?;
                return Ok(None);
            }
        }))
    }

    fn arguments(&self, target: &Target) -> Result<Vec<BlockArg>, String> {
        target.arguments.iter().map(|v| self.value(*v).map(BlockArg::Value)).collect()
    }

    fn end(&mut self, block: Block) -> Result<(), String> {
        match &self.unit.blocks[block.index()].end {
            Some(End::Jump(t)) => {
                let (to, arguments) = (self.block(t.block)?, self.arguments(t)?);
                self.b.ins().jump(to, &arguments);
            }
            Some(End::Branch(c, x, y)) => {
                let c = self.value(*c)?;
                let (to_x, of_x) = (self.block(x.block)?, self.arguments(x)?);
                let (to_y, of_y) = (self.block(y.block)?, self.arguments(y)?);
                self.b.ins().brif(c, to_x, &of_x, to_y, &of_y);
            }
            Some(End::Return(v)) => {
                let v = self.value(*v)?;
                let frame = self.frame()?;
                let previous = self.b.ins().load(types::I64, trusted(), frame, offset_of!(Frame, previous) as i32);
                self.store_thread(previous, offset_of!(ThreadState, frame))?;
                self.store_thread(frame, TOP)?;
                let depth = self.load_thread(types::I32, offset_of!(ThreadState, depth))?;
                let depth = self.b.ins().iadd_imm_s(depth, -1);
                self.store_thread(depth, offset_of!(ThreadState, depth))?;
                let returned = self.word(RETURNED);
                self.b.ins().return_(&[returned, v]);
            }
            Some(End::Exit(state, reason)) => self.exit(*state, *reason)?,
            None => return Err(format!("{block} has no end")),
        }
        Ok(())
    }
}
