//! What a loop keeps in a field of an object becomes a value: the field is read before the loop, and written where the
//! loop is left (by a way out, or by an exit: its frame state names the write).
//!
//! The object must be the same in all turns, and nothing else in the loop may read or write the field: another object
//! that may be the same one, or a call.

use rustc_hash::FxHashMap as HashMap;

use super::Options;
use super::dominators::Dominators;
use super::hoist::preheader;
use super::loops::{Loop, Loops};
use super::memory::{self, Access, Write};
use super::parameters::each_target;
use crate::ir::{Block, Effects, End, Inst, Op, Pending, State, Target, Type, Unit, Val};
use crate::planted;

/// Fields of one loop.
const MAX_FIELDS: usize = 12;

/// Was a field promoted?
pub fn run(unit: &mut Unit, options: &Options) -> bool {
    let mut done: Vec<Block> = Vec::new();
    let mut changed = false;
    loop {
        let dominators = Dominators::new(unit);
        let loops = Loops::new(unit, &dominators);
        let Some(l) = loops.all.iter().find(|l| !done.contains(&l.header)) else { return changed };
        done.push(l.header);
        if let Some((before, _)) = preheader(unit, l, &dominators, options) {
            for field in fields(unit, l) {
                promote(unit, l, &dominators, before, field);
                changed = true;
            }
        }
    }
}

/// A field: the load that reads it, the object, its offset.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
struct Field {
    load: Op,
    object: Val,
    offset: u64,
}

impl Field {
    fn of(inst: &Inst) -> Option<(Field, bool)> {
        let (load, stores) = match inst.op {
            Op::LoadField => (Op::LoadField, false),
            Op::StoreField => (Op::LoadField, true),
            Op::LoadVariable => (Op::LoadVariable, false),
            Op::StoreVariable => (Op::LoadVariable, true),
            Op::LoadRaw => (Op::LoadRaw, false),
            Op::StoreRaw => (Op::LoadRaw, true),
            _ => return None,
        };
        Some((Field { load, object: *inst.operands.first()?, offset: inst.immediates[0] }, stores))
    }

    /// Is it a number as it stands, rather than a slot?
    fn is_raw(self) -> bool {
        self.load == Op::LoadRaw
    }

    fn ty(self) -> Type {
        if self.is_raw() { Type::Int } else { Type::Any }
    }

    fn store(self) -> Op {
        match self.load {
            Op::LoadRaw => Op::StoreRaw,
            Op::LoadVariable => Op::StoreVariable,
            _ => Op::StoreField,
        }
    }
}

/// The fields that a loop may keep as values.
fn fields(unit: &Unit, l: &Loop) -> Vec<Field> {
    let mut inside = vec![false; unit.insts.len()];
    let mut all: Vec<Val> = Vec::new();
    for block in l.blocks() {
        let data = &unit.blocks[block.index()];
        for v in data.parameters.iter().chain(&data.insts) {
            inside[v.index()] = true;
        }
        all.extend(&data.insts);
    }
    let mut stored: Vec<(Field, Access)> = Vec::new();
    for v in &all {
        if let Some((field, true)) = Field::of(unit.inst(*v))
            && !inside[field.object.index()]
            && let Some(Write::One(access)) = memory::writes(unit, *v)
            && !stored.iter().any(|(f, _)| *f == field)
        {
            stored.push((field, access));
        }
    }
    stored.retain(|(field, access)| {
        all.iter().all(|v| {
            let inst = unit.inst(*v);
            if Field::of(inst).is_some_and(|(f, _)| f == *field) {
                return true;
            }
            let reads = match inst.op {
                Op::Poll | Op::CheckLeave => None,
                // A helper that changes nothing of objects reads nothing of them either.
                Op::Call => None,
                op if memory::is_repeated(op) || op == Op::LoadSlot => memory::reads(unit, *v),
                op if op.effects().has(Effects::READ) => return false,
                _ => None,
            };
            !memory::writes(unit, *v).is_some_and(|w| w.changes(*access))
                && !reads.is_some_and(|r| Write::One(*access).changes(r))
        })
    });
    stored.truncate(MAX_FIELDS);
    stored.into_iter().map(|(f, _)| f).collect()
}

