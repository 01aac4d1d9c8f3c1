//! Boxing, arithmetic on raw numbers, and addresses.

use brolga_heap::flags::OLD;
use brolga_heap::{Header, write_barrier_slow};
use brolga_runtime::value::{DOUBLE_OFFSET, INT_TAG, Value};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, AbiParam, InstBuilder, Signature, types};

use super::{Lowering, trusted};
use crate::ir::{Inst, Op, Reason, Type, Val};
use crate::planted;

impl Lowering<'_> {
    /// A value as a slot word.
    pub(super) fn boxed(&mut self, v: Val) -> Result<ir::Value, String> {
        let raw = self.value(v)?;
        Ok(match self.unit.ty(v).unwrap_or(Type::Any) {
            Type::Any => raw,
            Type::Int => self.box_int(raw),
            Type::Float => self.box_float(raw),
            Type::Bool => self.box_bool(raw),
        })
    }

    pub(super) fn box_int(&mut self, raw: ir::Value) -> ir::Value {
        let tag = self.word(INT_TAG);
        self.b.ins().bor(raw, tag)
    }

    /// The only NaNs in registers are those without payload: no operation makes another from them.
    pub(super) fn box_float(&mut self, raw: ir::Value) -> ir::Value {
        let bits = self.b.ins().bitcast(types::I64, ir::MemFlagsData::new(), raw);
        let offset = self.word(DOUBLE_OFFSET);
        self.b.ins().iadd(bits, offset)
    }

    pub(super) fn box_bool(&mut self, raw: ir::Value) -> ir::Value {
        let wide = self.b.ins().uextend(types::I64, raw);
        self.b.ins().bor_imm_s(wide, Value::FALSE.bits() as i64)
    }

    /// Exits unless an `i64` fits 49 bits.
    pub(super) fn require_small(&mut self, v: ir::Value, inst: &Inst, reason: Reason) -> Result<(), String> {
        let half = self.word(1 << 48);
        let up = self.b.ins().iadd(v, half);
        let limit = self.word(if planted::is(1) { 1 << 50 } else { 1 << 49 });
        let fits = self.b.ins().icmp(IntCC::UnsignedLessThan, up, limit);
        self.require(fits, inst, reason)
    }

    /// `x // y` or `x % y`, rounded down.
    pub(super) fn divide(&mut self, inst: &Inst, x: ir::Value, y: ir::Value) -> Result<ir::Value, String> {
        self.require(y, inst, Reason::Error)?;
        let q = self.b.ins().sdiv(x, y);
        let product = self.b.ins().imul(q, y);
        let r = self.b.ins().isub(x, product);
        // Rounded down where the remainder has not the divisor's sign.
        let signs = self.b.ins().bxor(r, y);
        let differ = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, signs, 0);
        let inexact =
            self.b.ins().icmp_imm_s(if planted::is(2) { IntCC::SignedLessThan } else { IntCC::NotEqual }, r, 0);
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
    pub(super) fn divide_by(&mut self, op: Op, x: ir::Value, d: i64) -> ir::Value {
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
            _ if planted::is(3) => q,
            _ => self.b.ins().iadd(q, sign),
        }
    }

    /// Calls a function of doubles.
    pub(super) fn call_of_floats(&mut self, address: u64, arguments: &[ir::Value]) -> Result<ir::Value, String> {
        let mut signature = Signature::new(self.isa.default_call_conv());
        signature.params = vec![AbiParam::new(types::F64); arguments.len()];
        signature.returns = vec![AbiParam::new(types::F64)];
        let signature = self.b.import_signature(signature);
        let address = self.word(address);
        let call = self.b.ins().call_indirect(signature, address, arguments);
        self.b.inst_results(call).first().copied().ok_or_else(|| "no result".to_owned())
    }

    /// See [`Op::FloatToInt`].
    pub(super) fn float_to_int(&mut self, inst: &Inst) -> Result<ir::Value, String> {
        let x = self.operand(inst, 0)?;
        // Doubles are ordered as their bits are, but for the sign; NaNs come last.
        let bits = self.b.ins().bitcast(types::I64, ir::MemFlagsData::new(), x);
        let size = self.b.ins().ishl_imm_s(bits, 1);
        let limit = self.word((((1u64 << 48) - 1) as f64).to_bits() << 1);
        let fits = self.b.ins().icmp(IntCC::UnsignedLessThan, size, limit);
        self.require(fits, inst, Reason::Overflow)?;
        if inst.immediates[0] == 3 {
            // Where a double's last bit is worth 1 the sum is rounded to that.
            let large = self.b.ins().f64const(6_755_399_441_055_744.0);
            let sum = self.b.ins().fadd(x, large);
            let rounded = self.b.ins().fsub(sum, large);
            return Ok(self.b.ins().fcvt_to_sint(types::I64, rounded));
        }
        let i = self.b.ins().fcvt_to_sint(types::I64, x);
        if inst.immediates[0] == 0 {
            return Ok(i);
        }
        let back = self.b.ins().fcvt_from_sint(types::F64, i);
        let condition = if inst.immediates[0] == 1 { FloatCC::LessThan } else { FloatCC::GreaterThan };
        let beyond = self.b.ins().fcmp(condition, x, back);
        let one = self.b.ins().uextend(types::I64, beyond);
        Ok(if inst.immediates[0] == 1 { self.b.ins().isub(i, one) } else { self.b.ins().iadd(i, one) })
    }

    pub(super) fn is_object(&mut self, v: ir::Value) -> ir::Value {
        let offset = self.b.ins().iadd_imm_s(v, -0x100);
        let limit = self.word(DOUBLE_OFFSET - 0x100);
        self.b.ins().icmp(IntCC::UnsignedLessThan, offset, limit)
    }

    /// Has an object one of these shapes: the first, and as many of the next as the second number says?
    pub(super) fn has_shape(&mut self, object: ir::Value, [first, more]: [u64; 2]) -> ir::Value {
        let shape = self.b.ins().load(types::I32, trusted(), object, 0);
        let first = first as u32 as i32;
        if more == 0 {
            return self.b.ins().icmp_imm_s(IntCC::Equal, shape, i64::from(first));
        }
        let behind = self.b.ins().iadd_imm_s(shape, -i64::from(first));
        self.b.ins().icmp_imm_s(IntCC::UnsignedLessThanOrEqual, behind, more as i64)
    }

    pub(super) fn element(&mut self, inst: &Inst) -> Result<(ir::Value, i32), String> {
        let (base, index) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
        let scaled = self.b.ins().ishl_imm_s(index, 3);
        Ok((self.b.ins().iadd(base, scaled), inst.immediates[0] as i32))
    }

    /// The address (less the offset) of a number in an array's memory.
    pub(super) fn number_at(&mut self, inst: &Inst, shift: i64) -> Result<ir::Value, String> {
        let (base, index) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
        let scaled = self.b.ins().ishl_imm_s(index, shift);
        Ok(self.b.ins().iadd(base, scaled))
    }

    /// After a store of `v` into `owner`.
    pub(super) fn barrier(&mut self, owner: ir::Value, v: Val) -> Result<(), String> {
        let stored = self.unit.inst(v);
        let plain = stored.ty != Some(Type::Any)
            || matches!(stored.op, Op::BoxInt | Op::BoxFloat | Op::BoxBool)
            || stored.op == Op::Const && (stored.immediates[0] < 0x100 || stored.immediates[0] >= DOUBLE_OFFSET);
        if plain { Ok(()) } else { self.remember(owner) }
    }

    /// The object was written.
    pub(super) fn remember(&mut self, owner: ir::Value) -> Result<(), String> {
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
}
