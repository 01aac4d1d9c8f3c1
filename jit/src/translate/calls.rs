//! Calls: of functions that are inlined, of functions with frames of their own, of classes, and of anything else.

use std::rc::Rc;

use brolga_bytecode::instructions::Instruction;
use brolga_bytecode::opcode::Opcode;
use brolga_runtime::interp::feedback::{Kind, seen};
use brolga_runtime::types::{function, method, native_function, property, shape};

use super::builder::{Builder, Checkpoint, Receives};
use super::ops::call_on_stack;
use super::source::{Callee, Function, Place, Profile, Source};
use super::{allocate, handlers, natives, polymorphic, region, translate_scope};
use crate::helpers::Helper;
use crate::ir::{Op, Reason, Val};

/// CALL, CALL_KW: callable, self or nothing, `arg` arguments, and for CALL_KW the names of the last of them.
pub fn call(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let n = on_stack(i)?;
    let (_, profile) = b.profile(i)?;
    if profile.seen == 0 && i.opcode == Opcode::CALL {
        b.exit_to(i.start, Reason::NotRun);
        return Some(());
    }
    let callable = b.peek(n)?;
    if let Some(choices) = b.choices(callable) {
        return polymorphic::call(b, i, callable, &choices, n);
    }
    call_bound(b, i)
}

/// How many values of the stack a call takes.
pub fn on_stack(i: &Instruction) -> Option<usize> {
    (i.arg as usize).checked_add(if i.opcode == Opcode::CALL_KW { 3 } else { 2 })
}

/// CALL or CALL_KW of one callable.
pub fn call_bound(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let (n, all) = (i.arg as usize, on_stack(i)?);
    let (callable, this) = (b.peek(all)?, b.peek(all - 1)?);
    let mut arguments: Vec<Val> = (0..n).map(|k| b.peek(all - 2 - k)).collect::<Option<_>>()?;
    let bound = match b.def(this) {
        (Op::Const, 0, _) => false,
        _ if b.is_full(this) => true,
        _ => return call_any(b, i),
    };
    let (Op::Const, bits, _) = b.def(callable) else {
        return match call_of_unknown(b, i, callable, &arguments, bound) {
            Some(done) => done,
            None => call_any(b, i),
        };
    };
    if bound {
        arguments.insert(0, this);
    }
    if i.opcode == Opcode::CALL_KW {
        return call_with_names(b, i, callable, arguments);
    }
    match b.resolver.callee(bits) {
        Some(Callee::Function(f)) => {
            let done = call_function(b, i, &f, callable, Receives::Result, arguments, all)?;
            if done.is_some() {
                return Some(());
            }
        }
        Some(Callee::Class { version, init: None, instance }) if !bound && n == 0 => {
            let state = b.before(i);
            b.push(Op::GuardWord, [version.0, u64::from(version.1)], vec![], Some(state));
            let object = allocate::allocate(b, i, instance.0, instance.1, Vec::new());
            b.set_full(object);
            b.pop()?;
            return b.replace(1, object);
        }
        Some(Callee::Range) if !bound && profile_is_known(b, i) => {
            if let Some(object) = allocate::range(b, i, &arguments) {
                for _ in 0..=n {
                    b.pop()?;
                }
                b.set_full(object);
                return b.replace(1, object);
            }
        }
        Some(Callee::Class { version, init: Some(f), instance })
            if !bound && f.source.is_plain && f.source.argcount == n + 1 =>
        {
            let state = b.before(i);
            b.push(Op::GuardWord, [version.0, u64::from(version.1)], vec![], Some(state));
            let object = allocate::allocate(b, i, instance.0, instance.1, Vec::new());
            b.set_full(object);
            arguments.insert(0, object);
            let function = b.constant(f.value);
            let done = call_function(b, i, &f, function, Receives::Instance(object), arguments, all)?;
            if done.is_some() {
                return Some(());
            }
        }
        Some(Callee::Native(native)) => {
            if let Some(done) = natives::call(b, i, &native, arguments, bound) {
                return done;
            }
        }
        _ => {}
    }
    call_any(b, i)
}

