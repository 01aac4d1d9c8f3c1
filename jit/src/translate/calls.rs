//! Calls: of functions that are inlined, of functions with frames of their own, of classes, and of anything else.

use std::rc::Rc;

use brolga_bytecode::instructions::Instruction;
use brolga_bytecode::opcode::Opcode;

use super::builder::Builder;
use super::source::{Callee, Function, Native, Source};
use super::{fast, handlers, polymorphic, region, translate_scope};
use crate::helpers::{Helper, Packed};
use crate::ir::{Op, Reason, Val};

/// CALL: callable, self or nothing, `arg` arguments.
pub fn call(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let n = i.arg as usize;
    let (_, profile) = b.profile(i)?;
    if profile.seen == 0 {
        b.exit_to(i.start, Reason::NotRun);
        return Some(());
    }
    let callable = b.peek(n.checked_add(2)?)?;
    if let Some(choices) = b.choices(callable) {
        return polymorphic::call(b, i, callable, &choices, n + 2);
    }
    call_bound(b, i)
}

/// CALL of one callable.
pub fn call_bound(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let n = i.arg as usize;
    let (callable, this) = (b.peek(n + 2)?, b.peek(n + 1)?);
    let mut arguments: Vec<Val> = (1..=n).rev().map(|k| b.peek(k)).collect::<Option<_>>()?;
    let bound = match b.def(this) {
        (Op::Const, 0, _) => false,
        _ if b.is_full(this) => true,
        _ => return call_any(b, i),
    };
    let (Op::Const, bits, _) = b.def(callable) else { return call_any(b, i) };
    if bound {
        arguments.insert(0, this);
    }
    match b.resolver.callee(bits) {
        Some(Callee::Function(f)) => {
            let done = call_function(b, i, &f, callable, None, arguments)?;
            if done.is_some() {
                return Some(());
            }
        }
        Some(Callee::Class { version, init: Some(f) }) if !bound && f.source.is_plain && f.source.argcount == n + 1 => {
            let state = b.before(i);
            b.push(Op::GuardWord, [version.0, u64::from(version.1)], vec![], Some(state));
            let object = b.call(i, Helper::NewInstance, 0, &[callable]);
            b.left(i, Helper::NewInstance);
            b.set_full(object);
            arguments.insert(0, object);
            let function = b.constant(f.value);
            let done = call_function(b, i, &f, function, Some(object), arguments)?;
            if done.is_some() {
                return Some(());
            }
        }
        Some(Callee::Native(native)) => {
            if let Some(done) = call_native(b, i, native, &arguments) {
                return done;
            }
        }
        _ => {}
    }
    call_any(b, i)
}

/// A native function with a form of its own; `None`: it has none for these arguments.
fn call_native(b: &mut Builder<'_>, i: &Instruction, native: Native, arguments: &[Val]) -> Option<Option<()>> {
    let helper = match (native, arguments.len()) {
        (Native::Len, 1) => Helper::Len,
        (Native::IsInstance, 2) => Helper::IsInstance,
        (Native::Abs, 1) => Helper::Abs,
        (Native::Ord, 1) => Helper::Ord,
        (Native::Chr, 1) => Helper::Chr,
        (Native::ListAppend, 2) => Helper::MethodAppend,
        _ => return None,
    };
    let on_stack = i.arg as usize + 2;
    let op = if native == Native::ListAppend { Op::Fast } else { Op::FastRead };
    Some(fast::or_else(b, op, (helper, 0, arguments), on_stack, true, |b| {
        call_any(b, i)?;
        b.pop()
    }))
}

/// Whatever it is.
fn call_any(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let n = i.arg as usize;
    let first = b.spill_top(n + 2)?;
    let v = b.call(i, Helper::CallValue, Packed::bits(i.arg, 0, first)?, &[]);
    for _ in 0..n + 2 {
        b.pop()?;
    }
    b.push_value(v);
    b.left(i, Helper::CallValue);
    Some(())
}

/// A Python function, `arguments` with what it is bound to. `Some(None)`: it can't be called so, and nothing was done.
fn call_function(
    b: &mut Builder<'_>,
    i: &Instruction,
    f: &Function,
    function: Val,
    instance: Option<Val>,
    mut arguments: Vec<Val>,
) -> Option<Option<()>> {
    let source: &Rc<Source> = &f.source;
    let missing = source.argcount.checked_sub(arguments.len());
    let Some(missing) = missing.filter(|m| source.is_plain && *m <= f.defaults.len()) else { return Some(None) };
    let state = b.before(i);
    b.push(Op::GuardWord, [f.version.0, u64::from(f.version.1)], vec![], Some(state));
    for default in &f.defaults[f.defaults.len() - missing..] {
        let v = b.constant(*default);
        arguments.push(v);
    }
    let on_stack = i.arg as usize + 2;
    let inlined = region::of_function(&source.code, &[], 1000).filter(|r| b.can_inline(source, r));
    // An inlined function leaves the unit by what it raises: where that is caught here it is better called.
    let raises = |r: &region::Region| r.instructions.values().any(|i| i.opcode == Opcode::RAISE_VARARGS);
    let inlined = inlined.filter(|r| !(raises(r) && handlers::handler(b, i).is_some()));
    if let Some(region) = inlined {
        let checkpoint = b.checkpoint();
        let state = b.before(i);
        let room = b.room(source.frame_slots);
        b.push(Op::GuardRoom, room, vec![], Some(state));
        for _ in 0..on_stack {
            b.pop()?;
        }
        b.begin_inlined(i, f, region, function, instance, &arguments)?;
        translate_scope(b)?;
        let result = b.end_inlined()?;
        if !b.is_worse(&checkpoint) {
            b.push_value(result);
            return Some(Some(()));
        }
        b.roll_back(&checkpoint);
    }
    let result = b.call_python(i, source, function, instance, &arguments, on_stack)?;
    b.push_value(result);
    Some(Some(()))
}
