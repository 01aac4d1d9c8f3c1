//! Value numbering and the local rules: what was computed or guarded on every way here is not again.

use std::collections::HashMap;

use brolga_runtime::value::Value;

use super::dominators::Dominators;
use crate::ir::{Block, Effects, Op, Unit, Val};

type Key = (Op, [u64; 2], Vec<Val>);

pub fn run(unit: &mut Unit) {
    let dominators = Dominators::new(unit);
    let calls = has_calls(unit);
    let mut map: Vec<Val> = (0..unit.insts.len() as u32).map(Val).collect();
    let mut known: HashMap<Key, Vec<(Val, Block)>> = HashMap::new();
    for &block in &dominators.order {
        // What was read from memory in this block, and not changed since.
        let mut read: HashMap<Key, Val> = HashMap::new();
        let insts = std::mem::take(&mut unit.blocks[block.index()].insts);
        let mut kept = Vec::with_capacity(insts.len());
        for v in insts {
            for operand in &mut unit.insts[v.index()].operands {
                *operand = map[operand.index()];
            }
            if let Some(same) = simplify(unit, v, &mut kept, &mut map) {
                map[v.index()] = same;
                continue;
            }
            let inst = unit.inst(v);
            let op = inst.op;
            let key = (op, inst.immediates, inst.operands.clone());
            if is_timeless(op, calls) {
                let same = known.get(&key).and_then(|all| all.iter().find(|(_, b)| dominators.dominates(*b, block)));
                if let Some((same, _)) = same {
                    map[v.index()] = *same;
                    continue;
                }
                known.entry(key).or_default().push((v, block));
            } else if op.effects().has(Effects::CALL) {
                read.clear();
            } else if op.effects().has(Effects::WRITE) {
                read.retain(|(reader, ..), _| !writes(op, *reader));
            } else if op.effects().has(Effects::READ) && op != Op::LoadSlot && op != Op::Poll && op != Op::CheckLeave {
                if let Some(same) = read.get(&key) {
                    map[v.index()] = *same;
                    continue;
                }
                read.insert(key, v);
            }
            kept.push(v);
        }
        unit.blocks[block.index()].insts = kept;
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

pub fn has_calls(unit: &Unit) -> bool {
    unit.reverse_postorder()
        .iter()
        .any(|b| unit.blocks[b.index()].insts.iter().any(|v| unit.inst(*v).op.effects().has(Effects::CALL)))
}

/// Does the operation give the same wherever it stands? Without calls in the unit nobody changes shapes and versions.
pub fn is_timeless(op: Op, calls: bool) -> bool {
    let effects = op.effects();
    if effects.has(Effects::WRITE)
        || effects.has(Effects::CALL)
        || matches!(op, Op::Param | Op::Poll | Op::CheckLeave | Op::Anchor)
    {
        return false;
    }
    !effects.has(Effects::READ)
        || !calls && matches!(op, Op::GuardShape | Op::GuardWord | Op::GuardPointer | Op::LoadAddress)
}

/// May a store of this kind change what such a load reads?
fn writes(store: Op, load: Op) -> bool {
    match store {
        Op::StoreField => load == Op::LoadField,
        Op::StoreRaw => load == Op::LoadRaw,
        Op::StoreElement => load == Op::LoadElement,
        // The frame's slots are nobody else's.
        Op::StoreSlot => false,
        _ => true,
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
        (Op::GuardBound, Some(Op::BoxInt | Op::BoxFloat | Op::BoxBool)) => operand,
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
