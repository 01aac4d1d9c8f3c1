//! What watches a program run: `sys.monitoring` (PEP 669), and on the same events `sys.settrace` and `sys.setprofile`.
//!
//! The interpreter's loop exists twice (`interp::execute`), and only one of the two knows events. [`Hooks::on`] says for
//! each thread which one it runs in; compiled code runs only where it is off. Turning it on reaches frames that are
//! running by the breaker and by their `leave` flags (docs/monitoring.md).
//!
//! - [`Monitoring`]: what an interpreter has: tools, their callbacks, the events they want everywhere.
//! - [`Hooks`]: what a thread has: the same with its trace and profile functions.
//! - [`code`]: what a code object has: lines, events wanted there, instructions where a tool wants no more.
//! - [`fire`]: the events themselves, as the interpreter's loop raises them.
//! - [`legacy`]: trace and profile functions.
//! - [`jump`]: setting `f_lineno`.

pub mod audit;
pub mod code;
pub mod event;
pub mod fire;
pub mod jump;
pub mod legacy;

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

use crate::object::Ref;
use crate::state::{InterpreterState, ThreadState, Vm, breaker};
use crate::types::code::PyCode;
use crate::value::{Slot, Value};
use code::CodeHooks;

/// The tools: six that programs can take, and two for `sys.setprofile` and `sys.settrace`.
pub const TOOLS: usize = 8;
/// How many of them programs can take.
pub const PUBLIC_TOOLS: usize = 6;
/// `sys.setprofile`'s bit in a set of tools.
pub const PROFILE: u8 = 1 << 6;
/// `sys.settrace`'s.
pub const TRACE: u8 = 1 << 7;

/// The code objects for which some tool has asked for events; by the addresses of their [`CodeHooks`].
pub(crate) type Watched = Rc<RefCell<HashSet<usize>>>;

/// What an interpreter knows of tools.
pub struct Monitoring {
    /// The tools that want an event everywhere, one bit each.
    tools: [Cell<u8>; event::COUNT],
    names: [Cell<Slot>; PUBLIC_TOOLS],
    callbacks: [[Cell<Slot>; event::COUNT]; PUBLIC_TOOLS],
    /// The tools whose callback for BRANCH_LEFT and BRANCH_RIGHT is the one of the older BRANCH.
    any_branch: [Cell<u8>; 2],
    /// Grows with every change of events.
    version: Cell<u64>,
    /// The version of the last `restart_events()`.
    restarted: Cell<u64>,
    watched: Watched,
    /// `sys.monitoring.DISABLE` and `MISSING`.
    pub disable: Cell<Slot>,
    pub missing: Cell<Slot>,
    pub(crate) audit: audit::AuditHooks,
}

impl Monitoring {
    pub(crate) fn new() -> Monitoring {
        Monitoring {
            tools: std::array::from_fn(|_| Cell::new(0)),
            names: std::array::from_fn(|_| Cell::new(None)),
            callbacks: std::array::from_fn(|_| std::array::from_fn(|_| Cell::new(None))),
            any_branch: [Cell::new(0), Cell::new(0)],
            version: Cell::new(1),
            restarted: Cell::new(0),
            watched: Rc::default(),
            disable: Cell::new(None),
            missing: Cell::new(None),
            audit: audit::AuditHooks::new(),
        }
    }

    /// Every value in it, for the collector.
    pub(crate) fn each_value(&self, mut f: impl FnMut(Slot)) {
        self.names.iter().for_each(|n| f(n.get()));
        self.callbacks.iter().flatten().for_each(|c| f(c.get()));
        f(self.disable.get());
        f(self.missing.get());
        self.audit.each_value(f);
    }

    pub fn name(&self, tool: usize) -> Slot {
        self.names.get(tool)?.get()
    }

    pub fn set_name(&self, tool: usize, name: Slot) {
        if let Some(n) = self.names.get(tool) {
            n.set(name);
        }
    }

