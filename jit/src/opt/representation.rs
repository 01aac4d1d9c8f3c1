//! Block parameters that are always ints, or always floats, are held raw: a loop's counters and sums stay in registers.
//!
//! Optimistic: every parameter with a boxed argument is a candidate, and falls if an argument can't be had raw. What
//! enters a loop by an anchor may be guarded there, where the loop guards the parameter anyway.

use std::collections::BTreeMap;

use brolga_runtime::value::Value;

use super::Options;
use super::dominators::Dominators;
use super::parameters::{arguments, each_target};
use super::rotate::anchor;
use crate::ir::{Block, Inst, Op, State, Type, Unit, Val};

/// Was a representation changed?
pub fn run(unit: &mut Unit, options: &Options) -> bool {
    let dominators = Dominators::new(unit);
    // Where a loop is entered, and may be guarded.
    let mut anchors: BTreeMap<Block, State> = BTreeMap::new();
    for &block in &dominators.order {
        if let Some((_, s)) = anchor(unit, block)
            && !options.unhoisted.contains(&unit.states[s.index()].pc)
        {
            anchors.insert(block, s);
        }
    }
    let mut candidates: BTreeMap<Val, Type> = BTreeMap::new();
    let mut blocks: BTreeMap<Val, (Block, usize)> = BTreeMap::new();
    for &block in dominators.order.iter().skip(1) {
        for (i, &p) in unit.blocks[block.index()].parameters.iter().enumerate() {
            if unit.ty(p) != Some(Type::Any) {
                continue;
            }
            blocks.insert(p, (block, i));
            for &from in &dominators.predecessors[block.index()] {
                for a in arguments(unit, from, block, i) {
                    match unit.inst(a).op {
                        Op::BoxInt => {
                            candidates.entry(p).or_insert(Type::Int);
                        }
                        Op::BoxFloat => {
                            candidates.entry(p).or_insert(Type::Float);
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    // Parameters that only get candidates become candidates.
    let mut changed = true;
    while changed {
        changed = false;
        for (&p, &(block, i)) in &blocks {
            if candidates.contains_key(&p) {
                continue;
            }
            let from_candidate = dominators.predecessors[block.index()]
                .iter()
                .flat_map(|from| arguments(unit, *from, block, i))
                .find_map(|a| candidates.get(&a).copied());
            if let Some(ty) = from_candidate {
                candidates.insert(p, ty);
                changed = true;
            }
        }
    }
    let mut guarded = guarded_values(unit);
    // What becomes a guarded parameter had better be of its type.
    let mut work: Vec<(Val, Type)> = guarded.iter().map(|(v, ty)| (*v, *ty)).collect();
    work.sort_by_key(|(v, _)| *v);
    while let Some((v, ty)) = work.pop() {
        let Some(&(block, i)) = blocks.get(&v) else { continue };
        for a in dominators.predecessors[block.index()].iter().flat_map(|from| arguments(unit, *from, block, i)) {
            if unit.inst(a).op == Op::Param && !guarded.contains_key(&a) {
                guarded.insert(a, ty);
                work.push((a, ty));
            }
        }
    }
    loop {
        let fallen: Vec<Val> = candidates
            .iter()
            .filter(|(p, ty)| {
                let Some(&(block, i)) = blocks.get(p) else { return true };
                !dominators.predecessors[block.index()].iter().all(|from| {
                    arguments(unit, *from, block, i).all(|a| {
                        is_raw(unit, a, **ty, &candidates)
                            || anchors.contains_key(from)
                                && (guarded.get(p).is_some_and(|g| g == *ty) && unit.inst(a).op != Op::Const
                                    || unit.inst(a).op == Op::LoadSlot)
                    })
                })
            })
            .map(|(p, _)| *p)
            .collect();
        if fallen.is_empty() {
            break;
        }
        for p in fallen {
            candidates.remove(&p);
        }
    }
    if candidates.is_empty() {
        return false;
    }
    rewrite(unit, &dominators, &candidates, &blocks, &anchors);
    true
}

/// Parameters that an instruction guards to be of a type.
fn guarded_values(unit: &Unit) -> BTreeMap<Val, Type> {
    let mut all = BTreeMap::new();
    for block in unit.reverse_postorder() {
        for v in &unit.blocks[block.index()].insts {
            let inst = unit.inst(*v);
            let ty = match inst.op {
                Op::GuardInt => Type::Int,
                Op::GuardFloat => Type::Float,
                _ => continue,
            };
            if let Some(operand) = inst.operands.first() {
                all.insert(*operand, ty);
            }
        }
    }
    all
}

fn is_raw(unit: &Unit, v: Val, ty: Type, candidates: &BTreeMap<Val, Type>) -> bool {
    let inst = unit.inst(v);
    match inst.op {
        Op::BoxInt => ty == Type::Int,
        Op::BoxFloat => ty == Type::Float,
        Op::Const if inst.immediates[0] != 0 => {
            // SAFETY: a constant's word is 0 or a value's.
            let word = unsafe { Value::from_bits(inst.immediates[0]) };
            match ty {
                Type::Int => word.is_small_int(),
                Type::Float => word.is_float(),
                _ => false,
            }
        }
        _ => candidates.get(&v) == Some(&ty),
    }
}

fn rewrite(
    unit: &mut Unit,
    dominators: &Dominators,
    candidates: &BTreeMap<Val, Type>,
    blocks: &BTreeMap<Val, (Block, usize)>,
    anchors: &BTreeMap<Block, State>,
) {
    // Each candidate gets a raw parameter in its place, and is boxed from it at the start of its block.
    let mut by_block: BTreeMap<Block, Vec<(usize, Val, Type)>> = BTreeMap::new();
    for (p, ty) in candidates {
        if let Some(&(block, i)) = blocks.get(p) {
            by_block.entry(block).or_default().push((i, *p, *ty));
        }
    }
    let mut raw: BTreeMap<Val, Val> = BTreeMap::new();
    for (block, list) in &by_block {
        let mut boxes = Vec::new();
        for &(i, p, ty) in list {
            let new =
                unit.make(Inst { op: Op::Param, immediates: [0; 2], operands: vec![], state: None, ty: Some(ty) });
            unit.blocks[block.index()].parameters[i] = new;
            raw.insert(p, new);
            // The old parameter becomes the box: its uses stay as they are.
            let op = if ty == Type::Int { Op::BoxInt } else { Op::BoxFloat };
            unit.insts[p.index()] =
                Inst { op, immediates: [0; 2], operands: vec![new], state: None, ty: Some(Type::Any) };
            boxes.push(p);
        }
        boxes.sort();
        let insts = &mut unit.blocks[block.index()].insts;
        insts.splice(0..0, boxes);
    }
    // The arguments, at the end of the blocks that pass them.
    for &from in &dominators.order {
        let mut end = unit.blocks[from.index()].end.take();
        each_target(&mut end, |t| {
            let Some(list) = by_block.get(&t.block) else { return };
            for &(i, _, ty) in list {
                let Some(slot) = t.arguments.get_mut(i) else { continue };
                let a = *slot;
                *slot = match raw.get(&a) {
                    Some(r) => *r,
                    None => unboxed(unit, from, a, ty, anchors.get(&from).copied()),
                };
            }
        });
        unit.blocks[from.index()].end = end;
    }
}

/// The raw form of an argument, computed at the end of `from`.
fn unboxed(unit: &mut Unit, from: Block, a: Val, ty: Type, anchor: Option<State>) -> Val {
    let inst = unit.inst(a).clone();
    match (inst.op, ty) {
        (Op::BoxInt | Op::BoxFloat, _) => return inst.operands[0],
        (Op::Const, Type::Int) => {
            // SAFETY: a constant's word is 0 or a value's; `is_raw` has seen that it is an int.
            let i = unsafe { Value::from_bits(inst.immediates[0].max(1)) }.small_int_unchecked();
            return unit.push(from, Op::Int, [i as u64, 0], vec![], None);
        }
        (Op::Const, _) => {
            // SAFETY: likewise, a float.
            let f = unsafe { Value::from_bits(inst.immediates[0].max(1)) }.f64_unchecked();
            return unit.push(from, Op::Float, [f.to_bits(), 0], vec![], None);
        }
        _ => {}
    }
    // Only where the loop is entered: the interpreter goes on at its start.
    let op = if ty == Type::Int { Op::GuardInt } else { Op::GuardFloat };
    unit.push(from, op, [0; 2], vec![a], anchor)
}
