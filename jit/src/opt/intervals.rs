//! Between which numbers ints lie, and what need not be checked therefore: sums that stay within 49 bits, indexes that
//! are not negative.
//!
//! Optimistic over the loops' parameters, with widening; a value is known better where a branch that tested it leads.

use brolga_runtime::types::{list, shape, tuple};

use super::dominators::Dominators;
use super::hoist::preheader;
use super::loops::Loops;
use super::{Options, memory};
use crate::ir::{Block, End, Op, Type, Unit, Val};
use crate::planted;

/// Both ends belong to it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
struct Interval {
    low: i64,
    high: i64,
}

const FULL: Interval = Interval { low: i64::MIN, high: i64::MAX };
const SMALL: Interval = Interval { low: -(1 << 48), high: (1 << 48) - 1 };
const LENGTH: Interval = Interval { low: 0, high: 1 << 47 };
/// Rounds before what still grows is taken to be anything.
const ROUNDS: usize = 4;

impl Interval {
    fn of(low: i128, high: i128) -> Interval {
        match (i64::try_from(low), i64::try_from(high)) {
            (Ok(low), Ok(high)) => Interval { low, high },
            _ => FULL,
        }
    }

    fn meet(self, other: Interval) -> Interval {
        let met = Interval { low: self.low.max(other.low), high: self.high.min(other.high) };
        // Empty: it is never reached. Any answer is right.
        if met.low > met.high { self } else { met }
    }

    fn join(self, other: Interval) -> Interval {
        let high = if planted::is(20) { self.high } else { self.high.max(other.high) };
        Interval { low: self.low.min(other.low), high }
    }

    fn within(self, other: Interval) -> bool {
        self.low >= other.low && self.high <= other.high
    }

    fn plus(self, other: Interval) -> Interval {
        Interval::of(i128::from(self.low) + i128::from(other.low), i128::from(self.high) + i128::from(other.high))
    }

    fn minus(self, other: Interval) -> Interval {
        Interval::of(i128::from(self.low) - i128::from(other.high), i128::from(self.high) - i128::from(other.low))
    }
}

pub fn run(unit: &mut Unit, options: &Options) {
    check_ranges(unit, options);
    let dominators = Dominators::new(unit);
    let analysis = Analysis::new(unit, &dominators);
    let mut map: Vec<Val> = (0..unit.insts.len() as u32).map(Val).collect();
    let mut changes: Vec<(Val, Op)> = Vec::new();
    for &block in &dominators.order {
        for &v in &unit.blocks[block.index()].insts {
            let inst = unit.inst(v);
            let at = |i: usize| analysis.at(block, inst.operands[i]);
            match inst.op {
                Op::IntAdd if at(0).plus(at(1)).within(SMALL) => changes.push((v, Op::RawAdd)),
                Op::IntSub if at(0).minus(at(1)).within(SMALL) => changes.push((v, Op::RawSub)),
                Op::CheckInt if at(0).within(SMALL) => map[v.index()] = inst.operands[0],
                Op::CheckIndex if at(0).low >= 0 => changes.push((v, Op::CheckBelow)),
                _ => {}
            }
        }
    }
    for (v, op) in changes {
        unit.insts[v.index()].op = op;
        if !op.needs_state() {
            unit.insts[v.index()].state = None;
        }
    }
    remove(unit, map);
}

/// Instructions that are another value go.
fn remove(unit: &mut Unit, mut map: Vec<Val>) {
    for i in 0..map.len() {
        let mut to = map[i];
        while map[to.index()] != to {
            to = map[to.index()];
        }
        map[i] = to;
    }
    for block in &mut unit.blocks {
        block.insts.retain(|v| map[v.index()] == *v);
    }
    map.extend((map.len() as u32..unit.insts.len() as u32).map(Val));
    unit.rename(&map);
}

struct Analysis<'a> {
    unit: &'a Unit,
    dominators: &'a Dominators,
    /// `None`: not computed yet, or no int.
    known: Vec<Option<Interval>>,
}

