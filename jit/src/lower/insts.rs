//! Each op's code.

use std::mem::offset_of;

use brolga_runtime::frame::Frame;
use brolga_runtime::object::Header;
use brolga_runtime::state::ThreadState;
use brolga_runtime::types::float::{floor_divide, plain_pow};
use brolga_runtime::types::list::{LIST_ITEMS_OFFSET, LIST_LEN_OFFSET};
use brolga_runtime::types::shape;
use brolga_runtime::types::tuple::TUPLE_LEN_OFFSET;
use brolga_runtime::value::{DOUBLE_OFFSET, INT_TAG, Value};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, MemFlagsData, types};

use super::{LOCALS, Lowering, TOP, trusted};
use crate::helpers::Helper;
use crate::ir::{Inst, NumberKind, Op, Reason};
use crate::planted;

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

impl Lowering<'_> {
    pub(super) fn inst(&mut self, inst: &Inst) -> Result<Option<ir::Value>, String> {
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

            Op::ResumesAt => {
                let frame = self.frame()?;
                let at = self.b.ins().load(types::I64, trusted(), frame, offset_of!(Frame, instr) as i32);
                let wanted = self.word(self.unit.frames[0].instructions + 2 * immediate);
                self.b.ins().icmp(IntCC::Equal, at, wanted)
            }

            Op::GuardInt => {
                let v = self.operand(inst, 0)?;
                let tag = self.word(INT_TAG);
                let is_int = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, v, tag);
                self.require(is_int, inst, Reason::Guard)?;
                let up = self.b.ins().ishl_imm_s(v, 15);
                if planted::is(6) { self.b.ins().ushr_imm_s(up, 15) } else { self.b.ins().sshr_imm_s(up, 15) }
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
                let known = self.unit.inst(inst.operands[0]);
                if known.op != Op::Const || !(0x100..DOUBLE_OFFSET).contains(&known.immediates[0]) {
                    let is_object = self.is_object(v);
                    self.require(is_object, inst, Reason::Guard)?;
                }
                let has = self.has_shape(v, inst.immediates);
                self.require(has, inst, Reason::Guard)?;
                v
            }
            Op::GuardRaw => {
                let object = self.operand(inst, 0)?;
                let found = self.b.ins().load(types::I64, trusted(), object, offset);
                let same = self.b.ins().icmp_imm_s(IntCC::Equal, found, inst.immediates[1] as i64);
                self.require(same, inst, Reason::Guard)?;
                object
            }
            Op::GuardItems => {
                let v = self.operand(inst, 0)?;
                let is_object = self.is_object(v);
                self.require(is_object, inst, Reason::Guard)?;
                let has = self.has_shape(v, [u64::from(shape::tuple), 1]);
                self.require(has, inst, Reason::Guard)?;
                let is_list = self.has_shape(v, [u64::from(shape::list), 0]);
                let (in_list, in_tuple) = (self.word(LIST_LEN_OFFSET as u64), self.word(TUPLE_LEN_OFFSET as u64));
                let at = self.b.ins().select(is_list, in_list, in_tuple);
                let at = self.b.ins().iadd(v, at);
                let len = self.b.ins().load(types::I64, trusted(), at, 0);
                let same = self.b.ins().icmp_imm_s(IntCC::Equal, len, immediate as i64);
                self.require(same, inst, Reason::Guard)?;
                // (Of a tuple, which has an item, this is the first.)
                let array = self.b.ins().load(types::I64, trusted(), v, LIST_ITEMS_OFFSET as i32);
                self.b.ins().select(is_list, array, v)
            }
            Op::GuardLayout => {
                let v = self.operand(inst, 0)?;
                let is_object = self.is_object(v);
                self.require(is_object, inst, Reason::Guard)?;
                let header = self.b.ins().load(types::I64, trusted(), v, 0);
                let layout = self.b.ins().ushr_imm_s(header, i64::from(Header::LAYOUT_SHIFT));
                let layout = self.b.ins().band_imm_s(layout, 0xffff);
                let same = self.b.ins().icmp_imm_s(IntCC::Equal, layout, immediate as i64);
                self.require(same, inst, Reason::Guard)?;
                v
            }
            Op::GuardObject => {
                let v = self.operand(inst, 0)?;
                let is_object = self.is_object(v);
                self.require(is_object, inst, Reason::Guard)?;
                v
            }
            Op::HasShape => {
                let v = self.operand(inst, 0)?;
                self.has_shape(v, inst.immediates)
            }
            Op::GuardIs => {
                let v = self.operand(inst, 0)?;
                let word = self.word(immediate);
                let same = self.b.ins().icmp(IntCC::Equal, if planted::is(12) { word } else { v }, word);
                self.require(same, inst, Reason::Guard)?;
                v
            }
            Op::GuardBound => {
                let v = self.operand(inst, 0)?;
                if planted::is(9) {
                    return Ok(Some(v));
                }
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
            Op::IntMax | Op::IntMin => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                let condition = if inst.op == Op::IntMax { IntCC::SignedGreaterThan } else { IntCC::SignedLessThan };
                let first = self.b.ins().icmp(condition, x, y);
                self.b.ins().select(first, x, y)
            }
            Op::Select | Op::FloatSelect => {
                let (c, x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?, self.operand(inst, 2)?);
                self.b.ins().select(c, x, y)
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
                let same = self.b.ins().icmp(IntCC::Equal, if planted::is(11) { x } else { back }, x);
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
                    1 if planted::is(4) => IntCC::SignedLessThan,
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
                    3 if planted::is(5) => FloatCC::OrderedNotEqual,
                    3 => FloatCC::NotEqual,
                    4 => FloatCC::GreaterThan,
                    _ => FloatCC::GreaterThanOrEqual,
                };
                self.b.ins().fcmp(condition, x, y)
            }

            Op::FloatCall => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                self.call_of_floats(float_function(immediate) as u64, &[x, y])?
            }
            Op::FloatNative => {
                let x = self.operand(inst, 0)?;
                self.call_of_floats(immediate, &[x])?
            }
            Op::FloatNative2 => {
                let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                self.call_of_floats(immediate, &[x, y])?
            }
            Op::FloatSqrt => {
                let x = self.operand(inst, 0)?;
                self.b.ins().sqrt(x)
            }
            Op::FloatAbs => {
                let x = self.operand(inst, 0)?;
                self.b.ins().fabs(x)
            }
            Op::FloatToInt => self.float_to_int(inst)?,
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
            Op::Identical => self.identical(inst)?,
            Op::TypeOf => self.type_of(inst)?,

            Op::LoadRaw | Op::LoadField | Op::LoadVariable => {
                let object = self.operand(inst, 0)?;
                self.b.ins().load(types::I64, trusted(), object, offset)
            }
            Op::StoreRaw => {
                let (object, v) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
                self.b.ins().store(trusted(), v, object, offset);
                return Ok(None);
            }
            Op::StoreField | Op::StoreVariable => {
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
                let from_end = if planted::is(7) { self.b.ins().iadd_imm_s(from_end, -1) } else { from_end };
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
                if planted::is(8) {
                    return Ok(None);
                }
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
            Op::GuardNamespace => {
                let frame = self.frame()?;
                let found = self.b.ins().load(types::I64, trusted(), frame, offset_of!(Frame, locals) as i32);
                let wanted = self.word(immediate);
                let same = self.b.ins().icmp(IntCC::Equal, found, wanted);
                self.require(same, inst, Reason::Guard)?;
                return Ok(None);
            }

            Op::Fast | Op::FastRead => {
                let helper = Helper::ALL.get(immediate as usize).ok_or("no such helper")?;
                let frame = self.frame()?;
                let Some(forced) = self.forced(inst, None)? else {
                    return Ok(Some(self.call_helper(*helper, inst, frame)?));
                };
                let (ask, next) = (self.b.create_block(), self.b.create_block());
                let result = self.b.append_block_param(next, types::I64);
                let nothing = self.word(0);
                self.b.ins().brif(forced, next, &[BlockArg::Value(nothing)], ask, &[]);
                self.b.switch_to_block(ask);
                let v = self.call_helper(*helper, inst, frame)?;
                self.b.ins().jump(next, &[BlockArg::Value(v)]);
                self.b.switch_to_block(next);
                result
            }
            Op::Call | Op::TryCall => {
                let frame = self.calling_frame(inst)?;
                let helper = Helper::ALL.get(immediate as usize).ok_or("no such helper")?;
                let v = self.call_helper(*helper, inst, frame)?;
                if inst.op == Op::Call {
                    self.require(v, inst, Reason::Raised)?;
                }
                v
            }
            Op::New => self.new_object(inst)?,
            Op::Anchor => return Ok(None),
            Op::CallPython | Op::TryCallPython => self.call_python(inst)?,
            Op::ResumeGenerator | Op::TryResumeGenerator | Op::SendGenerator | Op::TrySendGenerator => {
                self.resume_generator(inst)?
            }
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
                self.end_seen(inst)?;
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
                if planted::is(10) {
                    return Ok(None);
                }
                self.leave_if(leave, inst, Reason::Leave)?;
                return Ok(None);
            }
            Op::Fuel => {
                let address = self.word(inst.immediates[1]);
                let left = self.b.ins().load(types::I64, trusted(), address, 0);
                let rest = self.b.ins().iadd_imm_s(left, -(immediate as i64));
                let enough = self.b.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, rest, 0);
                self.require(enough, inst, Reason::Fuel)?;
                self.b.ins().store(trusted(), rest, address, 0);
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
}
