//! Fast paths beyond numbers: truth, strings, dicts, arrays, attributes, unpacking.
//!
//! Where a guess that fails is cheap to mend, the opcode's own function is called on the spot ([`or_slow`]); else the
//! guess is a guard.

use brolga_bytecode::instructions::Instruction;
use brolga_runtime::interp::feedback::{seen, truth};
use brolga_runtime::object::layout::LIST;
use brolga_runtime::protocol::number::{INPLACE, SUBSCRIPT};
use brolga_runtime::types::typed_array::Code;
use brolga_runtime::types::{array, bytearray, bytes, dict, list, set, shape, str, tuple, typed_array};
use brolga_runtime::value::Value;

use super::binary::{float, int};
use super::builder::Builder;
use super::source::Profile;
use crate::helpers::{Helper, Packed};
use crate::ir::{End, NumberKind, Op, Reason, Target, Type, Val};

/// Comparisons, as COMPARE_OP numbers them.
const LESS: u64 = 0;
const LESS_EQUAL: u64 = 1;
const EQUAL: u64 = 2;
const NOT_EQUAL: u64 = 3;
const GREATER_EQUAL: u64 = 5;

/// A helper with its immediate and operands.
pub type Ask<'a> = (Helper, u64, &'a [Val]);

fn to(block: crate::ir::Block, arguments: Vec<Val>) -> Target {
    Target { block, arguments }
}

/// Asks the helper `fast`, and where that has done nothing `slow`. `n` operands go off the stack, a result is pushed if
/// there is one.
pub fn or_slow(
    b: &mut Builder<'_>,
    i: &Instruction,
    op: Op,
    fast: Ask<'_>,
    slow: Ask<'_>,
    n: usize,
    result: bool,
) -> Option<()> {
    or_else(b, op, fast, n, result, |b| {
        let (helper, immediate, operands) = slow;
        let w = b.call(i, helper, immediate, operands);
        for _ in 0..n {
            b.pop()?;
        }
        if result {
            b.push_value(w);
        }
        b.left(i, helper);
        if result { b.pop() } else { Some(w) }
    })
}

