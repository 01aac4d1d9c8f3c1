//! Native code, as far as the interpreter knows of it: whom to ask for it, how to enter it, and how to go on behind it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use brolga_bytecode::opcode::Opcode;

use crate::call::bind::bind_plainly;
use crate::frame::stack::init_header;
use crate::frame::{FRAME_SLOTS, Frame, FrameOwner, OnReturn};
use crate::interp::feedback::{Feedback, Kind};
use crate::interp::inspect::Inspect;
use crate::interp::{generators, interpret};
use crate::object::Ref;
use crate::protocol::compare::Compare;
use crate::state::Vm;
use crate::types::code::PyCode;
use crate::types::function::PyFunction;
use crate::types::generator::{PyGenerator, State, Step};
use crate::types::tuple::PyTuple;
use crate::value::{Slot, Value};
use crate::{PyResult, Raised};

/// Compiled code, of a function, a loop or a generator. It takes the current frame with `sp` and `instr` set: at the
/// function's first instruction, at the loop's header, or behind the instruction that suspended the generator.
pub type Entry = unsafe extern "C" fn(vm: *const Vm, frame: *mut Frame) -> Answer;

/// What compiled code says when it comes back.
#[repr(C)]
#[derive(Copy, Clone)]
pub struct Answer {
    /// [`RETURNED`], [`UNWOUND`], [`YIELDED`], or [`EXITED`] + 2 * the number of the exit it came back by (+ 1 where the instruction it
    /// came to has raised). After an exit the current frame, `vm.frame`, is as the interpreter would have it at the
    /// instruction where it is to go on: not always the one that was entered, but one called from there.
    pub status: u64,
    /// What the function returned, or the generator yielded.
    pub value: u64,
}

/// The frame has returned and is left.
pub const RETURNED: u64 = 0;
/// An exception is in flight, and the frame is left.
pub const UNWOUND: u64 = 1;
/// The generator is suspended.
pub const YIELDED: u64 = 2;
/// See [`Answer::status`].
pub const EXITED: u64 = 4;

/// Values that one exit of compiled code hands over at most.
pub const EXIT_WORDS: usize = 256;

/// The part of the JIT that the interpreter calls.
pub trait Compiler {
    /// The loop at `header` (code units) of the frame's code has turned [`loop_threshold`](crate::state::InterpreterState) times: its
    /// compiled code, if it can be had.
    fn hot_loop(&self, vm: &Vm, frame: &Frame, header: u32, counter: &Feedback) -> Option<Entry>;

    /// After how many calls to ask again for a function that can't be had.
    fn calls_to_next(&self, vm: &Vm) -> u32;

    /// The frame's function was called [`call_threshold`](crate::state::InterpreterState) times: its compiled code, if it can be had.
    fn hot_function(&self, vm: &Vm, frame: &Frame) -> Option<Entry>;

    /// The frame, a generator's, has been resumed as often: the compiled code of its generators, if it can be had.
    fn hot_generator(&self, vm: &Vm, frame: &Frame) -> Option<Entry>;

    /// Compiled code came back by its exit of that number: brings the frames to where the interpreter goes on, and takes the
    /// code away from where it is entered if it shall not be entered again. `false`: there was no memory for an object that
    /// a frame has, and the MemoryError is raised.
    ///
    /// # Safety
    /// It has come back just now, from the current frame, and put its values into [`ThreadState::exit_words`].
    ///
    /// [`ThreadState::exit_words`]: crate::state::ThreadState::exit_words
    unsafe fn left(&self, vm: &Vm, exit: u64) -> bool;

    /// The program has ended: says what was asked for on the command line.
    fn ended(&self, vm: &Vm);

    /// For tools.
    fn inspect(&self) -> &dyn Inspect;
}

