//! Setting `f_lineno`: a trace function sends its frame to another line.
//!
//! What stands on the value stack where the frame is must be what the code expects where it goes. So the kinds of the
//! stack's values are found for every instruction, by the rules that CPython has for this, and packed three bits a value
//! (the top lowest), so that the deeper of two stacks is the greater number.

use brolga_bytecode::exceptions::ExceptionTable;
use brolga_bytecode::instructions::{Instruction, Instructions};
use brolga_bytecode::lines::Lines;
use brolga_bytecode::opcode::Opcode;
use brolga_bytecode::stack_effect::StackEffect;

use super::{NO_EVENT, event};
use crate::PyResult;
use crate::frame::Frame;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::code::CodeData;
use crate::types::frame::PyFrame;
use crate::value::{Slot, Value};

/// The kinds of a value stack; negative: [`UNKNOWN`], [`TOO_DEEP`].
type Stack = i64;
const EMPTY: Stack = 0;
const UNKNOWN: Stack = -2;
const TOO_DEEP: Stack = -1;

const ITERATOR: Stack = 1;
const EXCEPT: Stack = 2;
const OBJECT: Stack = 3;
/// Perhaps no value at all.
const NULL: Stack = 4;
const LASTI: Stack = 5;

const BITS: u32 = 3;
const MASK: Stack = (1 << BITS) - 1;
/// How many values can be told apart.
const MAX: usize = 63 / BITS as usize;

fn push(stack: Stack, kind: Stack) -> Stack {
    if !(0..1 << (BITS as usize * (MAX - 1))).contains(&stack) { TOO_DEEP } else { stack << BITS | kind }
}

fn pop(stack: Stack) -> Stack {
    if stack < 0 { stack } else { stack >> BITS }
}

fn top(stack: Stack) -> Stack {
    stack & MASK
}

/// The `n`th value from the top, the first being 1.
fn peek(stack: Stack, n: u32) -> Stack {
    if stack < 0 || n == 0 || n as usize > MAX { OBJECT } else { stack >> (BITS * (n - 1)) & MASK }
}

fn swap(stack: Stack, n: u32) -> Stack {
    if stack < 0 || n == 0 || n as usize > MAX {
        return stack;
    }
    let shift = BITS * (n - 1);
    let (a, b) = (top(stack), peek(stack, n));
    let cleared = stack & !MASK & !(MASK << shift);
    if n == 1 { stack } else { cleared | b | a << shift }
}

fn depth(mut stack: Stack) -> u32 {
    let mut n = 0;
    while stack > 0 {
        stack >>= BITS;
        n += 1;
    }
    n
}

/// Sets the line of a frame whose trace function runs.
pub fn set_lineno(vm: &Vm, object: Ref<PyFrame>, value: Slot) -> PyResult<()> {
    let Some(value) = value else {
        return Err(vm.attribute_error("attribute 'f_lineno' of 'frame' objects cannot be deleted"));
    };
    if vm.type_of(value) != vm.types.int {
        return Err(vm.value_error("lineno must be an integer"));
    }
    match vm.hooks.what.get() {
        NO_EVENT => return Err(vm.value_error("f_lineno can only be set in a trace function")),
        event::PY_RESUME
        | event::JUMP
        | event::BRANCH
        | event::BRANCH_LEFT
        | event::BRANCH_RIGHT
        | event::LINE
        | event::PY_YIELD => {}
        event::PY_START => return Err(vm.value_error("can't jump from the 'call' trace event of a new frame")),
        event::CALL | event::C_RETURN => return Err(vm.value_error("can't jump during a call")),
        event::STOP_ITERATION | event::RERAISE => return Err(vm.system_error("unexpected event type")),
        _ => return Err(vm.value_error("can only jump from a 'line' trace event")),
    }
    let frame = object.frame();
    let wanted = value.as_small_int().and_then(|n| i32::try_from(n).ok());
    let Some(wanted) = wanted else { return Err(vm.value_error("lineno out of range")) };
    let code = frame.code.get();
    let data = code.data();
    if wanted < data.firstlineno {
        return Err(vm.value_error(format!("line {wanted} comes before the current code block")));
    }
    let lines = line_starts(data);
    let Some(line) = lines.iter().map(|l| l.1).filter(|l| *l >= wanted).min() else {
        return Err(vm.value_error(format!("line {wanted} comes after the current code block")));
    };
    let stacks = stacks(data);
    let stack_at = |unit: usize| stacks.get(unit).copied().unwrap_or(UNKNOWN);
    let from = actual(frame, stack_at(usize::try_from(frame.lasti()).unwrap_or(0) / 2));
    let mut best: Option<(Stack, usize)> = None;
    let mut explained = None;
    for (unit, _) in lines.iter().filter(|l| l.1 == line) {
        let to = stack_at(*unit);
        if compatible(from, to) {
            if best.is_none_or(|b| to > b.0) {
                best = Some((to, *unit));
            }
        } else if explained.is_none() {
            explained = Some(match from {
                TOO_DEEP => "stack to deep to analyze",
                UNKNOWN => "can't jump from unreachable code",
                _ => explain(to),
            });
        }
    }
    let Some((to, unit)) = best else {
        return Err(vm.value_error(explained.unwrap_or("cannot find bytecode for specified line")));
    };
    let kept = depth(from).min(depth(to));
    for i in 0..kept {
        // SAFETY: the frame's value stack holds as many values as the analysis found.
        let empty = unsafe { (*frame.stack_base().add(i as usize)).is_none() };
        if empty && peek(to, depth(to) - i) != NULL {
            return Err(vm.value_error("incompatible stacks"));
        }
    }
    bind_all(vm, frame)?;
    go(vm, frame, from, to, unit);
    Ok(())
}

