//! IR to native code, through Cranelift.
//!
//! Code has the C signature `(thread, frame) -> exit`. Each frame state has one cold block that writes the frame's slots,
//! shared by all guards that name it with one reason; it answers twice the exit's number, plus 1 where an exception is
//! in flight. Words of the object model are at offsets that the runtime exports.

use std::collections::HashMap;
use std::mem::offset_of;
use std::sync::Arc;

use brolga_heap::flags::OLD;
use brolga_heap::{Header, write_barrier_slow};
use brolga_runtime::frame::Frame;
use brolga_runtime::state::ThreadState;
use brolga_runtime::value::{DOUBLE_OFFSET, INT_TAG, Value};
use cranelift_codegen::Context;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, AbiParam, BlockArg, InstBuilder, MemFlagsData, Signature, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use crate::code::Pool;
use crate::helpers::Helper;
use crate::ir::{Block, End, Inst, Op, Reason, State, Target, Type, Unit, Val};
use crate::opt::loops;

/// Where an exit goes and why.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Exit {
    pub reason: Reason,
    /// Code units.
    pub pc: u32,
}

/// Native code, not yet in executable memory.
#[derive(Debug)]
pub struct Code {
    pub bytes: Vec<u8>,
    pub exits: Vec<Exit>,
}

/// What the code refers to.
#[derive(Copy, Clone, Debug)]
pub struct Addresses {
    /// The first unit of the code object's executable stream.
    pub instructions: usize,
    pub nlocalsplus: usize,
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
    addresses: Addresses,
    dump: Dump,
) -> Result<Code, String> {
    let mut context = Context::new();
    context.set_disasm(dump == Dump::Asm);
    context.func.signature = signature(isa.default_call_conv(), 2);
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
            helper_signature: None,
            barrier_signature: None,
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

fn signature(convention: CallConv, parameters: usize) -> Signature {
    let mut signature = Signature::new(convention);
    signature.params = vec![AbiParam::new(types::I64); parameters];
    signature.returns = vec![AbiParam::new(types::I64)];
    signature
}

struct Lowering<'a> {
    b: FunctionBuilder<'a>,
    unit: &'a Unit,
    addresses: Addresses,
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
    helper_signature: Option<ir::SigRef>,
    barrier_signature: Option<ir::SigRef>,
}

const LOCALS: i32 = size_of::<Frame>() as i32;

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

    /// Writes the frame as a state says, and returns.
    fn exit(&mut self, state: State, reason: Reason) -> Result<(), String> {
        let frame = self.frame()?;
        let state = self.unit.states.get(state.index()).ok_or("no such state")?;
        for (slot, v) in &state.slots {
            let word = self.boxed(*v)?;
            self.b.ins().store(trusted(), word, frame, LOCALS + 8 * *slot as i32);
        }
        self.store_pc(state.pc)?;
        let top = i64::from(LOCALS) + 8 * (self.addresses.nlocalsplus as i64 + i64::from(state.depth));
        let top = self.b.ins().iadd_imm_s(frame, top);
        self.b.ins().store(trusted(), top, frame, offset_of!(Frame, sp) as i32);
        let number = self.exits.len() as u64;
        self.exits.push(Exit { reason, pc: state.pc });
        let answer = self.word(2 * number + u64::from(reason == Reason::Raised));
        self.b.ins().return_(&[answer]);
        Ok(())
    }

    fn store_pc(&mut self, pc: u32) -> Result<(), String> {
        let frame = self.frame()?;
        let at = self.word((self.addresses.instructions + 2 * pc as usize) as u64);
        self.b.ins().store(trusted(), at, frame, offset_of!(Frame, instr) as i32);
        Ok(())
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

    /// After a store of `v` into `owner`.
    fn barrier(&mut self, owner: ir::Value, v: Val) -> Result<(), String> {
        let stored = self.unit.inst(v);
        let plain = matches!(stored.op, Op::BoxInt | Op::BoxFloat | Op::BoxBool)
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
        let signature = match self.barrier_signature {
            Some(s) => s,
            None => {
                let mut s = Signature::new(self.isa.default_call_conv());
                s.params.push(AbiParam::new(types::I64));
                let s = self.b.import_signature(s);
                self.barrier_signature = Some(s);
                s
            }
        };
        let address = self.word(write_barrier_slow as *const () as usize as u64);
        self.b.ins().call_indirect(signature, address, &[owner]);
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
            Op::CheckIndex => {
                let (index, len) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let negative = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, index, 0);
                let from_end = self.b.ins().iadd(index, len);
                let index = self.b.ins().select(negative, from_end, index);
                let inside = self.b.ins().icmp(IntCC::UnsignedLessThan, index, len);
                self.require(inside, inst, Reason::Error)?;
                index
            }
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

            Op::Call => {
                let state = inst.state.and_then(|s| self.unit.states.get(s.index())).ok_or("no such state")?;
                self.store_pc(state.pc)?;
                let helper = Helper::ALL.get(immediate as usize).ok_or("no such helper")?;
                let signature = match self.helper_signature {
                    Some(s) => s,
                    None => {
                        let s = self.b.import_signature(signature(self.isa.default_call_conv(), 6));
                        self.helper_signature = Some(s);
                        s
                    }
                };
                let mut arguments = vec![self.thread()?, self.frame()?, self.word(inst.immediates[1])];
                for v in &inst.operands {
                    arguments.push(self.value(*v)?);
                }
                while arguments.len() < 6 {
                    let zero = self.word(0);
                    arguments.push(zero);
                }
                let address = self.word(helper.address() as u64);
                let call = self.b.ins().call_indirect(signature, address, &arguments);
                let v = self.b.inst_results(call).first().copied().ok_or("no result")?;
                self.require(v, inst, Reason::Raised)?;
                v
            }
            Op::Anchor => return Ok(None),
            Op::CheckLeave => {
                let frame = self.frame()?;
                let leave = self.b.ins().uload8(types::I64, trusted(), frame, offset_of!(Frame, leave) as i32);
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
            Some(End::Exit(state, reason)) => self.exit(*state, *reason)?,
            None => return Err(format!("{block} has no end")),
        }
        Ok(())
    }
}
