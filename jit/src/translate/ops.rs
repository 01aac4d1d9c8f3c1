//! What each opcode becomes.

use brolga_bytecode::instructions::Instruction;
use brolga_bytecode::opcode::Opcode;
use brolga_runtime::attributes::instance::ATTRS_OFFSET;
use brolga_runtime::interp::feedback::Kind;
use brolga_runtime::types::{cell, shape};
use brolga_runtime::value::Value;

use super::builder::Builder;
use super::source::{Place, Profile};
use super::{allocate, binary, calls, fast, general, iterate, polymorphic, region, variables};
use crate::helpers::{EXHAUSTED, Helper, Packed};
use crate::ir::{End, Op, Reason, Target, Val};

/// Translates one instruction. `None`: the code is not what the verifier lets through.
pub fn translate(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let arg = i.arg as usize;
    match i.opcode {
        Opcode::RESUME => {
            if !b.is_inlined() {
                let state = b.before(i);
                b.push(Op::Poll, [0; 2], vec![], Some(state));
            }
            Some(())
        }
        Opcode::NOP | Opcode::NOT_TAKEN | Opcode::EXTENDED_ARG | Opcode::CACHE | Opcode::RESERVED => Some(()),

        // Locals and constants.
        Opcode::LOAD_FAST | Opcode::LOAD_FAST_BORROW => {
            let v = b.local(arg)?;
            b.push_value(v);
            Some(())
        }
        Opcode::LOAD_FAST_CHECK => {
            let (v, state) = (b.local(arg)?, b.before(i));
            let v = b.guarded(Op::GuardBound, 0, &[v], state);
            b.push_value(v);
            Some(())
        }
        Opcode::LOAD_FAST_AND_CLEAR => {
            let v = b.local(arg)?;
            let empty = b.constant(0);
            b.set_local(arg, empty)?;
            b.push_value(v);
            Some(())
        }
        Opcode::LOAD_FAST_LOAD_FAST | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
            let (x, y) = (b.local(arg >> 4)?, b.local(arg & 15)?);
            b.push_value(x);
            b.push_value(y);
            Some(())
        }
        Opcode::STORE_FAST => {
            let v = b.pop()?;
            b.set_local(arg, v)
        }
        Opcode::STORE_FAST_LOAD_FAST => {
            let v = b.pop()?;
            b.set_local(arg >> 4, v)?;
            let v = b.local(arg & 15)?;
            b.push_value(v);
            Some(())
        }
        Opcode::STORE_FAST_STORE_FAST => {
            let v = b.pop()?;
            b.set_local(arg >> 4, v)?;
            let v = b.pop()?;
            b.set_local(arg & 15, v)
        }
        Opcode::LOAD_CONST => {
            let bits = *b.source().consts.get(arg)?;
            let v = b.constant(bits);
            b.push_value(v);
            Some(())
        }
        Opcode::LOAD_SMALL_INT => {
            let v = b.constant(Value::from_len(arg).bits());
            b.push_value(v);
            Some(())
        }

        // The value stack.
        Opcode::POP_TOP | Opcode::POP_ITER | Opcode::END_FOR => b.pop().map(|_| ()),
        Opcode::PUSH_NULL => {
            let v = b.constant(0);
            b.push_value(v);
            Some(())
        }
        Opcode::COPY => {
            let v = b.peek(arg)?;
            b.push_value(v);
            Some(())
        }
        Opcode::SWAP => {
            let (x, y) = (b.peek(1)?, b.peek(arg)?);
            b.replace(1, y)?;
            b.replace(arg, x)
        }

        // Jumps.
        Opcode::JUMP_FORWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => b.jump_to(region::target(i)?),
        Opcode::JUMP_BACKWARD => {
            let target = region::target(i)?;
            // It may be a jump to itself.
            if let Some((_, meter)) = b.meter() {
                meter.is_over();
            }
            let state = b.state_at(target);
            b.push(Op::Poll, [0; 2], vec![], Some(state));
            b.jump_to(target)
        }
        Opcode::POP_JUMP_IF_FALSE
        | Opcode::POP_JUMP_IF_TRUE
        | Opcode::POP_JUMP_IF_NONE
        | Opcode::POP_JUMP_IF_NOT_NONE => {
            let v = b.pop()?;
            let (condition, negate) = match i.opcode {
                Opcode::POP_JUMP_IF_TRUE => (is_true(b, v), false),
                Opcode::POP_JUMP_IF_FALSE => (is_true(b, v), true),
                opcode => {
                    let none = b.constant(Value::NONE.bits());
                    (b.pure(Op::Same, 0, &[v, none]), opcode == Opcode::POP_JUMP_IF_NOT_NONE)
                }
            };
            let (taken, other) = (region::target(i)?, i.next);
            if negate { b.branch(condition, other, taken, |_| ()) } else { b.branch(condition, taken, other, |_| ()) }
        }

        // Operators.
        Opcode::BINARY_OP => binary::binary_op(b, i),
        Opcode::COMPARE_OP => binary::compare_op(b, i),
        Opcode::STORE_SUBSCR => binary::store_subscr(b, i),
        Opcode::CONTAINS_OP => fast::contains_op(b, i),
        Opcode::IS_OP => {
            let (y, x) = (b.peek(1)?, b.peek(2)?);
            if b.source().no_fast_paths {
                return call(b, i, Helper::IsOp, 2);
            }
            // Numbers are compared as values; a constant that is no large int is itself only.
            let plain = |v: Val| matches!(b.def(v), (Op::Const, bits, _) if b.resolver.is_itself_only(bits));
            let op = if plain(x) || plain(y) { Op::Same } else { Op::Identical };
            let mut same = b.pure(op, 0, &[x, y]);
            if arg != 0 {
                same = b.pure(Op::Not, 0, &[same]);
            }
            let same = b.pure(Op::BoxBool, 0, &[same]);
            b.pop()?;
            b.replace(1, same)
        }
        Opcode::TO_BOOL => fast::to_bool(b, i),
        Opcode::UNARY_NOT => {
            let v = b.peek(1)?;
            let truth = is_true(b, v);
            let truth = b.pure(Op::Not, 0, &[truth]);
            let v = b.pure(Op::BoxBool, 0, &[truth]);
            b.replace(1, v)
        }
        Opcode::UNARY_NEGATIVE => {
            let v = b.peek(1)?;
            match b.def(v).0 {
                Op::BoxFloat => {
                    let x = binary::float(b, i, v);
                    let x = b.pure(Op::FloatNeg, 0, &[x]);
                    let x = b.pure(Op::BoxFloat, 0, &[x]);
                    b.replace(1, x)
                }
                Op::BoxInt => {
                    let (x, state) = (binary::int(b, i, v), b.before(i));
                    let x = b.guarded(Op::IntNeg, 0, &[x], state);
                    let x = b.pure(Op::BoxInt, 0, &[x]);
                    b.replace(1, x)
                }
                _ if b.source().no_fast_paths || b.is_refused(i) => call(b, i, Helper::UnaryNegative, 1),
                _ => {
                    let v = fast::negative(b, i, v);
                    b.replace(1, v)
                }
            }
        }
        Opcode::UNARY_INVERT => {
            let v = b.peek(1)?;
            if b.def(v).0 != Op::BoxInt && (b.source().no_fast_paths || b.is_refused(i)) {
                return call(b, i, Helper::UnaryInvert, 1);
            }
            let x = binary::int(b, i, v);
            let x = b.pure(Op::IntNot, 0, &[x]);
            let x = b.pure(Op::BoxInt, 0, &[x]);
            b.replace(1, x)
        }
        Opcode::BINARY_SLICE => {
            let v = [b.peek(3)?, b.peek(2)?, b.peek(1)?];
            let slow = (Helper::BinarySlice, 0, &v[..]);
            fast::or_slow(b, i, Op::Fast, (Helper::SlicePlain, 0, &v), slow, 3, true)
        }
        Opcode::STORE_SLICE if !b.source().no_fast_paths => {
            let (value, container) = (b.peek(4)?, b.peek(3)?);
            let words = [b.peek(2)?, b.peek(1)?, b.constant(Value::NONE.bits())];
            let slice = allocate::slice(b, i, words);
            let v = [container, slice, value];
            fast::or_slow(b, i, Op::Fast, (Helper::SetSlice, 0, &v), (Helper::SetItem, 0, &v), 4, false)
        }
        Opcode::STORE_SLICE => call_on_stack(b, i, Helper::StoreSlice, 0, 4, false),
        Opcode::DELETE_SUBSCR => call_without_result(b, i, Helper::DeleteSubscr, 2, 2),
        Opcode::FORMAT_SIMPLE => {
            let v = [b.peek(1)?];
            let slow = (Helper::FormatSimple, 0, &v[..]);
            fast::or_slow(b, i, Op::Fast, (Helper::FormatPlain, 0, &v), slow, 1, true)
        }
        Opcode::CONVERT_VALUE => call(b, i, Helper::ConvertValue, 1),

        // Names.
        Opcode::LOAD_GLOBAL => variables::load_global(b, i),
        Opcode::LOAD_NAME if let Some(done) = variables::load_name(b, i) => done,
        Opcode::STORE_NAME if let Some(done) = variables::store_name(b, i) => done,
        Opcode::STORE_GLOBAL if let Some(done) = variables::store_global(b, i) => done,
        Opcode::LOAD_NAME => {
            let v = b.call(i, Helper::LoadName, Packed::bits(i.arg, 0, 0)?, &[]);
            b.push_value(v);
            b.left(i, Helper::LoadName);
            Some(())
        }
        Opcode::STORE_NAME => call_without_result(b, i, Helper::StoreName, 1, 1),
        Opcode::STORE_GLOBAL => call_without_result(b, i, Helper::StoreGlobal, 1, 1),
        Opcode::LOAD_DEREF if b.is_inlined() && b.is_constant(arg) => {
            let (cell, state) = (b.local(arg)?, b.before(i));
            let v = b.pure(Op::LoadField, cell::CONTENTS_OFFSET as u64, &[cell]);
            let v = b.guarded(Op::GuardBound, 0, &[v], state);
            b.push_value(v);
            Some(())
        }

        // Attributes.
        Opcode::LOAD_ATTR => load_attr(b, i),
        Opcode::STORE_ATTR => store_attr(b, i),

        // Building.
        Opcode::BUILD_TUPLE => allocate::build_tuple(b, i),
        Opcode::BUILD_LIST => call_on_stack(b, i, Helper::BuildList, i.arg, arg, true),
        Opcode::BUILD_SET => call_on_stack(b, i, Helper::BuildSet, i.arg, arg, true),
        Opcode::BUILD_MAP => call_on_stack(b, i, Helper::BuildMap, i.arg, arg.checked_mul(2)?, true),
        Opcode::BUILD_STRING => call_on_stack(b, i, Helper::BuildString, i.arg, arg, true),
        Opcode::BUILD_SLICE if !b.source().no_fast_paths => {
            let step = if i.arg == 3 { b.peek(1)? } else { b.constant(Value::NONE.bits()) };
            let words = [b.peek(arg)?, b.peek(arg.checked_sub(1)?)?, step];
            let v = allocate::slice(b, i, words);
            b.set_full(v);
            for _ in 0..arg {
                b.pop()?;
            }
            b.push_value(v);
            Some(())
        }
        Opcode::BUILD_SLICE => call_on_stack(b, i, Helper::BuildSlice, i.arg, arg, true),
        Opcode::LIST_APPEND => fast::list_append(b, i),
        Opcode::SET_ADD => add_to(b, i, Helper::SetAdd, 1),
        Opcode::LIST_EXTEND => add_to(b, i, Helper::ListExtend, 1),
        Opcode::MAP_ADD => add_to(b, i, Helper::MapAdd, 2),
        Opcode::UNPACK_SEQUENCE => {
            if let Some(done) = fast::unpack_sequence(b, i) {
                return done;
            }
            let (number, _) = b.profile(i)?;
            let v = b.peek(1)?;
            let first = b.slot_of(1)?;
            b.call(i, Helper::UnpackSequence, Packed::bits(i.arg, number, first)?, &[v]);
            b.pop()?;
            for k in 0..arg {
                let v = b.load_written(first + k);
                b.push_value(v);
            }
            b.left(i, Helper::UnpackSequence);
            Some(())
        }

        // Calls and iteration.
        Opcode::CALL | Opcode::CALL_KW => calls::call(b, i),
        Opcode::GET_ITER => allocate::get_iter(b, i),
        Opcode::FOR_ITER => for_iter(b, i),

        Opcode::RETURN_VALUE => {
            if !b.is_inlined() {
                let state = b.before(i);
                b.push(Op::GuardUnseen, [0; 2], vec![], Some(state));
            }
            let v = b.pop()?;
            b.return_value(i, v)
        }
        Opcode::YIELD_VALUE if b.is_generator() => {
            let v = b.pop()?;
            b.yield_value(i, v);
            Some(())
        }
        Opcode::SEND => send(b, i),
        Opcode::COPY_FREE_VARS if b.is_inlined() => Some(()),
        _ => general::translate(b, i),
    }
}