impl<'a> Analysis<'a> {
    fn new(unit: &'a Unit, dominators: &'a Dominators) -> Analysis<'a> {
        let mut this = Analysis { unit, dominators, known: vec![None; unit.insts.len()] };
        for round in 0.. {
            let mut changed = false;
            for &block in &dominators.order {
                for (i, &p) in unit.blocks[block.index()].parameters.iter().enumerate() {
                    if unit.ty(p) != Some(Type::Int) {
                        continue;
                    }
                    let before = this.known[p.index()];
                    let mut new = this.parameter(block, i);
                    if let (Some(new), Some(old)) = (&mut new, before) {
                        *new = new.join(old);
                        if round >= ROUNDS {
                            new.low = if new.low < old.low { i64::MIN } else { new.low };
                            new.high = if new.high > old.high { i64::MAX } else { new.high };
                        }
                    }
                    changed |= new != before;
                    this.known[p.index()] = new;
                }
                for &v in &unit.blocks[block.index()].insts {
                    if unit.ty(v) == Some(Type::Int) {
                        let new = Some(this.compute(block, v));
                        changed |= new != this.known[v.index()];
                        this.known[v.index()] = new;
                    }
                }
            }
            if !changed {
                break;
            }
        }
        this
    }

    /// What a parameter gets on the ways that were seen already.
    fn parameter(&self, block: Block, i: usize) -> Option<Interval> {
        let mut all: Option<Interval> = None;
        for &from in &self.dominators.predecessors[block.index()] {
            let mut join = |a: Val, taken: Option<bool>| {
                if self.known[a.index()].is_none() {
                    return;
                }
                let mut interval = self.at(from, a);
                if let (Some(taken), Some(End::Branch(c, _, _))) = (taken, &self.unit.blocks[from.index()].end) {
                    interval = self.refined(interval, a, *c, taken);
                }
                all = Some(all.map_or(interval, |x| x.join(interval)));
            };
            match &self.unit.blocks[from.index()].end {
                Some(End::Jump(t)) if t.block == block => t.arguments.get(i).into_iter().for_each(|a| join(*a, None)),
                Some(End::Branch(_, x, y)) => {
                    let both = x.block == y.block;
                    for (t, taken) in [(x, true), (y, false)] {
                        if t.block == block {
                            t.arguments.get(i).into_iter().for_each(|a| join(*a, (!both).then_some(taken)));
                        }
                    }
                }
                _ => {}
            }
        }
        all
    }

    /// A value in a block: what tests on the way there say of it, too.
    fn at(&self, block: Block, v: Val) -> Interval {
        let mut interval = self.known[v.index()].unwrap_or(FULL);
        let mut at = block;
        loop {
            if let [from] = self.dominators.predecessors[at.index()].as_slice()
                && let Some(End::Branch(c, x, y)) = &self.unit.blocks[from.index()].end
                && x.block != y.block
            {
                interval = self.refined(interval, v, *c, x.block == at);
            }
            match self.dominators.immediate(at) {
                Some(up) => at = up,
                None => return interval,
            }
        }
    }

    /// The interval where a comparison came out so.
    fn refined(&self, interval: Interval, v: Val, condition: Val, taken: bool) -> Interval {
        let inst = self.unit.inst(condition);
        let (Op::IntCompare, &[x, y]) = (inst.op, inst.operands.as_slice()) else { return interval };
        let (other, mut comparison) = if x == v {
            (y, inst.immediates[0])
        } else if y == v {
            // Seen from the other side.
            (x, [4, 5, 2, 3, 0, 1].get(inst.immediates[0] as usize).copied().unwrap_or(3))
        } else {
            return interval;
        };
        if !taken {
            comparison = [5, 4, 3, 2, 1, 0].get(comparison as usize).copied().unwrap_or(3);
        }
        let Some(other) = self.known[other.index()] else { return interval };
        interval.meet(match comparison {
            0 => Interval { high: other.high.saturating_sub(1), ..FULL },
            1 => Interval { high: other.high, ..FULL },
            2 => other,
            4 => Interval { low: other.low.saturating_add(1), ..FULL },
            5 => Interval { low: other.low, ..FULL },
            _ => FULL,
        })
    }

    fn compute(&self, block: Block, v: Val) -> Interval {
        let inst = self.unit.inst(v);
        let at = |i: usize| inst.operands.get(i).map_or(FULL, |o| self.at(block, *o));
        // Divisors and masks that are known.
        let constant = |i: usize| {
            let of = self.unit.inst(*inst.operands.get(i)?);
            (of.op == Op::Int).then_some(of.immediates[0] as i64).filter(|c| *c > 0)
        };
        match inst.op {
            Op::Int => Interval { low: inst.immediates[0] as i64, high: inst.immediates[0] as i64 },
            Op::RawAdd => at(0).plus(at(1)),
            Op::RawSub => at(0).minus(at(1)),
            Op::IntAdd => at(0).plus(at(1)).meet(SMALL),
            Op::IntSub => at(0).minus(at(1)).meet(SMALL),
            Op::CheckInt => at(0).meet(SMALL),
            Op::CheckIndex | Op::CheckBelow => LENGTH.meet(Interval { low: 0, high: at(1).high.saturating_sub(1) }),
            Op::IntAnd => match (constant(0), constant(1), at(0), at(1)) {
                (Some(c), _, _, _) | (_, Some(c), _, _) => Interval { low: 0, high: c },
                (_, _, x, y) if x.low >= 0 && y.low >= 0 => Interval { low: 0, high: x.high.min(y.high) },
                _ => FULL,
            },
            Op::IntMax => {
                let (x, y) = (at(0), at(1));
                Interval { low: x.low.max(y.low), high: x.high.max(y.high) }
            }
            Op::IntMin => {
                let (x, y) = (at(0), at(1));
                Interval { low: x.low.min(y.low), high: x.high.min(y.high) }
            }
            Op::IntMod => match constant(1) {
                Some(d) => Interval { low: 0, high: d - 1 },
                None => SMALL,
            },
            Op::IntFloorDiv => match constant(1) {
                Some(d) => Interval { low: at(0).low.div_euclid(d), high: at(0).high.div_euclid(d) },
                None => SMALL,
            },
            Op::GuardInt | Op::IntMul | Op::IntNeg | Op::IntShl | Op::FloatToInt => SMALL,
            Op::KnownInt => SMALL,
            Op::KnownIndex => Interval { low: 0, ..SMALL },
            Op::LoadRaw => match memory::shape_of(self.unit, inst.operands.first().copied()) {
                Some(shape) if is_length(shape, inst.immediates[0]) => LENGTH,
                _ => FULL,
            },
            _ => FULL,
        }
    }
}

