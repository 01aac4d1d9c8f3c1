//! The loop: how each instruction moves operands between the frame and the functions of [`ops`], which hold its meaning.

use std::sync::atomic::Ordering;

use brolga_bytecode::opcode::Opcode;

use super::calls::Called;
use super::feedback::{Feedback, Kind, seen};
use super::{calls, change_loop, generators, instruction_units, native, ops, poll, unwind};
use crate::frame::{Frame, FrameOwner, OnReturn};
use crate::monitoring::{event, fire};
use crate::state::Vm;
use crate::types::generator::PyGenerator;
use crate::types::shape;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};
use crate::{PyResult, Raised};

/// The loop. There are three of it: `HOOKED` raises events (`crate::monitoring`) and enters no compiled code; each ends with
/// `None` where another one is to go on with the current frame. `METERED` counts bytecodes (`crate::state::meter`), the
/// hooked one only where that is asked for. `came_from`: the instruction before the next one, where
/// the frame does not say.
///
/// # Safety
/// As [`super::interpret`].
#[inline(never)]
pub(crate) unsafe fn execute<const HOOKED: bool, const METERED: bool>(
    vm: &Vm,
    mut frame: *mut Frame,
    mut pending: Option<Raised>,
    mut came_from: *const u16,
) -> Option<PyResult<Value>> {
    // SAFETY: for the whole function, `frame` is alive while current; `pc` stays in its executable stream and `sp` in
    // its value stack, because the code was verified; operand indexes are within `localsplus`, consts and names.
    unsafe {
        let mut pc: *const u16 = (*frame).instr.get();
        let mut sp: *mut Slot = (*frame).sp.get();
        let mut locals: *mut Slot = (*frame).locals_ptr();
        let mut feedback: *const Feedback = (*frame).code.get().feedback_base();

        macro_rules! push {
            ($v:expr) => {{
                let v: Value = $v;
                *sp = Some(v);
                sp = sp.add(1);
            }};
        }
        macro_rules! push_slot {
            ($v:expr) => {{
                let v: Slot = $v;
                *sp = v;
                sp = sp.add(1);
            }};
        }
        macro_rules! pop {
            () => {{
                sp = sp.sub(1);
                (*sp).unwrap_unchecked()
            }};
        }
        macro_rules! pop_slot {
            () => {{
                sp = sp.sub(1);
                *sp
            }};
        }
        macro_rules! peek {
            ($n:expr) => {
                (*sp.sub($n)).unwrap_unchecked()
            };
        }
        // The top `n` values, as a slice.
        macro_rules! top {
            ($n:expr) => {{
                let n = $n as usize;
                std::slice::from_raw_parts(sp.sub(n).cast::<Value>(), n)
            }};
        }
        // The loop's variables follow a change of frame.
        macro_rules! load_frame {
            () => {{
                sp = (*frame).sp.get();
                locals = (*frame).locals_ptr();
                pc = (*frame).instr.get();
                feedback = (*frame).code.get().feedback_base();
            }};
        }

        // The other loop goes on, at the instruction `$next`, behind `$from`.
        macro_rules! change {
            ($from:expr, $next:expr) => {{
                return change_loop(vm, frame, sp, $from, $next);
            }};
        }

        'run: loop {
            let (raised, traced) = 'raised: {
                macro_rules! ok {
                    ($e:expr) => {
                        match $e {
                            Ok(v) => v,
                            Err(raised) => break 'raised (raised, false),
                        }
                    };
                }
                // `$arg`: how far back behind the two next units it goes on.
                macro_rules! poll {
                    ($arg:expr) => {
                        if vm.breaker.load(Ordering::Relaxed) != 0 && ok!(poll::<HOOKED>(vm, frame, sp, pc, $arg)) {
                            return None;
                        }
                    };
                }
                if let Some(raised) = pending.take() {
                    break 'raised (raised, false);
                }
                'next: loop {
                    // The instruction before, for events.
                    let mut prev = pc;
                    if HOOKED {
                        prev = (*frame).instr.get();
                        if !came_from.is_null() {
                            prev = std::mem::replace(&mut came_from, std::ptr::null());
                        }
                        if !vm.hooks.on.get() {
                            change!(prev, pc);
                        }
                        (*frame).instr.set(pc);
                        (*frame).sp.set(sp);
                        if ok!(fire::before(vm, &*frame, pc, prev)) {
                            load_frame!();
                            continue 'next;
                        }
                    }
                    if METERED && (!HOOKED || vm.meter.is_on()) {
                        if vm.meter.left.get() <= 0 {
                            (*frame).instr.set(pc);
                            (*frame).sp.set(sp);
                            ok!(vm.refuel());
                        }
                        vm.meter.left.set(vm.meter.left.get() - 1);
                    }
                    let mut unit = *pc;
                    let mut arg = (unit >> 8) as u32;
                    'again: loop {
                        (*frame).instr.set(pc);
                        macro_rules! next {
                            ($caches:expr) => {{
                                pc = pc.add(1 + $caches);
                                continue 'next;
                            }};
                        }
                        // The side table's entry of this instruction.
                        macro_rules! feedback {
                            () => {
                                &*feedback.add(*pc.add(1) as usize)
                            };
                        }
                        macro_rules! name {
                            ($i:expr) => {
                                (*frame).code.get().name_at($i as usize)
                            };
                        }
                        // The generator that this frame's FOR_ITER or SEND has resumed yields: FOR_ITER pushes the value
                        // above the iterator, SEND replaces what it sent.
                        macro_rules! yielded {
                            ($value:expr) => {{
                                if generators::is_send(pc) {
                                    *sp.sub(1) = Some($value);
                                } else {
                                    push!($value);
                                    if HOOKED {
                                        jump!(event::BRANCH_LEFT, pc, pc.add(2));
                                    }
                                }
                                pc = pc.add(instruction_units(pc));
                                continue 'next;
                            }};
                        }
                        // It has returned.
                        macro_rules! finished {
                            ($value:expr) => {{
                                let (jump, is_send) = generators::after_return(pc, (*frame).resume_arg.get());
                                if is_send {
                                    *sp.sub(1) = Some($value);
                                } else if HOOKED {
                                    ok!(fire::loop_ended(vm, &*frame, pc, pc.add(jump - 1), $value));
                                }
                                pc = pc.add(jump);
                                continue 'next;
                            }};
                        }
                        // A generator's frame was made the current one: go on in it.
                        macro_rules! resumed {
                            () => {{
                                frame = vm.frame.get();
                                if !HOOKED {
                                    let code = (*frame).code.get();
                                    let left = code.resumes_left.get() - 1;
                                    if left == 0 {
                                        entered!(native::enter_generator(vm, frame));
                                    }
                                    code.resumes_left.set(left);
                                }
                                load_frame!();
                                continue 'next;
                            }};
                        }
                        // Compiled code has had the current frame: go on where it left off.
                        macro_rules! entered {
                            ($left:expr) => {{
                                let left = $left;
                                frame = vm.frame.get();
                                load_frame!();
                                // It may have left because events are wanted from now on.
                                let wanted = vm.hooks.on.get();
                                match left {
                                    native::Left::Resume => {}
                                    native::Left::Returned(value) => {
                                        push!(value);
                                        pc = pc.add(instruction_units(pc));
                                    }
                                    native::Left::Discarded => pc = pc.add(instruction_units(pc)),
                                    native::Left::Yielded(value) => yielded!(value),
                                    native::Left::Finished(value) => finished!(value),
                                    native::Left::Raised(raised) => break 'raised (raised, false),
                                }
                                if wanted {
                                    // From some other line, as far as it is known.
                                    change!(std::ptr::dangling(), pc);
                                }
                                continue 'next;
                            }};
                        }
                        // A call has been prepared: go on in its frame, or with its result.
                        macro_rules! called {
                            ($called:expr, $caches:expr) => {
                                match ok!($called) {
                                    Called::Value(v) => {
                                        push!(v);
                                        if !HOOKED && vm.hooks.on.get() {
                                            change!(pc, pc.add(1 + $caches));
                                        }
                                        next!($caches);
                                    }
                                    Called::Frame(new) => {
                                        (*frame).sp.set(sp);
                                        if let Err(raised) = vm.enter(new) {
                                            vm.pop_frame(new);
                                            break 'raised (raised, false);
                                        }
                                        frame = new;
                                        if !HOOKED {
                                            let code = (*frame).code.get();
                                            let left = code.calls_left.get() - 1;
                                            if left == 0 {
                                                entered!(native::enter_function(vm, frame));
                                            }
                                            code.calls_left.set(left);
                                        }
                                        load_frame!();
                                        continue 'next;
                                    }
                                }
                            };
                        }
                        // A jump that is an event.
                        macro_rules! jump {
                            ($event:expr, $source:expr, $target:expr) => {{
                                let target = $target;
                                if HOOKED && fire::wants(vm, &*frame, $event) {
                                    (*frame).sp.set(sp);
                                    pc = ok!(fire::jump(vm, &*frame, $event, pc, $source, target));
                                    sp = (*frame).sp.get();
                                    continue 'next;
                                }
                                pc = target;
                                continue 'next;
                            }};
                        }
                        macro_rules! branch {
                            ($jumps:expr) => {{
                                if $jumps {
                                    jump!(event::BRANCH_RIGHT, pc, pc.add(2 + arg as usize));
                                }
                                pc = pc.add(2);
                                continue 'next;
                            }};
                        }
                        match std::mem::transmute::<u8, Opcode>(unit as u8) {
                            Opcode::EXTENDED_ARG => {
                                pc = pc.add(1);
                                unit = *pc;
                                arg = arg << 8 | (unit >> 8) as u32;
                                continue 'again;
                            }
                            Opcode::NOP | Opcode::CACHE | Opcode::RESERVED => next!(0),
                            Opcode::NOT_TAKEN => jump!(event::BRANCH_LEFT, prev, pc.add(1)),
                            Opcode::RESUME => {
                                // Its events are still to come.
                                if vm.breaker.load(Ordering::Relaxed) != 0 && ok!(poll::<HOOKED>(vm, frame, sp, pc, 2))
                                {
                                    if METERED && vm.meter.is_on() {
                                        // The other loop begins with it again.
                                        vm.meter.left.set(vm.meter.left.get() + 1);
                                    }
                                    return None;
                                }
                                if HOOKED && ok!(fire::resume(vm, &*frame, pc, arg)) {
                                    load_frame!();
                                    continue 'next;
                                }
                                next!(0)
                            }

                            // Locals and constants.
                            Opcode::LOAD_FAST | Opcode::LOAD_FAST_BORROW => {
                                push_slot!(*locals.add(arg as usize));
                                next!(0)
                            }
                            Opcode::LOAD_FAST_CHECK => {
                                match *locals.add(arg as usize) {
                                    Some(v) => push!(v),
                                    None => ok!(Err(ops::globals::unbound_local(vm, &*frame, arg as usize))),
                                }
                                next!(0)
                            }
                            Opcode::LOAD_FAST_AND_CLEAR => {
                                push_slot!(*locals.add(arg as usize));
                                *locals.add(arg as usize) = None;
                                next!(0)
                            }
                            Opcode::LOAD_FAST_LOAD_FAST | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                                push_slot!(*locals.add((arg >> 4) as usize));
                                push_slot!(*locals.add((arg & 15) as usize));
                                next!(0)
                            }
                            Opcode::STORE_FAST => {
                                *locals.add(arg as usize) = pop_slot!();
                                next!(0)
                            }
                            Opcode::STORE_FAST_LOAD_FAST => {
                                *locals.add((arg >> 4) as usize) = pop_slot!();
                                push_slot!(*locals.add((arg & 15) as usize));
                                next!(0)
                            }
                            Opcode::STORE_FAST_STORE_FAST => {
                                *locals.add((arg >> 4) as usize) = pop_slot!();
                                *locals.add((arg & 15) as usize) = pop_slot!();
                                next!(0)
                            }
                            Opcode::DELETE_FAST => {
                                if (*locals.add(arg as usize)).is_none() {
                                    ok!(Err(ops::globals::unbound_local(vm, &*frame, arg as usize)));
                                }
                                *locals.add(arg as usize) = None;
                                next!(0)
                            }
                            Opcode::LOAD_CONST => {
                                push!((*frame).code.get().constant(arg as usize));
                                next!(0)
                            }
                            Opcode::LOAD_SMALL_INT => {
                                push!(Value::from_int_truncated(arg as i64));
                                next!(0)
                            }
                            Opcode::LOAD_COMMON_CONSTANT => {
                                push!(ok!(calls::common_constant(vm, arg)));
                                next!(0)
                            }

                            // The value stack.
                            Opcode::POP_TOP | Opcode::END_FOR => {
                                sp = sp.sub(1);
                                next!(0)
                            }
                            Opcode::POP_ITER => {
                                sp = sp.sub(1);
                                jump!(event::BRANCH_RIGHT, prev, pc.add(1))
                            }
                            Opcode::PUSH_NULL => {
                                push_slot!(None);
                                next!(0)
                            }
                            Opcode::COPY => {
                                push_slot!(*sp.sub(arg as usize));
                                next!(0)
                            }
                            Opcode::SWAP => {
                                std::ptr::swap(sp.sub(1), sp.sub(arg as usize));
                                next!(0)
                            }
                            Opcode::END_SEND => {
                                if HOOKED {
                                    ok!(fire::end_send(vm, &*frame, pc, peek!(2), peek!(1)));
                                }
                                let value = pop_slot!();
                                *sp.sub(1) = value;
                                next!(0)
                            }

                            // Jumps.
                            Opcode::JUMP_FORWARD => {
                                jump!(event::JUMP, pc, pc.add(1 + arg as usize))
                            }
                            Opcode::JUMP_BACKWARD => {
                                poll!(arg);
                                if HOOKED {
                                    jump!(event::JUMP, pc, pc.add(2).sub(arg as usize));
                                }
                                let counter = feedback!();
                                let target = pc.add(2).sub(arg as usize);
                                if counter.kind.get() != Kind::Compiled {
                                    let turns = counter.index.get() + 1;
                                    counter.index.set(turns);
                                    if turns < vm.loop_threshold.get() {
                                        pc = target;
                                        continue 'next;
                                    }
                                }
                                (*frame).sp.set(sp);
                                entered!(native::enter_loop(vm, frame, target, counter))
                            }
                            Opcode::JUMP_BACKWARD_NO_INTERRUPT => {
                                pc = pc.add(1).sub(arg as usize);
                                continue 'next;
                            }
                            Opcode::POP_JUMP_IF_FALSE => {
                                let condition = pop!();
                                branch!(condition.same_bits(Value::FALSE))
                            }
                            Opcode::POP_JUMP_IF_TRUE => {
                                let condition = pop!();
                                branch!(condition.same_bits(Value::TRUE))
                            }
                            Opcode::POP_JUMP_IF_NONE => {
                                let value = pop!();
                                branch!(value.is_none())
                            }
                            Opcode::POP_JUMP_IF_NOT_NONE => {
                                let value = pop!();
                                branch!(!value.is_none())
                            }

                            // Operators.
                            Opcode::BINARY_OP => {
                                let (a, b) = (peek!(2), peek!(1));
                                let result = ok!(ops::arithmetic::binary_op(vm, a, b, arg, feedback!()));
                                sp = sp.sub(1);
                                *sp.sub(1) = Some(result);
                                next!(5)
                            }
                            Opcode::COMPARE_OP => {
                                let (a, b) = (peek!(2), peek!(1));
                                let result = ok!(ops::arithmetic::compare_op(vm, a, b, arg, feedback!()));
                                sp = sp.sub(1);
                                *sp.sub(1) = Some(result);
                                next!(1)
                            }
                            Opcode::CONTAINS_OP => {
                                let (item, container) = (peek!(2), peek!(1));
                                let result =
                                    ok!(ops::arithmetic::contains_op(vm, item, container, arg != 0, feedback!()));
                                sp = sp.sub(1);
                                *sp.sub(1) = Some(result);
                                next!(1)
                            }
                            Opcode::IS_OP => {
                                let b = pop!();
                                let a = pop!();
                                push!(Value::from_bool(a.is(b) != (arg != 0)));
                                next!(0)
                            }
                            Opcode::TO_BOOL => {
                                let v = peek!(1);
                                *sp.sub(1) = Some(ok!(ops::arithmetic::to_bool(vm, v, feedback!())));
                                next!(3)
                            }
                            Opcode::UNARY_NOT => {
                                let v = pop!();
                                push!(Value::from_bool(!v.same_bits(Value::TRUE)));
                                next!(0)
                            }
                            Opcode::UNARY_NEGATIVE => {
                                *sp.sub(1) = Some(ok!(ops::arithmetic::unary_negative(vm, peek!(1))));
                                next!(0)
                            }
                            Opcode::UNARY_INVERT => {
                                *sp.sub(1) = Some(ok!(ops::arithmetic::unary_invert(vm, peek!(1))));
                                next!(0)
                            }
                            Opcode::BINARY_SLICE => {
                                let result = ok!(ops::arithmetic::binary_slice(vm, peek!(3), peek!(2), peek!(1)));
                                sp = sp.sub(2);
                                *sp.sub(1) = Some(result);
                                next!(0)
                            }
                            Opcode::STORE_SLICE => {
                                ok!(ops::arithmetic::store_slice(vm, peek!(4), peek!(3), peek!(2), peek!(1)));
                                sp = sp.sub(4);
                                next!(0)
                            }
                            Opcode::STORE_SUBSCR => {
                                ok!(ops::arithmetic::store_subscr(vm, peek!(2), peek!(1), peek!(3), feedback!()));
                                sp = sp.sub(3);
                                next!(1)
                            }
                            Opcode::DELETE_SUBSCR => {
                                ok!(vm.del_item(peek!(2), peek!(1)));
                                sp = sp.sub(2);
                                next!(0)
                            }
                            Opcode::FORMAT_SIMPLE => {
                                *sp.sub(1) = Some(ok!(ops::arithmetic::format_simple(vm, peek!(1))));
                                next!(0)
                            }
                            Opcode::FORMAT_WITH_SPEC => {
                                let result = ok!(ops::arithmetic::format_with_spec(vm, peek!(2), peek!(1)));
                                sp = sp.sub(1);
                                *sp.sub(1) = Some(result);
                                next!(0)
                            }
                            Opcode::CONVERT_VALUE => {
                                *sp.sub(1) = Some(ok!(ops::arithmetic::convert_value(vm, peek!(1), arg)));
                                next!(0)
                            }

                            // Names.
                            Opcode::LOAD_GLOBAL => {
                                let name = name!(arg >> 1);
                                let value = ok!(ops::globals::load_global(vm, &*frame, name, feedback!()));
                                push!(value);
                                if arg & 1 != 0 {
                                    push_slot!(None);
                                }
                                next!(4)
                            }
                            Opcode::LOAD_NAME => {
                                push!(ok!(ops::globals::load_name(vm, &*frame, name!(arg))));
                                next!(0)
                            }
                            Opcode::STORE_NAME => {
                                ok!(ops::globals::store_name(vm, &*frame, name!(arg), peek!(1)));
                                sp = sp.sub(1);
                                next!(0)
                            }
                            Opcode::DELETE_NAME => {
                                ok!(ops::globals::delete_name(vm, &*frame, name!(arg)));
                                next!(0)
                            }
                            Opcode::STORE_GLOBAL => {
                                ok!(ops::globals::store_global(vm, &*frame, name!(arg), peek!(1)));
                                sp = sp.sub(1);
                                next!(0)
                            }
                            Opcode::DELETE_GLOBAL => {
                                ok!(ops::globals::delete_global(vm, &*frame, name!(arg)));
                                next!(0)
                            }
                            Opcode::LOAD_FROM_DICT_OR_GLOBALS => {
                                let v = ok!(ops::globals::load_from_dict_or_globals(vm, &*frame, peek!(1), name!(arg)));
                                *sp.sub(1) = Some(v);
                                next!(0)
                            }
                            Opcode::LOAD_LOCALS => {
                                push!(ok!(ops::globals::load_locals(vm, &*frame)));
                                next!(0)
                            }
                            Opcode::LOAD_DEREF => {
                                push!(ok!(ops::globals::load_deref(vm, &*frame, arg as usize)));
                                next!(0)
                            }
                            Opcode::STORE_DEREF => {
                                ops::globals::store_deref(*locals.add(arg as usize), pop_slot!());
                                next!(0)
                            }
                            Opcode::DELETE_DEREF => {
                                ok!(ops::globals::delete_deref(vm, &*frame, arg as usize));
                                next!(0)
                            }
                            Opcode::LOAD_FROM_DICT_OR_DEREF => {
                                let v = ok!(ops::globals::load_from_dict_or_deref(vm, &*frame, peek!(1), arg as usize));
                                *sp.sub(1) = Some(v);
                                next!(0)
                            }
                            Opcode::MAKE_CELL => {
                                *locals.add(arg as usize) =
                                    Some(ok!(ops::functions::make_cell(vm, *locals.add(arg as usize))));
                                next!(0)
                            }
                            Opcode::COPY_FREE_VARS => {
                                ok!(ops::functions::copy_free_vars(vm, &*frame, arg as usize));
                                next!(0)
                            }

                            // Attributes.
                            Opcode::LOAD_ATTR => {
                                let name = name!(arg >> 1);
                                let owner = peek!(1);
                                if arg & 1 == 0 {
                                    *sp.sub(1) = Some(ok!(ops::attributes::load_attr(vm, owner, name, feedback!())));
                                } else {
                                    let (f, this) = ok!(ops::attributes::load_method(vm, owner, name, feedback!()));
                                    *sp.sub(1) = Some(f);
                                    push_slot!(this);
                                }
                                next!(9)
                            }
                            Opcode::STORE_ATTR => {
                                ok!(ops::attributes::store_attr(vm, peek!(1), name!(arg), peek!(2), feedback!()));
                                sp = sp.sub(2);
                                next!(4)
                            }
                            Opcode::DELETE_ATTR => {
                                ok!(vm.del_attr(peek!(1), name!(arg)));
                                sp = sp.sub(1);
                                next!(0)
                            }
                            Opcode::LOAD_SUPER_ATTR => {
                                let (function, class, this, name) = (peek!(3), peek!(2), peek!(1), name!(arg >> 2));
                                let (two, method) = (arg & 2 != 0, arg & 1 != 0);
                                let load = || {
                                    ops::attributes::load_super_attr(
                                        vm,
                                        function,
                                        class,
                                        this,
                                        name,
                                        two,
                                        method,
                                        feedback!(),
                                    )
                                };
                                let (f, this) = if HOOKED {
                                    let class = if two { Some(class) } else { None };
                                    ok!(fire::call_super(vm, &*frame, pc, function, class, load))
                                } else {
                                    ok!(load())
                                };
                                sp = sp.sub(2);
                                *sp.sub(1) = Some(f);
                                if arg & 1 != 0 {
                                    push_slot!(this);
                                }
                                next!(1)
                            }
                            Opcode::LOAD_SPECIAL => {
                                let (f, this) = ok!(ops::attributes::load_special(vm, peek!(1), arg));
                                *sp.sub(1) = Some(f);
                                push_slot!(this);
                                next!(0)
                            }

                            // Building.
                            Opcode::BUILD_TUPLE => {
                                let v = ok!(ops::build::build_tuple(vm, top!(arg)));
                                sp = sp.sub(arg as usize);
                                push!(v);
                                next!(0)
                            }
                            Opcode::BUILD_LIST => {
                                let v = ok!(ops::build::build_list(vm, top!(arg)));
                                sp = sp.sub(arg as usize);
                                push!(v);
                                next!(0)
                            }
                            Opcode::BUILD_SET => {
                                let v = ok!(ops::build::build_set(vm, top!(arg)));
                                sp = sp.sub(arg as usize);
                                push!(v);
                                next!(0)
                            }
                            Opcode::BUILD_MAP => {
                                let v = ok!(ops::build::build_map(vm, top!(2 * arg)));
                                sp = sp.sub(2 * arg as usize);
                                push!(v);
                                next!(0)
                            }
                            Opcode::BUILD_STRING => {
                                let v = ok!(ops::build::build_string(vm, top!(arg)));
                                sp = sp.sub(arg as usize);
                                push!(v);
                                next!(0)
                            }
                            Opcode::BUILD_SLICE => {
                                let v = ok!(ops::build::build_slice(vm, top!(arg)));
                                sp = sp.sub(arg as usize);
                                push!(v);
                                next!(0)
                            }
                            Opcode::BUILD_TEMPLATE => {
                                let v = ok!(ops::templates::build_template(vm, peek!(2), peek!(1)));
                                sp = sp.sub(1);
                                *sp.sub(1) = Some(v);
                                next!(0)
                            }
                            Opcode::BUILD_INTERPOLATION => {
                                let spec = if arg & 1 != 0 { pop_slot!() } else { None };
                                let v = ok!(ops::templates::build_interpolation(vm, peek!(2), peek!(1), spec, arg));
                                sp = sp.sub(1);
                                *sp.sub(1) = Some(v);
                                next!(0)
                            }
                            Opcode::LIST_APPEND => {
                                ok!(ops::build::list_append(vm, peek!(1 + arg as usize), peek!(1)));
                                sp = sp.sub(1);
                                next!(0)
                            }
                            Opcode::LIST_EXTEND => {
                                ok!(ops::build::list_extend(vm, peek!(1 + arg as usize), peek!(1)));
                                sp = sp.sub(1);
                                next!(0)
                            }
                            Opcode::SET_ADD => {
                                ok!(ops::build::set_add(vm, peek!(1 + arg as usize), peek!(1)));
                                sp = sp.sub(1);
                                next!(0)
                            }
                            Opcode::SET_UPDATE => {
                                ok!(ops::build::set_update(vm, peek!(1 + arg as usize), peek!(1)));
                                sp = sp.sub(1);
                                next!(0)
                            }
                            Opcode::MAP_ADD => {
                                ok!(ops::build::map_add(vm, peek!(2 + arg as usize), peek!(2), peek!(1)));
                                sp = sp.sub(2);
                                next!(0)
                            }
                            Opcode::DICT_UPDATE => {
                                ok!(ops::build::dict_update(vm, peek!(1 + arg as usize), peek!(1)));
                                sp = sp.sub(1);
                                next!(0)
                            }
                            Opcode::DICT_MERGE => {
                                // Below the dict: function, NULL or self, positional arguments.
                                let function = peek!(4 + arg as usize);
                                ok!(ops::build::dict_merge(vm, function, peek!(1 + arg as usize), peek!(1)));
                                sp = sp.sub(1);
                                next!(0)
                            }
                            Opcode::UNPACK_SEQUENCE => {
                                let sequence = peek!(1);
                                let out = std::slice::from_raw_parts_mut(sp.sub(1), arg as usize);
                                ok!(ops::unpack::unpack_sequence(vm, sequence, out, feedback!()));
                                sp = sp.sub(1).add(arg as usize);
                                next!(1)
                            }
                            Opcode::UNPACK_EX => {
                                let (before, after) = ((arg & 0xff) as usize, (arg >> 8) as usize);
                                let sequence = peek!(1);
                                let out = std::slice::from_raw_parts_mut(sp.sub(1), before + 1 + after);
                                ok!(ops::unpack::unpack_ex(vm, sequence, before, after, out));
                                sp = sp.add(before + after);
                                next!(0)
                            }

                            // Functions and classes.
                            Opcode::MAKE_FUNCTION => {
                                *sp.sub(1) = Some(ok!(ops::functions::make_function(vm, &*frame, peek!(1))));
                                next!(0)
                            }
                            Opcode::SET_FUNCTION_ATTRIBUTE => {
                                let function = pop!();
                                ok!(ops::functions::set_function_attribute(vm, function, arg, peek!(1)));
                                *sp.sub(1) = Some(function);
                                next!(0)
                            }
                            Opcode::LOAD_BUILD_CLASS => {
                                push!(ok!(ops::classes::load_build_class(vm, &*frame)));
                                next!(0)
                            }
                            Opcode::SETUP_ANNOTATIONS => {
                                ok!(ops::classes::setup_annotations(vm, &*frame));
                                next!(0)
                            }
                            Opcode::CALL_INTRINSIC_1 => {
                                *sp.sub(1) = Some(ok!(ops::intrinsics::call_intrinsic_1(vm, &*frame, arg, peek!(1))));
                                next!(0)
                            }
                            Opcode::CALL_INTRINSIC_2 => {
                                let v = ok!(ops::intrinsics::call_intrinsic_2(vm, arg, peek!(2), peek!(1)));
                                sp = sp.sub(1);
                                *sp.sub(1) = Some(v);
                                next!(0)
                            }
                            Opcode::IMPORT_NAME => {
                                let v = ok!(ops::imports::import_name(vm, &*frame, name!(arg), peek!(1), peek!(2)));
                                sp = sp.sub(1);
                                *sp.sub(1) = Some(v);
                                next!(0)
                            }
                            Opcode::IMPORT_FROM => {
                                push!(ok!(ops::imports::import_from(vm, peek!(1), name!(arg))));
                                next!(0)
                            }

                            // Calls.
                            Opcode::CALL => {
                                let n = arg as usize;
                                let base = sp.sub(n + 2);
                                let callable = (*base).unwrap_unchecked();
                                let bound = (*base.add(1)).is_some();
                                let args = top!(n + usize::from(bound));
                                let result = if HOOKED {
                                    feedback!().saw(seen::CALLED);
                                    fire::call(vm, &*frame, pc, callable, args, None)
                                } else {
                                    calls::prepare_call(vm, callable, args, feedback!())
                                };
                                if result.is_ok() {
                                    sp = base;
                                }
                                called!(result, 3)
                            }
                            Opcode::CALL_KW => {
                                let kwnames = peek!(1).downcast::<PyTuple>();
                                let n = arg as usize;
                                let base = sp.sub(n + 3);
                                let callable = (*base).unwrap_unchecked();
                                let bound = usize::from((*base.add(1)).is_some());
                                let args = std::slice::from_raw_parts(base.add(2 - bound).cast::<Value>(), n + bound);
                                let result = if HOOKED {
                                    fire::call(vm, &*frame, pc, callable, args, kwnames)
                                } else {
                                    calls::prepare(vm, callable, args, kwnames)
                                };
                                if result.is_ok() {
                                    sp = base;
                                }
                                called!(result, 3)
                            }
                            Opcode::CALL_FUNCTION_EX => {
                                let kwargs = *sp.sub(1);
                                let result = if HOOKED {
                                    fire::call_ex(vm, &*frame, pc, peek!(4), peek!(2), kwargs)
                                } else {
                                    calls::prepare_ex(vm, peek!(4), peek!(2), kwargs)
                                };
                                if result.is_ok() {
                                    sp = sp.sub(4);
                                }
                                called!(result, 0)
                            }
                            Opcode::RETURN_VALUE => {
                                if HOOKED {
                                    ok!(fire::returns(vm, &*frame, event::PY_RETURN, pc, peek!(1)));
                                }
                                let value = pop!();
                                let on_return = (*frame).on_return.get();
                                let done = frame;
                                if (*done).owner.get() == FrameOwner::Generator {
                                    generators::finish(vm, done);
                                }
                                let result = (*done).result.get();
                                let previous = (*done).previous.get();
                                vm.leave(done);
                                match on_return {
                                    OnReturn::Exit => return Some(Ok(value)),
                                    OnReturn::Push => {
                                        frame = previous;
                                        load_frame!();
                                        push!(value);
                                        pc = pc.add(instruction_units(pc));
                                        continue 'next;
                                    }
                                    OnReturn::Init => {
                                        frame = previous;
                                        load_frame!();
                                        if !value.is_none() {
                                            break 'raised (vm.init_returned(value), false);
                                        }
                                        push_slot!(result);
                                        pc = pc.add(instruction_units(pc));
                                        continue 'next;
                                    }
                                    OnReturn::Resumed => {
                                        frame = previous;
                                        load_frame!();
                                        finished!(value);
                                    }
                                    OnReturn::Discard => {
                                        frame = previous;
                                        load_frame!();
                                        pc = pc.add(instruction_units(pc));
                                        continue 'next;
                                    }
                                    OnReturn::Operator => {
                                        frame = previous;
                                        load_frame!();
                                        let value = ok!(native::operator_result(vm, value, result));
                                        push!(value);
                                        pc = pc.add(instruction_units(pc));
                                        continue 'next;
                                    }
                                }
                            }
                            Opcode::INTERPRETER_EXIT => {
                                let value = pop!();
                                vm.leave(frame);
                                return Some(Ok(value));
                            }
                            Opcode::EXIT_INIT_CHECK => {
                                let value = pop!();
                                if !value.is_none() {
                                    ok!(Err(vm.init_returned(value)));
                                }
                                next!(0)
                            }

                            // Iteration and generators.
                            Opcode::GET_ITER => {
                                *sp.sub(1) = Some(ok!(ops::iteration::get_iter(vm, peek!(1))));
                                next!(0)
                            }
                            Opcode::FOR_ITER => {
                                let iterator = peek!(1);
                                if let Some(g) = vm.exact::<PyGenerator>(iterator, shape::generator)
                                    && g.can_resume()
                                {
                                    (*frame).sp.set(sp);
                                    (*frame).resume_arg.set(arg);
                                    feedback!().meets_iterator(shape::generator);
                                    ok!(generators::resume(vm, g, Value::NONE, OnReturn::Resumed));
                                    resumed!();
                                }
                                let item = if HOOKED {
                                    fire::next(vm, &*frame, pc, iterator)
                                } else {
                                    ops::iteration::for_iter(vm, iterator, feedback!())
                                };
                                match ok!(item) {
                                    Some(item) => {
                                        push!(item);
                                        jump!(event::BRANCH_LEFT, pc, pc.add(2))
                                    }
                                    None => {
                                        // Over the END_FOR, which would pop the item.
                                        pc = pc.add(2 + arg as usize + 1);
                                        continue 'next;
                                    }
                                }
                            }
                            Opcode::GET_YIELD_FROM_ITER => {
                                let flags = (*frame).code.get().flags.get();
                                *sp.sub(1) = Some(ok!(ops::iteration::get_yield_from_iter(vm, peek!(1), flags)));
                                next!(0)
                            }
                            Opcode::SEND => {
                                let (receiver, value) = (peek!(2), peek!(1));
                                if let Some(g) = receiver.downcast::<PyGenerator>()
                                    && !g.is_async_generator()
                                    && g.can_resume()
                                    && (value.is_none() || g.is_started())
                                {
                                    (*frame).sp.set(sp);
                                    (*frame).resume_arg.set(arg);
                                    ok!(generators::resume(vm, g, value, OnReturn::Resumed));
                                    resumed!();
                                }
                                let sent = if HOOKED {
                                    fire::send(vm, &*frame, pc, receiver, value)
                                } else {
                                    generators::send(vm, receiver, value)
                                };
                                match ok!(sent) {
                                    generators::Sent::Yielded(v) => {
                                        *sp.sub(1) = Some(v);
                                        next!(1)
                                    }
                                    generators::Sent::Returned(v) => {
                                        *sp.sub(1) = Some(v);
                                        pc = pc.add(2 + arg as usize);
                                        continue 'next;
                                    }
                                }
                            }
                            Opcode::YIELD_VALUE => {
                                if HOOKED && ok!(fire::returns(vm, &*frame, event::PY_YIELD, pc, peek!(1))) {
                                    load_frame!();
                                    continue 'next;
                                }
                                let value = pop!();
                                (*frame).sp.set(sp);
                                let done = frame;
                                let on_return = (*done).on_return.get();
                                let previous = (*done).previous.get();
                                generators::suspend(vm, done);
                                if on_return == OnReturn::Exit {
                                    return Some(Ok(value));
                                }
                                frame = previous;
                                load_frame!();
                                yielded!(value);
                            }
                            Opcode::RETURN_GENERATOR => {
                                (*frame).sp.set(sp);
                                let generator = ok!(generators::make(vm, &*frame));
                                let on_return = (*frame).on_return.get();
                                let previous = (*frame).previous.get();
                                vm.leave(frame);
                                if on_return == OnReturn::Exit {
                                    return Some(Ok(generator));
                                }
                                frame = previous;
                                load_frame!();
                                push!(generator);
                                pc = pc.add(instruction_units(pc));
                                continue 'next;
                            }
                            Opcode::GET_AWAITABLE => {
                                *sp.sub(1) = Some(ok!(ops::iteration::get_awaitable(vm, peek!(1), arg)));
                                next!(0)
                            }
                            Opcode::GET_AITER => {
                                *sp.sub(1) = Some(ok!(ops::iteration::get_aiter(vm, peek!(1))));
                                next!(0)
                            }
                            Opcode::GET_ANEXT => {
                                push!(ok!(ops::iteration::get_anext(vm, peek!(1))));
                                next!(0)
                            }
                            Opcode::END_ASYNC_FOR => {
                                let exception = peek!(1);
                                match ops::exceptions::end_async_for(vm, exception) {
                                    Ok(()) => {
                                        sp = sp.sub(2);
                                        // From the END_SEND that the loop's way goes on from.
                                        jump!(event::BRANCH_RIGHT, pc.add(1).sub(arg as usize), pc.add(1))
                                    }
                                    Err(raised) => {
                                        sp = sp.sub(1);
                                        break 'raised (raised, true);
                                    }
                                }
                            }
                            Opcode::CLEANUP_THROW => {
                                // sub-iterator, last value, exception
                                match ops::exceptions::cleanup_throw(vm, peek!(1)) {
                                    Ok(value) => {
                                        sp = sp.sub(3);
                                        push!(Value::NONE);
                                        push!(value);
                                        next!(0)
                                    }
                                    Err(raised) => break 'raised (raised, true),
                                }
                            }
                            Opcode::GET_LEN => {
                                push!(ok!(ops::iteration::get_len(vm, peek!(1))));
                                next!(0)
                            }

                            // Exceptions.
                            Opcode::RAISE_VARARGS => {
                                let cause = if arg == 2 { pop_slot!() } else { None };
                                let exception = if arg > 0 { pop_slot!() } else { None };
                                let (raised, reraised) = ops::exceptions::raise_varargs(vm, exception, cause);
                                break 'raised (raised, reraised);
                            }
                            Opcode::RERAISE => {
                                let exception = pop!();
                                if arg > 0 {
                                    unwind::set_lasti(&*frame, *sp.sub(arg as usize));
                                }
                                break 'raised (unwind::reraise(vm, exception), true);
                            }
                            Opcode::PUSH_EXC_INFO => {
                                let exception = pop!();
                                push!(ops::exceptions::push_exc_info(vm, exception));
                                push!(exception);
                                next!(0)
                            }
                            Opcode::POP_EXCEPT => {
                                ops::exceptions::pop_except(vm, pop!());
                                next!(0)
                            }
                            Opcode::CHECK_EXC_MATCH => {
                                let matched = ok!(ops::exceptions::check_exc_match(vm, peek!(2), peek!(1)));
                                *sp.sub(1) = Some(Value::from_bool(matched));
                                next!(0)
                            }
                            Opcode::CHECK_EG_MATCH => {
                                let (rest, matched) = ok!(ops::exceptions::check_eg_match(vm, peek!(2), peek!(1)));
                                *sp.sub(2) = Some(rest);
                                *sp.sub(1) = Some(matched);
                                next!(0)
                            }
                            Opcode::WITH_EXCEPT_START => {
                                // exit, exit's self or NULL, lasti, previous exception, exception
                                let v = ok!(ops::exceptions::with_except_start(vm, peek!(5), *sp.sub(4), peek!(1)));
                                push!(v);
                                next!(0)
                            }

                            // Pattern matching.
                            Opcode::MATCH_MAPPING => {
                                push!(ops::matching::match_mapping(vm, peek!(1)));
                                next!(0)
                            }
                            Opcode::MATCH_SEQUENCE => {
                                push!(ops::matching::match_sequence(vm, peek!(1)));
                                next!(0)
                            }
                            Opcode::MATCH_KEYS => {
                                push!(ok!(ops::matching::match_keys(vm, peek!(2), peek!(1))));
                                next!(0)
                            }
                            Opcode::MATCH_CLASS => {
                                let v =
                                    ok!(ops::matching::match_class(vm, peek!(3), peek!(2), arg as usize, peek!(1),));
                                sp = sp.sub(2);
                                *sp.sub(1) = Some(v);
                                next!(0)
                            }
                        }
                    }
                }
            };
            // An exception is in flight, raised by the instruction at `pc`.
            (*frame).sp.set(sp);
            match unwind::unwind(vm, frame, pc, raised, traced) {
                unwind::Unwound::Handler(handling, raised_at) => {
                    frame = handling;
                    load_frame!();
                    if HOOKED {
                        came_from = raised_at;
                    } else if vm.hooks.on.get() {
                        change!(raised_at, pc);
                    }
                    continue 'run;
                }
                unwind::Unwound::Exit(raised) => return Some(Err(raised)),
            }
        }
    }
}
