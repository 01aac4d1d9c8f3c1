//! The interpreter: the reference for what a code object means.
//!
//! [`run`] executes a frame and the Python calls made from it, without using native stack for them: a call pushes a
//! frame and the loop ([`execute`]) goes on in it. Its handlers move operands between the value stack and the functions
//! of [`ops`], which hold the opcodes' meaning. An error leaves the handler by `break 'raised`; [`unwind`] then finds who
//! handles it. Here is how the loop is entered, left, and changed for the one that raises events.

pub mod calls;
pub mod delegation;
pub(crate) mod execute;
pub mod feedback;
pub mod generators;
pub mod inspect;
pub mod native;
pub mod ops;
pub mod recording;
pub mod seen;
pub mod unwind;

use std::panic::{AssertUnwindSafe, catch_unwind};

use brolga_bytecode::opcode::Opcode;

use crate::frame::{Frame, FrameOwner};
use crate::object::Ref;
use crate::state::Vm;
use crate::types::dict::PyDict;
use crate::types::shape;
use crate::value::{Slot, Value};
use crate::{PyResult, Raised};

/// Inline cache units behind each opcode.
static CACHES: [u8; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        if let Some(op) = Opcode::from_u8(i as u8) {
            table[i] = op.caches() as u8;
        }
        i += 1;
    }
    table
};

/// Units of the instruction at `pc`, its caches included.
#[inline(always)]
pub(crate) unsafe fn instruction_units(pc: *const u16) -> usize {
    // SAFETY: the caller gives an instruction of an executable stream.
    1 + CACHES[(unsafe { *pc } & 0xff) as usize] as usize
}

impl Vm {
    /// Makes `frame` the current one.
    #[inline(always)]
    pub(crate) fn enter(&self, frame: *mut Frame) -> PyResult<()> {
        let depth = self.depth.get() + 1;
        if depth > self.recursion_limit.get() {
            return Err(self.too_deep());
        }
        self.depth.set(depth);
        // SAFETY: the caller gives a frame it has just pushed or resumed.
        unsafe { (*frame).previous.set(self.frame.get()) };
        self.frame.set(frame);
        Ok(())
    }

    #[cold]
    fn too_deep(&self) -> Raised {
        self.recursion_error("maximum recursion depth exceeded")
    }

    /// Leaves `frame`, the current one: its frame object, if any, takes its slots over.
    #[inline(always)]
    pub(crate) fn leave(&self, frame: *mut Frame) {
        // SAFETY: the current frame is alive.
        let f = unsafe { &*frame };
        if f.object.get().is_some() {
            crate::types::frame::activation_ends(self, f);
        }
        self.depth.set(self.depth.get() - 1);
        self.frame.set(f.previous.get());
        if f.owner.get() == FrameOwner::Thread {
            self.pop_frame(frame);
        }
    }
}

/// Runs a frame that was pushed and is to be entered.
///
/// # Safety
/// `frame` is the thread's topmost pushed frame, was never entered, and its `on_return` is [`OnReturn::Exit`].
pub unsafe fn run(vm: &Vm, frame: *mut Frame) -> PyResult<Value> {
    if let Err(raised) = vm.enter(frame) {
        // SAFETY: the caller's promise: the frame was pushed and nothing has popped it.
        if unsafe { (*frame).owner.get() } == FrameOwner::Thread {
            vm.pop_frame(frame);
        }
        return Err(raised);
    }
    // SAFETY: the frame is entered; its code was verified or made by the compiler.
    unsafe { native::run_entered(vm, frame) }
}

/// A loop of the interpreter: see [`execute::execute`].
pub(crate) type Loop = unsafe fn(&Vm, *mut Frame, Option<Raised>, *const u16) -> Option<PyResult<Value>>;

/// The loop that this thread is to run by.
#[inline]
pub(crate) fn running(vm: &Vm) -> Loop {
    match (vm.hooks.on.get(), vm.meter.is_on()) {
        (true, _) => execute::execute::<true, true>,
        (false, true) => execute::execute::<false, true>,
        (false, false) => execute::execute::<false, false>,
    }
}

/// Executes the current frame. `pending`: begin by raising (into a generator).
///
/// # Safety
/// `frame` is the thread's current frame; its code keeps the value stack within its bounds (the verifier's promise).
pub(crate) unsafe fn interpret(vm: &Vm, mut frame: *mut Frame, mut pending: Option<Raised>) -> PyResult<Value> {
    if vm.is_stopping() && pending.is_none() {
        pending = Some(vm.raise_stop());
    }
    let mut came_from = std::ptr::null();
    let outer = vm.interpreting.replace(std::ptr::from_ref(&came_from) as usize);
    loop {
        // (A closure that moves what it needs: the loop's variables stay in registers.)
        let (now, raised, behind) = (frame, pending.take(), came_from);
        // SAFETY: as the caller says; a loop that ends for the other to go on leaves the current frame ready for it.
        let ended = catch_unwind(AssertUnwindSafe(move || unsafe { running(vm)(vm, now, raised, behind) }));
        match ended {
            Ok(Some(result)) => {
                vm.interpreting.set(outer);
                return result;
            }
            Ok(None) => came_from = vm.hooks.came_from.replace(std::ptr::null()),
            Err(_) => {
                // What the current frame's instruction called has panicked: it raises. (What called back into Python had a
                // run of the interpreter of its own, which has left its frames.)
                vm.interpreting.set(std::ptr::from_ref(&came_from) as usize);
                pending = Some(vm.system_error(native::PANICKED));
                came_from = std::ptr::null();
            }
        }
        frame = vm.frame.get();
    }
}

/// Does what waits for the breaker. Says whether the other loop is to go on, at `back` units before the two next ones.
#[cold]
#[inline(never)]
unsafe fn poll<const HOOKED: bool>(
    vm: &Vm,
    frame: *mut Frame,
    sp: *mut Slot,
    pc: *const u16,
    back: u32,
) -> PyResult<bool> {
    // SAFETY: the loop gives the current frame.
    unsafe { (*frame).sp.set(sp) };
    vm.poll()?;
    let changes = vm.hooks.on.get() != HOOKED;
    if changes {
        // SAFETY: as above; a jump leads to an instruction of the same stream.
        unsafe { change_loop(vm, frame, sp, pc, pc.add(2).sub(back as usize)) };
    }
    Ok(changes)
}

/// Leaves the frame ready for the other loop.
#[cold]
#[inline(never)]
unsafe fn change_loop(
    vm: &Vm,
    frame: *mut Frame,
    sp: *mut Slot,
    from: *const u16,
    next: *const u16,
) -> Option<PyResult<Value>> {
    // SAFETY: the loop gives the current frame.
    unsafe {
        (*frame).sp.set(sp);
        (*frame).instr.set(next);
    }
    vm.hooks.came_from.set(from);
    None
}

/// The dict of a namespace value, if it is an exact dict.
pub fn exact_dict(vm: &Vm, v: Value) -> Option<Ref<PyDict>> {
    vm.exact(v, shape::dict)
}
