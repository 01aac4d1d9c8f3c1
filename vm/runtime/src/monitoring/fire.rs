//! The events, as the interpreter's loop raises them. The functions here are called by `interp::execute` where it runs
//! with events, with the current frame's `instr` and `sp` set.

use super::{PROFILE, TRACE, code::CodeHooks, event, legacy, slot};
use crate::frame::Frame;
use crate::interp::calls::{self, Called};
use crate::interp::generators::{self, Sent};
use crate::object::Ref;
use crate::state::Vm;
use crate::types::exception::PyException;
use crate::types::function::PyFunction;
use crate::types::generator::PyGenerator;
use crate::types::method::PyMethod;
use crate::types::native_function::PyNativeFunction;
use crate::types::shape;
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};
use crate::{PyResult, Raised};
use brolga_bytecode::opcode::Opcode;

/// An instruction as events name it: its number of code units from the code's start.
fn unit(frame: &Frame, pc: *const u16) -> u32 {
    ((pc as usize).wrapping_sub(frame.code.get().instructions() as usize) / 2) as u32
}

fn offset(unit: u32) -> Value {
    Value::from_int_truncated(i64::from(unit) * 2)
}

/// The tools that want an event of the instruction at this unit.
fn tools_at(vm: &Vm, frame: &Frame, event: usize, at: u32) -> u8 {
    let of = if event >= event::UNGROUPED { event::CALL } else { event };
    let tools = vm.hooks.tools[of].get();
    match frame.code.get().hooks() {
        Some(hooks) if of < event::LOCAL => {
            let tools = tools | hooks.local(of);
            if tools & !(TRACE | PROFILE) == 0 { tools } else { tools & !hooks.disabled(&vm.monitoring, at, of) }
        }
        _ => tools,
    }
}

/// Does any tool want an event of this frame?
#[inline]
pub fn wants(vm: &Vm, frame: &Frame, event: usize) -> bool {
    vm.hooks.tools[event].get() != 0 || frame.code.get().hooks().is_some_and(|h| h.local(event) != 0)
}

/// Tells the tools of an event. `args`: the code, what the event has first (an offset or a line), and its arguments.
fn tell(vm: &Vm, frame: &Frame, event: usize, at: u32, mut tools: u8, args: &[Value]) -> PyResult<()> {
    while tools != 0 {
        let tool = 7 - tools.leading_zeros();
        let bit = 1u8 << tool;
        tools &= !bit;
        match bit {
            TRACE => legacy::trace(vm, frame, event, args)?,
            PROFILE => legacy::profile(vm, frame, event, args)?,
            _ => {
                let Some(callback) = vm.monitoring.callback(tool as usize, event) else { continue };
                // A callback may have turned all off.
                if !vm.hooks.on.get() {
                    return Ok(());
                }
                let result = vm.unwatched(event, || vm.call(callback, args))?;
                if result.is(slot(&vm.monitoring.disable)) {
                    disable(vm, frame, event, at, tool as usize)?;
                }
            }
        }
    }
    Ok(())
}

/// A callback has returned `sys.monitoring.DISABLE`.
fn disable(vm: &Vm, frame: &Frame, event: usize, at: u32, tool: usize) -> PyResult<()> {
    let of = if event >= event::UNGROUPED { event::CALL } else { event };
    if event >= event::LOCAL {
        vm.monitoring.set_callback(tool, event, None);
        let name = event::NAMES.get(event).copied().unwrap_or_default();
        return Err(vm.value_error(format!("Cannot disable {name} events. Callback removed.")));
    }
    CodeHooks::of(vm, frame.code.get()).disable(&vm.monitoring, at, of, 1 << tool);
    Ok(())
}