    /// Sets a callback; gives the one before.
    pub fn set_callback(&self, tool: usize, event: usize, function: Slot) -> Slot {
        let callbacks = self.callbacks.get(tool)?;
        let bit = 1 << tool;
        match event {
            event::BRANCH => {
                for (side, of) in [event::BRANCH_LEFT, event::BRANCH_RIGHT].into_iter().enumerate() {
                    callbacks[of].set(function);
                    let tools = self.any_branch[side].get();
                    self.any_branch[side].set(if function.is_some() { tools | bit } else { tools & !bit });
                }
            }
            event::BRANCH_LEFT | event::BRANCH_RIGHT => {
                let side = &self.any_branch[event - event::BRANCH_LEFT];
                side.set(side.get() & !bit);
            }
            _ => {}
        }
        callbacks.get(event)?.replace(function)
    }

    fn callback(&self, tool: usize, event: usize) -> Slot {
        self.callbacks.get(tool)?.get(event)?.get()
    }

    /// The events that a tool wants everywhere, as a set of bits.
    pub fn events(&self, tool: usize) -> u32 {
        events_of(&self.tools[..event::UNGROUPED], tool)
    }

    /// The tools that want an event everywhere.
    pub fn tools_of(&self, event: usize) -> u8 {
        self.tools.get(event).map_or(0, Cell::get)
    }
}

/// The events for which a tool's bit is set.
fn events_of(tools: &[Cell<u8>], tool: usize) -> u32 {
    tools.iter().enumerate().filter(|(_, t)| t.get() >> tool & 1 != 0).map(|(e, _)| 1 << e).sum()
}

/// Sets a tool's bit for the events in the set, and clears it for the others.
fn set_events_of(tools: &[Cell<u8>], tool: usize, events: u32) {
    for (e, t) in tools.iter().enumerate() {
        let others = t.get() & !(1 << tool);
        t.set(others | ((events >> e & 1) as u8) << tool);
    }
}

/// What a thread knows of them.
pub struct Hooks {
    /// Python code of this thread runs in the loop that knows events.
    pub on: Cell<bool>,
    /// Somebody wants events of this thread.
    wanted: Cell<bool>,
    /// Callbacks that are running: they are not watched themselves.
    running: Cell<u32>,
    /// The event of the innermost one; [`NO_EVENT`].
    what: Cell<usize>,
    /// The tools that want an event in all code of this thread.
    tools: [Cell<u8>; event::COUNT],
    /// When the loop changes: the instruction before the next one, by which LINE goes.
    pub(crate) came_from: Cell<*const u16>,
}

const NO_EVENT: usize = usize::MAX;

impl Hooks {
    pub(crate) fn new() -> Hooks {
        Hooks {
            on: Cell::new(false),
            wanted: Cell::new(false),
            running: Cell::new(0),
            what: Cell::new(NO_EVENT),
            tools: std::array::from_fn(|_| Cell::new(0)),
            came_from: Cell::new(std::ptr::null()),
        }
    }
}

impl InterpreterState {
    /// Something has changed of what is wanted: all threads go by it from now on.
    fn refresh_hooks(&self) {
        let threads = self.threads.borrow().clone();
        for thread in threads {
            // SAFETY: the list has live thread states; other threads wait for the GIL.
            unsafe { (*thread).refresh_own_hooks() };
        }
    }
}

impl ThreadState {
    pub(crate) fn refresh_own_hooks(&self) {
        let mut any = !self.monitoring.watched.borrow().is_empty();
        for (e, tools) in self.hooks.tools.iter().enumerate() {
            let mut now = self.monitoring.tools[e].get();
            if self.trace.get().is_some() && event::TRACED >> e & 1 != 0 {
                now |= TRACE;
            }
            if self.profile.get().is_some() && event::PROFILED >> e & 1 != 0 {
                now |= PROFILE;
            }
            tools.set(now);
            any |= now != 0;
        }
        // What a call comes to is wanted with the call.
        for e in [event::C_RETURN, event::C_RAISE] {
            self.hooks.tools[e].set(self.hooks.tools[event::CALL].get());
        }
        self.hooks.wanted.set(any);
        let on = any && self.hooks.running.get() == 0;
        if on && !self.hooks.on.replace(on) {
            self.leave_compiled();
            self.request(breaker::HOOKS);
        }
        self.hooks.on.set(on);
    }

