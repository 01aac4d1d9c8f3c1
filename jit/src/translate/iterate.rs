//! FOR_ITER where what is iterated is known: items come straight out of lists, tuples and ranges, by themselves or through
//! `enumerate` and `zip`, whose tuples need not be made where they are unpacked at once.

use brolga_bytecode::instructions::Instruction;
use brolga_bytecode::opcode::Opcode;
use brolga_runtime::object::layout::{ENUMERATE, LIST, TUPLE, ZIP};
use brolga_runtime::types::enumerate::{ENUMERATE_INDEX_OFFSET, ENUMERATE_ITERATOR_OFFSET};
use brolga_runtime::types::list::iter::{LIST_ITER_AT_OFFSET, LIST_ITER_LIST_OFFSET};
use brolga_runtime::types::tuple::methods::{TUPLE_ITER_AT_OFFSET, TUPLE_ITER_TUPLE_OFFSET};
use brolga_runtime::types::zip::{ZIP_ITERATORS_OFFSET, ZIP_STRICT_OFFSET};
use brolga_runtime::types::{list, range, shape, tuple};

use super::allocate::{iterator_of, new};
use super::binary::int;
use super::builder::Builder;
use super::region;
use super::source::{Form, Profile};
use crate::ir::{End, Op, State, Target, Val};

/// Comparisons, as COMPARE_OP numbers them.
const LESS: u64 = 0;
const GREATER: u64 = 4;
/// `zip` of more takes the general way.
const MAX_ZIPPED: usize = 3;

/// The FOR_ITER that takes what the instruction `i` pushes: at once, or behind the preparation of a comprehension.
pub fn consumer(b: &Builder<'_>, i: &Instruction) -> Option<Instruction> {
    let mut at = i.next;
    for _ in 0..10 {
        let next = b.instruction_at(at)?;
        match next.opcode {
            Opcode::FOR_ITER => return Some(next),
            Opcode::LOAD_FAST_AND_CLEAR
            | Opcode::SWAP
            | Opcode::BUILD_LIST
            | Opcode::BUILD_SET
            | Opcode::BUILD_MAP
            | Opcode::COPY
            | Opcode::NOP => at = next.next,
            _ => return None,
        }
    }
    None
}

/// An iterator of a list, a tuple or a range: what its next item depends on.
struct Source {
    shape: u32,
    iterator: Val,
    /// The list or tuple, or the range's next number.
    of: Val,
    /// How many there were, or how many remain.
    at: Val,
    /// How many there are, or the range's step.
    extent: Val,
    /// Where an item that is no int in place leaves to, unless that was looked at already.
    state: Option<State>,
}

/// Looks at an iterator. With `all_guards` those for its next item are here, too: what follows has effects before it is
/// taken. (Else they are behind the test whether there is one, where the loop's range is known.)
fn open(b: &mut Builder<'_>, state: State, shape_met: u32, iterator: Val, all_guards: bool) -> Source {
    let iterator = b.guarded(Op::GuardShape, u64::from(shape_met), &[iterator], state);
    if shape_met == shape::range_iter {
        let remaining = b.pure(Op::LoadRaw, range::REMAINING_OFFSET as u64, &[iterator]);
        let mut next = b.pure(Op::LoadRaw, range::NEXT_OFFSET as u64, &[iterator]);
        if all_guards {
            next = b.guarded(Op::CheckInt, 0, &[next], state);
        }
        let step = b.pure(Op::LoadRaw, range::STEP_OFFSET as u64, &[iterator]);
        let state = (!all_guards).then_some(state);
        return Source { shape: shape_met, iterator, of: next, at: remaining, extent: step, state };
    }
    let is_list = shape_met == shape::list_iter;
    let (of, at) = fields(shape_met);
    let index = b.pure(Op::LoadRaw, at, &[iterator]);
    let items = b.pure(Op::LoadField, of, &[iterator]);
    // (An exhausted iterator has none.)
    let items = match is_list {
        true => b.guarded(Op::GuardLayout, u64::from(LIST.0), &[items], state),
        false => b.guarded(Op::GuardShape, u64::from(shape::tuple), &[items], state),
    };
    let length = if is_list { list::LIST_LEN_OFFSET } else { tuple::TUPLE_LEN_OFFSET };
    let length = b.pure(Op::LoadRaw, length as u64, &[items]);
    Source { shape: shape_met, iterator, of: items, at: index, extent: length, state: None }
}

/// Where an iterator has its list or tuple, and its index.
fn fields(shape_met: u32) -> (u64, u64) {
    match shape_met {
        shape::list_iter => (LIST_ITER_LIST_OFFSET as u64, LIST_ITER_AT_OFFSET as u64),
        _ => (TUPLE_ITER_TUPLE_OFFSET as u64, TUPLE_ITER_AT_OFFSET as u64),
    }
}

