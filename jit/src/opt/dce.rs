//! Removes what nobody uses, and empties blocks that cannot be reached.

use crate::ir::{End, Unit, Val};

pub fn run(unit: &mut Unit) {
    let reachable = unit.reverse_postorder();
    let mut live = vec![false; unit.insts.len()];
    let mut work: Vec<Val> = Vec::new();
    for &block in &reachable {
        let data = &unit.blocks[block.index()];
        for v in &data.insts {
            let inst = unit.inst(*v);
            if !inst.op.effects().is_removable() {
                work.push(*v);
            }
        }
        match &data.end {
            Some(End::Jump(t)) => work.extend(&t.arguments),
            Some(End::Branch(c, a, b)) => {
                work.push(*c);
                work.extend(a.arguments.iter().chain(&b.arguments));
            }
            Some(End::Exit(s, _)) => work.extend(unit.states[s.index()].slots.iter().map(|(_, v)| *v)),
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
            work.extend(unit.states[s.index()].slots.iter().map(|(_, v)| *v));
        }
    }
    for block in &mut unit.blocks {
        block.insts.retain(|v| live[v.index()]);
    }
}
