//! Objects that are made here rather than by a helper: tuples, ranges, iterators, instances.

use brolga_bytecode::instructions::Instruction;
use brolga_heap::Header;
use brolga_runtime::object::LayoutId;
use brolga_runtime::object::layout::{LIST_ITER, RANGE, RANGE_ITER, SLICE, TUPLE, TUPLE_ITER};
use brolga_runtime::types::{range, shape};
use brolga_runtime::value::Value;

use super::binary::int;
use super::builder::Builder;
use super::iterate;
use super::ops::{call, call_on_stack};
use crate::helpers::Helper;
use crate::ir::{Op, Val};

/// Longer tuples are made by the runtime.
const MAX_TUPLE: usize = 24;
/// `>`, as COMPARE_OP numbers it.
const GREATER: u64 = 4;

/// An object of a builtin type: `words` stand behind its header.
pub fn new(b: &mut Builder<'_>, i: &Instruction, shape: u32, layout: LayoutId, words: Vec<Val>) -> Val {
    let bytes = 8 * (words.len() as u64 + 1);
    allocate(b, i, Header::bits_of(shape, layout, 0), bytes, words)
}

/// Any object; zeros stand behind `words`.
pub fn allocate(b: &mut Builder<'_>, i: &Instruction, header: u64, bytes: u64, words: Vec<Val>) -> Val {
    let state = b.state_at(i.offset);
    b.push(Op::New, [header, bytes], words, Some(state))
}

/// BUILD_TUPLE.
pub fn build_tuple(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let n = i.arg as usize;
    if n == 0 || n > MAX_TUPLE || b.source().no_fast_paths {
        return call_on_stack(b, i, Helper::BuildTuple, i.arg, n, true);
    }
    let mut words = vec![b.pure(Op::Int, n as u64, &[])];
    for k in (1..=n).rev() {
        words.push(b.peek(k)?);
    }
    let v = new(b, i, shape::tuple, TUPLE, words);
    for _ in 0..n {
        b.pop()?;
    }
    b.push_value(v);
    Some(())
}

/// A tuple of two.
pub fn pair(b: &mut Builder<'_>, i: &Instruction, x: Val, y: Val) -> Val {
    let two = b.pure(Op::Int, 2, &[]);
    new(b, i, shape::tuple, TUPLE, vec![two, x, y])
}

/// A slice of these bounds and this step.
pub fn slice(b: &mut Builder<'_>, i: &Instruction, words: [Val; 3]) -> Val {
    new(b, i, shape::slice, SLICE, words.to_vec())
}

/// `range(...)` of ints in place, the step known or above 0; `None`: it can't be made here, and nothing was done.
pub fn range(b: &mut Builder<'_>, i: &Instruction, arguments: &[Val]) -> Option<Val> {
    let step = match arguments {
        [_] | [_, _] => Ok(1),
        [_, _, step] => match b.def(*step) {
            (Op::Const, bits, _) if bits != 0 => {
                // SAFETY: a constant's word is 0 or a value's.
                Ok(unsafe { Value::from_bits(bits) }.as_small_int().filter(|s| *s != 0)?)
            }
            _ => Err(*step),
        },
        _ => return None,
    };
    let (start, stop) = match *arguments {
        [stop] => (b.pure(Op::Int, 0, &[]), int(b, i, stop)),
        [start, stop, ..] => (int(b, i, start), int(b, i, stop)),
        [] => return None,
    };
    let state = b.before(i);
    // How far it is, and how many steps that is, rounded up.
    let (low, high) = if step.is_ok_and(|s| s < 0) { (stop, start) } else { (start, stop) };
    let mut length = b.guarded(Op::IntSub, 0, &[high, low], state);
    let zero = b.pure(Op::Int, 0, &[]);
    let step = match step {
        Ok(step) => {
            let size = step.unsigned_abs();
            if size > 1 {
                let more = b.pure(Op::Int, size - 1, &[]);
                let size = b.pure(Op::Int, size, &[]);
                length = b.guarded(Op::IntAdd, 0, &[length, more], state);
                length = b.guarded(Op::IntFloorDiv, 0, &[length, size], state);
            }
            b.pure(Op::Int, step as u64, &[])
        }
        Err(step) => {
            let step = int(b, i, step);
            let positive = b.pure(Op::IntCompare, GREATER, &[step, zero]);
            b.guarded(Op::GuardTrue, 0, &[positive], state);
            let one = b.pure(Op::Int, 1, &[]);
            let more = b.pure(Op::RawSub, 0, &[step, one]);
            length = b.guarded(Op::IntAdd, 0, &[length, more], state);
            length = b.guarded(Op::IntFloorDiv, 0, &[length, step], state);
            step
        }
    };
    let length = b.pure(Op::IntMax, 0, &[length, zero]);
    let words = [start, stop, step, length].map(|v| b.pure(Op::BoxInt, 0, &[v]));
    Some(new(b, i, shape::range, RANGE, words.to_vec()))
}

/// GET_ITER: of what the FOR_ITER behind it has met.
pub fn get_iter(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let profile = iterate::consumer(b, i).and_then(|n| b.profile(&n)).map(|(_, p)| p);
    let shape_met = profile.filter(|p| p.extra == 0).map_or(0, |p| p.shape);
    if b.source().no_fast_paths || b.is_refused(i) {
        return call(b, i, Helper::GetIter, 1);
    }
    let v = b.peek(1)?;
    let iterator = match shape_met {
        // They are their own iterators.
        shape::enumerate | shape::zip => {
            let state = b.before(i);
            Some(b.guarded(Op::GuardShape, u64::from(shape_met), &[v], state))
        }
        _ => iterator_of(b, i, shape_met, v),
    };
    match iterator {
        Some(iterator) => b.replace(1, iterator),
        None => call(b, i, Helper::GetIter, 1),
    }
}

/// The iterator of a range, list or tuple; `None`: it is another one's shape.
pub fn iterator_of(b: &mut Builder<'_>, i: &Instruction, shape_met: u32, v: Val) -> Option<Val> {
    let state = b.before(i);
    Some(match shape_met {
        shape::range_iter => {
            let object = b.guarded(Op::GuardShape, u64::from(shape::range), &[v], state);
            let fields = [range::RANGE_START_OFFSET, range::RANGE_STEP_OFFSET, range::RANGE_LENGTH_OFFSET];
            let words = fields.map(|at| {
                let field = b.pure(Op::LoadField, at as u64, &[object]);
                int(b, i, field)
            });
            new(b, i, shape::range_iter, RANGE_ITER, words.to_vec())
        }
        shape::list_iter | shape::tuple_iter => {
            let (of, layout) = match shape_met {
                shape::list_iter => (shape::list, LIST_ITER),
                _ => (shape::tuple, TUPLE_ITER),
            };
            let object = b.guarded(Op::GuardShape, u64::from(of), &[v], state);
            let zero = b.pure(Op::Int, 0, &[]);
            new(b, i, shape_met, layout, vec![object, zero])
        }
        _ => return None,
    })
}
