//! Allocation: the per-thread spans and their refill.

use std::cell::Cell;
use std::mem::offset_of;
use std::ptr::{self, NonNull};

use crate::classes::{CLASS_SIZES, CLASSES, size_class};
use crate::header::Header;
use crate::heap::Heap;
use crate::space::{BLOCK, GRANULE, GRANULE_SHIFT, GRANULES, NONE, Space, state};
use crate::stack;

/// Zeroed at a time: small enough to be still in the first-level cache when it is handed out.
const SPAN_MAX: usize = 8 << 10;

/// The part of a block that is being handed out: zeroed memory from `cur` to `end`.
#[repr(C)]
#[derive(Debug)]
struct Span {
    cur: Cell<usize>,
    end: Cell<usize>,
}

/// A thread's allocator and the collector's record of its native stack. It lives inside the runtime's thread state, at an
/// address that does not change between [`Heap::attach_thread`] and [`Heap::detach_thread`].
///
/// Compiled code allocates by itself: with `class = size_class(size)`, `p = [thread + cur_offset(class)]`,
/// `q = p + CLASS_SIZES[class]`; if `q > [thread + end_offset(class)]` (unsigned) call the slow path, else store `q` at
/// `cur_offset`, the header at `p`. The memory behind the header is zero. Cells of one class that are allocated in a row may
/// share one check, provided all their headers are stored before anything that can collect.
#[repr(C)]
pub struct Allocator {
    spans: [Span; CLASSES],
    heap: Cell<*const Heap>,
    /// Block that each span belongs to.
    blocks: [Cell<u32>; CLASSES],
    /// Highest address of the native stack; 0 while unknown.
    base: Cell<usize>,
    /// Where the thread's stack ends while it does not hold the GIL; 0 while it does.
    published: Cell<usize>,
    /// Stacks below the present one, see [`Allocator::with_other_stack`].
    below: Cell<*const Segment>,
    pub(crate) next: Cell<*const Allocator>,
}

/// A native stack that the thread has left for another, to come back.
struct Segment {
    sp: usize,
    base: usize,
    below: *const Segment,
}

impl std::fmt::Debug for Allocator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Allocator")
            .field("heap", &self.heap)
            .field("published", &self.published)
            .finish_non_exhaustive()
    }
}

impl Drop for Allocator {
    fn drop(&mut self) {
        // SAFETY: null, or the heap it is still attached to; a heap that goes detaches its allocators. By the contract of
        // `attach_thread` the thread holds the GIL here.
        unsafe {
            if let Some(heap) = self.heap.get().as_ref() {
                heap.detach_thread(self);
            }
        }
    }
}

impl Default for Allocator {
    fn default() -> Self {
        Allocator::new()
    }
}

impl Allocator {
    /// An allocator that belongs to no heap yet; every allocation fails.
    pub const fn new() -> Allocator {
        Allocator {
            spans: [const { Span { cur: Cell::new(0), end: Cell::new(0) } }; CLASSES],
            heap: Cell::new(ptr::null()),
            blocks: [const { Cell::new(NONE) }; CLASSES],
            base: Cell::new(0),
            published: Cell::new(0),
            below: Cell::new(ptr::null()),
            next: Cell::new(ptr::null()),
        }
    }

    /// Offset of the address of the next free cell of a class, for compiled code.
    pub const fn cur_offset(class: usize) -> usize {
        offset_of!(Allocator, spans) + class * size_of::<Span>() + offset_of!(Span, cur)
    }

    /// Offset of the end of the span, for compiled code.
    pub const fn end_offset(class: usize) -> usize {
        offset_of!(Allocator, spans) + class * size_of::<Span>() + offset_of!(Span, end)
    }

    /// Offset of the pointer to the heap, for compiled code.
    pub const fn heap_offset() -> usize {
        offset_of!(Allocator, heap)
    }

    /// The heap it is attached to, or null.
    pub fn heap(&self) -> *const Heap {
        self.heap.get()
    }