/// The same where `slow` is anything that takes the operands off the stack and gives the result.
pub fn or_else(
    b: &mut Builder<'_>,
    op: Op,
    fast: Ask<'_>,
    n: usize,
    result: bool,
    slow: impl FnOnce(&mut Builder<'_>) -> Option<Val>,
) -> Option<()> {
    let (helper, immediate, operands) = fast;
    let v = b.push(op, [helper as u64, immediate], operands.to_vec(), None);
    let empty = b.constant(0);
    let nothing = b.pure(Op::Same, 0, &[v, empty]);
    let done = b.pure(Op::Not, 0, &[nothing]);
    let (other, join) = (b.split(), b.split());
    let parameter = result.then(|| b.unit.parameter(join, Type::Any));
    b.end_with(End::Branch(done, to(join, parameter.iter().map(|_| v).collect()), to(other, vec![])));
    let (slots, pushes) = (b.snapshot(), b.pushes());
    b.set_block(other);
    let w = slow(b)?;
    b.end_with(End::Jump(to(join, parameter.iter().map(|_| w).collect())));
    b.set_pushes(pushes);
    b.restore(&slots);
    b.set_block(join);
    for _ in 0..n {
        b.pop()?;
    }
    if let Some(v) = parameter {
        b.push_value(v);
    }
    Some(())
}

fn require(b: &mut Builder<'_>, i: &Instruction, condition: Val) {
    let state = b.before(i);
    b.guarded(Op::GuardTrue, 0, &[condition], state);
}

fn compare(b: &mut Builder<'_>, comparison: u64, x: Val, n: i64) -> Val {
    let y = b.pure(Op::Int, n as u64, &[]);
    b.pure(Op::IntCompare, comparison, &[x, y])
}

/// An int or float as a float.
pub fn as_float(b: &mut Builder<'_>, i: &Instruction, v: Val) -> Val {
    let known_int = match b.def(v) {
        (Op::BoxInt, ..) => Some(true),
        (Op::BoxFloat, ..) => Some(false),
        // SAFETY: a constant's word is 0 or a value's.
        (Op::Const, bits, _) if bits != 0 => Some(unsafe { Value::from_bits(bits) }.is_small_int()),
        _ => None,
    };
    match known_int {
        Some(true) => {
            let x = int(b, i, v);
            return b.pure(Op::IntToFloat, 0, &[x]);
        }
        Some(false) => return float(b, i, v),
        None => {}
    }
    let is_int = b.pure(Op::IsInt, 0, &[v]);
    let (ints, floats, join) = (b.split(), b.split(), b.split());
    let result = b.unit.parameter(join, Type::Float);
    b.end_with(End::Branch(is_int, to(ints, vec![]), to(floats, vec![])));
    b.set_block(ints);
    let x = int(b, i, v);
    let x = b.pure(Op::IntToFloat, 0, &[x]);
    b.end_with(End::Jump(to(join, vec![x])));
    b.set_block(floats);
    let x = float(b, i, v);
    b.end_with(End::Jump(to(join, vec![x])));
    b.set_block(join);
    result
}

/// `-v` of an int or a float, as it comes.
pub fn negative(b: &mut Builder<'_>, i: &Instruction, v: Val) -> Val {
    let is_int = b.pure(Op::IsInt, 0, &[v]);
    let (ints, floats, join) = (b.split(), b.split(), b.split());
    let result = b.unit.parameter(join, Type::Any);
    b.end_with(End::Branch(is_int, to(ints, vec![]), to(floats, vec![])));
    b.set_block(ints);
    let (x, state) = (int(b, i, v), b.before(i));
    let x = b.guarded(Op::IntNeg, 0, &[x], state);
    let x = b.pure(Op::BoxInt, 0, &[x]);
    b.end_with(End::Jump(to(join, vec![x])));
    b.set_block(floats);
    let x = float(b, i, v);
    let x = b.pure(Op::FloatNeg, 0, &[x]);
    let x = b.pure(Op::BoxFloat, 0, &[x]);
    b.end_with(End::Jump(to(join, vec![x])));
    b.set_block(join);
    result
}

/// BINARY_OP on what [`super::binary`] has no form for: the result, or `None` with nothing done.
pub fn number_op(b: &mut Builder<'_>, i: &Instruction, left: Val, right: Val, saw: u16) -> Option<Val> {
    if i.arg == SUBSCRIPT {
        return None;
    }
    let operator = if i.arg >= INPLACE { i.arg - INPLACE } else { i.arg };
    const FLOATS: u16 = seen::FLOAT_FLOAT | seen::FLOAT_INT | seen::INT_FLOAT;
    if operator == 8 && saw == seen::INT_INT {
        let (Op::Const, bits, _) = b.def(right) else { return None };
        let times = if bits == Value::from_len(2).bits() {
            1
        } else if bits == Value::from_len(3).bits() {
            2
        } else {
            return None;
        };
        let state = b.before(i);
        let x = int(b, i, left);
        let mut v = x;
        for _ in 0..times {
            v = b.guarded(Op::IntMul, 0, &[v, x], state);
        }
        return Some(b.pure(Op::BoxInt, 0, &[v]));
    }
    // Both ints and both floats: by what the left one is.
    if saw == seen::INT_INT | seen::FLOAT_FLOAT {
        let (of_ints, of_floats) = match operator {
            0 => (Op::IntAdd, Op::FloatAdd),
            10 => (Op::IntSub, Op::FloatSub),
            5 => (Op::IntMul, Op::FloatMul),
            _ => return None,
        };
        let state = b.before(i);
        let is_int = b.pure(Op::IsInt, 0, &[left]);
        let (ints, floats, join) = (b.split(), b.split(), b.split());
        let result = b.unit.parameter(join, Type::Any);
        b.end_with(End::Branch(is_int, to(ints, vec![]), to(floats, vec![])));
        b.set_block(ints);
        let (x, y) = (int(b, i, left), int(b, i, right));
        let v = b.guarded(of_ints, 0, &[x, y], state);
        let v = b.pure(Op::BoxInt, 0, &[v]);
        b.end_with(End::Jump(to(join, vec![v])));
        b.set_block(floats);
        let (x, y) = (float(b, i, left), float(b, i, right));
        let v = b.pure(of_floats, 0, &[x, y]);
        let v = b.pure(Op::BoxFloat, 0, &[v]);
        b.end_with(End::Jump(to(join, vec![v])));
        b.set_block(join);
        return Some(result);
    }
    if saw & !(FLOATS | seen::INT_INT) == 0
        && let Some((of_ints, of_floats)) = match operator {
            0 => Some((Op::IntAdd, Op::FloatAdd)),
            10 => Some((Op::IntSub, Op::FloatSub)),
            5 => Some((Op::IntMul, Op::FloatMul)),
            _ => None,
        }
        && (saw & seen::INT_INT != 0 || saw & (seen::FLOAT_INT | seen::INT_FLOAT) == seen::FLOAT_INT | seen::INT_FLOAT)
    {
        return Some(mixed_op(b, i, left, right, of_ints, of_floats));
    }
    // One of the two is always a float; or it does not matter.
    let operands_fit = saw & !FLOATS == 0
        && saw & (seen::FLOAT_INT | seen::INT_FLOAT) != seen::FLOAT_INT | seen::INT_FLOAT
        || operator == 11 && saw & !(FLOATS | seen::INT_INT) == 0;
    if saw == 0 || !operands_fit || !matches!(operator, 0 | 2 | 5 | 6 | 8 | 10 | 11) {
        return None;
    }
    let left_int = saw & seen::INT_FLOAT != 0;
    let right_int = saw & seen::FLOAT_INT != 0;
    let mixed = saw & seen::INT_INT != 0;
    let x = if left_int || mixed { as_float(b, i, left) } else { float(b, i, left) };
    let y = if right_int || mixed { as_float(b, i, right) } else { float(b, i, right) };
    let state = b.before(i);
    let v = match operator {
        0 => b.pure(Op::FloatAdd, 0, &[x, y]),
        10 => b.pure(Op::FloatSub, 0, &[x, y]),
        5 => b.pure(Op::FloatMul, 0, &[x, y]),
        11 => b.guarded(Op::FloatDiv, 0, &[x, y], state),
        8 => {
            let v = b.pure(Op::FloatCall, 0, &[x, y]);
            // NaN: the interpreter knows.
            let told = b.pure(Op::FloatCompare, EQUAL, &[v, v]);
            require(b, i, told);
            v
        }
        _ => {
            let zero = b.pure(Op::Float, 0, &[]);
            let nonzero = b.pure(Op::FloatCompare, NOT_EQUAL, &[y, zero]);
            require(b, i, nonzero);
            b.pure(Op::FloatCall, if operator == 2 { 1 } else { 2 }, &[x, y])
        }
    };
    Some(b.pure(Op::BoxFloat, 0, &[v]))
}

/// Ints and floats, each as it comes.
fn mixed_op(b: &mut Builder<'_>, i: &Instruction, left: Val, right: Val, of_ints: Op, of_floats: Op) -> Val {
    let state = b.before(i);
    let (ints, left_int, left_float) = (b.split(), b.split(), b.split());
    let (right_float, floats, join) = (b.split(), b.split(), b.split());
    let (fx, fy) = (b.unit.parameter(floats, Type::Float), b.unit.parameter(floats, Type::Float));
    let result = b.unit.parameter(join, Type::Any);
    let is_int = b.pure(Op::IsInt, 0, &[left]);
    b.end_with(End::Branch(is_int, to(left_int, vec![]), to(left_float, vec![])));
    b.set_block(left_int);
    let x = int(b, i, left);
    let is_int = b.pure(Op::IsInt, 0, &[right]);
    b.end_with(End::Branch(is_int, to(ints, vec![]), to(right_float, vec![])));
    b.set_block(ints);
    let y = int(b, i, right);
    let v = b.guarded(of_ints, 0, &[x, y], state);
    let v = b.pure(Op::BoxInt, 0, &[v]);
    b.end_with(End::Jump(to(join, vec![v])));
    b.set_block(right_float);
    let (x, y) = (b.pure(Op::IntToFloat, 0, &[x]), float(b, i, right));
    b.end_with(End::Jump(to(floats, vec![x, y])));
    b.set_block(left_float);
    let (x, y) = (float(b, i, left), as_float(b, i, right));
    b.end_with(End::Jump(to(floats, vec![x, y])));
    b.set_block(floats);
    let v = b.pure(of_floats, 0, &[fx, fy]);
    let v = b.pure(Op::BoxFloat, 0, &[v]);
    b.end_with(End::Jump(to(join, vec![v])));
    b.set_block(join);
    result
}

/// BINARY_OP by a helper that runs no Python; `None`: there is none.
pub fn helper_op(b: &mut Builder<'_>, i: &Instruction, saw: u16, number: u16) -> Option<Option<()>> {
    let (right, left) = (b.peek(1)?, b.peek(2)?);
    let (op, helper) = match saw {
        seen::DICT_KEY if i.arg == SUBSCRIPT => (Op::FastRead, Helper::DictGet),
        seen::STR_INT if i.arg == SUBSCRIPT => (Op::Fast, Helper::StrItem),
        seen::STR_STR if i.arg == 0 || i.arg == INPLACE => (Op::Fast, Helper::Concat),
        seen::SLICE if i.arg == SUBSCRIPT => (Op::Fast, Helper::GetSlice),
        _ if i.arg != SUBSCRIPT
            && saw & seen::EXACT != 0
            && saw & !(seen::EXACT | seen::INT_INT | seen::STR_STR) == 0 =>
        {
            (Op::Fast, Helper::BinaryExact)
        }
        _ => return None,
    };
    let operands = [left, right];
    let immediate = if helper == Helper::BinaryExact { u64::from(i.arg) } else { 0 };
    let slow = (Helper::BinaryOp, Packed::bits(i.arg, number, 0)?, &operands[..]);
    Some(or_slow(b, i, op, (helper, immediate, &operands), slow, 2, true))
}

/// A number of an array: where it stands, and how.
struct Item {
    base: Val,
    index: Val,
    offset: u64,
    /// `None`: a double.
    kind: Option<NumberKind>,
}

fn kind_of(code: u32) -> Option<Option<NumberKind>> {
    Some(match code {
        c if c == Code::F64 as u32 => None,
        c if c == Code::I8 as u32 => Some(NumberKind::I8),
        c if c == Code::U8 as u32 => Some(NumberKind::U8),
        c if c == Code::I16 as u32 => Some(NumberKind::I16),
        c if c == Code::U16 as u32 => Some(NumberKind::U16),
        c if c == Code::I32 as u32 => Some(NumberKind::I32),
        c if c == Code::U32 as u32 => Some(NumberKind::U32),
        c if c == Code::Long as u32 || c == Code::I64 as u32 => Some(NumberKind::I64),
        _ => return None,
    })
}

/// Guards container and index; `None`, with nothing done, for what has no such items.
fn item(b: &mut Builder<'_>, i: &Instruction, container: Val, index: Val, profile: &Profile) -> Option<Item> {
    let (shape, len, kind) = match profile.seen {
        seen::BYTES_INT => (shape::bytes, bytes::LEN_OFFSET, Some(NumberKind::U8)),
        seen::BYTEARRAY_INT => (shape::bytearray, bytearray::LEN_OFFSET, Some(NumberKind::U8)),
        seen::ARRAY_INT => (shape::typed_array, typed_array::LEN_OFFSET, kind_of(profile.index)?),
        _ => return None,
    };
    let state = b.before(i);
    let mut object = b.guarded(Op::GuardShape, u64::from(shape), &[container], state);
    if shape == shape::typed_array {
        // The code's byte is the last of the struct, and zeros behind it.
        let code = [typed_array::CODE_OFFSET as u64, u64::from(profile.index)];
        object = b.push(Op::GuardRaw, code, vec![object], Some(state));
    }
    let index = int(b, i, index);
    let len = b.pure(Op::LoadRaw, len as u64, &[object]);
    let index = b.guarded(Op::CheckIndex, 0, &[index, len], state);
    Some(match shape {
        shape::bytes => Item { base: object, index, offset: bytes::DATA_OFFSET as u64, kind },
        // With an item there is a buffer.
        shape::bytearray => {
            let base = b.pure(Op::LoadField, bytearray::BUFFER_OFFSET as u64, &[object]);
            let start = b.pure(Op::LoadRaw, bytearray::START_OFFSET as u64, &[object]);
            let index = b.pure(Op::RawAdd, 0, &[index, start]);
            Item { base, index, offset: bytearray::BUFFER_DATA_OFFSET as u64, kind }
        }
        _ => {
            let base = b.pure(Op::LoadField, typed_array::BUFFER_OFFSET as u64, &[object]);
            Item { base, index, offset: bytearray::BUFFER_DATA_OFFSET as u64, kind }
        }
    })
}

/// `array[index]` where the items are numbers in memory.
pub fn load_item(b: &mut Builder<'_>, i: &Instruction, container: Val, index: Val, profile: &Profile) -> Option<Val> {
    let item = item(b, i, container, index, profile)?;
    let Some(kind) = item.kind else {
        let v = b.pure(Op::LoadDouble, item.offset, &[item.base, item.index]);
        return Some(b.pure(Op::BoxFloat, 0, &[v]));
    };
    let mut v = b.push(Op::LoadNumber, [item.offset, kind as u64], vec![item.base, item.index], None);
    if kind == NumberKind::I64 {
        let state = b.before(i);
        v = b.guarded(Op::CheckInt, 0, &[v], state);
    }
    Some(b.pure(Op::BoxInt, 0, &[v]))
}

/// STORE_SUBSCR into memory or a dict; `None`: there is no such form.
pub fn store_subscr(b: &mut Builder<'_>, i: &Instruction, number: u16, profile: &Profile) -> Option<Option<()>> {
    let (index, container, value) = (b.peek(1)?, b.peek(2)?, b.peek(3)?);
    if profile.seen == seen::DICT_KEY {
        let operands = [container, index, value];
        let slow = (Helper::StoreSubscr, Packed::bits(0, number, 0)?, &operands[..]);
        return Some(or_slow(b, i, Op::Fast, (Helper::DictSet, 0, &operands), slow, 3, false));
    }
    if profile.seen == seen::SLICE {
        let operands = [container, index, value];
        let slow = (Helper::StoreSubscr, Packed::bits(0, number, 0)?, &operands[..]);
        return Some(or_slow(b, i, Op::Fast, (Helper::SetSlice, 0, &operands), slow, 3, false));
    }
    if profile.seen == seen::BYTES_INT {
        return None;
    }
    let item = item(b, i, container, index, profile)?;
    match item.kind {
        None => {
            let v = as_float(b, i, value);
            b.pure(Op::StoreDouble, item.offset, &[item.base, item.index, v]);
        }
        Some(kind) => {
            let v = int(b, i, value);
            if let Some((from, end)) = kind.range() {
                let fits = compare(b, GREATER_EQUAL, v, from);
                require(b, i, fits);
                let fits = compare(b, LESS_EQUAL, v, end);
                require(b, i, fits);
            }
            b.push(Op::StoreNumber, [item.offset, kind as u64], vec![item.base, item.index, v], None);
        }
    }
    Some((0..3).try_for_each(|_| b.pop().map(|_| ())))
}

/// COMPARE_OP on strings, or numbers of both kinds; `None`: there is no such form.
pub fn compare_op(b: &mut Builder<'_>, i: &Instruction, number: u16, saw: u16) -> Option<Option<()>> {
    let (right, left) = (b.peek(1)?, b.peek(2)?);
    let comparison = u64::from(i.arg >> 5);
    const NUMBERS: u16 = seen::INT_INT | seen::FLOAT_FLOAT | seen::FLOAT_INT | seen::INT_FLOAT;
    if saw != 0 && saw & !NUMBERS == 0 {
        // Ints of 49 bits are exact as floats.
        let (x, y) = (as_float(b, i, left), as_float(b, i, right));
        let v = b.pure(Op::FloatCompare, comparison, &[x, y]);
        let v = b.pure(Op::BoxBool, 0, &[v]);
        b.pop()?;
        return Some(b.replace(1, v));
    }
    if saw == seen::OTHER && matches!(comparison, EQUAL | NOT_EQUAL) && !b.source().no_fast_paths {
        let operands = [left, right];
        let fast = (Helper::SameObject, Packed::bits(u32::from(comparison == NOT_EQUAL), 0, 0)?, &operands[..]);
        let slow = (Helper::CompareOp, Packed::bits(i.arg, number, 0)?, &operands[..]);
        return Some(or_slow(b, i, Op::FastRead, fast, slow, 2, true));
    }
    if saw == seen::STR_STR && matches!(comparison, EQUAL | NOT_EQUAL) {
        let operands = [left, right];
        let fast = (Helper::StrEquals, Packed::bits(u32::from(comparison == NOT_EQUAL), 0, 0)?, &operands[..]);
        let slow = (Helper::CompareOp, Packed::bits(i.arg, number, 0)?, &operands[..]);
        return Some(or_slow(b, i, Op::FastRead, fast, slow, 2, true));
    }
    const EXACT: u16 = seen::STR_STR | seen::EXACT;
    if saw & EXACT != 0 && saw & !(EXACT | NUMBERS) == 0 && !b.source().no_fast_paths {
        let operands = [left, right];
        let fast = (Helper::CompareExact, Packed::bits(comparison as u32, 0, 0)?, &operands[..]);
        let slow = (Helper::CompareOp, Packed::bits(i.arg, number, 0)?, &operands[..]);
        return Some(or_slow(b, i, Op::FastRead, fast, slow, 2, true));
    }
    None
}

/// CONTAINS_OP.
pub fn contains_op(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let (number, profile) = b.profile(i)?;
    let operands = [b.peek(2)?, b.peek(1)?];
    let packed = Packed::bits(i.arg, number, 0)?;
    if profile.seen == 0 {
        b.exit_to(i.start, Reason::NotRun);
        return Some(());
    }
    if profile.seen & !(seen::DICT_KEY | seen::SET_KEY | seen::SEQUENCE_KEY | seen::STR_STR) != 0 {
        return super::ops::call(b, i, Helper::ContainsOp, 2);
    }
    let (fast, slow) = ((Helper::Contains, packed, &operands[..]), (Helper::ContainsOp, packed, &operands[..]));
    or_slow(b, i, Op::FastRead, fast, slow, 2, true)
}

/// TO_BOOL.
pub fn to_bool(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let v = b.peek(1)?;
    if b.def(v).0 == Op::BoxBool {
        return Some(());
    }
    let (_, profile) = b.profile(i)?;
    if profile.seen == 0 {
        b.exit_to(i.start, Reason::NotRun);
        return Some(());
    }
    let or_none = profile.seen & truth::NONE != 0 && profile.seen != truth::NONE;
    let saw = if or_none { profile.seen & !truth::NONE } else { profile.seen };
    let known = matches!(
        saw,
        truth::BOOL
            | truth::INT
            | truth::FLOAT
            | truth::NONE
            | truth::STR
            | truth::LIST
            | truth::TUPLE
            | truth::DICT
            | truth::OBJECT
            | truth::BYTES
            | truth::SET
    );
    if !known || saw == truth::OBJECT && profile.place.is_none() {
        return super::ops::call(b, i, Helper::ToBool, 1);
    }
    let truth = if or_none {
        let none = b.constant(Value::NONE.bits());
        let is_none = b.pure(Op::Same, 0, &[v, none]);
        let is_other = b.pure(Op::Not, 0, &[is_none]);
        let no = b.pure(Op::Bool, 0, &[]);
        let (other, join) = (b.split(), b.split());
        let result = b.unit.parameter(join, Type::Bool);
        b.end_with(End::Branch(is_other, to(other, vec![]), to(join, vec![no])));
        b.set_block(other);
        let t = truth_of(b, i, v, saw, &profile)?;
        b.end_with(End::Jump(to(join, vec![t])));
        b.set_block(join);
        result
    } else {
        truth_of(b, i, v, saw, &profile)?
    };
    let v = b.pure(Op::BoxBool, 0, &[truth]);
    b.replace(1, v)
}

/// The shapes of sets, mutable or not.
const SETS: [u64; 2] = [shape::set as u64, 1];
const _: () = assert!(shape::frozenset == shape::set + 1);

fn truth_of(b: &mut Builder<'_>, i: &Instruction, v: Val, saw: u16, profile: &Profile) -> Option<Val> {
    let state = b.before(i);
    let sized = |b: &mut Builder<'_>, shape: u32, offset: usize, least: i64| {
        let object = b.guarded(Op::GuardShape, u64::from(shape), &[v], state);
        let len = b.pure(Op::LoadRaw, offset as u64, &[object]);
        compare(b, GREATER_EQUAL, len, least)
    };
    Some(match saw {
        truth::BOOL => b.guarded(Op::GuardBool, 0, &[v], state),
        truth::INT => {
            let x = int(b, i, v);
            compare(b, NOT_EQUAL, x, 0)
        }
        truth::FLOAT => {
            let x = float(b, i, v);
            let zero = b.pure(Op::Float, 0, &[]);
            b.pure(Op::FloatCompare, NOT_EQUAL, &[x, zero])
        }
        truth::NONE => {
            b.guarded(Op::GuardIs, Value::NONE.bits(), &[v], state);
            b.pure(Op::Bool, 0, &[])
        }
        truth::STR => sized(b, shape::str, str::META_OFFSET, str::META_ONE_CHARACTER as i64),
        truth::LIST => sized(b, shape::list, list::LIST_LEN_OFFSET, 1),
        truth::TUPLE => sized(b, shape::tuple, tuple::TUPLE_LEN_OFFSET, 1),
        truth::DICT => sized(b, shape::dict, dict::USED_OFFSET, 1),
        truth::BYTES => sized(b, shape::bytes, bytes::LEN_OFFSET, 1),
        truth::SET => {
            let set = b.push(Op::GuardShape, SETS, vec![v], Some(state));
            let used = b.pure(Op::LoadRaw, set::USED_OFFSET as u64, &[set]);
            compare(b, GREATER_EQUAL, used, 1)
        }
        _ => {
            let Some(super::source::Place::Class(version)) = profile.place else { return None };
            b.push(Op::GuardShape, profile.shapes(), vec![v], Some(state));
            b.push(Op::GuardWord, [version, u64::from(profile.version)], vec![], Some(state));
            b.pure(Op::Bool, 1, &[])
        }
    })
}