/// The condition that a bool on the stack is.
fn is_true(b: &mut Builder<'_>, v: Val) -> Val {
    if let (Op::BoxBool, _, &[condition]) = b.def(v) {
        return condition;
    }
    let truth = b.constant(Value::TRUE.bits());
    b.pure(Op::Same, 0, &[v, truth])
}

/// An instruction that replaces its `n` operands by the helper's result.
pub fn call(b: &mut Builder<'_>, i: &Instruction, helper: Helper, n: usize) -> Option<()> {
    let operands: Vec<Val> = (1..=n).rev().map(|k| b.peek(k)).collect::<Option<_>>()?;
    let feedback = b.profile(i).map_or(0, |(number, _)| number);
    let v = b.call(i, helper, Packed::bits(i.arg, feedback, 0)?, &operands);
    for _ in 1..n {
        b.pop()?;
    }
    b.replace(1, v)?;
    b.left(i, helper);
    Some(())
}

pub fn call_without_result(b: &mut Builder<'_>, i: &Instruction, helper: Helper, n: usize, pops: usize) -> Option<()> {
    let operands: Vec<Val> = (1..=n).rev().map(|k| b.peek(k)).collect::<Option<_>>()?;
    b.call(i, helper, Packed::bits(i.arg, 0, 0)?, &operands);
    for _ in 0..pops {
        b.pop()?;
    }
    b.left(i, helper);
    Some(())
}

