//! Checks that a unit is well formed; run after every pass in tests.

use super::{Block, End, Op, State, Target, Type, Unit, Val};

/// What is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invalid {
    pub block: Block,
    pub what: String,
}

/// Types fit, every use is dominated by its definition, targets and states exist.
pub fn validate(unit: &Unit) -> Result<(), Invalid> {
    let order = unit.reverse_postorder();
    let fail = |block: Block, what: String| Err(Invalid { block, what });
    if unit.blocks.is_empty() {
        return fail(Block(0), "no blocks".to_owned());
    }
    // Which values are defined on every way to a block's start. (Blocks that cannot be reached are not looked at.)
    let mut defined: Vec<Option<Vec<bool>>> = vec![None; unit.blocks.len()];
    defined[0] = Some(vec![false; unit.insts.len()]);
    loop {
        let mut changed = false;
        for &block in &order {
            let Some(mut known) = defined[block.index()].clone() else { continue };
            define(unit, block, &mut known);
            for successor in unit.successors(block) {
                let Some(entry) = defined.get_mut(successor.index()) else {
                    return fail(block, format!("no block {successor}"));
                };
                match entry {
                    None => {
                        *entry = Some(known.clone());
                        changed = true;
                    }
                    Some(entry) => {
                        for (e, k) in entry.iter_mut().zip(&known) {
                            if *e && !*k {
                                *e = false;
                                changed = true;
                            }
                        }
                    }
                }
            }
        }
        if !changed {
            break;
        }
    }
    for &block in &order {
        let Some(mut known) = defined[block.index()].clone() else { continue };
        let data = &unit.blocks[block.index()];
        for v in &data.parameters {
            known[v.index()] = true;
        }
        let check_state = |s: State, known: &[bool]| -> Result<(), Invalid> {
            let s = unit.left_by(s);
            if unit.left_by(s) != s {
                return fail(block, format!("{s} is left by another"));
            }
            let mut next = Some(s);
            // Callers' states come before those of what they call.
            while let Some(state) = next {
                let Some(data) = unit.states.get(state.index()) else {
                    return fail(block, format!("no state {state}"));
                };
                next = data.caller;
                if next.is_some_and(|caller| caller >= state) {
                    return fail(block, format!("{state}'s caller"));
                }
            }
            let mut wrong = None;
            unit.each_of_state(s, &mut |v| {
                if !known[v.index()] {
                    wrong = Some(format!("{s} uses {v} before it is defined"));
                } else if unit.ty(v).is_none() {
                    wrong = Some(format!("{s} names {v}, no value"));
                }
            });
            let pending = unit.states.get(s.index()).map_or(&[][..], |s| &s.pending);
            if let Some(p) = pending
                .iter()
                .find(|p| unit.ty(p.object) != Some(Type::Any) || p.raw && unit.ty(p.value) != Some(Type::Int))
            {
                wrong = Some(format!("{s} can't write {}", p.value));
            }
            let virtuals = unit.states.get(s.index()).map_or(&[][..], |s| &s.virtuals);
            for (i, v) in virtuals.iter().enumerate() {
                let later = |f: &Val| virtuals[i..].iter().any(|other| other.object == *f);
                if known[v.object.index()] || v.fields.iter().any(later) || v.fields.len() as u64 * 8 >= v.bytes {
                    wrong = Some(format!("{s} can't make {}", v.object));
                }
            }
            wrong.map_or(Ok(()), |what| fail(block, what))
        };
        for v in &data.insts {
            let inst = unit.inst(*v);
            let info = inst.op.info();
            let types: Vec<Type> = match info.operands {
                Some(types) => types.to_vec(),
                None => vec![Type::Any; inst.operands.len()],
            };
            if types.len() != inst.operands.len() {
                return fail(block, format!("{v} ({}) has {} operands", info.name, inst.operands.len()));
            }
            for (operand, ty) in inst.operands.iter().zip(types) {
                if !known[operand.index()] {
                    return fail(block, format!("{v} ({}) uses {operand} before it is defined", info.name));
                }
                let is_raw_word = inst.op == Op::New && unit.ty(*operand) == Some(Type::Int);
                if unit.ty(*operand) != Some(ty) && !is_raw_word {
                    return fail(block, format!("{v} ({}) wants {operand} as {ty}", info.name));
                }
            }
            if inst.op.needs_state() != inst.state.is_some() {
                return fail(block, format!("{v} ({}) and its frame state", info.name));
            }
            if let Some(s) = inst.state {
                check_state(s, &known)?;
            }
            known[v.index()] = true;
        }
        let check_target = |t: &Target| -> Result<(), Invalid> {
            let parameters = &unit.blocks[t.block.index()].parameters;
            if parameters.len() != t.arguments.len() {
                return fail(block, format!("{} takes {} arguments", t.block, parameters.len()));
            }
            for (parameter, argument) in parameters.iter().zip(&t.arguments) {
                if !known[argument.index()] {
                    return fail(block, format!("argument {argument} is not defined"));
                }
                if unit.ty(*parameter) != unit.ty(*argument) {
                    return fail(block, format!("{argument} as {parameter} of {}", t.block));
                }
            }
            Ok(())
        };
        match &data.end {
            Some(End::Jump(t)) => check_target(t)?,
            Some(End::Branch(c, a, b)) => {
                if !known[c.index()] || unit.ty(*c) != Some(Type::Bool) {
                    return fail(block, format!("condition {c}"));
                }
                check_target(a)?;
                check_target(b)?;
            }
            Some(End::Return(v) | End::Finish(v) | End::Yield(_, v)) => {
                if let Some(End::Yield(s, _)) = &data.end {
                    check_state(*s, &known)?;
                }
                if !known[v.index()] || unit.ty(*v) != Some(Type::Any) {
                    return fail(block, format!("result {v}"));
                }
            }
            Some(End::Exit(s, _)) => check_state(*s, &known)?,
            None => return fail(block, "no end".to_owned()),
        }
    }
    Ok(())
}

fn define(unit: &Unit, block: Block, known: &mut [bool]) {
    let data = &unit.blocks[block.index()];
    let all: Vec<Val> = data.parameters.iter().chain(&data.insts).copied().collect();
    for v in all {
        known[v.index()] = true;
    }
}
