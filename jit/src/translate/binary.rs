//! Operators: the native forms for the operands that the feedback has seen.

use brolga_bytecode::instructions::Instruction;
use brolga_runtime::interp::feedback::{Kind, seen};
use brolga_runtime::protocol::number::{INPLACE, SUBSCRIPT};
use brolga_runtime::types::{list, shape, tuple};

use super::builder::Builder;
use super::source::Profile;
use super::{calls, fast};
use crate::helpers::{Helper, Packed};
use crate::ir::{Op, Reason, Val};

/// Comparisons, as COMPARE_OP numbers them.
const EQUAL: u64 = 2;
const NOT_EQUAL: u64 = 3;

/// BINARY_OP.
pub fn binary_op(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let (number, profile) = b.profile(i)?;
    let (right, left) = (b.peek(1)?, b.peek(2)?);
    if profile.seen == 0 {
        b.exit_to(i.start, Reason::NotRun);
        return Some(());
    }
    if let Some(done) = fast::helper_op(b, i, profile.seen, number) {
        return done;
    }
    if i.arg != SUBSCRIPT
        && let Some(done) = calls::operator(b, i, &profile)
    {
        return done;
    }
    if i.arg == SUBSCRIPT
        && let Some(done) = calls::subscript(b, i, &profile, &[left, right])
    {
        return done;
    }
    let item = if i.arg == SUBSCRIPT { fast::load_item(b, i, left, right, &profile) } else { None };
    let result = match item.or_else(|| native(b, i, left, right, profile.seen)) {
        Some(v) => v,
        None => {
            let v = b.call(i, Helper::BinaryOp, Packed::bits(i.arg, number, 0)?, &[left, right]);
            b.pop()?;
            b.replace(1, v)?;
            b.left(i, Helper::BinaryOp);
            return Some(());
        }
    };
    b.pop()?;
    b.replace(1, result)
}

fn native(b: &mut Builder<'_>, i: &Instruction, left: Val, right: Val, saw: u16) -> Option<Val> {
    let state = b.before(i);
    if i.arg == SUBSCRIPT {
        return match saw {
            seen::LIST_INT => {
                let (array, index) = list_slot(b, i, left, right);
                Some(b.pure(Op::LoadElement, list::ARRAY_ITEMS_OFFSET as u64, &[array, index]))
            }
            seen::TUPLE_INT => {
                let tuple = b.guarded(Op::GuardShape, u64::from(shape::tuple), &[left], state);
                let index = b.guarded(Op::GuardInt, 0, &[right], state);
                let len = b.pure(Op::LoadRaw, tuple::TUPLE_LEN_OFFSET as u64, &[tuple]);
                let index = b.guarded(Op::CheckIndex, 0, &[index, len], state);
                Some(b.pure(Op::LoadElement, tuple::TUPLE_ITEMS_OFFSET as u64, &[tuple, index]))
            }
            _ => None,
        };
    }
    let operator = if i.arg >= INPLACE { i.arg - INPLACE } else { i.arg };
    if saw == seen::INT_INT {
        let op = match operator {
            0 => Op::IntAdd,
            10 => Op::IntSub,
            5 => Op::IntMul,
            1 => Op::IntAnd,
            7 => Op::IntOr,
            12 => Op::IntXor,
            2 => Op::IntFloorDiv,
            6 => Op::IntMod,
            9 => Op::IntShr,
            3 => Op::IntShl,
            11 => {
                // Both are exact as floats.
                let (x, y) = (int(b, i, left), int(b, i, right));
                let (x, y) = (b.pure(Op::IntToFloat, 0, &[x]), b.pure(Op::IntToFloat, 0, &[y]));
                let v = b.guarded(Op::FloatDiv, 0, &[x, y], state);
                return Some(b.pure(Op::BoxFloat, 0, &[v]));
            }
            _ => return fast::number_op(b, i, left, right, saw),
        };
        let (x, y) = (int(b, i, left), int(b, i, right));
        let v = if op.needs_state() { b.guarded(op, 0, &[x, y], state) } else { b.pure(op, 0, &[x, y]) };
        return Some(b.pure(Op::BoxInt, 0, &[v]));
    }
    let op = match operator {
        0 => Op::FloatAdd,
        10 => Op::FloatSub,
        5 => Op::FloatMul,
        11 => Op::FloatDiv,
        _ => return fast::number_op(b, i, left, right, saw),
    };
    let (x, y) = match saw {
        seen::FLOAT_FLOAT => (float(b, i, left), float(b, i, right)),
        seen::FLOAT_INT => {
            let (x, y) = (float(b, i, left), int(b, i, right));
            (x, b.pure(Op::IntToFloat, 0, &[y]))
        }
        seen::INT_FLOAT => {
            let (x, y) = (int(b, i, left), float(b, i, right));
            (b.pure(Op::IntToFloat, 0, &[x]), y)
        }
        _ => return fast::number_op(b, i, left, right, saw),
    };
    let v = if op.needs_state() { b.guarded(op, 0, &[x, y], state) } else { b.pure(op, 0, &[x, y]) };
    Some(b.pure(Op::BoxFloat, 0, &[v]))
}

