//! Loop rotation: a loop that tests at its top becomes a test before it and one at its end. So a turn has one jump less,
//! and what is moved out of the loop runs only where the loop does.
//!
//! The header's instructions are copied to the block before the loop, which must be an anchor's, and must be such that
//! may be done again. What the header defines reaches the rest as parameters of two new blocks: the loop's new header
//! and the way out.

use rustc_hash::FxHashMap as HashMap;

use super::dominators::Dominators;
use super::loops::Loops;
use super::parameters::each_target;
use crate::ir::{Block, Effects, End, Inst, Op, State, Target, Type, Unit, Val};

/// Headers of more instructions are not copied.
const MAX_HEADER: usize = 40;

pub fn run(unit: &mut Unit) {
    let mut done: Vec<Block> = Vec::new();
    loop {
        let dominators = Dominators::new(unit);
        let loops = Loops::new(unit, &dominators);
        let next = loops.all.iter().find_map(|l| {
            let header = l.header;
            if done.contains(&header) {
                return None;
            }
            let Some(End::Branch(_, a, b)) = &unit.blocks[header.index()].end else { return None };
            let inside = match (l.contains(a.block), l.contains(b.block)) {
                (true, false) => true,
                (false, true) => false,
                _ => return None,
            };
            let mut entries = dominators.predecessors[header.index()].iter().filter(|p| !l.contains(**p));
            let (entry, None) = (*entries.next()?, entries.next()) else { return None };
            let anchored =
                matches!(unit.blocks[entry.index()].end, Some(End::Jump(_))) && anchor(unit, entry).is_some();
            let insts = &unit.blocks[header.index()].insts;
            let repeatable = insts.len() <= MAX_HEADER && insts.iter().all(|v| is_repeatable(unit.inst(*v).op));
            (anchored && repeatable).then_some((header, entry, inside))
        });
        let Some((header, entry, inside)) = next else { return };
        done.push(header);
        rotate(unit, header, entry, inside);
    }
}

/// The anchor in a block.
pub fn anchor(unit: &Unit, block: Block) -> Option<(Val, State)> {
    unit.blocks[block.index()].insts.iter().find_map(|v| {
        let inst = unit.inst(*v);
        if inst.op == Op::Anchor { inst.state.map(|s| (*v, s)) } else { None }
    })
}

fn is_repeatable(op: Op) -> bool {
    let effects = op.effects();
    op == Op::Fuel
        || !effects.has(Effects::WRITE)
            && !effects.has(Effects::CALL)
            && !matches!(op, Op::Poll | Op::CheckLeave | Op::Anchor)
}

fn rotate(unit: &mut Unit, header: Block, entry: Block, a_is_inside: bool) {
    let Some(End::Branch(condition, a, b)) = unit.blocks[header.index()].end.clone() else { return };
    // Both ways get a block of their own.
    let (into, out) = (unit.block(), unit.block());
    let (inner, outer) = if a_is_inside { (a, b) } else { (b, a) };
    unit.blocks[into.index()].end = Some(End::Jump(inner));
    unit.blocks[out.index()].end = Some(End::Jump(outer));
    set_branch(unit, header, condition, a_is_inside, (into, Vec::new()), (out, Vec::new()));
    let dominators = Dominators::new(unit);
    let defined: Vec<Val> = {
        let data = &unit.blocks[header.index()];
        data.parameters.iter().chain(&data.insts).copied().filter(|v| unit.ty(*v).is_some()).collect()
    };
    let mut is_defined = vec![false; unit.insts.len()];
    for v in &defined {
        is_defined[v.index()] = true;
    }
    let mut used = vec![false; unit.insts.len()];
    let mut regions: Vec<(Block, bool)> = Vec::new();
    for &block in dominators.order.iter().filter(|b| **b != header) {
        let mut uses = false;
        unit.each_use(block, |v| {
            if is_defined[v.index()] {
                uses = true;
                used[v.index()] = true;
            }
        });
        if dominators.dominates(into, block) {
            regions.push((block, true));
        } else if dominators.dominates(out, block) {
            regions.push((block, false));
        } else if uses {
            // It is reached by both ways: leave the loop as it is.
            return;
        }
    }
    let passed: Vec<Val> = defined.into_iter().filter(|v| used[v.index()]).collect();
    // The two blocks' parameters, and their uses.
    let mut maps: [HashMap<Val, Val>; 2] = Default::default();
    for (map, block) in maps.iter_mut().zip([out, into]) {
        for v in &passed {
            let ty = unit.ty(*v).unwrap_or(Type::Any);
            map.insert(*v, unit.parameter(block, ty));
        }
    }
    for (of, map) in [(false, &maps[0]), (true, &maps[1])] {
        let mut states = HashMap::default();
        for (block, _) in regions.iter().filter(|(_, inside)| *inside == of) {
            rename_block(unit, *block, map, &mut states);
        }
    }
    // The copy of the header before the loop.
    let Some(End::Jump(to_header)) = unit.blocks[entry.index()].end.clone() else { return };
    let mut copies: HashMap<Val, Val> =
        unit.blocks[header.index()].parameters.iter().copied().zip(to_header.arguments).collect();
    let mut states = HashMap::default();
    for v in unit.blocks[header.index()].insts.clone() {
        let mut inst = unit.inst(v).clone();
        rename_inst(unit, &mut inst, &copies, &mut states);
        let copy = unit.make(inst);
        unit.blocks[entry.index()].insts.push(copy);
        copies.insert(v, copy);
    }
    let to = |v: &Val| copies.get(v).copied().unwrap_or(*v);
    let before: Vec<Val> = passed.iter().map(to).collect();
    let preheader = unit.block();
    if let Some((v, state)) = anchor(unit, entry) {
        unit.blocks[entry.index()].insts.retain(|i| *i != v);
        // From the anchor the interpreter does the header again, and takes the fuel for it again.
        let insts = unit.blocks[header.index()].insts.iter().map(|v| unit.inst(*v));
        let taken: u64 = insts.filter(|i| i.op == Op::Fuel).map(|i| i.immediates[0]).sum();
        if taken > 0 {
            let mut state = unit.states[state.index()].clone();
            state.refund += taken as u32;
            unit.states.push(state);
            unit.insts[v.index()].state = Some(State(unit.states.len() as u32 - 1));
        }
        unit.blocks[preheader.index()].insts.push(v);
    }
    unit.blocks[preheader.index()].end = Some(End::Jump(Target { block: into, arguments: before.clone() }));
    set_branch(unit, entry, to(&condition), a_is_inside, (preheader, Vec::new()), (out, before));
    set_branch(unit, header, condition, a_is_inside, (into, passed.clone()), (out, passed));
}