    /// Allocates a cell of `size` bytes, header included. All but the header is zero. `None` means that there is no memory,
    /// even after a full collection.
    ///
    /// # Safety
    /// The calling thread holds the GIL of the heap and this is its own, attached allocator. The collector may run, so every
    /// reference that is still needed is on the native stack, in a register or in a root. The header's flags are zero.
    #[inline(always)]
    pub unsafe fn alloc(&self, size: usize, header: Header) -> Option<NonNull<Header>> {
        match size_class(size) {
            Some(class) => {
                let span = &self.spans[class];
                let cell = span.cur.get();
                let next = cell + CLASS_SIZES[class] as usize;
                if next <= span.end.get() {
                    span.cur.set(next);
                    let cell = cell as *mut Header;
                    // SAFETY: the span is unused memory of the heap, and a cell of this class fits.
                    unsafe {
                        cell.write(header);
                        Some(NonNull::new_unchecked(cell))
                    }
                } else {
                    // SAFETY: by this function's contract.
                    unsafe { self.alloc_slow(class, header.bits()) }
                }
            }
            // SAFETY: by this function's contract.
            None => unsafe { self.alloc_large(size, header.bits(), true) },
        }
    }

    /// Allocates as [`Allocator::alloc`], but the memory behind the header may hold anything.
    ///
    /// # Safety
    /// As [`Allocator::alloc`]; unless the layout is a leaf, the caller writes the whole cell (see [`Heap::size_of_cell`])
    /// before the next point where a collection can happen.
    #[inline]
    pub unsafe fn alloc_uninit(&self, size: usize, header: Header) -> Option<NonNull<Header>> {
        if size_class(size).is_some() {
            // SAFETY: by this function's contract.
            unsafe { self.alloc(size, header) }
        } else {
            // SAFETY: by this function's contract.
            unsafe { self.alloc_large(size, header.bits(), false) }
        }
    }

    /// The slow path of compiled code: [`Allocator::alloc`] for a size class and a header word.
    ///
    /// # Safety
    /// As [`Allocator::alloc`]; `class < CLASSES`.
    #[cold]
    #[inline(never)]
    pub unsafe fn alloc_slow(&self, class: usize, header: u64) -> Option<NonNull<Header>> {
        // SAFETY: null, or the heap it is attached to, which detaches its allocators before it goes.
        let heap = unsafe { self.heap.get().as_ref() }?;
        if class >= CLASSES || !heap.refill(self, class) {
            return None;
        }
        let span = &self.spans[class];
        let cell = span.cur.get();
        span.cur.set(cell + CLASS_SIZES[class] as usize);
        let cell = cell as *mut Header;
        // SAFETY: a refilled span has room for one cell at least.
        unsafe {
            cell.write(Header::from_bits(header));
            Some(NonNull::new_unchecked(cell))
        }
    }

    /// # Safety
    /// As [`Allocator::alloc`].
    #[cold]
    #[inline(never)]
    unsafe fn alloc_large(&self, size: usize, header: u64, zero: bool) -> Option<NonNull<Header>> {
        // SAFETY: as in `alloc_slow`.
        let heap = unsafe { self.heap.get().as_ref() }?;
        heap.alloc_large(size, header, zero)
    }

