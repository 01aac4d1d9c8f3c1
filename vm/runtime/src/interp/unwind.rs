//! Finds the handler of an exception in flight: by the exception table of the frame where it was raised, then of its
//! callers as far as this run of the interpreter goes.

use brolga_bytecode::exceptions::find_handler;

use crate::Raised;
use crate::frame::{Frame, FrameOwner, OnReturn};
use crate::monitoring::{event, fire};
use crate::object::Ref;
use crate::state::Vm;
use crate::types::exception::PyException;
use crate::types::traceback;
use crate::value::{Slot, Value};

pub enum Unwound {
    /// Go on in this frame: its `sp` and `instr` are those of the handler. And the instruction that had raised.
    Handler(*mut Frame, *const u16),
    /// Nobody in this run handles it.
    Exit(Raised),
}

/// Raises an exception that was handled, once more.
pub fn reraise(vm: &Vm, exception: Value) -> Raised {
    match exception.downcast::<PyException>() {
        Some(e) => vm.reraise(e),
        None => vm.system_error("RERAISE of no exception"),
    }
}

/// RERAISE: tracebacks show the instruction at this offset, from where the exception first came.
pub fn set_lasti(frame: &Frame, lasti: Slot) {
    let code = frame.code.get();
    if let Some(lasti) = lasti.and_then(Value::as_small_int)
        && (0..code.data().code.len() as i64).contains(&lasti)
    {
        // SAFETY: within the executable stream, which is as long as the code.
        frame.instr.set(unsafe { code.instructions().add(lasti as usize / 2) });
    }
}

/// Compiled code catches what its frame, the current one, has raised: the exception, with this frame's traceback entry
/// unless it is `traced` already.
pub fn catch_here(vm: &Vm, frame: &Frame, traced: bool) -> Value {
    let mut exception = vm.take_raised(Raised(()));
    if !traced {
        // To make the frame's object is no change of the frame.
        let leave = frame.leave.get();
        traceback::here(vm, exception, frame);
        frame.leave.set(leave);
    }
    // What was called has asked for events: this frame leaves its compiled code next.
    // Nothing of this frame is to run any more.
    if vm.is_stopping() {
        frame.leave.set(true);
    }
    if vm.hooks.on.get() {
        tell(vm, frame, if traced { event::RERAISE } else { event::RAISE }, frame.instr.get(), &mut exception);
    }
    exception.value()
}

/// Unwinds from `frame`, the current one, where the instruction at `pc` raised (a RERAISE has set the frame's `instr` back
/// to where the exception first came from: that is what tracebacks show). `traced`: this frame has its traceback entry
/// already.
///
/// # Safety
/// `frame` is the thread's current frame.
pub unsafe fn unwind(vm: &Vm, mut frame: *mut Frame, mut pc: *const u16, raised: Raised, mut traced: bool) -> Unwound {
    let mut exception = vm.take_raised(raised);
    if vm.is_stopping() {
        // Whatever a handler that compiled code has still begun makes of it.
        let raised = vm.raise_stop();
        exception = vm.take_raised(raised);
        // Compiled code has told of a frame whose handler it went to.
        // SAFETY: the current frame is alive.
        traced |= traceback::begins_at(exception, unsafe { &*frame });
    }
    // Where events say that it was raised: CPython's last unit of the instruction, and of a call in an outer frame the
    // one before it.
    // SAFETY: the instruction that raised.
    let mut raised_by = unsafe { pc.add(super::instruction_units(pc) - 1) };
    loop {
        // SAFETY: the current frame is alive.
        let f = unsafe { &*frame };
        if !traced {
            traceback::here(vm, exception, f);
        }
        if vm.hooks.on.get() {
            let (event, at) = if traced { (event::RERAISE, pc) } else { (event::RAISE, raised_by) };
            tell(vm, f, event, at, &mut exception);
        }
        traced = false;
        let code = f.code.get();
        let lasti = f.lasti().max(0);
        let offset = (pc as usize).saturating_sub(code.instructions() as usize);
        if !vm.is_stopping()
            && let Some(handler) = find_handler(&code.data().exceptiontable, offset as u32)
        {
            let raised_at = f.instr.get();
            // SAFETY: the verifier has checked depths and targets of the exception table.
            unsafe {
                if vm.hooks.on.get() {
                    let target = code.instructions().add(handler.target as usize / 2);
                    if tell(vm, f, event::EXCEPTION_HANDLED, target, &mut exception) {
                        // What a callback has raised comes from the handler.
                        (traced, pc) = (true, target);
                        continue;
                    }
                }
                let mut sp = f.stack_base().add(handler.depth as usize);
                if handler.lasti {
                    *sp = Some(Value::from_i32(lasti));
                    sp = sp.add(1);
                }
                *sp = Some(exception.value());
                f.sp.set(sp.add(1));
                f.instr.set(code.instructions().add(handler.target as usize / 2));
            }
            return Unwound::Handler(frame, raised_at);
        }
        if vm.hooks.on.get() {
            tell(vm, f, event::PY_UNWIND, raised_by, &mut exception);
        }
        let on_return = f.on_return.get();
        let previous = f.previous.get();
        if f.owner.get() == FrameOwner::Generator {
            // SAFETY: the owner says that it is a generator's frame, and it is the current one.
            unsafe { super::generators::finish(vm, frame) };
        }
        vm.leave(frame);
        if on_return == OnReturn::Exit {
            return Unwound::Exit(vm.reraise(exception));
        }
        frame = previous;
        // SAFETY: the caller's frame is alive; it is at its call.
        pc = unsafe { (*frame).instr.get() };
        raised_by = pc.wrapping_sub(1);
    }
}

/// An event of the exception in flight. One that a callback raises takes its place; says whether there was one.
fn tell(vm: &Vm, frame: &Frame, event: usize, pc: *const u16, exception: &mut Ref<PyException>) -> bool {
    match fire::exception(vm, frame, event, pc, *exception) {
        Ok(()) => false,
        Err(new) => {
            *exception = new;
            true
        }
    }
}