/// CALL of something that is not known by itself, but of a kind that the call has met: an instance whose class has a
/// `__call__`, a bound method. `None`: nothing was done.
fn call_of_unknown(
    b: &mut Builder<'_>,
    i: &Instruction,
    callable: Val,
    arguments: &[Val],
    bound: bool,
) -> Option<Option<()>> {
    let (_, profile) = b.profile(i)?;
    if bound || i.opcode != Opcode::CALL || profile.seen & seen::OTHER != 0 {
        return None;
    }
    let (n, state) = (on_stack(i)?, b.before(i));
    let checkpoint = b.checkpoint();
    let done = match (profile.kind, profile.place) {
        (Kind::CallMethod, Some(Place::Class(version))) => {
            let Some(Callee::Function(f)) = b.resolver.callee(profile.value) else { return None };
            let this = b.guarded(Op::GuardShape, u64::from(profile.shape), &[callable], state);
            b.push(Op::GuardWord, [version, u64::from(profile.version)], vec![], Some(state));
            call_method(b, i, &f, this, arguments, n)
        }
        (Kind::BoundMethod, Some(Place::Class(_))) => {
            let Some(Callee::Function(f)) = b.resolver.callee(profile.value) else { return None };
            let object = b.guarded(Op::GuardShape, u64::from(shape::method), &[callable], state);
            let function = b.pure(Op::LoadField, method::FUNCTION_OFFSET as u64, &[object]);
            b.guarded(Op::GuardIs, f.value, &[function], state);
            let this = b.pure(Op::LoadField, method::RECEIVER_OFFSET as u64, &[object]);
            let this = b.guarded(Op::GuardBound, 0, &[this], state);
            call_method(b, i, &f, this, arguments, n)
        }
        (Kind::Function, _) => {
            let f = b.resolver.any_function(profile.value)?;
            let function = b.guarded(Op::GuardShape, u64::from(shape::function), &[callable], state);
            for (offset, wanted) in [
                (function::CODE_OFFSET, f.source.address),
                (function::GLOBALS_OFFSET, f.source.globals),
                (function::BUILTINS_OFFSET, f.source.builtins),
            ] {
                let found = b.pure(Op::LoadField, offset as u64, &[function]);
                b.guarded(Op::GuardIs, wanted, &[found], state);
            }
            b.set_full(function);
            call_function(b, i, &f, function, Receives::Result, arguments.to_vec(), n)
        }
        (Kind::BoundNative, _) => {
            let native = b.resolver.bound_native(profile.value)?;
            let object = b.guarded(Op::GuardShape, u64::from(shape::builtin_function), &[callable], state);
            let def = [native_function::DEF_OFFSET as u64, profile.value];
            let object = b.push(Op::GuardRaw, def, vec![object], Some(state));
            let this = b.pure(Op::LoadField, native_function::RECEIVER_OFFSET as u64, &[object]);
            let this = b.guarded(Op::GuardBound, 0, &[this], state);
            let all = std::iter::once(this).chain(arguments.iter().copied()).collect();
            match natives::call(b, i, &native, all, true) {
                Some(done) => done.map(Some),
                None => Some(None),
            }
        }
        _ => return None,
    };
    or_back(b, &checkpoint, |_| done)
}

/// A Python function called with `this` before the arguments.
fn call_method(
    b: &mut Builder<'_>,
    i: &Instruction,
    f: &Function,
    this: Val,
    arguments: &[Val],
    n: usize,
) -> Option<Option<()>> {
    b.set_full(this);
    let function = b.constant(f.value);
    let all = std::iter::once(this).chain(arguments.iter().copied()).collect();
    call_function(b, i, f, function, Receives::Result, all, n)
}

/// LOAD_ATTR of a property: a call of its getter. `None`: nothing was done.
pub fn getter(b: &mut Builder<'_>, i: &Instruction, profile: &Profile, owner: Val) -> Option<Option<()>> {
    let (Kind::Property, Some(Place::Class(version))) = (profile.kind, profile.place) else { return None };
    let f = b.resolver.getter(profile.value)?;
    let checkpoint = b.checkpoint();
    let state = b.before(i);
    let this = b.guarded(Op::GuardShape, u64::from(profile.shape), &[owner], state);
    b.push(Op::GuardWord, [version, u64::from(profile.version)], vec![], Some(state));
    let property = b.constant(profile.value);
    let found = b.pure(Op::LoadField, property::GETTER_OFFSET as u64, &[property]);
    b.guarded(Op::GuardIs, f.value, &[found], state);
    or_back(b, &checkpoint, |b| call_method(b, i, &f, this, &[], 1))
}