    /// Runs `f` without the GIL: dumps the registers, publishes where the stack ends, and lets `f` give up the GIL, wait, and
    /// take it again. What the thread refers to stays alive meanwhile.
    ///
    /// # Safety
    /// The thread holds the GIL on entry and again when `f` returns (or unwinds); `f` touches no heap memory while it does
    /// not, except buffers that are rooted.
    pub unsafe fn with_published_stack<R>(&self, f: impl FnOnce() -> R) -> R {
        struct Restore<'a>(&'a Cell<usize>, usize);
        impl Drop for Restore<'_> {
            fn drop(&mut self) {
                self.0.set(self.1);
            }
        }
        stack::with_registers(|sp| {
            let _restore = Restore(&self.published, self.published.replace(sp));
            f()
        })
    }

    /// Runs `f`, which switches to another native stack, calls [`Allocator::set_stack_base`] there, and comes back. The
    /// present stack stays a root.
    ///
    /// # Safety
    /// The thread holds the GIL on entry and exit.
    pub unsafe fn with_other_stack<R>(&self, f: impl FnOnce() -> R) -> R {
        struct Restore<'a>(&'a Allocator, &'a Segment);
        impl Drop for Restore<'_> {
            fn drop(&mut self) {
                self.0.base.set(self.1.base);
                self.0.below.set(self.1.below);
            }
        }
        stack::with_registers(|sp| {
            let segment = Segment { sp, base: self.base.get(), below: self.below.get() };
            self.below.set(&segment);
            self.base.set(0);
            let _restore = Restore(self, &segment);
            f()
        })
    }

    /// Sets the highest address of the native stack that the thread runs on.
    pub fn set_stack_base(&self, base: usize) {
        self.base.set(base);
    }

    /// The highest address of the thread's native stack.
    pub fn stack_base(&self) -> usize {
        self.base.get()
    }

    /// Whether the thread has given up the GIL by [`Allocator::with_published_stack`].
    pub(crate) fn published(&self) -> usize {
        self.published.get()
    }

    /// Calls `f` with the bounds of every stack the thread has left for another.
    pub(crate) fn for_each_segment(&self, mut f: impl FnMut(usize, usize)) {
        let mut segment = self.below.get();
        // SAFETY: segments live in frames of `with_other_stack` that have not returned; they unlink themselves.
        while let Some(this) = unsafe { segment.as_ref() } {
            if this.base != 0 {
                f(this.sp, this.base);
            }
            segment = this.below;
        }
    }

    pub(crate) fn attach(&self, heap: *const Heap, base: usize) {
        self.heap.set(heap);
        self.base.set(base);
        self.published.set(0);
        self.below.set(ptr::null());
    }

    /// Tells the blocks how far they have been handed out.
    pub(crate) fn sync(&self, space: &Space) {
        for (span, block) in self.spans.iter().zip(&self.blocks) {
            if block.get() != NONE {
                // SAFETY: blocks that are being handed out are used blocks.
                let meta = unsafe { space.meta(block.get()) };
                meta.fresh.set((span.cur.get() - space.block_addr(block.get())) as u32);
            }
        }
    }

    /// Gives up all spans: the beginning of a collection.
    pub(crate) fn reset(&self, space: &Space) {
        self.sync(space);
        for (span, block) in self.spans.iter().zip(&self.blocks) {
            span.cur.set(0);
            span.end.set(0);
            block.set(NONE);
        }
    }
}

impl Heap {
    /// Makes room for at least one cell of `class` in the allocator's span, collecting when it is time.
    pub(crate) fn refill(&self, allocator: &Allocator, class: usize) -> bool {
        if self.is_collecting() {
            return false;
        }
        self.collect_if_due();
        self.next_span(allocator, class) || self.collect_for_memory() && self.next_span(allocator, class)
    }

    fn next_span(&self, allocator: &Allocator, class: usize) -> bool {
        let span = &allocator.spans[class];
        let max = if self.stress().tiny_spans { GRANULE } else { SPAN_MAX };
        loop {
            let mut block = allocator.blocks[class].get();
            let from = if block == NONE {
                let Some(taken) = self.take_small_block(class) else { return false };
                block = taken;
                allocator.blocks[class].set(block);
                0
            } else {
                (span.end.get() - self.space.block_addr(block)) >> GRANULE_SHIFT
            };
            if let Some((first, end)) = self.free_cells(block, from, max) {
                let start = self.space.block_addr(block);
                let (first, end) = (start + first * GRANULE, start + end * GRANULE);
                // SAFETY: the block was taken from the space; the cells between are unmarked and not handed out.
                unsafe {
                    if self.space.meta(block).dirty.get() {
                        zero_granules(first, end);
                    }
                }
                span.cur.set(first);
                span.end.set(end);
                self.count_allocated(end - first);
                return true;
            }
            // All of the block is allocated now.
            // SAFETY: as above.
            unsafe { self.space.meta(block) }.fresh.set(BLOCK as u32);
            allocator.blocks[class].set(NONE);
            span.cur.set(0);
            span.end.set(0);
        }
    }