/// An event of an instruction, with its arguments behind code and offset.
fn event_at(vm: &Vm, frame: &Frame, event: usize, pc: *const u16, first: Slot, second: Slot) -> PyResult<()> {
    if !vm.hooks.on.get() {
        return Ok(());
    }
    let at = unit(frame, pc);
    let tools = tools_at(vm, frame, event, at);
    if tools == 0 {
        return Ok(());
    }
    let code = frame.code.get().value();
    match (first, second) {
        (Some(a), Some(b)) => tell(vm, frame, event, at, tools, &[code, offset(at), a, b]),
        (Some(a), None) => tell(vm, frame, event, at, tools, &[code, offset(at), a]),
        _ => tell(vm, frame, event, at, tools, &[code, offset(at)]),
    }
}

/// Before each instruction: LINE and INSTRUCTION. `prev`: the instruction that ran before in this frame. Says whether a
/// callback has set the frame to another instruction.
#[inline]
pub fn before(vm: &Vm, frame: &Frame, pc: *const u16, prev: *const u16) -> PyResult<bool> {
    let (mut line, mut instruction) = (vm.hooks.tools[event::LINE].get(), vm.hooks.tools[event::INSTRUCTION].get());
    if let Some(hooks) = frame.code.get().hooks() {
        line |= hooks.local(event::LINE);
        instruction |= hooks.local(event::INSTRUCTION);
    }
    // A frame that has no object has no trace function.
    if frame.object.get().is_none() {
        line &= !TRACE;
        instruction &= !TRACE;
    }
    if line | instruction == 0 {
        return Ok(false);
    }
    before_wanted(vm, frame, pc, prev, line != 0, instruction)
}

fn before_wanted(
    vm: &Vm,
    frame: &Frame,
    pc: *const u16,
    prev: *const u16,
    wants_line: bool,
    instruction: u8,
) -> PyResult<bool> {
    let code = frame.code.get();
    let hooks = CodeHooks::of(vm, code);
    let at = unit(frame, pc);
    if !hooks.is_traced(at as usize) {
        return Ok(false);
    }
    if wants_line
        && let Some(line) = hooks.line_start(at as usize)
        && is_new_line(frame, hooks, line, prev)
    {
        let tools = tools_at(vm, frame, event::LINE, at);
        tell(vm, frame, event::LINE, at, tools, &[code.value(), Value::from_i32(line)])?;
        if frame.instr.get() != pc {
            return Ok(true);
        }
    }
    // SAFETY: the caller gives an instruction of the frame's executable stream.
    let opcode = unsafe { *pc } as u8;
    if instruction != 0 && vm.hooks.on.get() && opcode != Opcode::RESUME as u8 && opcode != Opcode::END_FOR as u8 {
        let tools = tools_at(vm, frame, event::INSTRUCTION, at);
        tell(vm, frame, event::INSTRUCTION, at, tools, &[code.value(), offset(at)])?;
        return Ok(frame.instr.get() != pc);
    }
    Ok(false)
}

/// Is it another line than that of the instruction before? (A RESUME hides none.)
fn is_new_line(frame: &Frame, hooks: &CodeHooks, line: i32, prev: *const u16) -> bool {
    // SAFETY: an instruction of the frame's executable stream.
    hooks.line(unit(frame, prev) as usize) != line || unsafe { *prev } as u8 == Opcode::RESUME as u8
}

/// RESUME: PY_START, or PY_RESUME for an argument other than 0. Says whether a callback has set the frame to another
/// instruction.
pub fn resume(vm: &Vm, frame: &Frame, pc: *const u16, arg: u32) -> PyResult<bool> {
    let event = if arg & 3 == 0 { event::PY_START } else { event::PY_RESUME };
    event_at(vm, frame, event, pc, None, None)?;
    Ok(frame.instr.get() != pc)
}

/// PY_RETURN or PY_YIELD. Says whether a callback has set the frame to another instruction.
pub fn returns(vm: &Vm, frame: &Frame, event: usize, pc: *const u16, value: Value) -> PyResult<bool> {
    event_at(vm, frame, event, pc, Some(value), None)?;
    Ok(frame.instr.get() != pc)
}

