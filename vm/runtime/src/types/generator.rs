//! Generators and coroutines: an object that owns a frame. (Asynchronous generators have the same struct; their
//! awaitables stand in [`crate::types::asyncgen`].)

mod throw;

use std::cell::Cell;
use std::ptr::NonNull;

use brolga_bytecode::constants::flags;
use brolga_bytecode::opcode::Opcode;

use crate::call::bind::bind_plainly;
use crate::frame::stack::init_header;
use crate::frame::{FRAME_SLOTS, Frame, FrameOwner, OnReturn};
use crate::object::def::{GetSetDef, MethodDef, TypeDef, type_flags};
use crate::object::layout::GENERATOR;
use crate::object::{Args, Field, Header, HeapType, LayoutId, Ref};
use crate::state::{HandledException, Vm};
use crate::types::code::PyCode;
use crate::types::function::PyFunction;
use crate::types::shape;
use crate::types::str::PyStr;
use crate::value::{Slot, Value};
use crate::{PyResult, getset, method};
pub use throw::{Thrown, close, throw, throw_here, throw_step};

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum State {
    Created = 0,
    Suspended = 1,
    Running = 2,
    Finished = 3,
}

#[repr(C)]
pub struct PyGenerator {
    header: Header,
    pub(crate) name: Field,
    pub(crate) qualname: Field,
    /// `cr_origin`; for asynchronous generators the finalizer hook.
    pub(crate) origin: Field,
    /// The code, which outlives the frame.
    code: Field,
    handled: HandledException,
    state: Cell<State>,
    /// Asynchronous generators: hooks called, closed, running.
    pub(crate) async_flags: Cell<u8>,
    code_flags: Cell<u32>,
    frame: [u64; 0],
}

// SAFETY: repr(C), header first; traced by its own function.
unsafe impl HeapType for PyGenerator {
    const LAYOUT: LayoutId = GENERATOR;
}

/// Where compiled code finds things, from the object's start.
pub const FRAME_OFFSET: usize = std::mem::offset_of!(PyGenerator, frame);
pub const STATE_OFFSET: usize = std::mem::offset_of!(PyGenerator, state);
pub const HANDLED_OFFSET: usize = std::mem::offset_of!(PyGenerator, handled);
pub const PREVIOUS_HANDLED_OFFSET: usize =
    std::mem::offset_of!(PyGenerator, handled) + std::mem::offset_of!(HandledException, previous);

impl PyGenerator {
    /// RETURN_GENERATOR: takes over the current frame.
    pub fn from_frame(vm: &Vm, frame: &Frame) -> PyResult<Value> {
        let g = PyGenerator::alloc(vm, frame.code.get(), frame.function())?;
        let own = g.frame();
        // SAFETY: the cell has room for the frame, whose slots are empty; the header's pointers into the old frame are
        // set anew.
        unsafe {
            init_header(
                own,
                frame.code.get(),
                frame.globals.get(),
                frame.builtins.get(),
                frame.function.get(),
                frame.locals.get(),
            );
            let live = frame.live_slots();
            std::ptr::copy_nonoverlapping(live.as_ptr(), (*own).locals_ptr(), live.len());
            g.begin(frame.instr.get(), live.len());
        }
        let depth = vm.coroutine_origin_depth.get();
        if g.is_coroutine() && depth > 0 {
            let origin = crate::types::frame::coroutine_origin(vm, frame, depth)?;
            g.origin.set(g, origin);
        }
        Ok(g.made(vm))
    }

    /// A call of a function that makes a generator first of all ([`PyCode::makes_generator`]) and takes the arguments as they
    /// are: what its frame would come to, without that frame. `cells` are what it copies from its closure, `at` is its
    /// RETURN_GENERATOR.
    pub(crate) fn from_call(
        vm: &Vm,
        function: Ref<PyFunction>,
        args: &[Value],
        cells: &[Value],
        at: *const u16,
    ) -> PyResult<Value> {
        let code = function.code();
        let g = PyGenerator::alloc(vm, code, Some(function))?;
        let own = g.frame();
        // SAFETY: as above.
        unsafe {
            init_header(own, code, function.globals(), function.builtins(), Some(function.value()), None);
            bind_plainly(function, (*own).locals_ptr(), args);
            let free = (*own).locals_ptr().add(code.nlocalsplus().saturating_sub(cells.len()));
            for (i, cell) in cells.iter().enumerate() {
                *free.add(i) = Some(*cell);
            }
            g.begin(at, code.nlocalsplus());
        }
        Ok(g.made(vm))
    }

