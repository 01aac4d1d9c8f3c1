//! Variables of modules: LOAD_GLOBAL by its cache; LOAD_NAME, STORE_NAME and STORE_GLOBAL, which have none, by where the
//! variable stands when the code is compiled. All are guarded by the version of the dict's keys.

use brolga_bytecode::instructions::Instruction;
use brolga_runtime::interp::feedback::Kind;

use super::builder::Builder;
use super::source::{Place, Table};
use crate::helpers::{Helper, Packed};
use crate::ir::{Op, Reason, State, Val};

/// LOAD_GLOBAL.
pub fn load_global(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let (number, profile) = b.profile(i)?;
    if profile.kind == Kind::Empty && profile.seen == 0 {
        b.exit_to(i.start, Reason::NotRun);
        return Some(());
    }
    let v = match profile.place {
        Some(place @ Place::Global { .. }) => load(b, i, &place)?,
        _ => b.call(i, Helper::LoadGlobal, Packed::bits(i.arg >> 1, number, 0)?, &[]),
    };
    b.push_value(v);
    if i.arg & 1 != 0 {
        let empty = b.constant(0);
        b.push_value(empty);
    }
    if profile.place.is_none() {
        b.left(i, Helper::LoadGlobal);
    }
    Some(())
}

/// LOAD_NAME in a module's code; `None`: it is somewhere else.
pub fn load_name(b: &mut Builder<'_>, i: &Instruction) -> Option<Option<()>> {
    let place = in_module(b, i)?;
    let v = load(b, i, &place)?;
    b.push_value(v);
    Some(Some(()))
}

/// STORE_NAME in a module's code, likewise.
pub fn store_name(b: &mut Builder<'_>, i: &Instruction) -> Option<Option<()>> {
    let place = in_module(b, i)?;
    store(b, i, &place)
}

/// STORE_GLOBAL of a variable that is there.
pub fn store_global(b: &mut Builder<'_>, i: &Instruction) -> Option<Option<()>> {
    let place = variable(b, i)?;
    store(b, i, &place)
}

/// The variable that a module's code names; guards that it is a module's.
fn in_module(b: &mut Builder<'_>, i: &Instruction) -> Option<Place> {
    if !b.source().is_module {
        return None;
    }
    let place = variable(b, i)?;
    let (state, globals) = (b.before(i), b.source().globals);
    b.push(Op::GuardNamespace, [globals, 0], vec![], Some(state));
    Some(place)
}

fn variable(b: &Builder<'_>, i: &Instruction) -> Option<Place> {
    let source = b.source();
    if source.no_fast_paths || b.is_refused(i) {
        return None;
    }
    let name = *source.names.get(i.arg as usize)?;
    b.resolver.variable(source.globals, source.builtins, name)
}

/// The dicts' keys are as they were.
fn guard(b: &mut Builder<'_>, state: State, (globals, builtins): (u64, u64), tables: [Option<Table>; 2]) {
    // An inlined function's globals are known.
    if !b.is_inlined() {
        b.push(Op::GuardGlobals, [globals, builtins], vec![], Some(state));
    }
    for table in tables.into_iter().flatten() {
        b.push(Op::GuardPointer, [table.field, table.address], vec![], Some(state));
        b.push(Op::GuardWord, [table.version_address, u64::from(table.version)], vec![], Some(state));
    }
}

fn load(b: &mut Builder<'_>, i: &Instruction, place: &Place) -> Option<Val> {
    let &Place::Global { globals, builtins, tables, value, now } = place else { return None };
    let state = b.before(i);
    guard(b, state, (globals, builtins), tables);
    let table = tables[1].or(tables[0])?;
    let v = load_slot(b, &table, value);
    Some(known(b, v, now, state))
}

/// Stores what is on top of the stack.
fn store(b: &mut Builder<'_>, i: &Instruction, place: &Place) -> Option<Option<()>> {
    let &Place::Global { globals, builtins, tables: tables @ [Some(table), None], value, .. } = place else {
        return None;
    };
    let state = b.before(i);
    guard(b, state, (globals, builtins), tables);
    // What was deleted is added anew.
    let old = load_slot(b, &table, value);
    b.guarded(Op::GuardBound, 0, &[old], state);
    let owner = b.constant(table.address);
    let v = b.peek(1)?;
    b.pure(Op::StoreVariable, value - table.address, &[owner, v]);
    Some(b.pop().map(|_| ()))
}

/// What stands at an address within a dict's table.
pub fn load_slot(b: &mut Builder<'_>, table: &Table, address: u64) -> Val {
    let owner = b.constant(table.address);
    b.pure(Op::LoadVariable, address - table.address, &[owner])
}

/// What a variable holds: the very thing that it holds now, where that is one to know.
pub fn known(b: &mut Builder<'_>, v: Val, now: u64, state: State) -> Val {
    if b.resolver.has_known_attributes(now) || b.resolver.callee(now).is_some() {
        b.guarded(Op::GuardIs, now, &[v], state);
        b.constant(now)
    } else {
        b.guarded(Op::GuardBound, 0, &[v], state)
    }
}