/// JUMP and its like, of the instruction at `pc`, which (or the one before it) leads from `source` to `target`. Gives
/// where to go on: a callback may set the frame elsewhere.
pub fn jump(
    vm: &Vm,
    frame: &Frame,
    event: usize,
    pc: *const u16,
    source: *const u16,
    target: *const u16,
) -> PyResult<*const u16> {
    let at = unit(frame, pc);
    // Behind compiled code it is not known.
    let source = if source == std::ptr::dangling() { pc } else { source };
    let from = unit(frame, source);
    let mut tools = tools_at(vm, frame, event, at);
    let any = match event {
        event::BRANCH_LEFT | event::BRANCH_RIGHT => vm.monitoring.any_branch[event - event::BRANCH_LEFT].get(),
        _ => 0,
    };
    if tools & any != 0
        && let Some(hooks) = frame.code.get().hooks()
    {
        tools &= !(hooks.disabled(&vm.monitoring, from, event::BRANCH) & any);
    }
    if tools == 0 {
        return Ok(target);
    }
    let args = [frame.code.get().value(), offset(from), offset(unit(frame, target))];
    if tools & any == 0 {
        tell(vm, frame, event, at, tools, &args)?;
    } else {
        // Whoever asked for BRANCH disables both ways of a loop at once, as in CPython.
        tell(vm, frame, event, at, tools & !any, &args)?;
        for tool in (0..super::PUBLIC_TOOLS).rev().filter(|t| tools & any & 1 << t != 0) {
            let Some(callback) = vm.monitoring.callback(tool, event) else { continue };
            let result = vm.unwatched(event, || vm.call(callback, &args))?;
            if result.is(slot(&vm.monitoring.disable)) {
                let hooks = CodeHooks::of(vm, frame.code.get());
                // SAFETY: an instruction of the frame's executable stream.
                let is_loop = unsafe { *source } as u8 == Opcode::FOR_ITER as u8;
                let (at, of) = if is_loop { (from, event::BRANCH) } else { (at, event) };
                hooks.disable(&vm.monitoring, at, of, 1 << tool);
            }
        }
    }
    let set_to = frame.instr.get();
    Ok(if set_to == pc { target } else { set_to })
}

/// END_SEND: a generator or coroutine that was awaited has returned a value.
pub fn end_send(vm: &Vm, frame: &Frame, pc: *const u16, receiver: Value, value: Value) -> PyResult<()> {
    if receiver.downcast::<PyGenerator>().is_none_or(|g| g.is_async_generator())
        || !wants(vm, frame, event::STOP_ITERATION)
    {
        return Ok(());
    }
    let stopped = stop_iteration(vm, value);
    event_at(vm, frame, event::STOP_ITERATION, pc, Some(stopped.value()), None)
}

/// FOR_ITER: a generator has returned this value. As in CPython, where FOR_ITER itself has events that is an exception,
/// if the value is not None, and whatever a callback raises is swallowed with it; else it is END_FOR's STOP_ITERATION.
pub fn loop_ended(vm: &Vm, frame: &Frame, pc: *const u16, end_for: *const u16, value: Value) -> PyResult<()> {
    let plain = [event::LINE, event::INSTRUCTION, event::BRANCH_LEFT].iter().all(|e| !wants(vm, frame, *e));
    let event = if plain { event::STOP_ITERATION } else { event::RAISE };
    if !wants(vm, frame, event) || (value.is_none() && !plain) {
        return Ok(());
    }
    let stopped = stop_iteration(vm, value).value();
    if plain {
        return event_at(vm, frame, event, end_for, Some(stopped), None);
    }
    swallow(vm, event_at(vm, frame, event, pc, Some(stopped), None));
    Ok(())
}

fn swallow(vm: &Vm, result: PyResult<()>) {
    if let Err(raised) = result {
        vm.take_raised(raised);
    }
}

