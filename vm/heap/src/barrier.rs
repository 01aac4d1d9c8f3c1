//! The write barrier.

use std::ptr::NonNull;

use crate::header::{Header, flags};
use crate::heap::{Heap, heap_of};
use crate::space::CARD_SHIFT;
use crate::tracer::{Tracer, prefetch};

/// To be called *after* a value that may be a pointer was stored into `obj`. Not needed between the allocation of `obj` and
/// the next point at which a collection can happen, nor for values that are known not to be cells.
///
/// # Safety
/// A header: of a cell of a live heap, whose GIL the thread holds, or outside any heap.
#[inline(always)]
pub unsafe fn write_barrier(obj: NonNull<Header>) {
    // SAFETY: by this function's contract.
    unsafe {
        if obj.as_ref().has(flags::OLD) {
            write_barrier_slow(obj);
        }
    }
}

/// As [`write_barrier`], for a store into the word `index` behind the header: large arrays note the 128 words around it.
///
/// # Safety
/// As [`write_barrier`].
#[inline(always)]
pub unsafe fn write_barrier_at(obj: NonNull<Header>, index: usize) {
    // SAFETY: by this function's contract.
    unsafe {
        if obj.as_ref().has(flags::OLD) {
            write_barrier_at_slow(obj, index);
        }
    }
}

/// What [`write_barrier`] does for an old object: the next minor collection will trace it.
///
/// # Safety
/// As [`write_barrier`], and `OLD` is set.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn write_barrier_slow(obj: NonNull<Header>) {
    // SAFETY: by this function's contract; the list is borrowed by nobody else.
    unsafe {
        let Some(heap) = heap_of(obj.as_ptr() as usize) else { return };
        obj.as_ref().remove_flags(flags::OLD);
        let remembered = &mut *heap.remembered.get();
        if remembered.try_reserve(1).is_ok() {
            remembered.push(obj);
        } else {
            heap.force_full.set(true);
        }
    }
}

/// What [`write_barrier_at`] does for an old object.
///
/// # Safety
/// As [`write_barrier_at`], and `OLD` is set.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn write_barrier_at_slow(obj: NonNull<Header>, index: usize) {
    // SAFETY: by this function's contract; the card of an address inside a cell is in the committed table.
    unsafe {
        let header = obj.as_ref();
        if !header.has(flags::CARDS) {
            return write_barrier_slow(obj);
        }
        let Some(heap) = heap_of(obj.as_ptr() as usize) else { return };
        let slot = obj.as_ptr() as usize - heap.space.base() + size_of::<Header>() + index * 8;
        heap.space.cards().add(slot >> CARD_SHIFT).write(1);
        if !header.has(flags::CARDS_DIRTY) {
            let carded = &mut *heap.carded.get();
            if carded.try_reserve(1).is_ok() {
                header.add_flags(flags::CARDS_DIRTY);
                carded.push(obj);
            } else {
                heap.force_full.set(true);
            }
        }
    }
}

impl Heap {
    /// Marks an object dirty: its next changes, up to the next collection, need no barrier of their own.
    ///
    /// For a frame inside a heap object (a generator's): call this **when it is suspended**. While it runs it is a root, and
    /// a collection in between would undo what was remembered at its resumption.
    ///
    /// # Safety
    /// As [`write_barrier`].
    #[inline(always)]
    pub unsafe fn remember(&self, obj: NonNull<Header>) {
        // SAFETY: by this function's contract.
        unsafe { write_barrier(obj) };
    }

    /// Traces what was remembered: part of the roots of a minor collection. Returns how many objects those were, cards of
    /// arrays apart.
    pub(crate) fn trace_remembered(&self, tracer: &mut Tracer) -> usize {
        // SAFETY: taken out of the heap for as long as it is used; nothing is remembered during a collection.
        let mut remembered = unsafe { std::mem::take(&mut *self.remembered.get()) };
        // They lie anywhere: first their lines are asked for, then the mark words of what they refer to, then they are traced.
        const FAR: usize = 32;
        const NEAR: usize = 12;
        for (index, obj) in remembered.iter().enumerate() {
            if let Some(next) = remembered.get(index + FAR) {
                // Half of the cells of 48 bytes lie in two lines.
                prefetch(next.as_ptr() as usize);
                prefetch(next.as_ptr() as usize + 32);
            }
            if let Some(next) = remembered.get(index + NEAR) {
                // SAFETY: as below.
                unsafe { tracer.prefetch_marks(next.as_ptr() as usize) };
            }
            // SAFETY: remembered objects are old, and no old object dies before a full collection, which forgets them.
            unsafe {
                obj.as_ref().add_flags(flags::OLD);
                tracer.scan_small(obj.as_ptr() as usize);
            }
            tracer.drain_if_long();
        }
        tracer.drain();
        let count = remembered.len();
        remembered.clear();
        // SAFETY: as above. Keeps the capacity.
        unsafe { *self.remembered.get() = remembered };
        // SAFETY: as above.
        let mut carded = unsafe { std::mem::take(&mut *self.carded.get()) };
        for obj in carded.drain(..) {
            // SAFETY: as above.
            unsafe {
                obj.as_ref().remove_flags(flags::CARDS_DIRTY);
                self.trace_cards(obj, tracer);
            }
            tracer.drain();
        }
        // SAFETY: as above.
        unsafe { *self.carded.get() = carded };
        count
    }

    /// # Safety
    /// A large cell of this heap whose layout is `Words`.
    unsafe fn trace_cards(&self, obj: NonNull<Header>, tracer: &mut Tracer) {
        let start = obj.as_ptr() as usize;
        let end = start + self.size_of_cell(obj);
        let base = self.space.base();
        let (first, last) = ((start - base) >> CARD_SHIFT, (end - base).div_ceil(1 << CARD_SHIFT));
        for card in first..last {
            // SAFETY: cards of used blocks are committed; the words lie inside the cell.
            unsafe {
                let card_byte = self.space.cards().add(card);
                if *card_byte != 0 {
                    *card_byte = 0;
                    let from = (base + (card << CARD_SHIFT)).max(start + size_of::<Header>());
                    let to = (base + ((card + 1) << CARD_SHIFT)).min(end);
                    tracer.mark_range_words(from as *const u64, to as *const u64);
                }
            }
        }
    }

    /// Cleans all cards of a large cell.
    ///
    /// # Safety
    /// A large cell of this heap.
    pub(crate) unsafe fn clear_cards(&self, obj: NonNull<Header>) {
        let offset = obj.as_ptr() as usize - self.space.base();
        let count = self.size_of_cell(obj).div_ceil(1 << CARD_SHIFT);
        // SAFETY: cards of used blocks are committed.
        unsafe { self.space.cards().add(offset >> CARD_SHIFT).write_bytes(0, count) };
    }

    /// Forgets what was remembered: a full collection traces everything anyway.
    pub(crate) fn forget_remembered(&self) {
        // SAFETY: borrowed by nobody else; the objects in the lists have not been swept yet.
        unsafe {
            for obj in &*self.carded.get() {
                obj.as_ref().remove_flags(flags::CARDS_DIRTY);
                self.clear_cards(*obj);
            }
            (*self.carded.get()).clear();
            (*self.remembered.get()).clear();
        }
        self.force_full.set(false);
    }
}