/// Why compiled code came back.
pub enum Left {
    /// The current frame goes on.
    Resume,
    /// The frame has returned; its caller is the current one, at its call.
    Returned(Value),
    /// The same, and what it returned is nobody's.
    Discarded,
    /// The generator's frame is suspended; whoever resumed it is the current one.
    Yielded(Value),
    /// The generator's frame has returned; whoever resumed it is the current one.
    Finished(Value),
    /// The current frame's instruction has raised.
    Raised(Raised),
}

/// A hot loop's end: enters its compiled code, compiling it first.
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
        enter(vm, frame, entry)
    }
}

/// The frame of a hot generator, just resumed: runs its compiled code, compiling it first.
///
/// # Safety
/// `frame` is the current frame, a generator's, behind the instruction that suspended it.
#[inline(never)]
pub unsafe fn enter_generator(vm: &Vm, frame: *mut Frame) -> Left {
    // SAFETY: the caller gives the current frame.
    unsafe {
        if vm.native_stack_is_short() || vm.hooks.on.get() {
            return Left::Resume;
        }
        let code = (*frame).code.get();
        if code.resume.get() as usize == resume_interpreted as *const () as usize && !compile_generator(vm, &*frame) {
            return Left::Resume;
        }
        match enter(vm, frame, code.resume.get()) {
            Left::Returned(value) => Left::Finished(value),
            left => left,
        }
    }
}

/// Has the frame's generator compiled code now?
#[cold]
fn compile_generator(vm: &Vm, frame: &Frame) -> bool {
    let code = frame.code.get();
    let entry = if vm.compiler.is_set() { vm.compiler.hot_generator(vm, frame) } else { None };
    match entry {
        Some(entry) => {
            code.resume.set(entry);
            code.resumes_left.set(1);
        }
        None => code.resumes_left.set(if vm.compiler.is_set() { vm.compiler.calls_to_next(vm) } else { u32::MAX }),
    }
    entry.is_some()
}

/// A generator's frame, resumed by native code: runs it until it yields or returns.
///
/// # Safety
/// As [`enter_generator`], and it yields to native code.
#[inline]
pub(crate) unsafe fn run_resumed(vm: &Vm, frame: *mut Frame) -> PyResult<Value> {
    // SAFETY: the caller gives the current frame.
    unsafe {
        let code = (*frame).code.get();
        let left = code.resumes_left.get() - 1;
        if left != 0 {
            code.resumes_left.set(left);
            return interpret(vm, frame, None);
        }
        match enter_generator(vm, frame) {
            Left::Yielded(value) | Left::Finished(value) | Left::Returned(value) => Ok(value),
            Left::Discarded => Ok(Value::NONE),
            Left::Resume => interpret(vm, vm.frame.get(), None),
            Left::Raised(raised) => interpret(vm, vm.frame.get(), Some(raised)),
        }
    }
}

/// Resumes a suspended generator that has compiled code from native code. `None`: it is not so, and nothing was done.
#[inline]
pub(crate) fn resume_compiled(vm: &Vm, g: Ref<PyGenerator>, value: Value) -> Option<PyResult<Step>> {
    if g.state() != State::Suspended {
        return None;
    }
    let frame = g.frame();
    // SAFETY: a suspended generator's frame is alive. The code is that of the frame's code object, entered where it was
    // suspended, with `value` as what its `yield` gives.
    unsafe {
        let entry = (*frame).code.get().resume.get();
        if entry as usize == resume_interpreted as *const () as usize || vm.hooks.on.get() || vm.native_stack_is_short()
        {
            return None;
        }
        if let Err(raised) = generators::resume(vm, g, value, OnReturn::Exit) {
            return Some(Err(raised));
        }
        (*frame).leave.set(false);
        let answer = entry(vm, frame);
        let value = match answer.status {
            YIELDED => return Some(Ok(Step::Yielded(Value::from_bits(answer.value)))),
            RETURNED => return Some(Ok(Step::Returned(Value::from_bits(answer.value)))),
            UNWOUND => return Some(Err(Raised(()))),
            status => {
                let pending = exited(vm, status);
                interpret(vm, vm.frame.get(), pending)
            }
        };
        let suspended = g.state() == State::Suspended;
        Some(value.map(|v| if suspended { Step::Yielded(v) } else { Step::Returned(v) }))
    }
}