/// What a range iterator counts through was looked at once, before the loop: no number is too large, and where they are
/// indexes, none is negative.
fn check_ranges(unit: &mut Unit, options: &Options) {
    let dominators = Dominators::new(unit);
    let loops = Loops::new(unit, &dominators);
    for l in &loops.all {
        let Some((before, Some(state))) = preheader(unit, l, &dominators, options) else { continue };
        let &[latch] = l.latches.as_slice() else { continue };
        let Some(End::Jump(entry)) = unit.blocks[before.index()].end.clone() else { continue };
        let Some(End::Branch(condition, x, y)) = unit.blocks[latch.index()].end.clone() else { continue };
        if x.block != l.header || y.block == l.header {
            continue;
        }
        let inst = unit.inst(condition);
        let (Op::IntCompare, 4, &[left, zero]) = (inst.op, inst.immediates[0], inst.operands.as_slice()) else {
            continue;
        };
        let is = |v: Val, n: u64| unit.inst(v).op == Op::Int && unit.inst(v).immediates[0] == n;
        let parameters = unit.blocks[l.header.index()].parameters.clone();
        // `remaining`: one less in each turn, which goes on while it is above 0.
        let counts = is(zero, 0)
            && matches!((unit.inst(left).op, unit.inst(left).operands.as_slice()), (Op::RawSub, &[r, one])
                if is(one, 1) && parameters.iter().zip(&x.arguments).any(|(p, a)| *p == r && *a == left));
        if !counts {
            continue;
        }
        let Some(remaining) = unit.inst(left).operands.first().copied() else { continue };
        let Some(first) = parameters.iter().position(|p| *p == remaining).and_then(|i| entry.arguments.get(i)) else {
            continue;
        };
        let inside = |v: Val| {
            l.blocks().any(|b| {
                let data = &unit.blocks[b.index()];
                data.insts.contains(&v) || data.parameters.contains(&v)
            })
        };
        // `next`: it is checked, and a step is added to it.
        let next = parameters.iter().enumerate().find_map(|(i, &p)| {
            let sum = unit.inst(*x.arguments.get(i)?);
            let (Op::RawAdd, &[from, step]) = (sum.op, sum.operands.as_slice()) else { return None };
            let checked = unit.inst(from);
            let is_next = checked.op == Op::CheckInt && checked.operands.first() == Some(&p);
            (is_next && !inside(step)).then_some((*entry.arguments.get(i)?, p, from, step))
        });
        let Some((start, p, checked, step)) = next else { continue };
        let indexes = l.blocks().any(|b| {
            unit.blocks[b.index()].insts.iter().any(|v| {
                let inst = unit.inst(*v);
                inst.op == Op::CheckIndex && inst.operands.first() == Some(&checked)
            })
        });
        let first = *first;
        let op = if indexes { Op::CheckIndexes } else { Op::CheckRange };
        let new = unit.push(before, op, [0; 2], vec![start, first, step], Some(state));
        // In the loop the start is the one that was looked at.
        if let Some(End::Jump(t)) = &mut unit.blocks[before.index()].end
            && let Some(i) = parameters.iter().position(|q| *q == p)
        {
            t.arguments[i] = new;
        }
        // The parameter's own check says what it is: it stays in the form that costs nothing.
        let inst = &mut unit.insts[checked.index()];
        inst.op = if indexes { Op::KnownIndex } else { Op::KnownInt };
        inst.state = None;
    }
}

/// Where lists and tuples have their lengths.
pub fn is_length(shape_id: u64, offset: u64) -> bool {
    shape_id == u64::from(shape::list) && offset == list::LIST_LEN_OFFSET as u64
        || shape_id == u64::from(shape::tuple) && offset == tuple::TUPLE_LEN_OFFSET as u64
}
