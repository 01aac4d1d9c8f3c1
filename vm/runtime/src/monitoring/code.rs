//! What is known of a code object for events: where its lines start, which tools want events of it, and where one of
//! them wants no more.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use brolga_bytecode::exceptions::ExceptionTable;
use brolga_bytecode::instructions::Instructions;
use brolga_bytecode::lines::Lines;
use brolga_bytecode::opcode::Opcode;

use super::{Monitoring, Watched, event, events_of, set_events_of};
use crate::object::Ref;
use crate::state::Vm;
use crate::types::code::{CodeData, PyCode};

/// No line.
const NONE: i32 = -1;

pub struct CodeHooks {
    /// The tools that want an event of this code, beside those that want it everywhere.
    local: [Cell<u8>; event::LOCAL],
    /// By instruction (code units) and event: the tools that want it there no more.
    disabled: RefCell<HashMap<(u32, u8), u8>>,
    /// The tools that wanted each event at `version`.
    active: [Cell<u8>; event::LOCAL],
    version: Cell<u64>,
    /// By code unit: the line, [`NONE`], and whether it starts there.
    lines: Box<[(i32, bool)]>,
    /// The first instruction that events are raised for: RESUME.
    first: usize,
    watched: Watched,
}

impl Drop for CodeHooks {
    fn drop(&mut self) {
        self.watched.borrow_mut().remove(&(std::ptr::from_ref(self) as usize));
    }
}

impl PyCode {
    /// What is known of it, if anything has been asked.
    pub fn hooks(&self) -> Option<&CodeHooks> {
        // SAFETY: null or made by `CodeHooks::of`, and freed with the code object.
        unsafe { self.hooks.get().as_ref() }
    }
}

impl CodeHooks {
    /// Of a code object, made if need be.
    pub fn of(vm: &Vm, code: Ref<PyCode>) -> &'static CodeHooks {
        let known = code.hooks.get();
        // SAFETY: as in `PyCode::hooks`; the callers hold the code object while they use it.
        if let Some(hooks) = unsafe { known.as_ref() } {
            return hooks;
        }
        let made = Box::new(CodeHooks::new(code.data(), vm.monitoring.watched.clone()));
        let made = Box::into_raw(made);
        code.hooks.set(made);
        // SAFETY: just made.
        unsafe { &*made }
    }

    fn new(data: &CodeData, watched: Watched) -> CodeHooks {
        let (lines, first) = lines(data);
        CodeHooks {
            local: std::array::from_fn(|_| Cell::new(0)),
            disabled: RefCell::default(),
            active: std::array::from_fn(|_| Cell::new(0)),
            version: Cell::new(0),
            lines,
            first,
            watched,
        }
    }

    /// The tools that want an event of this code, beside those that want it everywhere.
    #[inline]
    pub fn local(&self, event: usize) -> u8 {
        self.local.get(event).map_or(0, Cell::get)
    }

    pub fn local_events(&self, tool: usize) -> u32 {
        events_of(&self.local, tool)
    }

    pub(super) fn set_local_events(&self, tool: usize, events: u32) {
        set_events_of(&self.local, tool, events);
        let own = std::ptr::from_ref(self) as usize;
        let mut watched = self.watched.borrow_mut();
        if self.local.iter().any(|t| t.get() != 0) {
            watched.insert(own);
        } else {
            watched.remove(&own);
        }
    }

    /// What is disabled stays so as long as the tool goes on wanting the event.
    pub(super) fn sync(&self, m: &Monitoring) {
        if self.version.get() == m.version.get() {
            return;
        }
        let all = m.restarted.get() > self.version.get();
        self.version.set(m.version.get());
        let mut disabled = self.disabled.borrow_mut();
        for (e, active) in self.active.iter().enumerate() {
            let now = m.tools[e].get() | self.local[e].get();
            let before = active.replace(now);
            let forget = if all { u8::MAX } else { before ^ now };
            if forget != 0 {
                disabled.retain(|(_, of), tools| {
                    let same = usize::from(*of) == e || (usize::from(*of) == event::BRANCH && e == event::BRANCH_LEFT);
                    if same {
                        *tools &= !forget;
                    }
                    *tools != 0
                });
            }
        }
    }

    /// The tools that want an event at an instruction no more.
    #[inline]
    pub(super) fn disabled(&self, m: &Monitoring, at: u32, event: usize) -> u8 {
        self.sync(m);
        let disabled = self.disabled.borrow();
        if disabled.is_empty() { 0 } else { disabled.get(&(at, event as u8)).copied().unwrap_or(0) }
    }

    pub(super) fn disable(&self, m: &Monitoring, at: u32, event: usize, tools: u8) {
        self.sync(m);
        *self.disabled.borrow_mut().entry((at, event as u8)).or_insert(0) |= tools;
    }

    /// Are there events of the instruction at this unit at all?
    #[inline]
    pub(super) fn is_traced(&self, at: usize) -> bool {
        at >= self.first
    }

    /// The line that starts at this unit.
    #[inline]
    pub(super) fn line_start(&self, at: usize) -> Option<i32> {
        match self.lines.get(at) {
            Some((line, true)) => Some(*line),
            _ => None,
        }
    }

    /// The line of the instruction at this unit; -1: none.
    pub(crate) fn line(&self, at: usize) -> i32 {
        self.lines.get(at).map_or(NONE, |l| l.0)
    }
}