/// SEND to anything that is not a generator to be resumed. A StopIteration that ends it is an event.
pub fn send(vm: &Vm, frame: &Frame, pc: *const u16, receiver: Value, value: Value) -> PyResult<Sent> {
    // What has no result but by a StopIteration.
    let by_exception = receiver.downcast::<PyGenerator>().is_none()
        && (crate::types::asyncgen::is_awaitable(receiver) || vm.type_of(receiver).iternext().is_none());
    let sent = generators::send(vm, receiver, value)?;
    if let Sent::Returned(value) = sent
        && by_exception
        && wants(vm, frame, event::RAISE)
    {
        let stopped = stop_iteration(vm, value);
        event_at(vm, frame, event::RAISE, pc, Some(stopped.value()), None)?;
    }
    Ok(sent)
}

fn stop_iteration(vm: &Vm, value: Value) -> Ref<PyException> {
    let raised = vm.stop_iteration(if value.is_none() { None } else { Some(value) });
    vm.take_raised(raised)
}

/// The next item of an iterator that is no generator. A StopIteration that its `__next__` raises is an event.
pub fn next(vm: &Vm, frame: &Frame, pc: *const u16, iterator: Value) -> PyResult<Slot> {
    use crate::state::names::Special;
    let class = vm.type_of(iterator);
    let result = match class.iternext() {
        Some(next) => next(vm, iterator),
        None => match vm.call_special(iterator, Special::Next, &[]) {
            Ok(None) => Err(vm.type_error(format!("'{}' object is not an iterator", class.tp_name()))),
            result => result,
        },
    };
    match result {
        Ok(item) => Ok(item),
        Err(raised) => {
            let stopped = vm.catch(raised, vm.types.stop_iteration)?;
            swallow(vm, event_at(vm, frame, event::RAISE, pc, Some(stopped.value()), None));
            Ok(None)
        }
    }
}

/// [`calls::prepare`], which the other loop has inlined: once is enough here.
#[inline(never)]
fn prepare(vm: &Vm, callable: Value, args: &[Value], kwnames: Option<Ref<PyTuple>>) -> PyResult<Called> {
    calls::prepare(vm, callable, args, kwnames)
}

/// CALL and its like: tells of the call, and of what it comes to if it is no Python function's.
pub fn call(
    vm: &Vm,
    frame: &Frame,
    pc: *const u16,
    mut callable: Value,
    args: &[Value],
    kwnames: Option<Ref<PyTuple>>,
) -> PyResult<Called> {
    if !wants(vm, frame, event::CALL) {
        return prepare(vm, callable, args, kwnames);
    }
    if let Some(method) = vm.exact::<PyMethod>(callable, shape::method) {
        callable = method.function();
        return vm
            .with_prefixed_args(method.receiver(), args, |args| told_call(vm, frame, pc, callable, args, kwnames));
    }
    told_call(vm, frame, pc, callable, args, kwnames)
}

fn told_call(
    vm: &Vm,
    frame: &Frame,
    pc: *const u16,
    callable: Value,
    args: &[Value],
    kwnames: Option<Ref<PyTuple>>,
) -> PyResult<Called> {
    let first = args.first().copied().unwrap_or_else(|| slot(&vm.monitoring.missing));
    event_at(vm, frame, event::CALL, pc, Some(callable), Some(first))?;
    if callable.downcast::<PyFunction>().is_some() {
        return prepare(vm, callable, args, kwnames);
    }
    let result = vm.call_kw(callable, args, kwnames);
    called_native(vm, frame, pc, callable, first, result).map(Called::Value)
}

/// C_RETURN or C_RAISE.
fn called_native(
    vm: &Vm,
    frame: &Frame,
    pc: *const u16,
    callable: Value,
    first: Value,
    result: PyResult<Value>,
) -> PyResult<Value> {
    match result {
        Ok(value) => {
            event_at(vm, frame, event::C_RETURN, pc, Some(callable), Some(first))?;
            Ok(value)
        }
        Err(raised) => Err(raised_native(vm, frame, pc, callable, first, raised)),
    }
}