/// UNPACK_SEQUENCE of a tuple or list of the right length; `None`: it has met others.
pub fn unpack_sequence(b: &mut Builder<'_>, i: &Instruction) -> Option<Option<()>> {
    const EITHER: u16 = seen::TUPLE | seen::LIST;
    const { assert!(tuple::TUPLE_ITEMS_OFFSET == list::ARRAY_ITEMS_OFFSET && shape::tuple + 1 == shape::list) };
    let (_, profile) = b.profile(i)?;
    let v = b.peek(1)?;
    let state = b.before(i);
    let of_len = |b: &mut Builder<'_>, shape: u32, len: usize| {
        let object = b.guarded(Op::GuardShape, u64::from(shape), &[v], state);
        b.push(Op::GuardRaw, [len as u64, u64::from(i.arg)], vec![object], Some(state))
    };
    let items = match profile.seen {
        0 => {
            b.exit_to(i.start, Reason::NotRun);
            return Some(Some(()));
        }
        seen::TUPLE => of_len(b, shape::tuple, tuple::TUPLE_LEN_OFFSET),
        seen::LIST => {
            let object = of_len(b, shape::list, list::LIST_LEN_OFFSET);
            b.pure(Op::LoadField, list::LIST_ITEMS_OFFSET as u64, &[object])
        }
        EITHER if i.arg > 0 => b.guarded(Op::GuardItems, u64::from(i.arg), &[v], state),
        _ => return None,
    };
    b.pop()?;
    for k in (0..i64::from(i.arg)).rev() {
        let k = b.pure(Op::Int, k as u64, &[]);
        let v = b.pure(Op::LoadElement, list::ARRAY_ITEMS_OFFSET as u64, &[items, k]);
        b.push_value(v);
    }
    Some(Some(()))
}

