//! Generators in the interpreter: making, resuming, suspending. A generator's frame lives in its object; resuming links
//! it on top of the current frame.

use brolga_bytecode::opcode::Opcode;

use crate::frame::{Frame, OnReturn};
use crate::object::Ref;
use crate::state::Vm;
use crate::types::generator::{PyGenerator, State, Step};
use crate::value::Value;
use crate::{PyResult, Raised};

/// What `SEND` to something gives.
pub enum Sent {
    Yielded(Value),
    Returned(Value),
}

/// RETURN_GENERATOR: the generator that takes the frame over.
pub fn make(vm: &Vm, frame: &Frame) -> PyResult<Value> {
    PyGenerator::from_frame(vm, frame)
}

/// Links a generator's frame as the current one, with `value` as the result of its `yield`. The caller then runs it.
pub fn resume(vm: &Vm, g: Ref<PyGenerator>, value: Value, on_return: OnReturn) -> PyResult<()> {
    let frame = g.frame();
    // SAFETY: the generator owns the frame, which is suspended: its `sp` is valid, with room for one value.
    unsafe {
        vm.enter(frame)?;
        if g.is_started() {
            let sp = (*frame).sp.get();
            *sp = Some(value);
            (*frame).sp.set(sp.add(1));
            // Behind the YIELD_VALUE.
            let pc = (*frame).instr.get();
            (*frame).instr.set(pc.add(super::instruction_units(pc)));
        } else {
            // Not started: RETURN_GENERATOR left `None` for the POP_TOP behind it.
            let sp = (*frame).sp.get();
            *sp = Some(Value::NONE);
            (*frame).sp.set(sp.add(1));
            let pc = (*frame).instr.get();
            (*frame).instr.set(pc.add(super::instruction_units(pc)));
        }
        (*frame).on_return.set(on_return);
        vm.heap.remember(g.obj().as_ptr());
    }
    g.set_state(State::Running);
    g.handled().previous.set(vm.handled.get());
    vm.handled.set(g.handled());
    Ok(())
}

/// Links a generator's frame to have an exception raised in it.
pub fn resume_to_raise(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<()> {
    let frame = g.frame();
    vm.enter(frame)?;
    // SAFETY: the generator owns the frame.
    unsafe {
        (*frame).on_return.set(OnReturn::Exit);
        vm.heap.remember(g.obj().as_ptr());
    }
    g.set_state(State::Running);
    g.handled().previous.set(vm.handled.get());
    vm.handled.set(g.handled());
    Ok(())
}

/// YIELD_VALUE: unlinks the frame.
///
/// # Safety
/// `frame` is the current frame, a generator's, with `sp` and `instr` set.
pub unsafe fn suspend(vm: &Vm, frame: *mut Frame) {
    // SAFETY: the caller says that it is a generator's frame.
    unsafe {
        let g = PyGenerator::of_frame(frame);
        g.set_state(State::Suspended);
        vm.handled.set(g.handled().previous.get());
        g.handled().previous.set(std::ptr::null());
        vm.depth.set(vm.depth.get() - 1);
        vm.frame.set((*frame).previous.get());
        (*frame).previous.set(std::ptr::null_mut());
        vm.heap.remember(g.obj().as_ptr());
    }
}

/// Unlinks the frame of a generator that was only entered, not resumed.
pub fn leave(vm: &Vm, g: Ref<PyGenerator>) {
    let frame = g.frame();
    // SAFETY: the generator owns the frame, which is the current one.
    unsafe {
        vm.depth.set(vm.depth.get() - 1);
        vm.frame.set((*frame).previous.get());
        (*frame).previous.set(std::ptr::null_mut());
        vm.heap.remember(g.obj().as_ptr());
    }
}

/// The generator has returned or raised. (The caller then leaves the frame.)
///
/// # Safety
/// `frame` is the current frame, a generator's.
pub unsafe fn finish(vm: &Vm, frame: *mut Frame) {
    // SAFETY: the caller says that it is a generator's frame.
    let g = unsafe { PyGenerator::of_frame(frame) };
    g.finish(vm);
    vm.handled.set(g.handled().previous.get());
    g.handled().previous.set(std::ptr::null());
    g.handled().value.set(None);
}

/// Is the instruction a SEND (else a FOR_ITER)?
///
/// # Safety
/// `pc` is an instruction of an executable stream.
pub unsafe fn is_send(pc: *const u16) -> bool {
    // SAFETY: as the caller says.
    unsafe { *pc & 0xff == Opcode::SEND as u16 }
}

/// How far to go on from a FOR_ITER or SEND (with its whole argument) whose generator has returned, in units, and
/// whether it is a SEND.
///
/// # Safety
/// `pc` is a FOR_ITER or SEND of an executable stream.
pub unsafe fn after_return(pc: *const u16, arg: u32) -> (usize, bool) {
    // SAFETY: as the caller says.
    if unsafe { is_send(pc) } { (2 + arg as usize, true) } else { (2 + arg as usize + 1, false) }
}

/// SEND to anything that is not a generator to be resumed.
pub fn send(vm: &Vm, receiver: Value, value: Value) -> PyResult<Sent> {
    if let Some(result) = crate::types::asyncgen::send(vm, receiver, value) {
        match result {
            Ok(Step::Yielded(v)) => return Ok(Sent::Yielded(v)),
            Ok(Step::Returned(v)) => return Ok(Sent::Returned(v)),
            Err(raised) => return stopped(vm, raised),
        }
    }
    let result = match receiver.downcast::<PyGenerator>() {
        Some(g) if !g.is_async_generator() => {
            return Ok(match crate::types::generator::step(vm, g, value)? {
                Step::Yielded(v) => Sent::Yielded(v),
                Step::Returned(v) => Sent::Returned(v),
            });
        }
        _ if value.is_none() => {
            let class = vm.type_of(receiver);
            if let Some(next) = class.iternext() {
                return match next(vm, receiver) {
                    Ok(Some(v)) => Ok(Sent::Yielded(v)),
                    Ok(None) => Ok(Sent::Returned(Value::NONE)),
                    // A StopIteration with a value.
                    Err(raised) => stopped(vm, raised),
                };
            }
            match vm.call_special(receiver, crate::state::names::Special::Next, &[]) {
                Ok(Some(v)) => Ok(v),
                Err(raised) => Err(raised),
                Ok(None) => Err(vm.type_error(format!("'{}' object is not an iterator", class.tp_name()))),
            }
        }
        _ => vm.call_method_name(receiver, vm.names.send, &[value]),
    };
    match result {
        Ok(v) => Ok(Sent::Yielded(v)),
        Err(raised) => stopped(vm, raised),
    }
}

/// A StopIteration is the end, and its value the result.
fn stopped(vm: &Vm, raised: Raised) -> PyResult<Sent> {
    let e = vm.catch(raised, vm.types.stop_iteration)?;
    Ok(Sent::Returned(e.extra(crate::types::exception::STOP_VALUE).unwrap_or(Value::NONE)))
}