    /// A generator without a frame yet. (Memory is zero: the frame's slots are empty.)
    fn alloc(vm: &Vm, code: Ref<PyCode>, function: Option<Ref<PyFunction>>) -> PyResult<Ref<PyGenerator>> {
        let code_flags = code.flags.get();
        let shape = if code_flags & flags::ASYNC_GENERATOR != 0 {
            shape::async_generator
        } else if code_flags & flags::COROUTINE != 0 {
            shape::coroutine
        } else {
            shape::generator
        };
        let bytes = size_of::<PyGenerator>() + (FRAME_SLOTS + code.frame_slots()) * 8;
        let g: Ref<PyGenerator> = vm.alloc_sized(shape, Some(bytes))?;
        let (name, qualname) = match function {
            Some(f) => (f.name.get(), f.qualname.get()),
            None => (code.name.get(), code.qualname.get()),
        };
        g.name.init(name);
        g.qualname.init(qualname);
        g.code.init(code.value());
        g.code_flags.set(code_flags);
        Ok(g)
    }

    /// The frame is there, at its RETURN_GENERATOR, with so many slots in use.
    ///
    /// # Safety
    /// The frame's header is written, and it has that many slots.
    unsafe fn begin(&self, at: *const u16, live: usize) {
        let own = self.frame();
        // SAFETY: by this function's contract.
        unsafe {
            (*own).owner.set(FrameOwner::Generator);
            (*own).instr.set(at);
            (*own).sp.set((*own).locals_ptr().add(live));
        }
        self.state.set(State::Created);
    }

    /// It will not go on: there is nothing to clean up when it dies.
    pub(crate) fn finish(&self, vm: &Vm) {
        self.state.set(State::Finished);
        // SAFETY: a live cell of this heap, which is registered when it is made and not again.
        unsafe { vm.heap.unregister_finalizer(NonNull::from(&self.header)) };
    }

    #[inline(always)]
    pub fn frame(&self) -> *mut Frame {
        self.frame.as_ptr() as *mut Frame
    }

    /// The generator whose frame this is.
    ///
    /// # Safety
    /// The frame's owner is [`FrameOwner::Generator`].
    #[inline(always)]
    pub unsafe fn of_frame(frame: *mut Frame) -> Ref<PyGenerator> {
        // SAFETY: such a frame lies at this offset in its generator's cell.
        unsafe { Ref::from_ptr(std::ptr::NonNull::new_unchecked(frame.byte_sub(FRAME_OFFSET).cast())) }
    }

    #[inline(always)]
    pub(crate) fn handled(&self) -> &HandledException {
        &self.handled
    }

    #[inline(always)]
    pub fn state(&self) -> State {
        self.state.get()
    }

    #[inline(always)]
    pub(crate) fn set_state(&self, state: State) {
        self.state.set(state);
    }

    #[inline(always)]
    pub fn can_resume(&self) -> bool {
        matches!(self.state.get(), State::Created | State::Suspended)
    }

    #[inline(always)]
    pub fn is_started(&self) -> bool {
        self.state.get() != State::Created
    }

    pub fn is_generator(&self) -> bool {
        self.header.tag() == shape::generator
    }

    pub fn is_coroutine(&self) -> bool {
        self.header.tag() == shape::coroutine
    }

    #[inline(always)]
    pub fn is_async_generator(&self) -> bool {
        self.header.tag() == shape::async_generator
    }

    pub fn is_iterable_coroutine(&self) -> bool {
        self.code_flags.get() & flags::ITERABLE_COROUTINE != 0
    }

    /// What a suspended one is delegating to (`gi_yieldfrom`, `cr_await`).
    pub fn awaited_on(&self) -> Slot {
        if self.state.get() != State::Suspended {
            return None;
        }
        // SAFETY: a suspended frame's `instr` is its YIELD_VALUE, its `sp` valid; behind a YIELD_VALUE stands a RESUME
        // that says whether it belongs to a `yield from` or `await`.
        unsafe {
            let frame = &*self.frame();
            let pc = frame.instr.get();
            let resume = *pc.add(1);
            if resume & 0xff != Opcode::RESUME as u16 || (resume >> 8) & 3 < 2 {
                return None;
            }
            *frame.sp.get().sub(1)
        }
    }

    /// Is a suspended one in no `try` or `with` block? The RESUME behind its YIELD_VALUE says so.
    fn is_unprotected(&self) -> bool {
        // SAFETY: a suspended frame's `instr` is its YIELD_VALUE, behind which stands another instruction.
        let resume = unsafe { *(*self.frame()).instr.get().add(1) };
        resume & 0xff == Opcode::RESUME as u16 && resume >> 8 & 4 != 0
    }