/// An instruction whose `n` operands the helper reads on the frame's value stack.
pub fn call_on_stack(
    b: &mut Builder<'_>,
    i: &Instruction,
    helper: Helper,
    number: u32,
    n: usize,
    result: bool,
) -> Option<()> {
    let first = b.spill_top(n)?;
    let v = b.call(i, helper, Packed::bits(number, 0, first)?, &[]);
    for _ in 0..n {
        b.pop()?;
    }
    if result {
        b.push_value(v);
    }
    b.left(i, helper);
    Some(())
}

/// LIST_APPEND and its like: the container stays on the stack, `n` items above it go into it.
pub fn add_to(b: &mut Builder<'_>, i: &Instruction, helper: Helper, n: usize) -> Option<()> {
    let container = b.peek((i.arg as usize).checked_add(n)?)?;
    let mut operands = vec![container];
    for k in (1..=n).rev() {
        operands.push(b.peek(k)?);
    }
    b.call(i, helper, 0, &operands);
    for _ in 0..n {
        b.pop()?;
    }
    b.left(i, helper);
    Some(())
}

/// LOAD_ATTR on a module that is known: its variable.
fn module_value(b: &mut Builder<'_>, i: &Instruction, profile: &Profile) -> Option<Val> {
    let (Op::Const, module, _) = b.def(b.peek(1)?) else { return None };
    let found = b.resolver.module_value(module, profile.version, profile.index)?;
    let (state, table) = (b.before(i), found.table);
    let module = b.constant(module);
    b.guarded(Op::GuardShape, u64::from(shape::module), &[module], state);
    b.push(Op::GuardPointer, [table.field, table.address], vec![], Some(state));
    b.push(Op::GuardWord, [table.version_address, u64::from(table.version)], vec![], Some(state));
    let v = variables::load_slot(b, &table, found.address);
    Some(variables::known(b, v, found.now, state))
}