impl Source {
    /// Is there another item?
    fn has_more(&self, b: &mut Builder<'_>) -> Val {
        if self.shape == shape::range_iter {
            // It is not negative: `range` objects longer than 2^63 have another iterator.
            let zero = b.pure(Op::Int, 0, &[]);
            return b.pure(Op::IntCompare, GREATER, &[self.at, zero]);
        }
        b.pure(Op::IntCompare, LESS, &[self.at, self.extent])
    }

    /// It has none: the iterator lets go what it iterates over.
    fn end(&self, b: &mut Builder<'_>) {
        if self.shape != shape::range_iter {
            let empty = b.constant(0);
            b.pure(Op::StoreField, fields(self.shape).0, &[self.iterator, empty]);
        }
    }

    /// The next item, one that is there.
    fn take(&self, b: &mut Builder<'_>) -> Val {
        let one = b.pure(Op::Int, 1, &[]);
        if self.shape == shape::range_iter {
            let item = match self.state {
                Some(state) => b.guarded(Op::CheckInt, 0, &[self.of], state),
                None => self.of,
            };
            let after = b.pure(Op::RawAdd, 0, &[item, self.extent]);
            b.pure(Op::StoreRaw, range::NEXT_OFFSET as u64, &[self.iterator, after]);
            let left = b.pure(Op::RawSub, 0, &[self.at, one]);
            b.pure(Op::StoreRaw, range::REMAINING_OFFSET as u64, &[self.iterator, left]);
            return b.pure(Op::BoxInt, 0, &[item]);
        }
        let after = b.pure(Op::RawAdd, 0, &[self.at, one]);
        b.pure(Op::StoreRaw, fields(self.shape).1, &[self.iterator, after]);
        let (array, offset) = match self.shape {
            shape::list_iter => {
                (b.pure(Op::LoadField, list::LIST_ITEMS_OFFSET as u64, &[self.of]), list::ARRAY_ITEMS_OFFSET)
            }
            _ => (self.of, tuple::TUPLE_ITEMS_OFFSET),
        };
        b.pure(Op::LoadElement, offset as u64, &[array, self.at])
    }
}

/// The shapes of the iterators that an `enumerate` or `zip` has gone through, where each is one that is known here.
fn inner(profile: &Profile) -> Option<Vec<u32>> {
    let shapes: Vec<u32> = (0..MAX_ZIPPED).map(|k| profile.index >> (8 * k) & 0xff).take_while(|s| *s != 0).collect();
    let known = |s: &u32| matches!(*s, shape::list_iter | shape::tuple_iter | shape::range_iter);
    (!shapes.is_empty() && shapes.iter().all(known)).then_some(shapes)
}

/// FOR_ITER; `None`: it has met something else.
pub fn for_iter(b: &mut Builder<'_>, i: &Instruction, profile: &Profile) -> Option<Option<()>> {
    if profile.extra != 0 {
        return None;
    }
    match profile.shape {
        shape::list_iter | shape::tuple_iter | shape::range_iter => Some(plain(b, i, profile.shape)),
        shape::enumerate => {
            let [of] = inner(profile)?[..] else { return None };
            Some(enumerated(b, i, of))
        }
        shape::zip => {
            let shapes = inner(profile)?;
            Some(zipped(b, i, &shapes))
        }
        _ => None,
    }
}

fn to(block: crate::ir::Block) -> Target {
    Target { block, arguments: Vec::new() }
}

/// Goes to the loop's end where a source has no more items, and on behind that.
fn next_or_end(b: &mut Builder<'_>, i: &Instruction, source: &Source) -> Option<()> {
    let more = source.has_more(b);
    let (advance, ended) = (b.split(), b.split());
    b.end_with(End::Branch(more, to(advance), to(ended)));
    b.set_block(ended);
    source.end(b);
    b.jump_to(region::target(i)?)?;
    b.set_block(advance);
    Some(())
}

fn plain(b: &mut Builder<'_>, i: &Instruction, shape_met: u32) -> Option<()> {
    let iterator = b.peek(1)?;
    let state = b.before(i);
    let source = open(b, state, shape_met, iterator, false);
    next_or_end(b, i, &source)?;
    let item = source.take(b);
    b.push_value(item);
    b.jump_to(i.next)
}