    fn kind(&self) -> &'static str {
        if self.is_coroutine() {
            "coroutine"
        } else if self.is_async_generator() {
            "async generator"
        } else {
            "generator"
        }
    }
}

impl Ref<PyGenerator> {
    /// It is complete. One with something to clean up is closed when it dies; a coroutine never awaited is warned about.
    fn made(self, vm: &Vm) -> Value {
        // SAFETY: the frame's header is there.
        let wants_close = !self.is_generator() || unsafe { (*self.frame()).code.get() }.cleans_up();
        if wants_close {
            // SAFETY: a live cell of this heap.
            let _ = unsafe { vm.heap.register_finalizer(self.obj().as_ptr()) };
        }
        self.value()
    }
}

/// What running a generator natively has come to.
#[derive(Copy, Clone)]
pub enum Step {
    Yielded(Value),
    Returned(Value),
}

/// Resumes with a value; the generator runs natively until it yields or returns.
pub fn step(vm: &Vm, g: Ref<PyGenerator>, value: Value) -> PyResult<Step> {
    if let Some(step) = crate::interp::native::resume_compiled(vm, g, value) {
        return step;
    }
    match g.state() {
        State::Running => return Err(vm.value_error(format!("{} already executing", g.kind()))),
        State::Finished => {
            if g.is_coroutine() {
                return Err(vm.runtime_error("cannot reuse already awaited coroutine"));
            }
            return Ok(Step::Returned(Value::NONE));
        }
        State::Created if !value.is_none() => {
            return Err(vm.type_error(format!("can't send non-None value to a just-started {}", g.kind())));
        }
        _ => {}
    }
    vm.check_native_stack("")?;
    crate::interp::generators::resume(vm, g, value, OnReturn::Exit)?;
    // SAFETY: `resume` made the generator's frame the current one.
    let result = unsafe { crate::interp::native::run_resumed(vm, g.frame()) }?;
    Ok(if g.state() == State::Suspended { Step::Yielded(result) } else { Step::Returned(result) })
}

/// `send(value)`.
pub fn send(vm: &Vm, g: Ref<PyGenerator>, value: Value) -> PyResult<Value> {
    match step(vm, g, value)? {
        Step::Yielded(v) => Ok(v),
        Step::Returned(v) => Err(vm.stop_iteration(if v.is_none() { None } else { Some(v) })),
    }
}

fn next(vm: &Vm, g: Value) -> PyResult<Slot> {
    let Some(g) = g.downcast::<PyGenerator>() else { return Ok(None) };
    match step(vm, g, Value::NONE)? {
        Step::Yielded(v) => Ok(Some(v)),
        Step::Returned(v) if v.is_none() => Ok(None),
        // A value must reach whoever looks at the StopIteration.
        Step::Returned(v) => Err(vm.stop_iteration(Some(v))),
    }
}

pub(crate) fn class_getitem(vm: &Vm, class: Value, item: Value) -> PyResult<Value> {
    crate::types::generic_alias::new(vm, class, item)
}

fn iter(_: &Vm, this: Value) -> Value {
    this
}

fn send_method(vm: &Vm, g: Ref<PyGenerator>, value: Value) -> PyResult<Value> {
    send(vm, g, value)
}

fn throw_method(vm: &Vm, args: &Args<'_>) -> PyResult<Value> {
    // Through a coroutine's wrapper, too.
    let this = args.get(0);
    let g = match this.downcast::<PyGenerator>() {
        Some(g) => g,
        None => match this.downcast::<PyCoroutineWrapper>().and_then(|w| w.coroutine()) {
            Some(g) => g,
            None => return Err(vm.type_error("throw() of no generator")),
        },
    };
    throw(vm, g, Thrown::from_args(vm, args, "throw")?)
}