/// The class that a LOAD_ATTR has met last, or the one that is known to be there, and the address of its version.
fn class_met(b: &Builder<'_>, owner: Val, profile: &Profile) -> Option<(u64, u64)> {
    let class = match b.def(owner) {
        (Op::Const, class, _) => class,
        _ => b.resolver.class_at(u64::from(profile.index) | u64::from(profile.extra) << 32)?,
    };
    let (address, version) = b.resolver.class_version(class)?;
    (version == profile.version).then_some((class, address))
}

fn load_attr(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let (number, profile) = b.profile(i)?;
    if profile.kind == Kind::Empty && profile.seen == 0 {
        b.exit_to(i.start, Reason::NotRun);
        return Some(());
    }
    if profile.kind == Kind::Module
        && let Some(v) = module_value(b, i, &profile)
    {
        b.replace(1, v)?;
        if i.arg & 1 != 0 {
            let empty = b.constant(0);
            b.push_value(empty);
        }
        return Some(());
    }
    if polymorphic::load_attr(b, i, number)? {
        return Some(());
    }
    let owner = b.peek(1)?;
    let name = i.arg >> 1;
    let method = i.arg & 1 != 0;
    if matches!(profile.kind, Kind::TypeValue | Kind::ClassMethod)
        && (method || profile.kind == Kind::TypeValue)
        && let Some((class, address)) = class_met(b, owner, &profile)
    {
        // An attribute of a class.
        let state = b.before(i);
        b.guarded(Op::GuardIs, class, &[owner], state);
        b.push(Op::GuardWord, [address, u64::from(profile.version)], vec![], Some(state));
        let v = b.constant(profile.value);
        b.replace(1, v)?;
        if method {
            let bound = profile.kind == Kind::ClassMethod;
            let this = b.constant(if bound { class } else { 0 });
            if bound {
                b.set_full(this);
            }
            b.push_value(this);
        }
        return Some(());
    }
    if !method && let Some(done) = calls::getter(b, i, &profile, owner) {
        return done;
    }
    let state = b.before(i);
    match (profile.kind, profile.place) {
        (Kind::Inline, Some(Place::Offset(offset))) => {
            let object = b.push(Op::GuardShape, profile.shapes(), vec![owner], Some(state));
            let epoch = b.source().epoch;
            b.push(Op::GuardWord, [epoch, u64::from(profile.version)], vec![], Some(state));
            let v = b.pure(Op::LoadField, u64::from(offset), &[object]);
            let v = b.guarded(Op::GuardBound, 0, &[v], state);
            b.replace(1, v)?;
            if method {
                let empty = b.constant(0);
                b.push_value(empty);
            }
            Some(())
        }
        (Kind::ClassValue | Kind::Method, Some(Place::Class(version))) if method || profile.kind != Kind::Method => {
            b.push(Op::GuardShape, profile.shapes(), vec![owner], Some(state));
            b.push(Op::GuardWord, [version, u64::from(profile.version)], vec![], Some(state));
            let v = b.constant(profile.value);
            b.replace(1, v)?;
            if profile.kind == Kind::ClassValue && method {
                let empty = b.constant(0);
                b.push_value(empty);
            } else if method {
                b.set_full(owner);
                b.push_value(owner);
            }
            Some(())
        }
        (Kind::Inline, Some(Place::Side(offset))) => {
            let v = side_slot(b, i, &profile, owner, offset);
            b.replace(1, v)?;
            if method {
                let empty = b.constant(0);
                b.push_value(empty);
            }
            Some(())
        }
        _ if method => {
            let slot = b.slot_of(1)? + 1;
            let f = b.call(i, Helper::LoadMethod, Packed::bits(name, number, slot)?, &[owner]);
            b.replace(1, f)?;
            let this = b.load_written(slot);
            b.push_value(this);
            b.left(i, Helper::LoadMethod);
            Some(())
        }
        // (The helper reads the feedback of the unit's own code.)
        (Kind::Module | Kind::TypeValue | Kind::Inline, _) if !b.is_inlined() => {
            let (packed, v) = (Packed::bits(name, number, 0)?, [owner]);
            let slow = (Helper::LoadAttr, packed, &v[..]);
            fast::or_slow(b, i, Op::FastRead, (Helper::CachedLoadAttr, packed, &v), slow, 1, true)
        }
        _ => {
            let v = b.call(i, Helper::LoadAttr, Packed::bits(name, number, 0)?, &[owner]);
            b.replace(1, v)?;
            b.left(i, Helper::LoadAttr);
            Some(())
        }
    }
}