/// Compiled code resumes a generator that is not compiled: `frame` is the current one.
///
/// # Safety
/// As [`run_resumed`].
pub unsafe extern "C" fn resume_interpreted(vm: *const Vm, frame: *mut Frame) -> Answer {
    // SAFETY: compiled code passes its thread, and the frame of a generator that it has just resumed.
    unsafe {
        let answer = contained(&*vm, frame, || run_resumed(&*vm, frame));
        yielded(frame, answer)
    }
}

/// Compiled code resumed a generator whose compiled code did not come to its end: the interpreter brings it there.
///
/// # Safety
/// `answer` is what the code of the generator that owns `frame` has answered, other than [`YIELDED`].
pub unsafe extern "C" fn finish_resume(vm: *const Vm, frame: *mut Frame, status: u64) -> Answer {
    // SAFETY: as `finish_call`; the generator is alive: the caller has it.
    unsafe {
        let answer = finish_call(vm, status);
        yielded(frame, answer)
    }
}

/// What the interpreter returned, [`YIELDED`] where the generator is suspended.
pub(super) unsafe fn yielded(frame: *mut Frame, answer: Answer) -> Answer {
    // SAFETY: the callers give a generator's frame.
    let g = unsafe { PyGenerator::of_frame(frame) };
    let suspended = answer.status == RETURNED && g.state() == State::Suspended;
    if suspended { Answer { status: YIELDED, ..answer } } else { answer }
}

/// A hot function's frame, just entered: runs its compiled code, compiling it first.
///
/// # Safety
/// `frame` is the current frame, at its first instruction.
#[cold]
#[inline(never)]
pub unsafe fn enter_function(vm: &Vm, frame: *mut Frame) -> Left {
    // SAFETY: the caller gives the current frame.
    unsafe {
        if vm.native_stack_is_short() || vm.hooks.on.get() {
            return Left::Resume;
        }
        match compiled(vm, frame) {
            Some(entry) => enter(vm, frame, entry),
            None => Left::Resume,
        }
    }
}

/// The compiled code of a function that is hot.
unsafe fn compiled(vm: &Vm, frame: *mut Frame) -> Option<Entry> {
    // SAFETY: the callers give the current frame.
    let f = unsafe { &*frame };
    let code = f.code.get();
    if code.native.get() as usize != run_interpreted as *const () as usize {
        return Some(code.native.get());
    }
    let entry = if vm.compiler.is_set() { vm.compiler.hot_function(vm, f) } else { None };
    match entry {
        Some(entry) => {
            code.native.set(entry);
            code.calls_left.set(1);
        }
        None => code.calls_left.set(if vm.compiler.is_set() { vm.compiler.calls_to_next(vm) } else { u32::MAX }),
    }
    entry
}

/// Compiled code has left with this status: makes the frames ready for the interpreter. What is in flight, if something is.
///
/// # Safety
/// It has come back just now, from the current frame.
unsafe fn exited(vm: &Vm, status: u64) -> Option<Raised> {
    // SAFETY: by this function's contract.
    let complete = unsafe { vm.compiler.left(vm, (status - EXITED) >> 1) };
    if status & 1 != 0 || !complete {
        return Some(Raised(()));
    }
    // The program is being stopped: the frame is not to go on.
    if vm.is_stopping() { Some(vm.raise_stop()) } else { None }
}