    /// Runs a callback, which is not watched itself.
    fn unwatched<T>(&self, event: usize, f: impl FnOnce() -> T) -> T {
        let hooks = &self.hooks;
        let before = hooks.what.replace(event);
        hooks.running.set(hooks.running.get() + 1);
        hooks.on.set(false);
        let result = f();
        hooks.running.set(hooks.running.get() - 1);
        hooks.what.set(before);
        hooks.on.set(hooks.wanted.get() && hooks.running.get() == 0);
        result
    }

    /// `sys.call_tracing`: calls something that is watched, though a callback calls it.
    pub fn call_watched<T>(&self, f: impl FnOnce() -> T) -> T {
        let hooks = &self.hooks;
        let running = hooks.running.replace(0);
        let before = hooks.what.replace(NO_EVENT);
        hooks.on.set(hooks.wanted.get());
        let result = f();
        hooks.running.set(running);
        hooks.what.set(before);
        hooks.on.set(hooks.wanted.get() && running == 0);
        result
    }

    /// `sys.settrace` for this thread, or for another.
    pub fn set_trace_function(&self, function: Slot) {
        self.trace.set(function);
        self.refresh_own_hooks();
    }

    /// `sys.setprofile`, likewise.
    pub fn set_profile_function(&self, function: Slot) {
        self.profile.set(function);
        self.refresh_own_hooks();
    }
}

/// The events that a tool wants everywhere.
pub fn set_events(vm: &Vm, tool: usize, events: u32) {
    let m = &vm.monitoring;
    if m.events(tool) == events {
        return;
    }
    set_events_of(&m.tools[..event::UNGROUPED], tool, events);
    changed(vm);
}

/// The events that a tool wants of a code object.
pub fn set_local_events(vm: &Vm, code: Ref<PyCode>, tool: usize, events: u32) {
    let hooks = CodeHooks::of(vm, code);
    if hooks.local_events(tool) == events {
        return;
    }
    hooks.set_local_events(tool, events);
    vm.monitoring.version.set(vm.monitoring.version.get() + 1);
    hooks.sync(&vm.monitoring);
    vm.refresh_hooks();
}

/// Takes a tool's callbacks and events away, everywhere.
pub fn clear_tool(vm: &Vm, tool: usize) {
    let m = &vm.monitoring;
    for e in 0..event::COUNT {
        m.set_callback(tool, e, None);
    }
    let watched: Vec<usize> = m.watched.borrow().iter().copied().collect();
    for address in watched {
        // SAFETY: a code object that dies takes its hooks out of the set, and nothing is allocated here.
        unsafe { (*(address as *const CodeHooks)).set_local_events(tool, 0) };
    }
    set_events_of(&m.tools[..event::UNGROUPED], tool, 0);
    changed(vm);
}

/// `sys.monitoring.restart_events()`: what was disabled is enabled again.
pub fn restart_events(vm: &Vm) {
    let m = &vm.monitoring;
    m.version.set(m.version.get() + 1);
    m.restarted.set(m.version.get());
    sync_running(vm);
}

fn changed(vm: &Vm) {
    vm.monitoring.version.set(vm.monitoring.version.get() + 1);
    sync_running(vm);
    vm.refresh_hooks();
}

/// Code that is running takes note of a change at once; other code when it runs next.
fn sync_running(vm: &Vm) {
    for thread in vm.threads.borrow().iter() {
        // SAFETY: the list has live thread states; other threads wait for the GIL.
        let mut frame = unsafe { (**thread).frame.get() };
        // SAFETY: the chain of live frames.
        while let Some(f) = unsafe { frame.as_ref() } {
            if let Some(hooks) = f.code.get().hooks() {
                hooks.sync(&vm.monitoring);
            }
            frame = f.previous.get();
        }
    }
}

/// A value of [`Monitoring`] that is made with `sys.monitoring`.
pub(crate) fn slot(v: &Cell<Slot>) -> Value {
    v.get().unwrap_or(Value::NONE)
}
