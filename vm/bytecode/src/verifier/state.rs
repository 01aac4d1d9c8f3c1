//! The abstract state and the walk over all paths.

use super::check::{Layout, error};
use super::{VerifyError, View};
use crate::constants::local_kind;
use crate::exceptions::Entry;
use crate::opcode::{Jump, Opcode};
use crate::stack_effect::StackEffect;

/// What a stack slot or local holds. `Value` is any object; the kinds below it are objects known more closely.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Slot {
    Null,
    /// An object or NULL.
    Maybe,
    Value,
    Cell,
    List,
    Set,
    Dict,
    Function,
    /// The exception that a handler got.
    Exception,
    /// What `PUSH_EXC_INFO` saved: an exception or None.
    PreviousException,
    /// The offset that a handler got below its exception.
    Lasti,
    Const(u32),
}

impl Slot {
    pub(super) fn is_value(self) -> bool {
        !matches!(self, Slot::Null | Slot::Maybe)
    }

    fn join(self, other: Slot) -> Slot {
        if self == other {
            self
        } else if self.is_value() && other.is_value() {
            Slot::Value
        } else {
            Slot::Maybe
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct State {
    pub(super) stack: Vec<Slot>,
    pub(super) locals: Vec<Slot>,
    /// `RETURN_GENERATOR` has run.
    pub(super) started: bool,
    /// The lowest stack index, and whether any local, changed since the last handler saw this state.
    pub(super) touched: usize,
    pub(super) locals_touched: bool,
}

/// Slots that may be looked at before the code counts as too complex; the largest function of CPython's library needs 3 million.
const BUDGET: u64 = 400_000_000;

pub(super) struct Engine<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) layout: Layout,
    /// The state at each instruction that something leads to but the one before it.
    states: Vec<Option<Box<State>>>,
    leader: Vec<bool>,
    pending: Vec<usize>,
    work: u64,
    pub(super) max_depth: u32,
}

impl<'a> Engine<'a> {
    pub(super) fn new(view: &'a View<'a>, layout: Layout) -> Self {
        let n = layout.instructions.len();
        let mut leader = vec![false; n];
        let targets = layout.instructions.iter().filter(|i| has_edge(i.opcode)).filter_map(|i| {
            let index = layout.at(i.jump_target()?)?;
            Some(if i.opcode.jump() == Jump::ForIter { index + 1 } else { index })
        });
        let handlers = layout.handlers.iter().filter_map(|h| layout.at(h.target as usize));
        for index in targets.chain(handlers) {
            if let Some(flag) = leader.get_mut(index) {
                *flag = true;
            }
        }
        Engine { view, layout, states: vec![None; n], leader, pending: Vec::new(), work: 0, max_depth: 0 }
    }

    pub(super) fn run(&mut self) -> Result<(), VerifyError> {
        let kinds = self.view.localspluskinds;
        let mut locals = vec![Slot::Null; kinds.len()];
        locals[..self.layout.args].fill(Slot::Value);
        // Arguments that are cells too are values until MAKE_CELL.
        debug_assert!(kinds.iter().take(self.layout.args).all(|k| k & local_kind::LOCAL != 0));
        let entry = State { stack: Vec::new(), locals, started: false, touched: 0, locals_touched: true };
        if self.leader[0] {
            self.flow(0, 0, &entry)?;
        } else {
            self.walk(0, entry)?;
        }
        while let Some(index) = self.pending.pop() {
            let Some(state) = self.states.get(index).cloned().flatten() else { continue };
            let mut state = *state;
            (state.touched, state.locals_touched) = (0, true);
            self.walk(index, state)?;
        }
        Ok(())
    }

    fn charge(&mut self, state: &State) -> Result<(), VerifyError> {
        self.work += (state.stack.len() + state.locals.len()) as u64 + 1;
        if self.work > BUDGET { error(0, "code too complex to verify") } else { Ok(()) }
    }

