//! Value numbering and the local rules: what was computed or guarded on every way here is not again.

use brolga_runtime::object::layout;
use brolga_runtime::types::shape;
use brolga_runtime::value::Value;
use rustc_hash::FxHashMap as HashMap;

use super::dominators::Dominators;
use super::memory::{self, Access, Write};
use crate::ir::{Block, Effects, Op, Unit, Val};
use crate::planted;

/// Operands of an operation that is numbered.
const MAX_OPERANDS: usize = 3;

/// What an operation computes, of operands. Plain data: what is known is copied from block to block.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
struct Key {
    op: Op,
    immediates: [u64; 2],
    operands: [Val; MAX_OPERANDS],
    count: u8,
}

impl Key {
    /// `None`: it has more operands.
    fn new(op: Op, immediates: [u64; 2], of: &[Val]) -> Option<Key> {
        let mut operands = [Val(u32::MAX); MAX_OPERANDS];
        operands.get_mut(..of.len())?.copy_from_slice(of);
        Some(Key { op, immediates, operands, count: of.len() as u8 })
    }

    /// The same, where what is guarded for its shape is what it was before other guards.
    fn of(unit: &Unit, op: Op, immediates: [u64; 2], of: &[Val]) -> Option<Key> {
        match *of {
            [v] if op == Op::GuardShape => Key::new(op, immediates, &[unguarded(unit, v)]),
            _ => Key::new(op, immediates, of),
        }
    }
}

/// The value before the guards that it has passed, which give the very word.
fn unguarded(unit: &Unit, mut v: Val) -> Val {
    loop {
        let inst = unit.inst(v);
        match (inst.op, inst.operands.as_slice()) {
            (
                Op::GuardShape | Op::GuardLayout | Op::GuardObject | Op::GuardBound | Op::GuardRaw | Op::GuardIs,
                &[before],
            ) => v = before,
            _ => return v,
        }
    }
}

/// What memory is known to hold.
type Facts = HashMap<Key, (Val, Access)>;

pub fn run(unit: &mut Unit) {
    let dominators = Dominators::new(unit);
    let written: Vec<Vec<Write>> = unit.block_ids().map(|b| block_writes(unit, b)).collect();
    let mut map: Vec<Val> = (0..unit.insts.len() as u32).map(Val).collect();
    let mut known: HashMap<Key, Vec<(Val, Block)>> = HashMap::default();
    let mut at_end: Vec<Option<Facts>> = vec![None; unit.blocks.len()];
    for &block in &dominators.order {
        let mut facts = facts_at(&dominators, &written, &at_end, block);
        let insts = std::mem::take(&mut unit.blocks[block.index()].insts);
        let mut kept = Vec::with_capacity(insts.len());
        for v in insts {
            for operand in &mut unit.insts[v.index()].operands {
                *operand = map[operand.index()];
            }
            see_through(unit, v);
            if let Some(same) = simplify(unit, v, &mut kept, &mut map) {
                map[v.index()] = same;
                continue;
            }
            let inst = unit.inst(v);
            let op = inst.op;
            let key = Key::of(unit, op, inst.immediates, &inst.operands);
            if is_timeless(unit, v) {
                if let Some(key) = key {
                    let all = known.entry(key).or_default();
                    if let Some((same, _)) = all.iter().find(|(_, b)| dominators.dominates(*b, block)) {
                        map[v.index()] = *same;
                        continue;
                    }
                    all.push((v, block));
                }
            } else if let Some(write) = memory::writes(unit, v) {
                facts.retain(|_, (_, read)| !write.changes(*read));
                if let Some(((op, immediates, operands), object, access)) = memory::known_shape(unit, v) {
                    facts.extend(Key::of(unit, op, immediates, &operands).map(|guard| (guard, (object, access))));
                }
                if let (Some((load, operands, value)), Write::One(access)) = (memory::stored(unit, v), write) {
                    facts.extend(Key::new(load, inst.immediates, &operands).map(|load| (load, (value, access))));
                }
            } else if let (true, Some(access), Some(key)) = (memory::is_repeated(op), memory::reads(unit, v), key) {
                if let Some(same) = known_already(&facts, &key) {
                    map[v.index()] = same;
                    continue;
                }
                facts.insert(key, (v, access));
            }
            kept.push(v);
        }
        unit.blocks[block.index()].insts = kept;
        at_end[block.index()] = Some(facts);
    }
    for i in 0..map.len() {
        let mut to = map[i];
        while map[to.index()] != to {
            to = map[to.index()];
        }
        map[i] = to;
    }
    // Made on the way.
    map.extend((map.len() as u32..unit.insts.len() as u32).map(Val));
    unit.rename(&map);
}

/// What an operation gives whose key is this, by what memory is known to hold.
fn known_already(facts: &Facts, key: &Key) -> Option<Val> {
    if let Some((same, _)) = facts.get(key) {
        return Some(*same);
    }
    let [first, span] = key.immediates;
    if key.op != Op::GuardShape || span == 0 {
        return None;
    }
    // An object that has one of some of the shapes.
    let inside = |[of, more]: [u64; 2]| of >= first && of + more <= first + span;
    let is_stronger = |k: &Key| k.op == Op::GuardShape && inside(k.immediates) && k.operands == key.operands;
    let stronger = facts.iter().filter(|(k, _)| is_stronger(k));
    stronger.map(|(_, (same, _))| *same).min_by_key(|same| same.index())
}