/// What stands in an instance's side array.
pub fn side_slot(b: &mut Builder<'_>, i: &Instruction, profile: &Profile, owner: Val, offset: u32) -> Val {
    let state = b.before(i);
    let object = b.push(Op::GuardShape, profile.shapes(), vec![owner], Some(state));
    let epoch = b.source().epoch;
    b.push(Op::GuardWord, [epoch, u64::from(profile.version)], vec![], Some(state));
    let array = b.pure(Op::LoadField, ATTRS_OFFSET as u64, &[object]);
    let array = b.guarded(Op::GuardBound, 0, &[array], state);
    let v = b.pure(Op::LoadField, u64::from(offset), &[array]);
    b.guarded(Op::GuardBound, 0, &[v], state)
}

fn store_attr(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let (number, profile) = b.profile(i)?;
    if polymorphic::store_attr(b, i, number)? {
        return Some(());
    }
    let (owner, value) = (b.peek(1)?, b.peek(2)?);
    if let (Kind::Inline, Some(Place::Offset(offset))) = (profile.kind, profile.place) {
        let state = b.before(i);
        let object = b.push(Op::GuardShape, profile.shapes(), vec![owner], Some(state));
        let epoch = b.source().epoch;
        b.push(Op::GuardWord, [epoch, u64::from(profile.version)], vec![], Some(state));
        b.pure(Op::StoreField, u64::from(offset), &[object, value]);
        b.pop()?;
        b.pop()?;
        return Some(());
    }
    if let (Kind::AddInline, Some(Place::Add(offset, version))) = (profile.kind, profile.place) {
        let state = b.before(i);
        let object = b.push(Op::GuardShape, profile.shapes(), vec![owner], Some(state));
        b.push(Op::GuardWord, [version, u64::from(profile.version)], vec![], Some(state));
        b.pure(Op::StoreField, u64::from(offset), &[object, value]);
        b.pure(Op::SetShape, u64::from(profile.extra), &[object]);
        b.pop()?;
        b.pop()?;
        return Some(());
    }
    if matches!(profile.kind, Kind::Inline | Kind::AddInline) && !b.is_inlined() {
        let (packed, operands) = (Packed::bits(i.arg, number, 0)?, [owner, value]);
        let slow = (Helper::StoreAttr, packed, &operands[..]);
        return fast::or_slow(b, i, Op::Fast, (Helper::CachedStoreAttr, packed, &operands), slow, 2, false);
    }
    b.call(i, Helper::StoreAttr, Packed::bits(i.arg, number, 0)?, &[owner, value]);
    b.pop()?;
    b.pop()?;
    b.left(i, Helper::StoreAttr);
    Some(())
}

