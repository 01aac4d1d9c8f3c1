//! Frames: one activation of a code object. One layout for the interpreter, for compiled code and for generators
//! (which own theirs in a heap object):
//!
//! ```text
//! Frame header | locals | cells | free variables | value stack
//! ```
//!
//! Frames of calls stand one behind another on the thread's VM stack ([`stack`]).

pub mod stack;

use std::cell::Cell;

use crate::object::Ref;
use crate::types::code::PyCode;
use crate::types::dict::PyDict;
use crate::types::frame::PyFrame;
use crate::types::function::PyFunction;
use crate::value::{Slot, Value};

/// Who owns a frame's memory.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum FrameOwner {
    /// The thread's VM stack.
    Thread = 0,
    /// A generator, coroutine or asynchronous generator.
    Generator = 1,
    /// A frame object, after the activation ended.
    FrameObject = 2,
}

/// What happens with the value when the frame returns.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum OnReturn {
    /// It goes to the value stack of the previous frame, which is interpreted.
    Push = 0,
    /// The native caller of `interp::run` gets it.
    Exit = 1,
    /// An `__init__`: it must be None; `result` goes to the previous frame.
    Init = 2,
    /// A generator resumed by the interpreter's FOR_ITER or SEND; see `interp::generators`.
    Resumed = 3,
    /// An operator's or a comparison's method, called by compiled code: `result` is a tuple of the operands, of which the
    /// right one is asked where it returns NotImplemented.
    Operator = 4,
    /// A `__setitem__`, called by compiled code: nobody gets it.
    Discard = 5,
}

#[repr(C)]
pub struct Frame {
    /// `f_back`.
    pub previous: Cell<*mut Frame>,
    pub code: Cell<Ref<PyCode>>,
    pub globals: Cell<Value>,
    /// A dict, but for `exec` with odd builtins.
    pub builtins: Cell<Value>,
    /// The namespace of a module or a class body; empty for functions.
    pub locals: Cell<Slot>,
    /// The function; empty for modules.
    pub function: Cell<Slot>,
    /// The instruction being executed (its first code unit, in the executable stream).
    pub instr: Cell<*const u16>,
    /// One past the top of the value stack, valid while the frame is not the one being executed.
    pub sp: Cell<*mut Slot>,
    /// The frame object, once somebody asked for one.
    pub object: Cell<Slot>,
    /// See [`OnReturn::Init`] and [`OnReturn::Operator`].
    pub result: Cell<Slot>,
    pub owner: Cell<FrameOwner>,
    pub on_return: Cell<OnReturn>,
    /// `f_trace_lines`, `f_trace_opcodes`: one bit each.
    pub trace_flags: Cell<u8>,
    /// Compiled code must leave the frame at its next check.
    pub leave: Cell<bool>,
    /// While a generator that FOR_ITER or SEND resumed runs: that instruction's argument.
    pub resume_arg: Cell<u32>,
}

/// The frame's header in slots.
pub const FRAME_SLOTS: usize = size_of::<Frame>() / 8;
const _: () = assert!(size_of::<Frame>().is_multiple_of(8));

impl Frame {
    /// The first of `localsplus`.
    #[inline(always)]
    pub fn locals_ptr(&self) -> *mut Slot {
        // SAFETY: slots follow the header.
        unsafe { std::ptr::from_ref(self).add(1).cast::<Slot>().cast_mut() }
    }

    #[inline(always)]
    pub fn stack_base(&self) -> *mut Slot {
        // SAFETY: the value stack follows `nlocalsplus` slots.
        unsafe { self.locals_ptr().add(self.code.get().nlocalsplus()) }
    }

    #[inline]
    pub fn local(&self, i: usize) -> Slot {
        debug_assert!(i < self.code.get().nlocalsplus());
        // SAFETY: callers keep `i` below `nlocalsplus`.
        unsafe { *self.locals_ptr().add(i) }
    }

    /// `localsplus` and the value stack up to `sp`.
    pub fn live_slots(&self) -> &[Slot] {
        let start = self.locals_ptr();
        let end = self.sp.get();
        if end < start {
            return &[];
        }
        // SAFETY: between the first local and the top of the value stack.
        unsafe { std::slice::from_raw_parts(start, end.offset_from(start) as usize) }
    }

    /// Index of the instruction being executed, in bytes: `f_lasti`; -1 before the first.
    pub fn lasti(&self) -> i32 {
        let code = self.code.get();
        let start = code.instructions();
        let at = self.instr.get();
        if at.is_null() || at < start {
            return -1;
        }
        // SAFETY: both point into the same executable stream.
        let units = unsafe { at.offset_from(start) };
        (units * 2) as i32
    }

    pub fn lineno(&self) -> Option<u32> {
        self.code.get().line_of(self.lasti())
    }

    pub fn globals_dict(&self) -> Option<Ref<PyDict>> {
        self.globals.get().downcast()
    }

    pub fn function(&self) -> Option<Ref<PyFunction>> {
        self.function.get()?.downcast()
    }

    pub fn frame_object(&self) -> Option<Ref<PyFrame>> {
        self.object.get()?.downcast()
    }
}