/// What is known where a block begins: what the block that dominates it knew at its end, but for what was written on a
/// way from there.
fn facts_at(dominators: &Dominators, written: &[Vec<Write>], at_end: &[Option<Facts>], block: Block) -> Facts {
    let Some(above) = dominators.immediate(block) else { return Facts::default() };
    let Some(mut facts) = at_end[above.index()].clone() else { return Facts::default() };
    let mut between = vec![false; written.len()];
    let mut work = dominators.predecessors[block.index()].clone();
    while let Some(at) = work.pop() {
        if at != above && !std::mem::replace(&mut between[at.index()], true) {
            for write in &written[at.index()] {
                if planted::is(17) {
                    break;
                }
                facts.retain(|_, (_, read)| !write.changes(*read));
            }
            work.extend(&dominators.predecessors[at.index()]);
        }
    }
    facts
}

/// What a block may change.
pub fn block_writes(unit: &Unit, block: Block) -> Vec<Write> {
    let mut all: Vec<Write> = Vec::new();
    for v in &unit.blocks[block.index()].insts {
        if let Some(write) = memory::writes(unit, *v)
            && !all.contains(&write)
        {
            all.push(write);
        }
    }
    all
}

/// Does the operation give the same wherever it stands?
pub fn is_timeless(unit: &Unit, v: Val) -> bool {
    let op = unit.inst(v).op;
    let effects = op.effects();
    !effects.has(Effects::WRITE)
        && !effects.has(Effects::CALL)
        && !matches!(op, Op::Param | Op::Poll | Op::CheckLeave | Op::Anchor)
        && memory::reads(unit, v).is_none()
}

/// A guard that fails for an empty slot need not wait until it is known to be full.
fn see_through(unit: &mut Unit, v: Val) {
    let inst = unit.inst(v);
    if let (Op::GuardInt | Op::GuardFloat | Op::GuardBool | Op::GuardShape | Op::GuardLayout, &[operand]) =
        (inst.op, inst.operands.as_slice())
        && unit.inst(operand).op == Op::GuardBound
        && let Some(&slot) = unit.inst(operand).operands.first()
    {
        unit.insts[v.index()].operands[0] = slot;
    }
}

/// The value that `v` is without being computed.
fn simplify(unit: &mut Unit, v: Val, kept: &mut Vec<Val>, map: &mut Vec<Val>) -> Option<Val> {
    let inst = unit.inst(v);
    let first = inst.operands.first().map(|o| unit.inst(*o));
    let (op, operand) = (inst.op, inst.operands.first().copied());
    let inner = first.and_then(|f| f.operands.first().copied());
    let word = match first {
        // SAFETY: a constant's word is 0 or a value's.
        Some(f) if f.op == Op::Const && f.immediates[0] != 0 => Some(unsafe { Value::from_bits(f.immediates[0]) }),
        _ => None,
    };
    let mut make = |unit: &mut Unit, op: Op, immediate: u64| {
        let made = unit.make(crate::ir::Inst {
            op,
            immediates: [immediate, 0],
            operands: Vec::new(),
            state: None,
            ty: op.info().result,
        });
        map.push(made);
        kept.push(made);
        made
    };
    match (op, first.map(|f| f.op)) {
        (Op::GuardInt, Some(Op::BoxInt))
        | (Op::GuardFloat, Some(Op::BoxFloat))
        | (Op::GuardBool, Some(Op::BoxBool))
        | (Op::BoxInt, Some(Op::GuardInt))
        | (Op::BoxFloat, Some(Op::GuardFloat))
        | (Op::BoxBool, Some(Op::GuardBool))
        | (Op::Not, Some(Op::Not)) => inner,
        (
            Op::GuardBound,
            Some(Op::BoxInt | Op::BoxFloat | Op::BoxBool | Op::GuardShape | Op::GuardLayout | Op::New),
        ) => operand,
        (Op::GuardObject, Some(Op::GuardShape | Op::GuardLayout | Op::New)) => operand,
        (Op::GuardLayout, Some(Op::GuardShape)) => {
            let is_list = first?.immediates == [u64::from(shape::list), 0];
            (is_list && inst.immediates[0] == u64::from(layout::LIST.0)).then_some(operand).flatten()
        }
        (Op::GuardIs, Some(Op::Const)) => (first?.immediates[0] == inst.immediates[0]).then_some(operand).flatten(),
        // (Nobody uses what these give.)
        (Op::GuardFalse, Some(Op::Bool)) => (first?.immediates[0] == 0).then_some(operand).flatten(),
        (Op::GuardTrue, Some(Op::Bool)) => (first?.immediates[0] == 1).then_some(operand).flatten(),
        (Op::GuardShape, Some(Op::New)) => {
            let made = memory::shape_of_header(first?.immediates[0]);
            (memory::in_shapes(inst.immediates, made) && memory::is_fixed(made)).then_some(operand).flatten()
        }
        (Op::GuardBound, Some(Op::Const)) if word.is_some() => operand,
        (Op::GuardInt, Some(Op::Const)) => word?.as_small_int().map(|i| make(unit, Op::Int, i as u64)),
        (Op::GuardFloat, Some(Op::Const)) => word?.as_f64().map(|f| make(unit, Op::Float, f.to_bits())),
        (Op::IntToFloat, Some(Op::Int)) => {
            let i = first?.immediates[0] as i64;
            Some(make(unit, Op::Float, (i as f64).to_bits()))
        }
        (Op::Same, Some(Op::BoxBool)) => {
            let other = unit.inst(*inst.operands.get(1)?);
            (other.op == Op::Const && other.immediates[0] == Value::TRUE.bits()).then_some(inner).flatten()
        }
        _ => None,
    }
}
