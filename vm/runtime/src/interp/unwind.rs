//! Finds the handler of an exception in flight: by the exception table of the frame where it was raised, then of its
//! callers as far as this run of the interpreter goes.

use brolga_bytecode::exceptions::find_handler;

use crate::Raised;
use crate::frame::{Frame, FrameOwner, OnReturn};
use crate::state::Vm;
use crate::types::exception::PyException;
use crate::types::traceback;
use crate::value::{Slot, Value};

pub enum Unwound {
    /// Go on in this frame: its `sp` and `instr` are those of the handler.
    Handler(*mut Frame),
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
    let exception = vm.take_raised(Raised(()));
    if !traced {
        // To make the frame's object is no change of the frame.
        let leave = frame.leave.get();
        traceback::here(vm, exception, frame);
        frame.leave.set(leave);
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
    let exception = vm.take_raised(raised);
    loop {
        // SAFETY: the current frame is alive.
        let f = unsafe { &*frame };
        if !traced {
            traceback::here(vm, exception, f);
        }
        traced = false;
        let code = f.code.get();
        let lasti = f.lasti().max(0);
        let offset = (pc as usize).saturating_sub(code.instructions() as usize);
        if let Some(handler) = find_handler(&code.data().exceptiontable, offset as u32) {
            // SAFETY: the verifier has checked depths and targets of the exception table.
            unsafe {
                let mut sp = f.stack_base().add(handler.depth as usize);
                if handler.lasti {
                    *sp = Some(Value::from_i32(lasti));
                    sp = sp.add(1);
                }
                *sp = Some(exception.value());
                f.sp.set(sp.add(1));
                f.instr.set(code.instructions().add(handler.target as usize / 2));
            }
            return Unwound::Handler(frame);
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
    }
}
