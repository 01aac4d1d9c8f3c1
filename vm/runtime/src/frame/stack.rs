//! The VM stack: a reserved range of memory where a thread's frames stand.

use std::cell::Cell;

use super::{FRAME_SLOTS, Frame, FrameOwner, OnReturn};
use crate::PyResult;
use crate::object::Ref;
use crate::state::Vm;
use crate::types::code::PyCode;
use crate::value::{Slot, Value};

/// A thread's VM stack.
#[repr(C)]
pub struct VmStack {
    base: *mut Slot,
    /// The first free slot.
    pub(crate) top: Cell<*mut Slot>,
    limit: *mut Slot,
}

/// Where compiled code finds them.
pub const TOP_OFFSET: usize = std::mem::offset_of!(VmStack, top);
pub const LIMIT_OFFSET: usize = std::mem::offset_of!(VmStack, limit);

impl VmStack {
    /// Reserves `bytes` of address space, or as much of it as the system gives.
    pub fn new(mut bytes: usize) -> std::io::Result<VmStack> {
        loop {
            // SAFETY: a fresh anonymous mapping; memory is taken only as it is touched.
            let base = unsafe {
                libc::mmap(
                    std::ptr::null_mut(),
                    bytes,
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                    -1,
                    0,
                )
            };
            if base != libc::MAP_FAILED {
                let base = base.cast::<Slot>();
                // SAFETY: the end of the mapping.
                let limit = unsafe { base.add(bytes / 8) };
                return Ok(VmStack { base, top: Cell::new(base), limit });
            }
            bytes /= 2;
            if bytes < 1 << 20 {
                return Err(std::io::Error::last_os_error());
            }
        }
    }

    pub fn base(&self) -> *mut Slot {
        self.base
    }

    /// Room for `slots` more?
    #[inline(always)]
    pub fn has_room(&self, slots: usize) -> bool {
        (self.limit as usize).saturating_sub(self.top.get() as usize) / 8 > slots
    }
}

impl Drop for VmStack {
    fn drop(&mut self) {
        // SAFETY: the mapping of `new`, which nobody uses any more.
        unsafe { libc::munmap(self.base.cast(), (self.limit as usize) - (self.base as usize)) };
    }
}

impl Vm {
    /// Pushes a frame with empty slots. It is not the current one until [`Vm::enter`].
    #[inline]
    pub fn push_frame(
        &self,
        code: Ref<PyCode>,
        globals: Value,
        builtins: Value,
        function: Slot,
        locals: Slot,
    ) -> PyResult<*mut Frame> {
        let slots = FRAME_SLOTS + code.frame_slots();
        if !self.stack.has_room(slots) {
            return Err(self.memory_error());
        }
        let frame = self.stack.top.get().cast::<Frame>();
        // SAFETY: there is room for the header and all slots; they are written here before anything reads them.
        unsafe {
            init_frame(frame, code, globals, builtins, function, locals);
            self.stack.top.set(self.stack.top.get().add(slots));
        }
        Ok(frame)
    }

    /// Takes the frame, the last one pushed, off the VM stack.
    #[inline(always)]
    pub fn pop_frame(&self, frame: *mut Frame) {
        self.stack.top.set(frame.cast());
    }
}

/// Writes a frame's header, and empties its slots.
///
/// # Safety
/// `frame` points to memory for the header and the code's slots.
#[inline]
pub unsafe fn init_frame(
    frame: *mut Frame,
    code: Ref<PyCode>,
    globals: Value,
    builtins: Value,
    function: Slot,
    locals: Slot,
) {
    // SAFETY: the caller gives the memory.
    unsafe {
        init_header(frame, code, globals, builtins, function, locals);
        std::ptr::write_bytes((*frame).locals_ptr(), 0, code.frame_slots());
    }
}

/// Writes a frame's header; its slots stay as they are.
///
/// # Safety
/// As [`init_frame`]; the caller empties the locals.
#[inline]
pub unsafe fn init_header(
    frame: *mut Frame,
    code: Ref<PyCode>,
    globals: Value,
    builtins: Value,
    function: Slot,
    locals: Slot,
) {
    // SAFETY: the caller gives the memory.
    unsafe {
        frame.write(Frame {
            previous: Cell::new(std::ptr::null_mut()),
            code: Cell::new(code),
            globals: Cell::new(globals),
            builtins: Cell::new(builtins),
            locals: Cell::new(locals),
            function: Cell::new(function),
            instr: Cell::new(code.instructions()),
            sp: Cell::new((*frame).locals_ptr().add(code.nlocalsplus())),
            object: Cell::new(None),
            result: Cell::new(None),
            owner: Cell::new(FrameOwner::Thread),
            on_return: Cell::new(OnReturn::Push),
            trace_flags: Cell::new(0),
            leave: Cell::new(false),
            resume_arg: Cell::new(0),
        });
    }
}