fn raised_native(vm: &Vm, frame: &Frame, pc: *const u16, callable: Value, first: Value, raised: Raised) -> Raised {
    let exception = vm.take_raised(raised);
    match event_at(vm, frame, event::C_RAISE, pc, Some(callable), Some(first)) {
        Ok(()) => vm.reraise(exception),
        Err(raised) => raised,
    }
}

/// CALL_FUNCTION_EX.
pub fn call_ex(vm: &Vm, frame: &Frame, pc: *const u16, callable: Value, args: Value, kwargs: Slot) -> PyResult<Called> {
    if !wants(vm, frame, event::CALL) {
        return calls::prepare_ex(vm, callable, args, kwargs);
    }
    calls::with_unpacked(vm, callable, args, kwargs, |args, kwnames| {
        let positional = args.len() - kwnames.map_or(0, |k| k.len()).min(args.len());
        let first = match args.first() {
            Some(first) if positional > 0 => *first,
            _ => slot(&vm.monitoring.missing),
        };
        event_at(vm, frame, event::CALL, pc, Some(callable), Some(first))?;
        if callable.downcast::<PyFunction>().is_some() {
            return prepare(vm, callable, args, kwnames);
        }
        let result = vm.call_kw(callable, args, kwnames);
        called_native(vm, frame, pc, callable, first, result).map(Called::Value)
    })
}

/// LOAD_SUPER_ATTR is a call of `super`, too. `class`: what it is called with, if it is. Where that is watched, a native
/// method that is found is bound, as the attribute of a `super` object is: this is what its own call tells of.
pub fn call_super(
    vm: &Vm,
    frame: &Frame,
    pc: *const u16,
    function: Value,
    class: Slot,
    f: impl FnOnce() -> PyResult<(Value, Slot)>,
) -> PyResult<(Value, Slot)> {
    if !wants(vm, frame, event::CALL) {
        return f();
    }
    let first = class.unwrap_or_else(|| slot(&vm.monitoring.missing));
    event_at(vm, frame, event::CALL, pc, Some(function), Some(first))?;
    match f() {
        Ok((found, this)) => {
            event_at(vm, frame, event::C_RETURN, pc, Some(function), Some(first))?;
            match this {
                Some(this) if found.downcast::<PyNativeFunction>().is_some() => {
                    Ok((vm.bind_descriptor(found, this)?.unwrap_or(found), None))
                }
                _ => Ok((found, this)),
            }
        }
        Err(raised) => Err(raised_native(vm, frame, pc, function, first, raised)),
    }
}

/// An exception has come to a frame (RAISE), does so once more (RERAISE), leaves it (PY_UNWIND), is handled in it
/// (EXCEPTION_HANDLED, with the handler as `pc`), or was thrown into it (PY_THROW). Gives the exception that is in flight
/// then: one that a callback has raised takes the other's place.
pub fn exception(
    vm: &Vm,
    frame: &Frame,
    event: usize,
    pc: *const u16,
    exception: Ref<PyException>,
) -> Result<(), Ref<PyException>> {
    if vm.hooks.tools[event].get() == 0 {
        return Ok(());
    }
    event_at(vm, frame, event, pc, Some(exception.value()), None).map_err(|raised| vm.take_raised(raised))
}

/// PY_THROW: an exception is about to be raised in a generator, whose frame is the current one.
pub fn thrown(vm: &Vm, g: Ref<PyGenerator>, raised: Raised) -> Raised {
    if !vm.hooks.on.get() {
        return raised;
    }
    let e = vm.take_raised(raised);
    // SAFETY: the generator is running: its frame is alive.
    let frame = unsafe { &*g.frame() };
    // Where it would have gone on.
    let at = frame.instr.get().wrapping_add(1);
    let e = exception(vm, frame, event::PY_THROW, at, e).err().unwrap_or(e);
    vm.reraise(e)
}

/// Does any tool want to know when an exception leaves a frame?
pub fn wants_unwind(vm: &Vm) -> bool {
    vm.hooks.on.get() && vm.hooks.tools[event::PY_UNWIND].get() != 0
}