/// By code unit, the line and whether a LINE event belongs to it: it differs from the one of the instruction before, or
/// something jumps there. And the first instruction with events.
fn lines(data: &CodeData) -> (Box<[(i32, bool)]>, usize) {
    let units = data.code.len() / 2;
    let mut lines = vec![(NONE, false); units];
    for (start, end, line) in Lines::new(&data.linetable, data.firstlineno) {
        let (start, end) = (start as usize / 2, (end as usize / 2).min(units));
        if let (Some(line), Some(range)) = (line, lines.get_mut(start..end)) {
            range.iter_mut().for_each(|l| l.0 = line);
        }
    }
    let is_resume = |i: &brolga_bytecode::instructions::Instruction| i.opcode == Opcode::RESUME;
    let instructions = || Instructions::new(&data.code).map_while(Result::ok);
    let first = instructions().find(is_resume).map_or(0, |i| i.start / 2);
    let mut current = NONE;
    for i in instructions().filter(|i| i.start / 2 >= first) {
        // What a jump skips, or what belongs to the line of another, starts none.
        if matches!(
            i.opcode,
            Opcode::END_ASYNC_FOR | Opcode::END_FOR | Opcode::END_SEND | Opcode::RESUME | Opcode::POP_ITER
        ) {
            continue;
        }
        if let Some(line) = lines.get_mut(i.start / 2) {
            line.1 = line.0 != current && line.0 != NONE;
            current = line.0;
        }
    }
    let mut starts = |at: usize| {
        if let Some(line) = lines.get_mut(at / 2)
            && at / 2 >= first
            && line.0 != NONE
        {
            line.1 = true;
        }
    };
    for i in instructions().filter(|i| i.start / 2 >= first) {
        let Some(target) = i.jump_target() else { continue };
        match i.opcode {
            Opcode::END_ASYNC_FOR => {}
            // Behind the END_FOR or END_SEND.
            Opcode::FOR_ITER | Opcode::SEND => starts(target + 2),
            _ => starts(target),
        }
    }
    for entry in ExceptionTable::new(&data.exceptiontable) {
        // The end of an `async for` makes no line event of its own.
        if data.code.get(entry.target as usize) != Some(&(Opcode::END_ASYNC_FOR as u8)) {
            starts(entry.target as usize);
        }
    }
    (lines.into_boxed_slice(), first)
}