unsafe fn enter(vm: &Vm, frame: *mut Frame, entry: Entry) -> Left {
    // SAFETY: the callers give the current frame, and code for where it stands.
    unsafe {
        (*frame).leave.set(false);
        let (on_return, result) = ((*frame).on_return.get(), (*frame).result.get());
        let answer = entry(vm, frame);
        match answer.status {
            RETURNED => {
                let value = Value::from_bits(answer.value);
                match (on_return, result) {
                    (OnReturn::Init, Some(_)) if !value.is_none() => Left::Raised(vm.init_returned(value)),
                    (OnReturn::Init, Some(object)) => Left::Returned(object),
                    (OnReturn::Operator, operands) => match operator_result(vm, value, operands) {
                        Ok(value) => Left::Returned(value),
                        Err(raised) => Left::Raised(raised),
                    },
                    (OnReturn::Discard, _) => Left::Discarded,
                    _ => Left::Returned(value),
                }
            }
            UNWOUND => Left::Raised(Raised(())),
            YIELDED => Left::Yielded(Value::from_bits(answer.value)),
            status => match exited(vm, status) {
                None => Left::Resume,
                Some(raised) => Left::Raised(raised),
            },
        }
    }
}

/// A call by native code of a function that has compiled code and takes the arguments as they are: its frame is made as
/// compiled code makes it, and the code entered. `None`: it is not so, and nothing was done.
#[inline(always)]
pub(crate) fn call_compiled(vm: &Vm, function: Ref<PyFunction>, args: &[Value]) -> Option<PyResult<Value>> {
    let code = function.code();
    let entry = code.native.get();
    if entry as usize == run_interpreted as *const () as usize || vm.hooks.on.get() || vm.native_stack_is_short() {
        return None;
    }
    let (nlocalsplus, slots) = (code.nlocalsplus(), FRAME_SLOTS + code.frame_slots());
    if !vm.stack.has_room(slots) || vm.depth.get() >= vm.recursion_limit.get() {
        return None;
    }
    // SAFETY: there is room for the frame, whose header and locals are written here: it has a slot for each parameter. What
    // lies on the value stack is nobody's, as in `push_inlined`. The code is that of the frame's function, at its first
    // instruction.
    unsafe {
        let frame = vm.stack.top.get().cast::<Frame>();
        let locals = frame.add(1).cast::<Slot>();
        if !bind_plainly(function, locals, args) {
            return None;
        }
        for local in code.plain_parameters()..nlocalsplus {
            locals.add(local).write(None);
        }
        init_header(frame, code, function.globals(), function.builtins(), Some(function.value()), None);
        (*frame).on_return.set(OnReturn::Exit);
        vm.stack.top.set(frame.cast::<Slot>().add(slots));
        vm.depth.set(vm.depth.get() + 1);
        (*frame).previous.set(vm.frame.get());
        vm.frame.set(frame);
        let answer = entry(vm, frame);
        if answer.status == RETURNED {
            return Some(Ok(Value::from_bits(answer.value)));
        }
        Some(finished(vm, answer.status))
    }
}

/// What a call gives whose compiled code did not return.
///
/// # Safety
/// The code has come back just now, with this status.
#[cold]
#[inline(never)]
unsafe fn finished(vm: &Vm, status: u64) -> PyResult<Value> {
    if status == UNWOUND {
        return Err(Raised(()));
    }
    // SAFETY: an exit; the current frame is ready for the interpreter.
    unsafe {
        let pending = exited(vm, status);
        interpret(vm, vm.frame.get(), pending)
    }
}

/// A call of anything by compiled code, which knows nothing of it.
#[inline]
pub fn call_value(vm: &Vm, callable: Value, args: &[Value]) -> PyResult<Value> {
    if let Some(function) = callable.downcast::<PyFunction>()
        && let Some(result) = call_compiled(vm, function, args)
    {
        return result;
    }
    vm.call(callable, args)
}

