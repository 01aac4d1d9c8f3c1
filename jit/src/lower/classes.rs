//! Identity and classes of values.

use std::mem::offset_of;

use brolga_runtime::state::shapes::Shape;
use brolga_runtime::types::shape;
use brolga_runtime::value::{DOUBLE_OFFSET, Value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};

use super::{Lowering, trusted};
use crate::helpers::Helper;
use crate::ir::{Inst, Op, Val};

impl Lowering<'_> {
    /// Python's `is`. Only ints on the heap are asked: anything else is itself only.
    pub(super) fn identical(&mut self, inst: &Inst) -> Result<ir::Value, String> {
        let (x, y) = (self.operand(inst, 0)?, self.operand(inst, 1)?);
        let same = self.b.ins().icmp(IntCC::Equal, x, y);
        if inst.operands.iter().any(|v| self.is_no_heap_int(*v)) {
            return Ok(same);
        }
        let [object, int, next] = [(); 3].map(|()| self.b.create_block());
        self.b.set_cold_block(int);
        let result = self.b.append_block_param(next, types::I8);
        let other = self.b.create_block();
        let (yes, no) = (self.b.ins().iconst(types::I8, 1), self.b.ins().iconst(types::I8, 0));
        self.b.ins().brif(same, next, &[BlockArg::Value(yes)], other, &[]);
        self.b.switch_to_block(other);
        let is_object = self.is_object(x);
        self.b.ins().brif(is_object, object, &[], next, &[BlockArg::Value(no)]);
        self.b.switch_to_block(object);
        let is_int = self.has_shape(x, [u64::from(shape::int), 0]);
        self.b.ins().brif(is_int, int, &[], next, &[BlockArg::Value(no)]);
        self.b.switch_to_block(int);
        let (thread, frame, immediate) = (self.thread()?, self.frame()?, self.word(0));
        let answer = self.call(Helper::IsOp.address(), &[thread, frame, immediate, x, y], 1)?[0];
        let is = self.b.ins().icmp_imm_s(IntCC::Equal, answer, Value::TRUE.bits() as i64);
        self.b.ins().jump(next, &[BlockArg::Value(is)]);
        self.b.switch_to_block(next);
        Ok(result)
    }

    /// Is it known that a value is no int with memory of its own?
    fn is_no_heap_int(&self, v: Val) -> bool {
        let inst = self.unit.inst(v);
        match inst.op {
            Op::BoxInt | Op::BoxFloat | Op::BoxBool | Op::New | Op::TypeOf => true,
            Op::GuardShape => {
                let [first, more] = inst.immediates;
                !(first..=first + more).contains(&u64::from(shape::int))
            }
            // (The object of another is the program's, which runs meanwhile.)
            Op::Const => !(0x100..DOUBLE_OFFSET).contains(&inst.immediates[0]),
            _ => false,
        }
    }

    /// The class of a value: its shape's, or that of what is no object.
    pub(super) fn type_of(&mut self, inst: &Inst) -> Result<ir::Value, String> {
        let v = self.operand(inst, 0)?;
        let [object, immediate, next] = [(); 3].map(|()| self.b.create_block());
        let result = self.b.append_block_param(next, types::I64);
        let is_object = self.is_object(v);
        self.b.ins().brif(is_object, object, &[], immediate, &[]);
        self.b.switch_to_block(object);
        let shape = self.b.ins().uload32(trusted(), v, 0);
        let at = self.b.ins().ishl_imm_s(shape, 3);
        let table = self.word(self.addresses.shapes);
        let at = self.b.ins().iadd(table, at);
        let shape = self.b.ins().load(types::I64, trusted(), at, 0);
        let class = self.b.ins().load(types::I64, trusted(), shape, offset_of!(Shape, class) as i32);
        self.b.ins().jump(next, &[BlockArg::Value(class)]);
        self.b.switch_to_block(immediate);
        let (thread, frame, nothing) = (self.thread()?, self.frame()?, self.word(0));
        let class = self.call(Helper::TypeOf.address(), &[thread, frame, nothing, v], 1)?[0];
        self.b.ins().jump(next, &[BlockArg::Value(class)]);
        self.b.switch_to_block(next);
        Ok(result)
    }
}