fn promote(unit: &mut Unit, l: &Loop, dominators: &Dominators, before: Block, field: Field) {
    let Field { load, object, offset } = field;
    let first = unit.push(before, load, [offset, 0], vec![object], None);
    // What the field holds at the start and the end of each block of the loop.
    let mut at_start: HashMap<Block, Val> = HashMap::default();
    let mut at_end: HashMap<Block, Val> = HashMap::default();
    let mut with_parameter: Vec<Block> = Vec::new();
    let order: Vec<Block> = dominators.order.iter().copied().filter(|b| l.contains(*b)).collect();
    for &block in &order {
        let only = match dominators.predecessors[block.index()].as_slice() {
            [one] if block != l.header => at_end.get(one).copied(),
            _ => None,
        };
        let value = only.unwrap_or_else(|| {
            with_parameter.push(block);
            unit.parameter(block, field.ty())
        });
        at_start.insert(block, value);
        let last = rewrite(unit, block, field, value);
        at_end.insert(block, last);
    }
    // The ways between the blocks, and out of the loop.
    for &block in order.iter().chain([&before]) {
        let value = if block == before { first } else { at_end.get(&block).copied().unwrap_or(first) };
        let mut end = unit.blocks[block.index()].end.take();
        each_target(&mut end, |t| {
            if with_parameter.contains(&t.block) {
                t.arguments.push(value);
            } else if !l.contains(t.block) {
                let out = unit.block();
                unit.push(out, field.store(), [offset, 0], vec![object, value], None);
                let to = std::mem::replace(t, Target { block: out, arguments: Vec::new() });
                unit.blocks[out.index()].end = Some(End::Jump(to));
            }
        });
        unit.blocks[block.index()].end = end;
    }
}

/// The field's loads and stores in a block go, and its frame states name the write. Gives what the field holds at its end.
fn rewrite(unit: &mut Unit, block: Block, field: Field, mut value: Val) -> Val {
    let mut states: HashMap<(State, Val), State> = HashMap::default();
    let mut loaded: Vec<(Val, Val)> = Vec::new();
    let insts = std::mem::take(&mut unit.blocks[block.index()].insts);
    let mut kept = Vec::with_capacity(insts.len());
    for v in insts {
        match Field::of(unit.inst(v)) {
            Some((f, true)) if f == field && planted::is(19) && unit.inst(v).op == Op::StoreField => {}
            Some((f, true)) if f == field => value = unit.inst(v).operands.get(1).copied().unwrap_or(value),
            Some((f, false)) if f == field => loaded.push((v, value)),
            _ => {
                kept.push(v);
                if let Some(s) = unit.inst(v).state {
                    let new = *states.entry((s, value)).or_insert_with(|| with_pending(unit, s, field, value));
                    unit.insts[v.index()].state = Some(new);
                }
            }
        }
    }
    unit.blocks[block.index()].insts = kept;
    if !loaded.is_empty() {
        let mut map: Vec<Val> = (0..unit.insts.len() as u32).map(Val).collect();
        for (old, new) in loaded {
            map[old.index()] = map[new.index()];
        }
        value = map[value.index()];
        unit.rename(&map);
    }
    value
}

fn with_pending(unit: &mut Unit, s: State, field: Field, value: Val) -> State {
    let mut state = unit.states[s.index()].clone();
    // An inner loop that keeps it knows it better.
    if state.pending.iter().any(|p| p.object == field.object && p.offset == field.offset) {
        return s;
    }
    state.pending.push(Pending { object: field.object, offset: field.offset, raw: field.is_raw(), value });
    unit.states.push(state);
    State(unit.states.len() as u32 - 1)
}