/// Runs the current frame, entered from native code, to its end.
///
/// # Safety
/// `frame` is the current frame, at its first instruction; it returns to native code.
pub(crate) unsafe fn run_entered(vm: &Vm, frame: *mut Frame) -> PyResult<Value> {
    // SAFETY: the caller gives the current frame.
    unsafe {
        let code = (*frame).code.get();
        let left = code.calls_left.get() - 1;
        if left != 0 {
            code.calls_left.set(left);
            return interpret(vm, frame, None);
        }
        match enter_function(vm, frame) {
            Left::Returned(value) | Left::Yielded(value) | Left::Finished(value) => Ok(value),
            Left::Discarded => Ok(Value::NONE),
            Left::Resume => interpret(vm, vm.frame.get(), None),
            Left::Raised(raised) => interpret(vm, vm.frame.get(), Some(raised)),
        }
    }
}

/// Compiled code calls a function that is not compiled: `frame`, pushed and made the current one, returns to its native
/// caller.
///
/// # Safety
/// As [`run_entered`].
pub unsafe extern "C" fn run_interpreted(vm: *const Vm, frame: *mut Frame) -> Answer {
    // SAFETY: compiled code passes its thread, and the frame it has just pushed.
    unsafe { contained(&*vm, frame, || run_entered(&*vm, frame)) }
}

/// Compiled code called a function whose compiled code did not come to its end: the interpreter brings it there.
///
/// # Safety
/// `status` is what the function's code has answered to the call, other than [`RETURNED`].
pub unsafe extern "C" fn finish_call(vm: *const Vm, status: u64) -> Answer {
    if status < EXITED {
        return Answer { status, value: 0 };
    }
    // SAFETY: compiled code passes its thread; after an exit the current frame is ready for the interpreter.
    unsafe {
        let vm = &*vm;
        let pending = exited(vm, status);
        let frame = vm.frame.get();
        contained(vm, frame, || interpret(vm, frame, pending))
    }
}

/// The answer of what runs `frame` to its end.
///
/// # Safety
/// `frame` is the current frame, called by compiled code.
pub(super) unsafe fn contained(vm: &Vm, frame: *mut Frame, body: impl FnOnce() -> PyResult<Value>) -> Answer {
    // SAFETY: the caller gives a live frame.
    unsafe { contained_above(vm, (*frame).previous.get(), body) }
}

/// The answer of what `caller` calls. No panic passes through compiled code.
///
/// # Safety
/// `caller` is compiled code's frame, below the current one or that itself.
pub(super) unsafe fn contained_above(vm: &Vm, caller: *mut Frame, body: impl FnOnce() -> PyResult<Value>) -> Answer {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => Answer { status: RETURNED, value: value.bits() },
        Ok(Err(_raised)) => Answer { status: UNWOUND, value: 0 },
        Err(_) => {
            // SAFETY: the caller's frame is alive for as long as the call.
            let _raised = unsafe { panicked(vm, caller) };
            Answer { status: UNWOUND, value: 0 }
        }
    }
}

/// The SystemError that a panic becomes, whoever called what panicked.
pub(super) const PANICKED: &str = "a native operation panicked";

/// Something that compiled code called has panicked: its frames, those above `frame`, are left, and it becomes a SystemError.
///
/// # Safety
/// `frame` is live, and the current frame or one below it.
#[cold]
pub unsafe fn panicked(vm: &Vm, frame: *mut Frame) -> Raised {
    while vm.frame.get() != frame && !vm.frame.get().is_null() {
        let left = vm.frame.get();
        // SAFETY: the chain of live frames; a generator's lies in its generator.
        unsafe {
            if (*left).owner.get() == FrameOwner::Generator {
                generators::finish(vm, left);
            }
        }
        vm.leave(left);
    }
    vm.system_error(PANICKED)
}

impl Vm {
    /// What compiled code of this thread has found out once is no longer so: its frames leave it at their next check.
    pub fn leave_compiled(&self) {
        let mut frame = self.frame.get();
        // SAFETY: the chain of live frames.
        while let Some(f) = unsafe { frame.as_ref() } {
            f.leave.set(true);
            frame = f.previous.get();
        }
    }
}