fn close_method(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<Value> {
    close(vm, g)
}

pub(crate) fn repr(vm: &Vm, g: Ref<PyGenerator>) -> String {
    let kind = if g.is_async_generator() { "async_generator" } else { g.kind() };
    format!("<{kind} object {} at {:#x}>", vm.to_lossy(g.qualname.get_or_none()), g.addr())
}

pub(crate) fn get_name(_: &Vm, g: Ref<PyGenerator>) -> Slot {
    g.name.get()
}

pub(crate) fn set_name(vm: &Vm, g: Ref<PyGenerator>, value: Slot) -> PyResult<()> {
    match value {
        Some(v) if v.downcast::<PyStr>().is_some() => g.name.set(g, v),
        _ => return Err(vm.type_error("__name__ must be set to a string object")),
    }
    Ok(())
}

pub(crate) fn get_qualname(_: &Vm, g: Ref<PyGenerator>) -> Slot {
    g.qualname.get()
}

pub(crate) fn set_qualname(vm: &Vm, g: Ref<PyGenerator>, value: Slot) -> PyResult<()> {
    match value {
        Some(v) if v.downcast::<PyStr>().is_some() => g.qualname.set(g, v),
        _ => return Err(vm.type_error("__qualname__ must be set to a string object")),
    }
    Ok(())
}

pub(crate) fn get_frame(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<Value> {
    if g.state() == State::Finished {
        return Ok(Value::NONE);
    }
    // SAFETY: the frame of a generator that is not finished is alive.
    crate::types::frame::object_of(vm, unsafe { &*g.frame() })
}

fn get_running(_: &Vm, g: Ref<PyGenerator>) -> bool {
    g.state() == State::Running
}

pub(crate) fn get_suspended(_: &Vm, g: Ref<PyGenerator>) -> bool {
    g.state() == State::Suspended
}

pub(crate) fn get_code(_: &Vm, g: Ref<PyGenerator>) -> Slot {
    g.code.get()
}

pub(crate) fn get_awaited(_: &Vm, g: Ref<PyGenerator>) -> Slot {
    g.awaited_on()
}

fn get_origin(_: &Vm, g: Ref<PyGenerator>) -> Slot {
    g.origin.get()
}

fn await_(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<Value> {
    let wrapper: Ref<PyCoroutineWrapper> = vm.alloc(shape::coroutine_wrapper)?;
    wrapper.coroutine.init(g.value());
    Ok(wrapper.value())
}

/// A dead generator is closed; a coroutine that was never awaited is warned about. Nobody can receive an error of this.
pub fn finalize(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<()> {
    let (result, doing) = match g.state() {
        State::Finished | State::Running => return Ok(()),
        State::Created if g.is_coroutine() => (warn_unawaited(vm, g), "finalizing coroutine"),
        _ if g.is_async_generator() && crate::types::asyncgen::has_finalizer(g) => {
            (crate::types::asyncgen::finalize(vm, g), "finalizing generator")
        }
        _ => (close(vm, g).map(|_| ()), "closing generator"),
    };
    if let Err(raised) = result {
        let message = format!("Exception ignored while {doing} {}", repr(vm, g));
        vm.write_unraisable(raised, Value::NONE, Some(&message));
    }
    Ok(())
}

fn warn_unawaited(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<()> {
    let warnings = vm.import("warnings")?;
    vm.call_method(warnings, "_warn_unawaited_coroutine", &[g.value()])?;
    close(vm, g).map(|_| ())
}

pub(crate) fn del(vm: &Vm, g: Ref<PyGenerator>) -> PyResult<()> {
    finalize(vm, g)
}

pub(crate) fn size_of_generator(_: &Vm, g: Ref<PyGenerator>) -> usize {
    // SAFETY: the frame's header stays in the cell, whatever the state.
    let slots = unsafe { (*g.frame()).code.get().frame_slots() };
    size_of::<PyGenerator>() + (FRAME_SLOTS + slots) * 8
}

/// What a coroutine's `__await__` gives.
#[repr(C)]
pub struct PyCoroutineWrapper {
    header: Header,
    coroutine: Field,
}

// SAFETY: repr(C), header first, fields only.
unsafe impl HeapType for PyCoroutineWrapper {
    const LAYOUT: LayoutId = crate::object::layout::COROUTINE_WRAPPER;
}

impl PyCoroutineWrapper {
    fn coroutine(&self) -> Option<Ref<PyGenerator>> {
        self.coroutine.get()?.downcast()
    }
}

fn wrapper_next(vm: &Vm, this: Value) -> PyResult<Slot> {
    match this.downcast::<PyCoroutineWrapper>().and_then(|w| w.coroutine()) {
        Some(g) => next(vm, g.value()),
        None => Ok(None),
    }
}

fn wrapper_send(vm: &Vm, this: Ref<PyCoroutineWrapper>, value: Value) -> PyResult<Value> {
    match this.coroutine() {
        Some(g) => send(vm, g, value),
        None => Ok(Value::NONE),
    }
}

fn wrapper_close(vm: &Vm, this: Ref<PyCoroutineWrapper>) -> PyResult<Value> {
    match this.coroutine() {
        Some(g) => close(vm, g),
        None => Ok(Value::NONE),
    }
}

pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let g: Ref<PyGenerator> = unsafe { Ref::from_ptr(obj) };
    for field in [&g.name, &g.qualname, &g.origin, &g.code] {
        if let Some(v) = field.get() {
            tracer.mark_value_word(v.bits());
        }
    }
    if let Some(v) = g.handled.value.get() {
        tracer.mark_value_word(v.bits());
    }
    if g.code.is_empty() || g.state() == State::Finished {
        return;
    }
    // SAFETY: from the moment `code` is set the cell has room for the frame; a collection can't happen between that
    // and the frame's initialisation.
    unsafe {
        let frame = g.frame();
        if (*frame).sp.get().is_null() {
            return;
        }
        // What is above the top of a suspended frame's value stack is dead.
        let end = if g.state() == State::Running {
            (*frame).locals_ptr().add((*frame).code.get().frame_slots())
        } else {
            (*frame).sp.get()
        };
        tracer.mark_range_conservative(frame.cast::<u64>(), end.cast::<u64>());
    }
}

const METHODS: &[MethodDef] = &[
    method!("send", 2, send_method).doc(
        "send(value) -> send 'value' into generator,\nreturn next yielded value or raise StopIteration.",
    ),
    method!("throw", "($self, typ, val=None, tb=None, /)", throw_method).doc(
        "throw(value)\nthrow(type[,value[,tb]])\n\nRaise exception in generator, return next yielded value or raise\n\
         StopIteration.\nthe (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python.",
    ),
    method!("close", 1, close_method).doc("close() -> raise GeneratorExit inside generator."),
];
const COROUTINE_METHODS: &[MethodDef] = &[
    method!("send", 2, send_method)
        .doc("send(arg) -> send 'arg' into coroutine,\nreturn next iterated value or raise StopIteration."),
    method!("throw", "($self, typ, val=None, tb=None, /)", throw_method).doc(
        "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise exception in coroutine, return next iterated value or raise\n\
         StopIteration.\nthe (type, val, tb) signature is deprecated, \nand may be removed in a future version of Python.",
    ),
    method!("close", 1, close_method).doc("close() -> raise GeneratorExit inside coroutine."),
];
const COMMON: &[MethodDef] = &[
    method!("__repr__", 1, repr),
    method!("__del__", 1, del),
    method!("__sizeof__", 1, size_of_generator).doc("gen.__sizeof__() -> size of gen in memory, in bytes"),
];
const ITER: &[MethodDef] = &[method!("__iter__", 1, iter), method!("__class_getitem__", 2, class_getitem).class()];
const AWAIT: &[MethodDef] = &[method!("__await__", 1, await_), method!("__class_getitem__", 2, class_getitem).class()];

pub static DEF: TypeDef = TypeDef {
    layout: Some(GENERATOR),
    flags: type_flags::DISALLOW_NEW | type_flags::WEAKREFABLE,
    methods: &[METHODS, COMMON, ITER],
    getset: &[
        getset!("__name__", get_name, set_name).doc("name of the generator"),
        getset!("__qualname__", get_qualname, set_qualname).doc("qualified name of the generator"),
        getset!("gi_frame", get_frame),
        getset!("gi_running", get_running),
        getset!("gi_suspended", get_suspended),
        getset!("gi_code", get_code),
        getset!("gi_yieldfrom", get_awaited).doc("object being iterated by yield from, or None"),
    ],
    iternext: Some(next),
    ..TypeDef::new("generator")
};

const COROUTINE_GETSET: &[GetSetDef] = &[
    getset!("__name__", get_name, set_name).doc("name of the coroutine"),
    getset!("__qualname__", get_qualname, set_qualname).doc("qualified name of the coroutine"),
    getset!("cr_frame", get_frame),
    getset!("cr_running", get_running),
    getset!("cr_suspended", get_suspended),
    getset!("cr_code", get_code),
    getset!("cr_await", get_awaited).doc("object being awaited on, or None"),
    getset!("cr_origin", get_origin).member(),
];

pub static COROUTINE_DEF: TypeDef = TypeDef {
    layout: Some(GENERATOR),
    flags: type_flags::DISALLOW_NEW | type_flags::WEAKREFABLE,
    methods: &[COROUTINE_METHODS, COMMON, AWAIT],
    getset: COROUTINE_GETSET,
    ..TypeDef::new("coroutine")
};

pub static WRAPPER_DEF: TypeDef = TypeDef {
    layout: Some(crate::object::layout::COROUTINE_WRAPPER),
    flags: type_flags::DISALLOW_NEW,
    methods: &[&[
        method!("__iter__", 1, iter),
        method!("send", 2, wrapper_send),
        method!("throw", "($self, typ, val=None, tb=None, /)", throw_method),
        method!("close", 1, wrapper_close),
    ]],
    iternext: Some(wrapper_next),
    ..TypeDef::new("coroutine_wrapper")
};