/// COMPARE_OP.
pub fn compare_op(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let (number, profile) = b.profile(i)?;
    let (right, left) = (b.peek(1)?, b.peek(2)?);
    let comparison = u64::from(i.arg >> 5);
    let result = match profile.seen {
        0 => {
            b.exit_to(i.start, Reason::NotRun);
            return Some(());
        }
        seen::INT_INT => {
            let (x, y) = (int(b, i, left), int(b, i, right));
            b.pure(Op::IntCompare, comparison, &[x, y])
        }
        seen::FLOAT_FLOAT => {
            let (x, y) = (float(b, i, left), float(b, i, right));
            b.pure(Op::FloatCompare, comparison, &[x, y])
        }
        saw => {
            if let Some(done) = calls::operator(b, i, &profile) {
                return done;
            }
            if let Some(same) = identity(b, i, &profile, left, right) {
                b.pop()?;
                return b.replace(1, same);
            }
            if let Some(done) = fast::compare_op(b, i, number, saw) {
                return done;
            }
            let v = b.call(i, Helper::CompareOp, Packed::bits(i.arg, number, 0)?, &[left, right]);
            b.pop()?;
            b.replace(1, v)?;
            b.left(i, Helper::CompareOp);
            return Some(());
        }
    };
    let result = b.pure(Op::BoxBool, 0, &[result]);
    b.pop()?;
    b.replace(1, result)
}

/// `==` and `!=` of objects that are equal to themselves only; `None`: nothing was done.
fn identity(b: &mut Builder<'_>, i: &Instruction, profile: &Profile, left: Val, right: Val) -> Option<Val> {
    let comparison = u64::from(i.arg >> 5);
    if profile.kind != Kind::Operator || profile.seen != seen::OTHER || !matches!(comparison, EQUAL | NOT_EQUAL) {
        return None;
    }
    if matches!(profile.extra, shape::int | shape::float) {
        return None;
    }
    let classes = [b.resolver.compares_by_identity(profile.shape)?, b.resolver.compares_by_identity(profile.extra)?];
    let state = b.before(i);
    b.guarded(Op::GuardShape, u64::from(profile.shape), &[left], state);
    b.guarded(Op::GuardShape, u64::from(profile.extra), &[right], state);
    for (address, version) in classes.into_iter().flatten() {
        b.push(Op::GuardWord, [address, u64::from(version)], vec![], Some(state));
    }
    let mut same = b.pure(Op::Same, 0, &[left, right]);
    if comparison == NOT_EQUAL {
        same = b.pure(Op::Not, 0, &[same]);
    }
    Some(b.pure(Op::BoxBool, 0, &[same]))
}

/// STORE_SUBSCR.
pub fn store_subscr(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let (number, profile) = b.profile(i)?;
    let (index, container, value) = (b.peek(1)?, b.peek(2)?, b.peek(3)?);
    if profile.seen == seen::LIST_INT {
        let (array, index) = list_slot(b, i, container, index);
        b.pure(Op::StoreElement, list::ARRAY_ITEMS_OFFSET as u64, &[array, index, value]);
        b.pop()?;
        b.pop()?;
        b.pop()?;
        return Some(());
    }
    if let Some(done) = fast::store_subscr(b, i, number, &profile) {
        return done;
    }
    if let Some(done) = calls::subscript(b, i, &profile, &[container, index, value]) {
        return done;
    }
    b.call(i, Helper::StoreSubscr, Packed::bits(0, number, 0)?, &[container, index, value]);
    b.pop()?;
    b.pop()?;
    b.pop()?;
    b.left(i, Helper::StoreSubscr);
    Some(())
}

/// A list's array and the checked index.
fn list_slot(b: &mut Builder<'_>, i: &Instruction, container: Val, index: Val) -> (Val, Val) {
    let state = b.before(i);
    let list = b.guarded(Op::GuardShape, u64::from(shape::list), &[container], state);
    let index = b.guarded(Op::GuardInt, 0, &[index], state);
    let len = b.pure(Op::LoadRaw, list::LIST_LEN_OFFSET as u64, &[list]);
    let index = b.guarded(Op::CheckIndex, 0, &[index, len], state);
    // A list with an item has an array.
    (b.pure(Op::LoadField, list::LIST_ITEMS_OFFSET as u64, &[list]), index)
}

pub fn int(b: &mut Builder<'_>, i: &Instruction, v: Val) -> Val {
    let state = b.before(i);
    b.guarded(Op::GuardInt, 0, &[v], state)
}

pub fn float(b: &mut Builder<'_>, i: &Instruction, v: Val) -> Val {
    let state = b.before(i);
    b.guarded(Op::GuardFloat, 0, &[v], state)
}