/// Pushes and enters the frame of an inlined call: its slots are empty, and there is room for it.
///
/// # Safety
/// `template` is what compiled code was made with; `function` a function's word, `instance` 0 or what the frame's `result` is.
pub unsafe extern "C" fn push_inlined(
    vm: *const Vm,
    template: *const Template,
    function: u64,
    instance: u64,
) -> *mut Frame {
    // SAFETY: compiled code passes its thread, a template that lives as long as itself, and live values.
    unsafe {
        let (vm, t) = (&*vm, &*template);
        let frame = vm.stack.top.get().cast::<Frame>();
        let function = Value::from_bits(function);
        init_header(frame, t.code, t.globals, t.builtins, Some(function), None);
        // What lies on the value stack is nobody's: the collector takes the VM stack's words as they are.
        std::ptr::write_bytes((*frame).locals_ptr(), 0, t.code.nlocalsplus());
        vm.stack.top.set(frame.cast::<Slot>().add(FRAME_SLOTS + t.code.frame_slots()));
        if instance != 0 {
            (*frame).on_return.set(t.on_return);
            (*frame).result.set(Some(Value::from_bits(instance)));
        }
        vm.depth.set(vm.depth.get() + 1);
        (*frame).previous.set(vm.frame.get());
        vm.frame.set(frame);
        frame
    }
}

/// A frame with an object is about to be left by compiled code: the object takes the slots over.
///
/// # Safety
/// `frame` is the current frame, with its slots written.
pub unsafe extern "C" fn activation_ends(vm: *const Vm, frame: *mut Frame) {
    // SAFETY: compiled code passes its thread and its frame.
    unsafe { crate::types::frame::activation_ends(&*vm, &*frame) };
}

/// A generator has returned in compiled code: leaves its frame.
///
/// # Safety
/// `frame` is the current frame, a generator's.
pub unsafe extern "C" fn generator_returned(vm: *const Vm, frame: *mut Frame) {
    // SAFETY: compiled code passes its thread and its frame.
    unsafe {
        generators::finish(&*vm, frame);
        (*vm).leave(frame);
    }
}

/// What the frames of an inlined function are made from. Its unit keeps the objects alive.
#[derive(Clone, Copy)]
pub struct Template {
    pub code: Ref<PyCode>,
    pub globals: Value,
    pub builtins: Value,
    /// Where there is a `result`.
    pub on_return: OnReturn,
}

/// Opcode of comparisons.
const COMPARE_OP: u8 = Opcode::COMPARE_OP as u8;

/// What an operator gives whose left operand's method has returned `value`; see [`OnReturn::Operator`]. The current frame
/// is the caller's, at its BINARY_OP or COMPARE_OP.
pub(crate) fn operator_result(vm: &Vm, value: Value, operands: Slot) -> PyResult<Value> {
    // SAFETY: the current frame's instruction, a code unit: neither of the two has an argument beyond it.
    let instruction = unsafe { *(*vm.frame.get()).instr.get() };
    let (opcode, arg) = (instruction as u8, u32::from(instruction >> 8));
    let mut value = value;
    if value.same_bits(Value::NOT_IMPLEMENTED) {
        let operands = operands.and_then(Value::downcast::<PyTuple>);
        let Some((a, b)) = operands.and_then(|t| t.get(0).zip(t.get(1))) else {
            return Err(vm.system_error("an operator without operands"));
        };
        value = match opcode {
            COMPARE_OP => vm.compare_rest(a, b, Compare::from_index(arg >> 5))?,
            _ => vm.binary_op_rest(a, b, arg)?,
        };
    }
    if opcode == COMPARE_OP && arg & 16 != 0 && !value.is_bool() {
        return Ok(Value::from_bool(vm.is_true(value)?));
    }
    Ok(value)
}