    /// Follows one path until it ends or meets a leader.
    fn walk(&mut self, mut index: usize, mut state: State) -> Result<(), VerifyError> {
        loop {
            let Some(instruction) = self.layout.instructions.get(index).copied() else {
                return error(self.view.code.len(), "control falls off the end");
            };
            let op = instruction.opcode;
            let effect = StackEffect::of(op, instruction.arg);
            self.work += 1;
            if effect.needs as usize > state.stack.len() {
                return error(instruction.offset, format!("{} underflows the stack", op.name()));
            }
            self.flow_to_handler(index, &mut state, effect)?;
            let target = instruction.jump_target().filter(|_| has_edge(op)).and_then(|t| self.layout.at(t));
            self.step(&instruction, &mut state, effect, target)?;
            let depth = u32::try_from(state.stack.len()).unwrap_or(u32::MAX);
            self.max_depth = self.max_depth.max(depth);
            if depth > self.view.stacksize {
                return error(instruction.offset, "stack exceeds the stack size");
            }
            if op.ends_block() {
                return Ok(());
            }
            index += 1;
            if self.leader.get(index) == Some(&true) {
                return self.flow(instruction.offset, index, &state);
            }
        }
    }

    /// Merges a state into an instruction's; queues the instruction when that changed anything.
    pub(super) fn flow(&mut self, from: usize, index: usize, state: &State) -> Result<(), VerifyError> {
        self.charge(state)?;
        let Some(known) = self.states.get_mut(index) else { return error(from, "control falls off the end") };
        let Some(known) = known else {
            *known = Some(Box::new(state.clone()));
            self.pending.push(index);
            return Ok(());
        };
        if known.stack.len() != state.stack.len() {
            return error(from, format!("stack depth {} meets {}", state.stack.len(), known.stack.len()));
        }
        if known.started != state.started {
            return error(from, "RETURN_GENERATOR on some paths only");
        }
        let mut changed = false;
        let news = state.stack.iter().chain(&state.locals);
        for (old, new) in known.stack.iter_mut().chain(&mut known.locals).zip(news) {
            let joined = old.join(*new);
            changed |= joined != *old;
            *old = joined;
        }
        if changed {
            self.pending.push(index);
        }
        Ok(())
    }

    /// The edge to the handler: taken with the state before the instruction, cut to the handler's depth.
    fn flow_to_handler(&mut self, index: usize, state: &mut State, effect: StackEffect) -> Result<(), VerifyError> {
        let number = self.layout.handler_of[index];
        let Some(entry): Option<Entry> = self.layout.handlers.get(number as usize).copied() else {
            state.locals_touched = true;
            return Ok(());
        };
        let instruction = self.layout.instructions[index];
        let depth = entry.depth as usize;
        if index == 0 || self.layout.handler_of[index - 1] != number {
            (state.touched, state.locals_touched) = (0, true);
        }
        // The table's promise: what cannot raise never enters the handler. PUSH_EXC_INFO changes a slot below its handler's depth.
        if !instruction.opcode.can_raise() {
            return Ok(());
        }
        // What the handler keeps must not be popped, nor overwritten, by an instruction that then raises.
        // A generator that `throw()` resumes gets None pushed before the exception is raised, so that nothing is missing there.
        let pops = if instruction.opcode == Opcode::YIELD_VALUE { 0 } else { effect.pops as usize };
        if state.stack.len() < depth + pops {
            let name = instruction.opcode.name();
            return error(instruction.offset, format!("{name}: stack too shallow for the exception handler"));
        }
        if !state.locals_touched && state.touched >= depth {
            return Ok(());
        }
        (state.touched, state.locals_touched) = (usize::MAX, false);
        let mut stack = state.stack[..depth].to_vec();
        if entry.lasti {
            stack.push(Slot::Lasti);
        }
        stack.push(Slot::Exception);
        self.max_depth = self.max_depth.max(u32::try_from(stack.len()).unwrap_or(u32::MAX));
        let at_handler =
            State { stack, locals: state.locals.clone(), started: state.started, touched: 0, locals_touched: true };
        match self.layout.at(entry.target as usize) {
            Some(target) => self.flow(instruction.offset, target, &at_handler),
            None => error(instruction.offset, "exception table leads to no instruction"),
        }
    }
}

/// Whether the jump argument is a control edge.
fn has_edge(op: Opcode) -> bool {
    !matches!(op.jump(), Jump::None | Jump::AsyncForSource)
}