/// BINARY_OP, COMPARE_OP by the method that the left operand's class has for it, if that can be inlined; `None`: nothing was done.
pub fn operator(b: &mut Builder<'_>, i: &Instruction, profile: &Profile) -> Option<Option<()>> {
    if profile.kind != Kind::Operator || profile.seen != seen::OTHER {
        return None;
    }
    let (right, left) = (b.peek(1)?, b.peek(2)?);
    let operator = b.resolver.operator(profile.shape, profile.extra, i)?;
    let f = &operator.function;
    if !f.source.is_plain || f.source.argcount != 2 {
        return None;
    }
    let checkpoint = b.checkpoint();
    let state = b.before(i);
    let x = b.guarded(Op::GuardShape, u64::from(profile.shape), &[left], state);
    b.push(Op::GuardWord, [operator.left.0, u64::from(operator.left.1)], vec![], Some(state));
    let y = match profile.extra {
        shape::int => {
            b.guarded(Op::GuardInt, 0, &[right], state);
            right
        }
        shape::float => {
            b.guarded(Op::GuardFloat, 0, &[right], state);
            right
        }
        of => b.guarded(Op::GuardShape, u64::from(of), &[right], state),
    };
    if let Some((address, version)) = operator.right {
        b.push(Op::GuardWord, [address, u64::from(version)], vec![], Some(state));
    }
    let operands = allocate::pair(b, i, x, y);
    let function = b.constant(f.value);
    b.set_full(x);
    b.set_full(y);
    let receives = match operator.is_truth {
        true => Receives::Truth(operands),
        false => Receives::Operator(operands),
    };
    or_back(b, &checkpoint, |b| call_function(b, i, f, function, receives, vec![x, y], 2))
}

/// BINARY_OP `[]`, STORE_SUBSCR by the container's method; `operands` on the stack, the container and the index first.
/// `None`: nothing was done.
pub fn subscript(b: &mut Builder<'_>, i: &Instruction, profile: &Profile, operands: &[Val]) -> Option<Option<()>> {
    if profile.kind != Kind::Operator || profile.seen != seen::OTHER {
        return None;
    }
    let stores = i.opcode == Opcode::STORE_SUBSCR;
    let (f, (address, version)) = b.resolver.subscript(profile.shape, stores)?;
    let (container, rest) = operands.split_first()?;
    let checkpoint = b.checkpoint();
    let state = b.before(i);
    let this = b.guarded(Op::GuardShape, u64::from(profile.shape), &[*container], state);
    b.push(Op::GuardWord, [address, u64::from(version)], vec![], Some(state));
    b.set_full(this);
    let function = b.constant(f.value);
    let arguments = std::iter::once(this).chain(rest.iter().copied()).collect();
    let receives = if stores { Receives::Nothing } else { Receives::Result };
    or_back(b, &checkpoint, |b| call_function(b, i, &f, function, receives, arguments, operands.len()))
}

/// What [`call_function`] gives; nothing was done where it does nothing.
fn or_back<'a>(
    b: &mut Builder<'a>,
    checkpoint: &Checkpoint,
    call: impl FnOnce(&mut Builder<'a>) -> Option<Option<()>>,
) -> Option<Option<()>> {
    match call(b) {
        Some(Some(())) => Some(Some(())),
        Some(None) => {
            b.roll_back(checkpoint);
            None
        }
        None => Some(None),
    }
}

/// Has no guess about this call failed?
fn profile_is_known(b: &Builder<'_>, i: &Instruction) -> bool {
    b.profile(i).is_some_and(|(_, p)| p.seen & seen::OTHER == 0)
}

/// Whatever it is.
pub fn call_any(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let helper = if i.opcode == Opcode::CALL_KW { Helper::CallKw } else { Helper::CallValue };
    call_on_stack(b, i, helper, i.arg, on_stack(i)?, true)
}