/// SEND: the value sent becomes what comes back; it jumps where the receiver has returned.
fn send(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let (receiver, value) = (b.peek(2)?, b.peek(1)?);
    let (slot, target) = (b.slot_of(1)?, region::target(i)?);
    let packed = Packed::bits(0, 0, slot)?;
    let yielded = match b.is_inlined() {
        true => b.call(i, Helper::Send, packed, &[receiver, value]),
        false => b.resume_generator(i, packed, &[receiver, value])?,
    };
    let v = b.load_written(slot);
    b.replace(1, v)?;
    let truth = b.constant(Value::TRUE.bits());
    let yielded = b.pure(Op::Same, 0, &[yielded, truth]);
    let (goes_on, ended) = (b.split(), b.split());
    let to = |block| Target { block, arguments: Vec::new() };
    b.end_with(End::Branch(yielded, to(goes_on), to(ended)));
    let slots = b.snapshot();
    b.set_block(ended);
    b.left_to(target, Helper::Send);
    b.jump_to(target)?;
    b.restore(&slots);
    b.set_block(goes_on);
    b.left(i, Helper::Send);
    b.jump_to(i.next)
}

/// FOR_ITER: what is not known is asked.
fn for_iter(b: &mut Builder<'_>, i: &Instruction) -> Option<()> {
    let (number, profile) = b.profile(i)?;
    if let Some(done) = iterate::for_iter(b, i, &profile) {
        return done;
    }
    let iterator = b.peek(1)?;
    let (end, next) = (region::target(i)?, i.next);
    let packed = Packed::bits(0, number, 0)?;
    let is_generator = profile.shape == shape::generator && profile.extra == 0 && !b.is_inlined();
    // A dict's items are no tuples yet: the value comes in the slot behind the iterator.
    let slot = b.slot_of(1)? + 1;
    let is_of_dict = matches!(profile.shape, shape::dict_item_iter | shape::dict_key_iter | shape::dict_value_iter);
    let is_of_dict = is_of_dict && profile.extra == 0;
    let is_pair = is_of_dict && profile.shape == shape::dict_item_iter;
    let is_of_set = profile.shape == shape::set_iter && profile.extra == 0;
    let helper = match () {
        () if is_of_dict => Helper::ForIterDict,
        () if is_of_set => Helper::ForIterSet,
        () => Helper::ForIter,
    };
    let item = if is_of_dict || is_of_set {
        let state = b.before(i);
        let it = b.guarded(Op::GuardShape, u64::from(profile.shape), &[iterator], state);
        b.call(i, helper, Packed::bits(0, number, slot)?, &[it])
    } else if is_generator {
        let state = b.before(i);
        let g = b.guarded(Op::GuardShape, u64::from(shape::generator), &[iterator], state);
        b.resume_generator(i, packed, &[g])?
    } else {
        b.call(i, Helper::ForIter, packed, &[iterator])
    };
    let marker = b.constant(EXHAUSTED);
    let is_end = b.pure(Op::Same, 0, &[item, marker]);
    let (ended, advance) = (b.split(), b.split());
    let to = |block| Target { block, arguments: Vec::new() };
    b.end_with(End::Branch(is_end, to(ended), to(advance)));
    b.set_block(ended);
    b.left_to(end, helper);
    b.jump_to(end)?;
    b.set_block(advance);
    if is_pair {
        let value = b.load_written(slot);
        let pair = allocate::pair(b, i, item, value);
        b.set_full(pair);
        b.push_value(pair);
    } else {
        b.push_value(item);
    }
    b.left(i, helper);
    b.jump_to(next)
}