fn set_branch(
    unit: &mut Unit,
    block: Block,
    condition: Val,
    a_is_inside: bool,
    inside: (Block, Vec<Val>),
    outside: (Block, Vec<Val>),
) {
    let target = |(block, arguments)| Target { block, arguments };
    let (x, y) = (target(inside), target(outside));
    let (a, b) = if a_is_inside { (x, y) } else { (y, x) };
    unit.blocks[block.index()].end = Some(End::Branch(condition, a, b));
}

fn rename_inst(unit: &mut Unit, inst: &mut Inst, map: &HashMap<Val, Val>, states: &mut HashMap<State, State>) {
    for v in &mut inst.operands {
        *v = map.get(v).copied().unwrap_or(*v);
    }
    inst.state = inst.state.map(|s| renamed_state(unit, s, map, states));
}

/// A copy of a state with values replaced, in its callers too: others may use the state.
pub fn renamed_state(unit: &mut Unit, s: State, map: &HashMap<Val, Val>, states: &mut HashMap<State, State>) -> State {
    if let Some(known) = states.get(&s) {
        return *known;
    }
    let before = unit.states[s.index()].clone();
    let mut copy = before.clone();
    copy.each_value_mut(|v| *v = map.get(v).copied().unwrap_or(*v));
    copy.caller = copy.caller.map(|c| renamed_state(unit, c, map, states));
    if !copy.pushed {
        copy.frame = renamed_frame(unit, copy.frame, map);
    }
    let new = if copy == before {
        s
    } else {
        unit.states.push(copy);
        State(unit.states.len() as u32 - 1)
    };
    states.insert(s, new);
    new
}

/// The frame with its function and instance replaced.
fn renamed_frame(unit: &mut Unit, frame: u32, map: &HashMap<Val, Val>) -> u32 {
    let Some(info) = unit.frames.get(frame as usize) else { return frame };
    let mut copy = info.clone();
    for v in copy.function.iter_mut().chain(&mut copy.instance) {
        *v = map.get(v).copied().unwrap_or(*v);
    }
    if copy == *info {
        return frame;
    }
    match unit.frames.iter().position(|f| *f == copy) {
        Some(known) => known as u32,
        None => {
            unit.frames.push(copy);
            unit.frames.len() as u32 - 1
        }
    }
}

fn rename_block(unit: &mut Unit, block: Block, map: &HashMap<Val, Val>, states: &mut HashMap<State, State>) {
    for v in unit.blocks[block.index()].insts.clone() {
        let mut inst = unit.inst(v).clone();
        rename_inst(unit, &mut inst, map, states);
        unit.insts[v.index()] = inst;
    }
    let mut end = unit.blocks[block.index()].end.take();
    let to = |v: &mut Val| *v = map.get(v).copied().unwrap_or(*v);
    match &mut end {
        Some(End::Branch(c, _, _)) => to(c),
        Some(End::Return(v) | End::Finish(v)) => to(v),
        Some(End::Yield(s, v)) => {
            to(v);
            *s = renamed_state(unit, *s, map, states);
        }
        Some(End::Exit(s, _)) => *s = renamed_state(unit, *s, map, states),
        _ => {}
    }
    each_target(&mut end, |t| t.arguments.iter_mut().for_each(to));
    unit.blocks[block.index()].end = end;
}