fn enumerated(b: &mut Builder<'_>, i: &Instruction, of: u32) -> Option<()> {
    let object = b.peek(1)?;
    let state = b.before(i);
    let object = b.guarded(Op::GuardShape, u64::from(shape::enumerate), &[object], state);
    let iterator = b.pure(Op::LoadField, ENUMERATE_ITERATOR_OFFSET as u64, &[object]);
    let source = open(b, state, of, iterator, false);
    let index = b.pure(Op::LoadField, ENUMERATE_INDEX_OFFSET as u64, &[object]);
    let index = b.guarded(Op::GuardInt, 0, &[index], state);
    let one = b.pure(Op::Int, 1, &[]);
    let after = b.guarded(Op::IntAdd, 0, &[index, one], state);
    next_or_end(b, i, &source)?;
    let item = source.take(b);
    let after = b.pure(Op::BoxInt, 0, &[after]);
    b.pure(Op::StoreField, ENUMERATE_INDEX_OFFSET as u64, &[object, after]);
    let index = b.pure(Op::BoxInt, 0, &[index]);
    push_tuple(b, i, &[index, item]);
    b.jump_to(i.next)
}

fn zipped(b: &mut Builder<'_>, i: &Instruction, shapes: &[u32]) -> Option<()> {
    let object = b.peek(1)?;
    let state = b.before(i);
    let object = b.guarded(Op::GuardShape, u64::from(shape::zip), &[object], state);
    // (A strict one looks at all of them at the end.)
    let object = b.guarded(Op::GuardRaw, ZIP_STRICT_OFFSET as u64, &[object], state);
    let all = b.pure(Op::LoadField, ZIP_ITERATORS_OFFSET as u64, &[object]);
    let all = b.guarded(Op::GuardShape, u64::from(shape::tuple), &[all], state);
    let all = b.push(Op::GuardRaw, [tuple::TUPLE_LEN_OFFSET as u64, shapes.len() as u64], vec![all], Some(state));
    let mut sources = Vec::with_capacity(shapes.len());
    for (k, of) in shapes.iter().enumerate() {
        let k = b.pure(Op::Int, k as u64, &[]);
        let iterator = b.pure(Op::LoadElement, tuple::TUPLE_ITEMS_OFFSET as u64, &[all, k]);
        sources.push(open(b, state, *of, iterator, true));
    }
    // One iterator may stand there twice.
    for (k, second) in sources.iter().enumerate().skip(1) {
        for first in sources[..k].iter().filter(|first| first.shape == second.shape) {
            let same = b.pure(Op::Same, 0, &[first.iterator, second.iterator]);
            b.guarded(Op::GuardFalse, 0, &[same], state);
        }
    }
    let mut items = Vec::with_capacity(shapes.len());
    for source in &sources {
        next_or_end(b, i, source)?;
        items.push(source.take(b));
    }
    push_tuple(b, i, &items);
    b.jump_to(i.next)
}

fn push_tuple(b: &mut Builder<'_>, i: &Instruction, items: &[Val]) {
    let mut words = vec![b.pure(Op::Int, items.len() as u64, &[])];
    words.extend(items);
    let v = new(b, i, shape::tuple, TUPLE, words);
    b.set_full(v);
    b.push_value(v);
}

/// `enumerate(...)` or `zip(...)` that a `for` goes through; `None`: it can't be made here, and nothing was done.
pub fn make(b: &mut Builder<'_>, i: &Instruction, form: Form, arguments: &[Val]) -> Option<Val> {
    let get_iter = b.instruction_at(i.next).filter(|n| n.opcode == Opcode::GET_ITER && !b.is_refused(n))?;
    let for_iter = consumer(b, &get_iter)?;
    let (_, profile) = b.profile(&for_iter)?;
    let wanted = if form == Form::Zip { shape::zip } else { shape::enumerate };
    if profile.shape != wanted || profile.extra != 0 {
        return None;
    }
    let shapes = inner(&profile)?;
    if form == Form::Zip {
        if shapes.len() != arguments.len() {
            return None;
        }
        let mut words = vec![b.pure(Op::Int, shapes.len() as u64, &[])];
        for (v, of) in arguments.iter().zip(&shapes) {
            words.push(iterator_of(b, i, *of, *v)?);
        }
        let all = new(b, i, shape::tuple, TUPLE, words);
        let (empty, no) = (b.constant(0), b.pure(Op::Int, 0, &[]));
        return Some(new(b, i, shape::zip, ZIP, vec![empty, all, no]));
    }
    let ([of], [items, start @ ..]) = (&shapes[..], arguments) else { return None };
    let start = match *start {
        [] => b.pure(Op::Int, 0, &[]),
        [start] => int(b, i, start),
        _ => return None,
    };
    let iterator = iterator_of(b, i, *of, *items)?;
    let (empty, start) = (b.constant(0), b.pure(Op::BoxInt, 0, &[start]));
    Some(new(b, i, shape::enumerate, ENUMERATE, vec![empty, iterator, start]))
}
