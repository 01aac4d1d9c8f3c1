//! What the collector starts from, beside the native stacks: the VM stacks and the interpreter's own tables.

use brolga_heap::{CollectionInfo, CollectionKind, Roots, Tracer};

use super::{InterpreterState, ThreadState};
use crate::frame::FrameOwner;
use crate::types::generator::{self, PyGenerator};
use crate::value::{Slot, Value};

fn mark(tracer: &mut Tracer, v: Value) {
    tracer.mark_value_word(v.bits());
}

fn mark_slot(tracer: &mut Tracer, v: Slot) {
    if let Some(v) = v {
        mark(tracer, v);
    }
}

impl Roots for InterpreterState {
    unsafe fn trace_roots(&self, tracer: &mut Tracer, kind: CollectionKind) {
        for thread in self.threads.borrow().iter() {
            // SAFETY: the list has live thread states only; the collecting thread holds the GIL.
            unsafe { (**thread).trace(tracer) };
        }
        // What only grows is old, once it was traced: minor collections need it again when something was added.
        let now = (self.interned.table.borrow().len(), self.shapes.made());
        let before = self.traced.get();
        if before != Some(now) || matches!(kind, CollectionKind::Full) {
            self.trace_tables(tracer);
        }
        self.traced.set(before.map(|_| now));
        for late in [&self.modules, &self.sys, &self.builtins] {
            if late.is_set() {
                mark(tracer, late.value());
            }
        }
        for t in self.native_types.borrow().values() {
            mark(tracer, t.value());
        }
        for v in self.kept.borrow().values() {
            mark(tracer, *v);
        }
        self.handles.each(|v| mark(tracer, v));
        self.monitoring.each_value(|v| mark_slot(tracer, v));
    }

    fn after_collection(&self, info: &CollectionInfo) {
        self.tuple_hashes.forget(info.kind);
        self.shared_refs.forget();
        if info.poll_wanted {
            for thread in self.threads.borrow().iter() {
                // SAFETY: as above.
                unsafe { (**thread).request(super::breaker::COLLECTOR) };
            }
        }
    }
}

impl InterpreterState {
    /// What is made at the start or kept for ever.
    fn trace_tables(&self, tracer: &mut Tracer) {
        if self.types.is_set() {
            let _ = self.types.each(|t| {
                mark(tracer, t.value());
                Ok(())
            });
        }
        self.shapes.each(|shape| {
            mark(tracer, shape.class.get().value());
            if let Some(key) = shape.key {
                mark(tracer, key.value());
            }
        });
        self.interned.table.borrow().iter().for_each(|s| mark(tracer, s.value()));
        if self.latin1_chars.is_set() {
            self.latin1_chars.iter().for_each(|s| mark(tracer, s.value()));
        }
        if self.single_bytes.is_set() {
            self.single_bytes.iter().for_each(|b| mark(tracer, b.value()));
        }
        if self.empty_tuple.is_set() {
            mark(tracer, self.empty_tuple.value());
        }
        for late in [&self.empty_bytes, &self.empty_frozenset, &self.memory_error] {
            if late.is_set() {
                mark(tracer, **late);
            }
        }
    }
}

impl ThreadState {
    fn trace(&self, tracer: &mut Tracer) {
        // SAFETY: the VM stack's used part; its words are values, frame headers and what was there before.
        unsafe {
            tracer.mark_range_conservative(self.stack.base().cast::<u64>(), self.stack.top.get().cast::<u64>());
        }
        // Generators that run: their frames lie in their cells, which change without a barrier while they run. So they are
        // read here even when they are old.
        let mut frame = self.frame.get();
        // SAFETY: the chain of live frames; a generator's frame lies in its cell.
        while let Some(f) = unsafe { frame.as_ref() } {
            if f.owner.get() == FrameOwner::Generator {
                tracer.mark_conservative(frame as u64);
                // SAFETY: likewise.
                unsafe { generator::trace(PyGenerator::of_frame(frame).obj().as_ptr(), tracer) };
            }
            frame = f.previous.get();
        }
        for slot in [
            &self.raised,
            &self.stopped_by,
            &self.handled_base.value,
            &self.async_exception,
            &self.trace,
            &self.profile,
            &self.context,
            &self.async_gen_firstiter,
            &self.async_gen_finalizer,
            &self.asyncio_loop,
            &self.asyncio_task,
        ] {
            mark_slot(tracer, slot.get());
        }
    }
}