/// LIST_APPEND: into the array where it has room.
pub fn list_append(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let (list, v) = (b.peek((i.arg as usize).checked_add(1)?)?, b.peek(1)?);
    append(b, i, list, v, |b, list| {
        b.call(i, Helper::ListAppend, 0, &[list, v]);
        b.pop()?;
        b.left(i, Helper::ListAppend);
        Some(())
    })?;
    b.pop().map(|_| ())
}

/// Puts `v` behind a list's items; `slow` does so where there is no room (and may change the stack).
pub fn append(
    b: &mut Builder<'_>,
    i: &Instruction,
    list: Val,
    v: Val,
    slow: impl FnOnce(&mut Builder<'_>, Val) -> Option<()>,
) -> Option<()> {
    let state = b.before(i);
    // (Of a class that may have been derived: the method is the list's own.)
    let list = b.guarded(Op::GuardLayout, u64::from(LIST.0), &[list], state);
    let len = b.pure(Op::LoadRaw, list::LIST_LEN_OFFSET as u64, &[list]);
    let array = b.pure(Op::LoadField, list::LIST_ITEMS_OFFSET as u64, &[list]);
    let empty = b.constant(0);
    let is_empty = b.pure(Op::Same, 0, &[array, empty]);
    let has_array = b.pure(Op::Not, 0, &[is_empty]);
    let (check, room, other, join) = (b.split(), b.split(), b.split(), b.split());
    b.end_with(End::Branch(has_array, to(check, vec![]), to(other, vec![])));
    b.set_block(check);
    let capacity = b.pure(Op::LoadRaw, array::ARRAY_CAPACITY_OFFSET as u64, &[array]);
    let fits = b.pure(Op::IntCompare, LESS, &[len, capacity]);
    b.end_with(End::Branch(fits, to(room, vec![]), to(other, vec![])));
    b.set_block(room);
    b.pure(Op::StoreElement, list::ARRAY_ITEMS_OFFSET as u64, &[array, len, v]);
    let one = b.pure(Op::Int, 1, &[]);
    let more = b.pure(Op::RawAdd, 0, &[len, one]);
    b.pure(Op::StoreRaw, list::LIST_LEN_OFFSET as u64, &[list, more]);
    b.end_with(End::Jump(to(join, vec![])));
    let (slots, pushes) = (b.snapshot(), b.pushes());
    b.set_block(other);
    slow(b, list)?;
    b.end_with(End::Jump(to(join, vec![])));
    b.set_pushes(pushes);
    b.restore(&slots);
    b.set_block(join);
    Some(())
}

/// `list.pop()`: the last item, for there is one.
pub fn pop(b: &mut Builder<'_>, i: &Instruction, list: Val) -> Val {
    let state = b.before(i);
    let list = b.guarded(Op::GuardLayout, u64::from(LIST.0), &[list], state);
    let len = b.pure(Op::LoadRaw, list::LIST_LEN_OFFSET as u64, &[list]);
    let some = compare(b, GREATER_EQUAL, len, 1);
    require(b, i, some);
    let one = b.pure(Op::Int, 1, &[]);
    let last = b.pure(Op::RawSub, 0, &[len, one]);
    let array = b.pure(Op::LoadField, list::LIST_ITEMS_OFFSET as u64, &[list]);
    let v = b.pure(Op::LoadElement, list::ARRAY_ITEMS_OFFSET as u64, &[array, last]);
    let empty = b.constant(0);
    b.pure(Op::StoreElement, list::ARRAY_ITEMS_OFFSET as u64, &[array, last, empty]);
    b.pure(Op::StoreRaw, list::LIST_LEN_OFFSET as u64, &[list, last]);
    v
}
