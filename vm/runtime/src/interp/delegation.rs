//! Resuming through `yield from` and `await`. What is sent to a generator that waits for another one goes to the innermost
//! of them, and what that one yields comes back, without the bytecodes between: they change nothing. While the innermost
//! runs, the others stand at their SEND as if they had executed it.

use std::ptr::NonNull;

use brolga_bytecode::opcode::Opcode;

use super::interpret;
use super::native::{Answer, UNWOUND, YIELDED, contained, contained_above, finish_resume, yielded};
use crate::Raised;
use crate::frame::{Frame, OnReturn};
use crate::object::{Header, Ref};
use crate::state::Vm;
use crate::types::generator::{PyGenerator, State, Step, step};
use crate::value::Value;

/// What the compiler makes of `yield from` and `await`, from the SEND, in code units: SEND and its cache, YIELD_VALUE,
/// RESUME, JUMP_BACKWARD_NO_INTERRUPT to the SEND, END_SEND (CPython's compile.c, `codegen_add_yield_from`).
const YIELD_VALUE: usize = 2;
const END_SEND: usize = 5;
/// How far that SEND jumps.
pub const SEND_JUMP: u32 = 3;
/// How far the JUMP_BACKWARD_NO_INTERRUPT does.
pub const JUMP_BACK: u32 = 5;

/// The bits of the RESUME behind a YIELD_VALUE that say whether it belongs to one of the two, and what they are then.
pub const RESUME_BITS: u16 = 0x02ff;
pub const RESUME_DELEGATES: u16 = Opcode::RESUME as u16 | 0x0200;

/// The SEND of a suspended generator that waits for another one, which is suspended, too; and that one.
///
/// # Safety
/// The generator is suspended.
#[inline(always)]
unsafe fn waits_for(g: Ref<PyGenerator>) -> Option<(*const u16, Ref<PyGenerator>)> {
    const SEND: u16 = Opcode::SEND as u16 | (SEND_JUMP as u16) << 8;
    const JUMP: u16 = Opcode::JUMP_BACKWARD_NO_INTERRUPT as u16 | (JUMP_BACK as u16) << 8;
    // SAFETY: a suspended frame's `instr` is its YIELD_VALUE, its `sp` valid. Behind the YIELD_VALUE of any code stands another
    // instruction, and no code ends in a RESUME. What the jump leads to is an instruction of the code: the verifier has seen
    // to it. So there is no prefix before that one.
    unsafe {
        let frame = &*g.frame();
        let at = frame.instr.get();
        if *at.add(1) & RESUME_BITS != RESUME_DELEGATES || *at.add(2) != JUMP || *at.sub(YIELD_VALUE) != SEND {
            return None;
        }
        let inner = (*frame.sp.get().sub(1))?.downcast::<PyGenerator>()?;
        let is_suspended = inner.state() == State::Suspended && !inner.is_async_generator();
        is_suspended.then_some((at.sub(YIELD_VALUE), inner))
    }
}

/// Links a generator's frame and those of the generators it waits for, up to the innermost, which is given: the others stand
/// at their SENDs.
///
/// # Safety
/// The generator is suspended.
unsafe fn wait(vm: &Vm, outermost: Ref<PyGenerator>) -> Ref<PyGenerator> {
    let mut innermost = outermost;
    let (mut previous, mut handled) = (vm.frame.get(), vm.handled.get());
    // One more is to run.
    let mut levels = vm.recursion_limit.get().saturating_sub(vm.depth.get() + 1);
    // SAFETY: generators own their frames; the last link is made where the innermost is resumed.
    unsafe {
        while levels > 0
            && let Some((send, inner)) = waits_for(innermost)
        {
            let frame = &*innermost.frame();
            frame.previous.set(previous);
            frame.instr.set(send);
            innermost.set_state(State::Running);
            innermost.handled().previous.set(handled);
            (previous, handled) = (innermost.frame(), innermost.handled());
            vm.depth.set(vm.depth.get() + 1);
            innermost = inner;
            levels -= 1;
        }
    }
    vm.frame.set(previous);
    vm.handled.set(handled);
    innermost
}

