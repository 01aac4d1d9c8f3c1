//! Collections that Python asks for. A program that has dropped its last reference to an object and calls `gc.collect()`
//! expects the object to be gone. What conservative scanning may find of it by chance has to be out of the way:
//!
//! - the value stacks' slots above their tops, which hold what was popped there (`clear_dead_slots`);
//! - the native frames from the interpreter's on ([`Vm::collect_for`]): at a call, all it needs is on the value stack.

use brolga_bytecode::depth::{Depth, callable_below_top, depth_at};
use brolga_heap::CollectionKind;

use super::Vm;
use crate::frame::{Frame, OnReturn};
use crate::interp;
use crate::types::native_function::PyNativeFunction;
use crate::value::{Slot, Value};

/// The depth at the instruction that a frame executes.
fn depth_of(frame: &Frame) -> Option<Depth> {
    let code = frame.code.get();
    let data = code.data();
    depth_at(&data.code, &data.exceptiontable, usize::try_from(frame.lasti()).ok()?)
}

impl Vm {
    /// Collects for the native function `function`, which the program has called to do so.
    ///
    /// # Safety
    /// Between the call of `function` by the interpreter and here, nobody holds a value that is needed later, but for the
    /// arguments.
    pub unsafe fn collect_for(&self, kind: CollectionKind, function: fn(&PyNativeFunction) -> bool) {
        // Compiled code keeps values on the native stack, and its frames may be anyhow.
        let compiled = [
            interp::native::enter_loop as *const () as usize,
            interp::native::enter_function as *const () as usize,
            interp::native::enter_generator as *const () as usize,
        ];
        let running = interp::running(self);
        let site = brolga_heap::call_site(running as *const () as usize, compiled);
        let direct = site.is_some() && self.clear_dead_slots(function);
        match site.filter(|_| direct) {
            // SAFETY: the innermost frame is at a call of `function`, so that the innermost interpreter has called it directly,
            // and has its operands on the value stack, as everything else; what is below is in order by this function's contract.
            Some(site) => unsafe { self.heap.collect_above(kind, &site) },
            None => {
                brolga_heap::scrub_stack();
                // SAFETY: a native is running, on the thread that holds the GIL; all its values are on the stack.
                unsafe { self.heap.collect(kind) };
            }
        }
    }

    /// A full collection and its finalizers, for a native that only garbage may stand in the way of: what lies about where
    /// it was popped is no reference.
    pub fn collect_unreached(&self) {
        let compiled = [
            interp::native::enter_loop as *const () as usize,
            interp::native::enter_function as *const () as usize,
            interp::native::enter_generator as *const () as usize,
        ];
        let running = interp::running(self);
        // Frames of compiled code keep what they need in their own way.
        if brolga_heap::call_site(running as *const () as usize, compiled).is_some() {
            self.clear_dead_slots(|_| false);
        }
        brolga_heap::scrub_stack();
        self.collect_garbage();
    }

    /// Empties the slots above the tops of the value stacks, in the frames that the innermost interpreter runs (no compiled code
    /// is running in it). Tells whether the current frame is at a call of a `function`.
    fn clear_dead_slots(&self, function: fn(&PyNativeFunction) -> bool) -> bool {
        let mut direct = false;
        let mut next = self.frame.get();
        // SAFETY: the chain of live frames.
        while let Some(frame) = unsafe { next.as_ref() } {
            let base = frame.stack_base();
            let all = frame.code.get().stacksize();
            let live = if std::ptr::eq(next, self.frame.get()) {
                depth_of(frame).map(|depth| {
                    direct = calls(frame, &depth, function);
                    depth.during as usize
                })
            } else {
                // The interpreter goes on here with the inner frame's result.
                usize::try_from((frame.sp.get() as isize - base as isize) / 8).ok()
            };
            if let Some(live) = live
                && live < all
            {
                // SAFETY: the frame has so many slots, and those behind `live` hold nothing that is read again.
                unsafe { base.add(live).write_bytes(0, all - live) };
            }
            if frame.on_return.get() == OnReturn::Exit {
                break;
            }
            next = frame.previous.get();
        }
        direct
    }
}

/// Whether a frame is at a call of a `function`.
fn calls(frame: &Frame, depth: &Depth, function: fn(&PyNativeFunction) -> bool) -> bool {
    let Some(slot) = callable_below_top(&depth.instruction).and_then(|below| depth.before.checked_sub(below)) else {
        return false;
    };
    if slot as usize >= frame.code.get().stacksize() {
        return false;
    }
    // SAFETY: one of the value stack's slots.
    let callable: Slot = unsafe { *frame.stack_base().add(slot as usize) };
    callable.and_then(Value::downcast::<PyNativeFunction>).is_some_and(|f| function(&f))
}
