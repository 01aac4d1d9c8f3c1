//! Native code for hot loops, as far as the interpreter knows of it: whom to ask, and how to enter what it gives.

use crate::Raised;
use crate::frame::Frame;
use crate::interp::feedback::{Feedback, Kind};
use crate::state::Vm;

/// Compiled code: it takes the current frame, suspended at the loop's header with `sp` set, runs, and leaves the frame
/// as the interpreter would have it at the instruction where it is to go on (`instr` and `sp` set). The result is twice
/// the number of the exit it came back by, plus 1 where that instruction has raised.
pub type Entry = unsafe extern "C" fn(vm: *const Vm, frame: *mut Frame) -> u64;

/// The part of the JIT that the interpreter calls.
pub trait Compiler {
    /// The loop at `header` (code units) of the frame's code has turned [`loop_threshold`](crate::state::InterpreterState) times: its
    /// compiled code, if it can be had.
    fn hot_loop(&self, vm: &Vm, frame: &Frame, header: u32, counter: &Feedback) -> Option<Entry>;

    /// The loop's compiled code came back by its exit of that number; empties `counter` where it shall not be entered
    /// again.
    fn left(&self, counter: &Feedback, exit: u64);
}

/// Why compiled code came back.
pub enum Left {
    Resume,
    Raised(Raised),
}

/// A hot loop's end: enters its compiled code, compiling it first. The frame is then where the interpreter goes on.
///
/// # Safety
/// `frame` is the current frame with `sp` set, `header` the target of its JUMP_BACKWARD, `counter` that one's feedback.
#[cold]
#[inline(never)]
pub unsafe fn enter_loop(vm: &Vm, frame: *mut Frame, header: *const u16, counter: &Feedback) -> Left {
    // SAFETY: the caller gives the current frame.
    unsafe {
        (*frame).instr.set(header);
        // Deep down the interpreter goes on by itself: its calls need no native stack.
        if vm.native_stack_is_short() {
            return Left::Resume;
        }
        let entry = if counter.kind.get() == Kind::Compiled {
            // SAFETY: set below from an `Entry`, and taken back before its code is freed.
            std::mem::transmute::<u64, Entry>(counter.value.get())
        } else {
            counter.index.set(0);
            if !vm.compiler.is_set() {
                return Left::Resume;
            }
            let start = (*frame).code.get().instructions();
            match vm.compiler.hot_loop(vm, &*frame, header.offset_from(start) as u32, counter) {
                Some(entry) => {
                    counter.value.set(entry as usize as u64);
                    counter.kind.set(Kind::Compiled);
                    entry
                }
                None => return Left::Resume,
            }
        };
        (*frame).leave.set(false);
        let answer = entry(vm, frame);
        vm.compiler.left(counter, answer >> 1);
        if answer & 1 == 0 { Left::Resume } else { Left::Raised(Raised(())) }
    }
}
