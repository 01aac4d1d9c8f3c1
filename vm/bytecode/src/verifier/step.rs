//! What each instruction does to the abstract state.

use super::check::error;
use super::state::{Engine, Slot, State};
use super::{ConstKind, VerifyError};
use crate::constants::{Intrinsic1, Intrinsic2, flags};
use crate::instructions::Instruction;
use crate::opcode::{Jump, Opcode};
use crate::stack_effect::StackEffect;

impl Engine<'_> {
    /// Checks the operands, takes the jump edge, and leaves the state of falling through.
    pub(super) fn step(
        &mut self,
        i: &Instruction,
        state: &mut State,
        effect: StackEffect,
        target: Option<usize>,
    ) -> Result<(), VerifyError> {
        let len = state.stack.len();
        let base = len - effect.pops as usize;
        let lowest = len - effect.needs as usize;
        self.operands(i, state, lowest)?;
        let mut results: [Slot; 2] = [Slot::Value; 2];
        self.locals(i, state, base, &mut results)?;
        if matches!(i.opcode, Opcode::COPY | Opcode::SWAP) {
            state.touched = state.touched.min(lowest);
            shuffle(i.opcode, state, lowest);
            return Ok(());
        }
        self.results(i, state, base, &mut results);
        state.touched = state.touched.min(base);
        state.stack.truncate(base);
        if let Some(target) = target {
            // FOR_ITER leaves the iterator and goes on behind the END_FOR.
            let (target, pushes) =
                if i.opcode.jump() == Jump::ForIter { (target + 1, 0) } else { (target, effect.pushes_on_jump) };
            let mark = state.stack.len();
            state.stack.extend(std::iter::repeat_n(Slot::Value, pushes as usize));
            self.flow(i.offset, target, state)?;
            state.stack.truncate(mark);
        }
        if effect.pushes as usize > self.view.stacksize as usize {
            return error(i.offset, "stack exceeds the stack size");
        }
        for n in 0..effect.pushes as usize {
            state.stack.push(results.get(n).copied().unwrap_or(Slot::Value));
        }
        Ok(())
    }

    /// Every slot an instruction looks at must hold a value of the kind it takes on trust.
    fn operands(&self, i: &Instruction, state: &State, lowest: usize) -> Result<(), VerifyError> {
        let stack = &state.stack;
        // From the top, 1-based.
        let peek = |n: usize| stack.len().checked_sub(n).and_then(|at| stack.get(at)).copied().unwrap_or(Slot::Null);
        let arg = i.arg as usize;
        let want = |ok: bool, what: &str| {
            if ok { Ok(()) } else { error(i.offset, format!("{} needs {what}", i.opcode.name())) }
        };
        // Which of the slots may be NULL, by distance from the top.
        let null_at = match i.opcode {
            Opcode::COPY | Opcode::SWAP | Opcode::POP_TOP | Opcode::POP_ITER | Opcode::END_FOR => return Ok(()),
            Opcode::STORE_FAST | Opcode::STORE_FAST_LOAD_FAST | Opcode::STORE_FAST_STORE_FAST => return Ok(()),
            Opcode::CALL => arg + 1,
            Opcode::CALL_KW => arg + 2,
            Opcode::CALL_FUNCTION_EX => {
                want(peek(3) == Slot::Null, "NULL below its arguments")?;
                want(peek(4).is_value() && peek(2).is_value(), "values")?;
                return Ok(());
            }
            Opcode::WITH_EXCEPT_START => 4,
            Opcode::DICT_MERGE => {
                // Of the slots between the callable and the dict, nothing is used.
                want(peek(arg + 4).is_value() && peek(1).is_value(), "values")?;
                return want(peek(arg + 1) == Slot::Dict, "a dict under construction");
            }
            Opcode::LIST_APPEND | Opcode::LIST_EXTEND => {
                want(peek(1).is_value(), "a value")?;
                return want(peek(arg + 1) == Slot::List, "a list under construction");
            }
            // `__conditional_annotations__` is a set that the program can rebind: the operation checks.
            Opcode::SET_ADD => return want(peek(1).is_value() && peek(arg + 1).is_value(), "values"),
            Opcode::SET_UPDATE => {
                want(peek(1).is_value(), "a value")?;
                return want(peek(arg + 1) == Slot::Set, "a set under construction");
            }
            Opcode::DICT_UPDATE => {
                want(peek(1).is_value(), "a value")?;
                return want(peek(arg + 1) == Slot::Dict, "a dict under construction");
            }
            Opcode::MAP_ADD => {
                want(peek(1).is_value() && peek(2).is_value(), "values")?;
                return want(peek(arg + 2) == Slot::Dict, "a dict under construction");
            }
            // Only the ends of what it keeps are used.
            Opcode::RERAISE => {
                return want(
                    peek(1).is_value() && (arg == 0 || matches!(peek(1 + arg), Slot::Lasti)),
                    "an exception above its offset",
                );
            }
            _ => 0,
        };
        let all = stack[lowest..].iter().rev().enumerate().all(|(n, s)| s.is_value() || n + 1 == null_at);
        want(all, "values")?;
        match i.opcode {
            Opcode::CALL_KW => {
                let names = match peek(1) {
                    Slot::Const(index) => (self.view.const_kind)(index as usize),
                    _ => ConstKind::Other,
                };
                want(matches!(names, ConstKind::StrTuple(n) if n <= arg), "a constant tuple of names")
            }
            Opcode::SET_FUNCTION_ATTRIBUTE => want(peek(1) == Slot::Function, "a new function"),
            Opcode::CALL_INTRINSIC_1 if Intrinsic1::from_arg(i.arg) == Some(Intrinsic1::ListToTuple) => {
                want(peek(1) == Slot::List, "a list under construction")
            }
            Opcode::CALL_INTRINSIC_2 if Intrinsic2::from_arg(i.arg) == Some(Intrinsic2::PrepReraiseStar) => {
                want(peek(1) == Slot::List, "a list under construction")
            }
            Opcode::POP_EXCEPT => want(peek(1) == Slot::PreviousException, "what PUSH_EXC_INFO saved"),
            Opcode::YIELD_VALUE => {
                want(state.started && self.view.flags & flags::ANY_GENERATOR != 0, "a generator's frame")?;
                // What the RESUME behind it says is being awaited stands below the value: `throw()` and `close()` go there.
                want(!self.is_awaiting(i) || stack.len() > 1 && peek(2).is_value(), "what it awaits below its value")
            }
            Opcode::RETURN_GENERATOR => want(
                !state.started && stack.is_empty() && self.view.flags & flags::ANY_GENERATOR != 0,
                "a generator function's fresh frame",
            ),
            _ => Ok(()),
        }
    }

    /// Whether the instruction behind a `YIELD_VALUE` says that it belongs to a `yield from` or `await`.
    fn is_awaiting(&self, i: &Instruction) -> bool {
        let next = self.layout.at(i.offset + 2).and_then(|index| self.layout.instructions.get(index));
        next.is_some_and(|next| next.opcode == Opcode::RESUME && next.arg & 3 >= 2)
    }

    /// Instructions that read or write locals.
    fn locals(
        &self,
        i: &Instruction,
        state: &mut State,
        base: usize,
        results: &mut [Slot; 2],
    ) -> Result<(), VerifyError> {
        let arg = i.arg as usize;
        let (first, second) = (arg >> 4, arg & 15);
        let local = |state: &State, n: usize| state.locals.get(n).copied().unwrap_or(Slot::Null);
        let bound = |state: &State, n: usize| match local(state, n) {
            slot if slot.is_value() => Ok(slot),
            _ => error(i.offset, format!("{} of a local that may be unbound", i.opcode.name())),
        };
        let set = |state: &mut State, n: usize, slot: Slot| {
            // Constants are told apart on the stack only.
            let slot = match slot {
                Slot::Null | Slot::Maybe | Slot::Cell => slot,
                _ => Slot::Value,
            };
            if let Some(place) = state.locals.get_mut(n) {
                state.locals_touched |= *place != slot;
                *place = slot;
            }
        };
        match i.opcode {
            Opcode::LOAD_FAST | Opcode::LOAD_FAST_BORROW => results[0] = bound(state, arg)?,
            Opcode::LOAD_FAST_LOAD_FAST | Opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                *results = [bound(state, first)?, bound(state, second)?];
            }
            Opcode::LOAD_FAST_CHECK => {
                if !local(state, arg).is_value() {
                    set(state, arg, Slot::Value);
                }
                results[0] = local(state, arg);
            }
            Opcode::LOAD_FAST_AND_CLEAR => {
                results[0] = local(state, arg);
                set(state, arg, Slot::Null);
            }
            Opcode::DELETE_FAST => set(state, arg, Slot::Null),
            Opcode::STORE_FAST => {
                let value = state.stack[base];
                set(state, arg, value);
            }
            Opcode::STORE_FAST_LOAD_FAST => {
                let value = state.stack[base];
                set(state, first, value);
                results[0] = bound(state, second)?;
            }
            Opcode::STORE_FAST_STORE_FAST => {
                let (below, top) = (state.stack[base], state.stack[base + 1]);
                set(state, first, top);
                set(state, second, below);
            }
            Opcode::MAKE_CELL => set(state, arg, Slot::Cell),
            Opcode::COPY_FREE_VARS => {
                let from = state.locals.len() - self.layout.frees;
                for n in from..state.locals.len() {
                    set(state, n, Slot::Cell);
                }
            }
            Opcode::LOAD_DEREF | Opcode::STORE_DEREF | Opcode::DELETE_DEREF | Opcode::LOAD_FROM_DICT_OR_DEREF
                if local(state, arg) != Slot::Cell =>
            {
                return error(i.offset, format!("{} of what may not be a cell", i.opcode.name()));
            }
            Opcode::RETURN_GENERATOR => state.started = true,
            _ => {}
        }
        Ok(())
    }

    /// The kinds of what an instruction pushes, where they are not plain values.
    fn results(&self, i: &Instruction, state: &State, base: usize, results: &mut [Slot; 2]) {
        match i.opcode {
            Opcode::PUSH_NULL => results[0] = Slot::Null,
            Opcode::LOAD_GLOBAL => results[1] = Slot::Null,
            Opcode::LOAD_ATTR | Opcode::LOAD_SUPER_ATTR | Opcode::LOAD_SPECIAL => results[1] = Slot::Maybe,
            Opcode::LOAD_CONST => results[0] = Slot::Const(i.arg),
            Opcode::BUILD_LIST => results[0] = Slot::List,
            Opcode::BUILD_SET => results[0] = Slot::Set,
            Opcode::BUILD_MAP => results[0] = Slot::Dict,
            Opcode::MAKE_FUNCTION | Opcode::SET_FUNCTION_ATTRIBUTE => results[0] = Slot::Function,
            Opcode::PUSH_EXC_INFO => *results = [Slot::PreviousException, state.stack[base]],
            _ => {}
        }
    }
}

/// `COPY` and `SWAP` keep kinds.
fn shuffle(op: Opcode, state: &mut State, lowest: usize) {
    if op == Opcode::COPY {
        let slot = state.stack[lowest];
        state.stack.push(slot);
    } else {
        let top = state.stack.len() - 1;
        state.stack.swap(lowest, top);
    }
}