/// The compiler may have proved that a variable is bound at the new place: those that are not become None.
fn bind_all(vm: &Vm, frame: &Frame) -> PyResult<()> {
    let count = frame.code.get().nlocalsplus();
    let unbound = (0..count).filter(|i| frame.local(*i).is_none()).count();
    if unbound == 0 {
        return Ok(());
    }
    let s = if unbound == 1 { "" } else { "s" };
    let message = format!("assigning None to {unbound} unbound local{s}");
    vm.warn(vm.types.runtime_warning, &message, 0)?;
    for i in (0..count).filter(|i| frame.local(*i).is_none()) {
        // SAFETY: below `nlocalsplus`.
        unsafe { *frame.locals_ptr().add(i) = Some(Value::NONE) };
    }
    Ok(())
}

/// Takes off what the new place has not on its stack, and goes there.
fn go(vm: &Vm, frame: &Frame, mut from: Stack, to: Stack, unit: usize) {
    while from > to && frame.sp.get() > frame.stack_base() {
        // SAFETY: above the stack's base there is a value.
        let popped = unsafe {
            frame.sp.set(frame.sp.get().sub(1));
            *frame.sp.get()
        };
        if top(from) == EXCEPT {
            // Not handled any more; what was before is again.
            vm.handled_item().value.set(popped.filter(|v| !v.is_none()));
        }
        from = pop(from);
    }
    // SAFETY: the unit is one of the code's instructions.
    frame.instr.set(unsafe { frame.code.get().instructions().add(unit) });
    frame.leave.set(true);
}

/// The kinds on the stack as it is: in the midst of an instruction values may be off it already (what a `yield` gives, a
/// condition), or on it (a loop's next item).
fn actual(frame: &Frame, mut stack: Stack) -> Stack {
    let height = (frame.sp.get() as usize).saturating_sub(frame.stack_base() as usize) / 8;
    while stack >= 0 && depth(stack) as usize > height {
        stack = pop(stack);
    }
    while stack >= 0 && (depth(stack) as usize) < height {
        stack = push(stack, OBJECT);
    }
    stack
}

/// Where lines start, in code units. A line that follows itself starts once.
fn line_starts(data: &CodeData) -> Vec<(usize, i32)> {
    let mut last = None;
    let mut starts = Vec::new();
    for (start, _, line) in Lines::new(&data.linetable, data.firstlineno) {
        if line.is_some() && line != last {
            last = line;
            starts.extend(line.map(|l| (start as usize / 2, l)));
        }
    }
    starts
}

fn compatible(mut from: Stack, mut to: Stack) -> bool {
    if from < 0 || to < 0 {
        return false;
    }
    while from > to {
        from = pop(from);
    }
    while from != EMPTY {
        let fits = match top(to) {
            0 => false,
            OBJECT => top(from) != NULL,
            NULL => true,
            kind => top(from) == kind,
        };
        if !fits {
            return false;
        }
        (from, to) = (pop(from), pop(to));
    }
    to == EMPTY
}

