//! Removes what nobody uses, and empties blocks that cannot be reached.

use crate::ir::{End, Op, Unit, Val};

pub fn run(unit: &mut Unit) {
    let reachable = unit.reverse_postorder();
    let mut live = vec![false; unit.insts.len()];
    let mut work: Vec<Val> = Vec::new();
    for &block in &reachable {
        let data = &unit.blocks[block.index()];
        for v in &data.insts {
            let inst = unit.inst(*v);
            if !inst.op.effects().is_removable() && inst.op != Op::Anchor {
                work.push(*v);
            }
        }
        match &data.end {
            Some(End::Jump(t)) => work.extend(&t.arguments),
            Some(End::Branch(c, a, b)) => {
                work.push(*c);
                work.extend(a.arguments.iter().chain(&b.arguments));
            }
            Some(End::Return(v) | End::Finish(v)) => work.push(*v),
            Some(End::Yield(s, v)) => {
                work.push(*v);
                unit.each_of_state(*s, &mut |v| work.push(v));
            }
            Some(End::Exit(s, _)) => unit.each_of_state(*s, &mut |v| work.push(v)),
            None => {}
        }
    }
    while let Some(v) = work.pop() {
        if std::mem::replace(&mut live[v.index()], true) {
            continue;
        }
        let inst = unit.inst(v);
        work.extend(&inst.operands);
        if let Some(s) = inst.state {
            unit.each_of_state(s, &mut |v| work.push(v));
        }
    }
    // An anchor stays where something leaves by its state.
    let mut used = vec![false; unit.states.len()];
    for block in &reachable {
        for v in unit.blocks[block.index()].insts.iter().filter(|v| live[v.index()]) {
            if let Some(s) = unit.inst(*v).state {
                used[s.index()] = true;
            }
        }
    }
    let insts = &unit.insts;
    let stays = |v: &Val| {
        let inst = &insts[v.index()];
        live[v.index()] || inst.op == Op::Anchor && inst.state.is_some_and(|s| used[s.index()])
    };
    for block in &mut unit.blocks {
        block.insts.retain(stays);
    }
}