/// CALL_KW: a Python function's arguments are put in the order of its parameters.
fn call_with_names(b: &mut Builder<'_>, i: &Instruction, callable: Val, mut arguments: Vec<Val>) -> Option<()> {
    let (Op::Const, names, _) = b.def(b.peek(1)?) else { return call_any(b, i) };
    let (Op::Const, bits, _) = b.def(callable) else { return call_any(b, i) };
    let (Some(Callee::Function(f)), Some(names)) = (b.resolver.callee(bits), b.resolver.items(names)) else {
        return call_any(b, i);
    };
    let named = arguments.split_off(arguments.len().checked_sub(names.len())?);
    let Some(arguments) = in_order(b, &f, arguments, &named, &names) else { return call_any(b, i) };
    let done = call_function(b, i, &f, callable, Receives::Result, arguments, on_stack(i)?)?;
    if done.is_some() { Some(()) } else { call_any(b, i) }
}

/// The arguments by position, up to the last that is given; `None`: they don't fit.
fn in_order(b: &mut Builder<'_>, f: &Function, positional: Vec<Val>, named: &[Val], names: &[u64]) -> Option<Vec<Val>> {
    let parameters = f.source.parameter_names.get(..f.source.argcount)?;
    let mut slots: Vec<Option<Val>> = positional.into_iter().map(Some).collect();
    for (v, name) in named.iter().zip(names) {
        let at = parameters.iter().position(|p| p == name).filter(|at| *at >= f.source.positional_only)?;
        if slots.len() <= at {
            slots.resize(at + 1, None);
        }
        if slots[at].replace(*v).is_some() {
            return None;
        }
    }
    // Between them, defaults.
    let first_default = f.source.argcount.checked_sub(f.defaults.len())?;
    let mut all = Vec::with_capacity(slots.len());
    for (at, v) in slots.into_iter().enumerate() {
        all.push(match v {
            Some(v) => v,
            None => b.constant(*f.defaults.get(at.checked_sub(first_default)?)?),
        });
    }
    Some(all)
}

/// A Python function, `arguments` with what it is bound to; `on_stack` values give way to the result. `Some(None)`: it
/// can't be called so, and nothing was done.
fn call_function(
    b: &mut Builder<'_>,
    i: &Instruction,
    f: &Function,
    function: Val,
    receives: Receives,
    mut arguments: Vec<Val>,
    on_stack: usize,
) -> Option<Option<()>> {
    let source: &Rc<Source> = &f.source;
    let missing = source.argcount.checked_sub(arguments.len());
    let Some(missing) = missing.filter(|m| source.is_plain && *m <= f.defaults.len()) else { return Some(None) };
    let state = b.before(i);
    if f.version.0 != 0 {
        b.push(Op::GuardWord, [f.version.0, u64::from(f.version.1)], vec![], Some(state));
    }
    for default in &f.defaults[f.defaults.len() - missing..] {
        let v = b.constant(*default);
        arguments.push(v);
    }
    let inlined = region::of_function(&source.code, &[], 1000).filter(|r| b.can_inline(source, r));
    // An inlined function leaves the unit by what it raises: where that is caught here it is better called.
    let raises = |r: &region::Region| r.instructions.values().any(|i| i.opcode == Opcode::RAISE_VARARGS);
    // Whose closure is not known needs a frame to have it from.
    let closes = |r: &region::Region| r.instructions.values().any(|i| i.opcode == Opcode::COPY_FREE_VARS);
    let inlined = inlined.filter(|r| f.version.0 != 0 || !closes(r));
    let inlined = inlined.filter(|r| !(raises(r) && handlers::handler(b, i).is_some()));
    if let Some(region) = inlined {
        let checkpoint = b.checkpoint();
        let state = b.before(i);
        let room = b.room(source.frame_slots);
        b.push(Op::GuardRoom, room, vec![], Some(state));
        for _ in 0..on_stack {
            b.pop()?;
        }
        b.begin_inlined(i, f, region, function, receives, &arguments)?;
        translate_scope(b)?;
        let result = b.end_inlined()?;
        if !b.is_worse(&checkpoint) {
            if !matches!(receives, Receives::Nothing) {
                b.push_value(result);
            }
            return Some(Some(()));
        }
        b.roll_back(&checkpoint);
    }
    if matches!(receives, Receives::Operator(_) | Receives::Truth(_)) {
        return Some(None);
    }
    b.call_python(i, source, function, receives, &arguments, on_stack)?;
    Some(Some(()))
}
