//! Attributes of objects of several shapes, and calls of what such an attribute may be: one way for each. Where an
//! instruction has met a shape that was not among them, a last way asks the interpreter's cache.

use brolga_bytecode::instructions::Instruction;
use brolga_runtime::interp::feedback::Kind;

use super::builder::Builder;
use super::calls;
use super::ops::side_slot;
use super::source::{Place, Profile};
use crate::helpers::Helper;
use crate::ir::{End, Op, State, Target, Type, Val};

/// Among the choices of a value: anything else.
const ANYTHING: u64 = 0;

/// LOAD_ATTR where the instruction has met several shapes; `Some(false)`: nothing was done.
pub fn load_attr(b: &mut Builder<'_>, i: &Instruction, number: u16) -> Option<bool> {
    let is_method = i.arg & 1 != 0;
    let wanted = |p: &Profile| match (p.kind, p.place) {
        (Kind::Inline, Some(Place::Offset(_) | Place::Side(_))) | (Kind::ClassValue, Some(Place::Class(_))) => {
            !is_method
        }
        (Kind::Method, Some(Place::Class(_))) => is_method,
        _ => false,
    };
    let is_open = b.is_open(i);
    let Some(cases) = b.source().cases(number, is_open).filter(|c| c.iter().all(wanted)) else { return Some(false) };
    let name = *b.source().names.get((i.arg >> 1) as usize)?;
    let owner = b.peek(1)?;
    let mut choices = Vec::new();
    let merge = b.split();
    let v = b.unit.parameter(merge, Type::Any);
    let otherwise = |b: &mut Builder<'_>, object, state| {
        let helper = if is_method { Helper::SharedMethod } else { Helper::SharedAttr };
        let name = b.constant(name);
        let v = b.push(Op::FastRead, [helper as u64, 0], vec![object, name], None);
        let v = b.guarded(Op::GuardBound, 0, &[v], state);
        b.end_with(End::Jump(Target { block: merge, arguments: vec![v] }));
        Some(())
    };
    let otherwise = is_open.then_some(otherwise);
    each_shape(b, i, owner, &cases, otherwise, |b, i, object, case| {
        let state = b.before(i);
        let v = match case.place? {
            Place::Offset(offset) => {
                let epoch = b.source().epoch;
                b.push(Op::GuardWord, [epoch, u64::from(case.version)], vec![], Some(state));
                let v = b.pure(Op::LoadField, u64::from(offset), &[object]);
                b.guarded(Op::GuardBound, 0, &[v], state)
            }
            Place::Side(offset) => side_slot(b, i, case, owner, offset),
            Place::Class(version) => {
                b.push(Op::GuardWord, [version, u64::from(case.version)], vec![], Some(state));
                if !choices.contains(&case.value) {
                    choices.push(case.value);
                }
                b.constant(case.value)
            }
            Place::Global { .. } | Place::Add(..) => return None,
        };
        b.end_with(End::Jump(Target { block: merge, arguments: vec![v] }));
        Some(())
    })?;
    if is_open {
        choices.push(ANYTHING);
    }
    b.set_block(merge);
    let v = match choices.as_slice() {
        [only] if is_method => b.constant(*only),
        _ => {
            if is_method {
                b.set_choices(v, choices);
            }
            v
        }
    };
    b.replace(1, v)?;
    if is_method {
        b.set_full(owner);
        b.push_value(owner);
    }
    Some(true)
}

/// STORE_ATTR likewise.
pub fn store_attr(b: &mut Builder<'_>, i: &Instruction, number: u16) -> Option<bool> {
    let wanted = |p: &Profile| {
        matches!((p.kind, p.place), (Kind::Inline, Some(Place::Offset(_))) | (Kind::AddInline, Some(Place::Add(..))))
    };
    let Some(cases) = b.source().cases(number, false).filter(|c| c.iter().all(wanted)) else { return Some(false) };
    let (owner, value) = (b.peek(1)?, b.peek(2)?);
    let merge = b.split();
    let none: Option<fn(&mut Builder<'_>, Val, State) -> Option<()>> = None;
    each_shape(b, i, owner, &cases, none, |b, i, object, case| {
        let (state, epoch) = (b.before(i), b.source().epoch);
        match case.place? {
            Place::Offset(offset) => {
                b.push(Op::GuardWord, [epoch, u64::from(case.version)], vec![], Some(state));
                b.pure(Op::StoreField, u64::from(offset), &[object, value]);
            }
            Place::Add(offset, version) => {
                b.push(Op::GuardWord, [version, u64::from(case.version)], vec![], Some(state));
                b.pure(Op::StoreField, u64::from(offset), &[object, value]);
                b.pure(Op::SetShape, u64::from(case.extra), &[object]);
            }
            _ => return None,
        }
        b.end_with(End::Jump(Target { block: merge, arguments: Vec::new() }));
        Some(())
    })?;
    b.set_block(merge);
    b.pop()?;
    b.pop()?;
    Some(true)
}

/// Fills a way for each case, and one for any other; where that is not wanted the last case is guarded.
fn each_shape(
    b: &mut Builder<'_>,
    i: &Instruction,
    owner: Val,
    cases: &[Profile],
    otherwise: Option<impl FnOnce(&mut Builder<'_>, Val, State) -> Option<()>>,
    mut fill: impl FnMut(&mut Builder<'_>, &Instruction, Val, &Profile) -> Option<()>,
) -> Option<()> {
    let (last, mut others) = cases.split_last()?;
    if otherwise.is_some() {
        others = cases;
    }
    let state = b.before(i);
    let object = b.guarded(Op::GuardObject, 0, &[owner], state);
    for case in others {
        let is = b.push(Op::HasShape, case.shapes(), vec![object], None);
        let (yes, no) = (b.split(), b.split());
        let to = |block| Target { block, arguments: Vec::new() };
        b.end_with(End::Branch(is, to(yes), to(no)));
        b.set_block(yes);
        fill(b, i, object, case)?;
        b.set_block(no);
    }
    if let Some(otherwise) = otherwise {
        return otherwise(b, object, state);
    }
    let object = b.push(Op::GuardShape, last.shapes(), vec![object], Some(state));
    fill(b, i, object, last)
}

/// CALL of a method that is one of several: `n` slots of the stack are callable, self and arguments.
pub fn call(b: &mut Builder<'_>, i: &Instruction, callable: Val, choices: &[u64], n: usize) -> Option<()> {
    let merge = b.split();
    let result = b.unit.parameter(merge, Type::Any);
    let before = b.snapshot();
    let mut after = None;
    for (k, choice) in choices.iter().enumerate() {
        let constant = if *choice == ANYTHING { callable } else { b.constant(*choice) };
        let mut otherwise = None;
        if k + 1 < choices.len() {
            let is = b.pure(Op::Same, 0, &[callable, constant]);
            let (yes, no) = (b.split(), b.split());
            let to = |block| Target { block, arguments: Vec::new() };
            b.end_with(End::Branch(is, to(yes), to(no)));
            b.set_block(yes);
            otherwise = Some(no);
        }
        b.replace(n, constant)?;
        calls::call_bound(b, i)?;
        if !b.is_ended() {
            let v = b.pop()?;
            b.end_with(End::Jump(Target { block: merge, arguments: vec![v] }));
            after = Some(b.merge_snapshot(after));
        }
        b.restore(&before);
        if let Some(no) = otherwise {
            b.set_block(no);
        }
    }
    if let Some(after) = after {
        b.restore(&after);
        b.set_block(merge);
        b.push_value(result);
    }
    Some(())
}