fn explain(to: Stack) -> &'static str {
    match to {
        TOO_DEEP => "stack is too deep to analyze",
        UNKNOWN => "can't jump into an exception handler, or code may be unreachable",
        _ => match top(to) {
            EXCEPT => "can't jump into an 'except' block as there's no exception",
            LASTI => "can't jump into a re-raising block as there's no location",
            ITERATOR => "can't jump into the body of a for loop",
            _ => "incompatible stacks",
        },
    }
}

/// The kinds on the value stack before each instruction, by code unit.
fn stacks(data: &CodeData) -> Vec<Stack> {
    let units = data.code.len() / 2;
    let mut stacks = vec![UNKNOWN; units + 1];
    stacks[0] = EMPTY;
    let instructions: Vec<Instruction> = Instructions::new(&data.code).map_while(Result::ok).collect();
    let mut again = true;
    while again {
        again = false;
        for i in &instructions {
            let before = stacks[i.start / 2];
            if before == UNKNOWN {
                continue;
            }
            stacks[i.offset / 2] = before;
            let (after, at_target) = step(i, before);
            if let (Some(kinds), Some(target)) = (at_target, i.jump_target())
                && let Some(stack) = stacks.get_mut(target / 2)
            {
                again |= *stack == UNKNOWN && target < i.start;
                *stack = kinds;
            }
            if let (Some(kinds), Some(stack)) = (after, stacks.get_mut(i.next / 2)) {
                *stack = kinds;
            }
        }
        for entry in ExceptionTable::new(&data.exceptiontable) {
            let Some(&start) = stacks.get(entry.start as usize / 2) else { continue };
            let Some(handler) = stacks.get_mut(entry.target as usize / 2) else { continue };
            if start == UNKNOWN || *handler != UNKNOWN {
                continue;
            }
            again = true;
            let mut kinds = start;
            while depth(kinds) > entry.depth {
                kinds = pop(kinds);
            }
            if entry.lasti {
                kinds = push(kinds, LASTI);
            }
            *handler = push(kinds, EXCEPT);
        }
    }
    stacks
}

/// The stack behind an instruction, unless it does not go on there; and where it jumps to, if it does.
fn step(i: &Instruction, before: Stack) -> (Option<Stack>, Option<Stack>) {
    let next = |stack: Stack| (Some(stack), None);
    match i.opcode {
        Opcode::POP_JUMP_IF_FALSE
        | Opcode::POP_JUMP_IF_TRUE
        | Opcode::POP_JUMP_IF_NONE
        | Opcode::POP_JUMP_IF_NOT_NONE => (Some(pop(before)), Some(pop(before))),
        Opcode::SEND => (Some(before), Some(before)),
        Opcode::JUMP_FORWARD | Opcode::JUMP_BACKWARD | Opcode::JUMP_BACKWARD_NO_INTERRUPT => (None, Some(before)),
        Opcode::GET_ITER | Opcode::GET_AITER => next(push(pop(before), ITERATOR)),
        Opcode::FOR_ITER => (Some(push(before, OBJECT)), Some(push(before, OBJECT))),
        Opcode::END_ASYNC_FOR => next(pop(pop(before))),
        Opcode::PUSH_EXC_INFO => next(push(before, EXCEPT)),
        Opcode::RETURN_VALUE | Opcode::RAISE_VARARGS | Opcode::RERAISE => (None, None),
        Opcode::PUSH_NULL | Opcode::LOAD_FAST_AND_CLEAR => next(push(before, NULL)),
        Opcode::LOAD_GLOBAL if i.arg & 1 != 0 => next(push(push(before, OBJECT), NULL)),
        Opcode::LOAD_ATTR if i.arg & 1 != 0 => next(push(push(pop(before), OBJECT), NULL)),
        Opcode::LOAD_SPECIAL => next(push(push(pop(before), OBJECT), NULL)),
        Opcode::SWAP => next(swap(before, i.arg)),
        Opcode::COPY => next(push(before, peek(before, i.arg))),
        opcode => {
            let effect = StackEffect::of(opcode, i.arg);
            let mut stack = before;
            for _ in effect.pushes..effect.pops {
                stack = pop(stack);
            }
            for _ in effect.pops..effect.pushes {
                stack = push(stack, OBJECT);
            }
            next(stack)
        }
    }
}