    /// The next run of free cells in a block at or after granule `from`, as granules, about `max` bytes at most.
    fn free_cells(&self, block: u32, from: usize, max: usize) -> Option<(usize, usize)> {
        let words = Space::mark_words(self.space.marks(), block);
        // SAFETY: indexes below GRANULES / 64 are the block's mark words, which are committed.
        let word = |granule: usize| unsafe { *words.add(granule >> 6) };
        // SAFETY: the block is used.
        let each = unsafe { self.space.meta(block) }.granules.get() as usize;
        let limit = GRANULES / each * each;
        let mut first = from;
        while first < limit && word(first) >> (first & 63) & 1 != 0 {
            first += each;
        }
        if first >= limit {
            return None;
        }
        // At least one cell, and whole cells.
        let stop = limit.min(first + (max / GRANULE / each).max(1) * each);
        let mut end = first + each;
        while end < stop {
            let bits = word(end) >> (end & 63);
            if bits != 0 {
                end = stop.min(end + bits.trailing_zeros() as usize);
                break;
            }
            end = (end | 63) + 1;
        }
        Some((first, end.min(stop)))
    }

    /// A block to allocate cells of `class` from, entered in the list of touched blocks.
    fn take_small_block(&self, class: usize) -> Option<u32> {
        // Blocks that are mostly free, then new ones as long as that wastes little, then the holes in fuller ones.
        let sparse = &self.partial[class];
        let dense = &self.dense[class];
        let reuse = if sparse.get() != NONE {
            Some(sparse)
        } else if dense.get() != NONE && !self.may_spread() {
            Some(dense)
        } else {
            None
        };
        let fresh = || {
            if !self.within_limit(BLOCK) {
                return None;
            }
            let block = self.space.take_block()?;
            self.space.format(block, class);
            Some(block)
        };
        let block = match reuse {
            Some(list) => pop(&self.space, list)?,
            None => fresh().or_else(|| pop(&self.space, dense))?,
        };
        // SAFETY: likewise.
        let meta = unsafe { self.space.meta(block) };
        debug_assert!(meta.state.get() == state::SMALL && meta.fresh.get() == 0);
        meta.next.set(self.touched.replace(block));
        Some(block)
    }

    /// Whether there are so few holes that more may be left unused for now: filling them takes a slow path every few cells.
    fn may_spread(&self) -> bool {
        let filled = self.old_bytes.get() + self.since.get();
        let in_blocks = self.used_bytes() - self.external.get();
        in_blocks <= filled + filled / 4 + (8 << 20)
    }

    /// Whether the limit allows `more` bytes.
    pub(crate) fn within_limit(&self, more: usize) -> bool {
        self.used_bytes().checked_add(more).is_some_and(|total| total <= self.limit())
    }
}

/// Takes the first block out of a list.
fn pop(space: &Space, list: &Cell<u32>) -> Option<u32> {
    let first = list.get();
    if first == NONE {
        return None;
    }
    // SAFETY: blocks in the lists are used.
    list.set(unsafe { space.meta(first) }.next.get());
    Some(first)
}

/// Zeroes whole granules.
///
/// # Safety
/// Memory of the heap that nothing refers to, both bounds multiples of the granule.
#[inline(always)]
unsafe fn zero_granules(from: usize, to: usize) {
    if to - from > 256 {
        // SAFETY: by this function's contract.
        unsafe { ptr::write_bytes(from as *mut u8, 0, to - from) };
        return;
    }
    // Short spans are frequent where blocks are reused: not worth a call.
    let mut at = from;
    while at < to {
        // SAFETY: by this function's contract.
        unsafe { (at as *mut [u64; 2]).write([0; 2]) };
        at += GRANULE;
    }
}