/// What the waiting generators waited for has yielded: so do they.
///
/// # Safety
/// The frames from the current one to `caller` are waiting ones.
unsafe fn yield_on(vm: &Vm, caller: *mut Frame) {
    let mut at = vm.frame.get();
    // SAFETY: by this function's contract.
    unsafe {
        while at != caller {
            let (frame, g) = (&*at, PyGenerator::of_frame(at));
            frame.instr.set(frame.instr.get().add(YIELD_VALUE));
            at = frame.previous.replace(std::ptr::null_mut());
            g.set_state(State::Suspended);
            // It refers to what it did when it was suspended last, but for what was written by way of a frame object.
            if frame.object.get().is_some() {
                vm.heap.remember(g.obj().as_ptr());
            }
            vm.handled.set(g.handled().previous.replace(std::ptr::null()));
            vm.depth.set(vm.depth.get() - 1);
        }
    }
    vm.frame.set(caller);
}

/// Runs the current frame, a generator's, until it yields, returns or raises.
///
/// # Safety
/// It stands where a generator is resumed, and its `on_return` is [`OnReturn::Exit`].
unsafe fn run(vm: &Vm, frame: *mut Frame) -> Answer {
    // SAFETY: the code is that of the frame's code object.
    unsafe {
        let entry = (*frame).code.get().resume.get();
        let answer = entry(vm, frame);
        if answer.status <= YIELDED { answer } else { finish_resume(vm, frame, answer.status) }
    }
}

/// What a waiting generator's frame, the current one, comes to when what it waited for has come to its end; or has yielded
/// while events are wanted, which the bytecodes are to raise.
///
/// # Safety
/// `answer` is that of what it waited for; its status is below [`super::native::EXITED`].
unsafe fn go_on(vm: &Vm, frame: *mut Frame, answer: Answer) -> Answer {
    // SAFETY: the frame is live, at its SEND, without what was sent, for which there is room.
    unsafe {
        vm.heap.remember(PyGenerator::of_frame(frame).obj().as_ptr());
        (*frame).on_return.set(OnReturn::Exit);
        let sp = (*frame).sp.get();
        *sp = Some(if answer.status == UNWOUND { Value::NONE } else { Value::from_bits(answer.value) });
        (*frame).sp.set(sp.add(1));
        if answer.status == UNWOUND {
            return yielded(frame, contained(vm, frame, || interpret(vm, frame, Some(Raised(())))));
        }
        let behind = if answer.status == YIELDED { YIELD_VALUE } else { END_SEND };
        (*frame).instr.set((*frame).instr.get().add(behind));
        if vm.hooks.on.get() {
            return yielded(frame, contained(vm, frame, || interpret(vm, frame, None)));
        }
        (*frame).leave.set(false);
        run(vm, frame)
    }
}

/// Compiled code resumes a generator that waits for another one. (The answer's status is below [`super::native::EXITED`].)
///
/// # Safety
/// The generator is suspended, the word a value's; compiled code's frame is the current one.
pub unsafe extern "C" fn resume_through(vm: *const Vm, generator: *mut Header, sent: u64) -> Answer {
    // SAFETY: compiled code passes its thread and live values. What is linked here is left here.
    unsafe {
        let (vm, caller, sent) = (&*vm, (*vm).frame.get(), Value::from_bits(sent));
        let outermost: Ref<PyGenerator> = Ref::from_ptr(NonNull::new_unchecked(generator));
        let is_plain = !vm.hooks.on.get() && !vm.meter.is_on() && !vm.native_stack_is_short();
        let innermost = if is_plain { wait(vm, outermost) } else { outermost };
        let mut answer = first(vm, innermost, sent);
        loop {
            if answer.status == YIELDED && !vm.hooks.on.get() {
                yield_on(vm, caller);
                return answer;
            }
            if vm.frame.get() == caller {
                return answer;
            }
            answer = go_on(vm, vm.frame.get(), answer);
        }
    }
}

/// Resumes the innermost generator.
///
/// # Safety
/// Compiled code is what called.
unsafe fn first(vm: &Vm, g: Ref<PyGenerator>, sent: Value) -> Answer {
    let mut has_yielded = false;
    let body = || {
        Ok(match step(vm, g, sent)? {
            Step::Yielded(v) => {
                has_yielded = true;
                v
            }
            Step::Returned(v) => v,
        })
    };
    // SAFETY: the current frame is compiled code's, or a generator's that waits for this one.
    let answer = unsafe { contained_above(vm, vm.frame.get(), body) };
    if has_yielded { Answer { status: YIELDED, ..answer } } else { answer }
}
