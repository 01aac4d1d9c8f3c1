//! Allocation: the per-thread spans and their refill.

use std::cell::Cell;
use std::mem::offset_of;
use std::ptr::{self, NonNull};

use crate::classes::{CLASS_SIZES, CLASSES, size_class};
use crate::cold_call;
use crate::header::Header;
use crate::heap::Heap;
use crate::space::{BLOCK, GRANULE, GRANULE_SHIFT, GRANULES, MARK_WORDS, NONE, Space, state};
use crate::stack;

/// Granules of a cell of each class.
const CELL: [u16; CLASSES] = {
    let mut table = [0; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        table[class] = (CLASS_SIZES[class] >> GRANULE_SHIFT) as u16;
        class += 1;
    }
    table
};

/// Granules of a block that cells of each class cover.
const COVERED: [u16; CLASSES] = {
    let mut table = [0; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        table[class] = GRANULES as u16 / CELL[class] * CELL[class];
        class += 1;
    }
    table
};

/// Classes below this have lists of holes: cells of up to 128 bytes.
pub(crate) const LISTED: usize = 8;

/// Where the list of each class begins in `Allocator::lists`. There can be a hole for every second cell, and an end mark.
const LIST: [usize; LISTED + 1] = {
    let mut table = [0; LISTED + 1];
    let mut class = 0;
    while class < LISTED {
        table[class + 1] = table[class] + GRANULES.div_ceil(2 * CELL[class] as usize) + 1;
        class += 1;
    }
    table
};

/// The part of a block that is being handed out: free cells from `cur` to `end`, with arbitrary content.
#[repr(C)]
#[derive(Debug)]
struct Span {
    cur: Cell<usize>,
    end: Cell<usize>,
}

/// What the trampoline of the slow path needs to move on to the next hole of a block; `cold_call` knows the offsets.
#[repr(C)]
pub(crate) struct Holes {
    /// The next entry of the list: first granule, and `<< 16` the granule behind the last. 0 ends the list.
    next: Cell<*const u32>,
    /// Address of the block.
    block: Cell<usize>,
}

/// An empty list.
static NO_HOLES: [u32; 1] = [0];

/// A thread's allocator and the collector's record of its native stack. It lives inside the runtime's thread state, at an
/// address that does not change between [`Heap::attach_thread`] and [`Heap::detach_thread`].
///
/// Compiled code allocates by itself: with `class = size_class(size)`, `p = [thread + cur_offset(class)]`,
/// `q = p + CLASS_SIZES[class]`; if `q > [thread + end_offset(class)]` (unsigned) call [`crate::alloc_slow_trampoline`] for `p`, else
/// store `q` at `cur_offset`. Then the header goes to `p`, and the rest of the cell is written too: it may hold anything. Cells
/// of one class that are allocated in a row may share one check, provided all of them are written before anything that can
/// collect.
#[repr(C)]
pub struct Allocator {
    spans: [Span; CLASSES],
    holes: [Holes; LISTED],
    heap: Cell<*const Heap>,
    /// Block that each span belongs to.
    blocks: [Cell<u32>; CLASSES],
    /// Bytes of that block that were free when it was taken; as far as spans have been made of them, where there is no list.
    room: [Cell<u32>; CLASSES],
    /// The lists of holes of the blocks in use.
    lists: [Cell<u32>; LIST[LISTED]],
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
            holes: [const { Holes { next: Cell::new(NO_HOLES.as_ptr()), block: Cell::new(0) } }; LISTED],
            heap: Cell::new(ptr::null()),
            blocks: [const { Cell::new(NONE) }; CLASSES],
            room: [const { Cell::new(0) }; CLASSES],
            lists: [const { Cell::new(0) }; LIST[LISTED]],
            base: Cell::new(0),
            published: Cell::new(0),
            below: Cell::new(ptr::null()),
            next: Cell::new(ptr::null()),
        }
    }

    /// Where the trampoline finds its [`Holes`].
    pub(crate) const HOLES: usize = offset_of!(Allocator, holes);

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
                // SAFETY: by this function's contract; the cell is unused memory of the class's size.
                unsafe {
                    let cell = self.take_cell(class)?;
                    zero_body(cell.as_ptr() as usize, CLASS_SIZES[class] as usize);
                    cell.write(header);
                    Some(cell)
                }
            }
            // SAFETY: by this function's contract.
            None => unsafe { self.alloc_large(size, header.bits(), true) },
        }
    }

    /// Allocates as [`Allocator::alloc`], for sizes that the compiler does not know: zeroing is then a loop of stores, which
    /// for small cells takes less time than the call of `memset` that it would make of it.
    ///
    /// # Safety
    /// As [`Allocator::alloc`].
    #[inline(always)]
    pub unsafe fn alloc_dynamic(&self, size: usize, header: Header) -> Option<NonNull<Header>> {
        match size_class(size) {
            Some(class) => {
                // SAFETY: as in `alloc`.
                unsafe {
                    let cell = self.take_cell(class)?;
                    zero_body_by_steps(cell.as_ptr() as usize, CLASS_SIZES[class] as usize);
                    cell.write(header);
                    Some(cell)
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
    #[inline(always)]
    pub unsafe fn alloc_uninit(&self, size: usize, header: Header) -> Option<NonNull<Header>> {
        match size_class(size) {
            Some(class) => {
                // SAFETY: as in `alloc`.
                unsafe {
                    let cell = self.take_cell(class)?;
                    cell.write(header);
                    Some(cell)
                }
            }
            // SAFETY: by this function's contract.
            None => unsafe { self.alloc_large(size, header.bits(), false) },
        }
    }

    /// Allocates a cell of `8 * (1 + N)` bytes with all its content, words of any type: where that is known, the fastest way.
    ///
    /// The store of `cur` comes behind those into the cell. The compiler cannot know that a cell is no part of the allocator:
    /// after a store into the cell it loads `cur` anew for the next allocation, which then waits for the store that went
    /// before. With nothing in between, `cur` stays in a register from one allocation to the next.
    ///
    /// # Safety
    /// As [`Allocator::alloc`]; the content is what the layout expects.
    #[inline(always)]
    pub unsafe fn alloc_filled<W: Copy, const N: usize>(
        &self,
        header: Header,
        content: [W; N],
    ) -> Option<NonNull<Header>> {
        const { assert!(size_of::<W>() == 8 && 8 * (1 + N) <= 256) };
        let class = size_class(8 * (1 + N))?;
        let size = CLASS_SIZES[class] as usize;
        let span = &self.spans[class];
        let cur = span.cur.get();
        let cell = if cur + size <= span.end.get() {
            // SAFETY: not null, since the span is not empty.
            unsafe { NonNull::new_unchecked(cur as *mut Header) }
        } else {
            // SAFETY: by this function's contract.
            unsafe { cold_call::alloc_slow(self, class) }?
        };
        // SAFETY: the cell is unused memory of the class's size: the content, and a word more if that is even.
        unsafe {
            cell.write(header);
            let body = cell.as_ptr().cast::<u64>().add(1);
            body.cast::<[W; N]>().write(content);
            if N.is_multiple_of(2) {
                body.add(N).write(0);
            }
        }
        // The slow path has stored the same.
        span.cur.set(cell.as_ptr() as usize + size);
        Some(cell)
    }

    /// A cell that holds anything; it counts as allocated.
    ///
    /// # Safety
    /// As [`Allocator::alloc`], and the caller writes it at once.
    #[inline(always)]
    unsafe fn take_cell(&self, class: usize) -> Option<NonNull<Header>> {
        let span = &self.spans[class];
        let cell = span.cur.get();
        let next = cell + CLASS_SIZES[class] as usize;
        if next <= span.end.get() {
            span.cur.set(next);
            // SAFETY: not null, since the span is not empty.
            Some(unsafe { NonNull::new_unchecked(cell as *mut Header) })
        } else {
            // SAFETY: by this function's contract.
            unsafe { cold_call::alloc_slow(self, class) }
        }
    }

    /// The slow path: a cell of a size class, which may hold anything. Compiled code has the trampoline.
    ///
    /// # Safety
    /// As [`Allocator::alloc`]; the caller writes the cell's header and the rest of it at once.
    #[cold]
    #[inline(never)]
    pub unsafe fn alloc_slow(&self, class: usize) -> Option<NonNull<Header>> {
        // SAFETY: null, or the heap it is attached to, which detaches its allocators before it goes.
        let heap = unsafe { self.heap.get().as_ref() }?;
        if class >= CLASSES || heap.fails() || !(self.next_hole(class) || heap.refill(self, class)) {
            return None;
        }
        let span = &self.spans[class];
        let cell = span.cur.get();
        span.cur.set(cell + CLASS_SIZES[class] as usize);
        NonNull::new(cell as *mut Header)
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

    /// Runs `f` with the GIL, in the midst of [`Allocator::with_published_stack`]: the stack goes on to where the thread
    /// is now. When `f` has returned it ends again where it was published.
    ///
    /// # Safety
    /// Called within the function that `with_published_stack` runs. The thread holds the GIL until `f` returns or unwinds;
    /// then no reference is left on the part of the stack that is not published.
    pub unsafe fn with_stack_again<R>(&self, f: impl FnOnce() -> R) -> R {
        struct Restore<'a>(&'a Cell<usize>, usize);
        impl Drop for Restore<'_> {
            fn drop(&mut self) {
                self.0.set(self.1);
            }
        }
        let _restore = Restore(&self.published, self.published.replace(0));
        f()
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

    /// Gives up all spans: the beginning of a collection. Answers the bytes allocated that have not been counted.
    pub(crate) fn reset(&self, space: &Space) -> usize {
        self.sync(space);
        let mut uncounted = 0;
        for class in 0..CLASSES {
            uncounted += self.leave_block(class);
        }
        uncounted
    }

    /// Moves on to the next hole of the list of a class. (The trampoline does the same.)
    fn next_hole(&self, class: usize) -> bool {
        let Some(holes) = self.holes.get(class) else { return false };
        let at = holes.next.get();
        // SAFETY: an entry of the list, which ends with 0.
        let hole = unsafe { *at };
        if hole == 0 {
            return false;
        }
        holes.next.set(at.wrapping_add(1));
        let granules = |count: u32| holes.block.get() + ((count as usize) << GRANULE_SHIFT);
        self.spans[class].cur.set(granules(hole & 0xffff));
        self.spans[class].end.set(granules(hole >> 16));
        true
    }

    /// Gives up the block of a class. Answers the bytes allocated from it.
    fn leave_block(&self, class: usize) -> usize {
        let span = &self.spans[class];
        let mut left = span.end.get() - span.cur.get();
        if class < LISTED {
            let holes = &self.holes[class];
            let mut at = holes.next.replace(NO_HOLES.as_ptr());
            // SAFETY: the list is this allocator's, or the empty one; both are ended by 0.
            while let hole @ 1.. = unsafe { *at } {
                left += ((hole >> 16) as usize - (hole & 0xffff) as usize) << GRANULE_SHIFT;
                at = at.wrapping_add(1);
            }
        }
        span.cur.set(0);
        span.end.set(0);
        self.blocks[class].set(NONE);
        self.room[class].replace(0) as usize - left
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
        loop {
            let mut block = allocator.blocks[class].get();
            let from = if block == NONE {
                let Some(taken) = self.take_small_block(class) else { return false };
                block = taken;
                allocator.blocks[class].set(block);
                if class < LISTED && !self.stress().tiny_spans {
                    self.list_holes(allocator, class, block);
                }
                0
            } else if class < LISTED && !self.stress().tiny_spans {
                // The trampoline has been through the list.
                GRANULES
            } else {
                (span.end.get() - self.space.block_addr(block)) >> GRANULE_SHIFT
            };
            if let Some((first, mut end)) = self.free_cells(block, class, from) {
                if self.stress().tiny_spans {
                    end = first + CELL[class] as usize;
                }
                let start = self.space.block_addr(block);
                span.cur.set(start + first * GRANULE);
                span.end.set(start + end * GRANULE);
                if class >= LISTED || self.stress().tiny_spans {
                    let room = &allocator.room[class];
                    room.set(room.get() + ((end - first) * GRANULE) as u32);
                }
                return true;
            }
            // All of the block is allocated now.
            // SAFETY: the block was taken from the space.
            unsafe { self.space.meta(block) }.fresh.set(BLOCK as u32);
            self.count_allocated(allocator.leave_block(class));
        }
    }

    /// Lists the runs of free cells of a block but for the first, which becomes the span, and counts the free bytes.
    fn list_holes(&self, allocator: &Allocator, class: usize, block: u32) {
        let list = &allocator.lists[LIST[class]..LIST[class + 1]];
        let holes = &allocator.holes[class];
        let (each, limit) = (CELL[class] as usize, COVERED[class] as usize);
        let words = Space::mark_words(self.space.marks(), block);
        let (mut count, mut live, mut from) = (0, 0, 0);
        for index in 0..MARK_WORDS {
            // SAFETY: one of the block's mark words, which are committed.
            let mut bits = unsafe { *words.add(index) };
            while bits != 0 {
                let marked = index * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                live += 1;
                if from < marked
                    && let Some(entry) = list.get(count)
                {
                    entry.set(from as u32 | (marked as u32) << 16);
                    count += 1;
                }
                from = marked + each;
            }
        }
        if from < limit
            && let Some(entry) = list.get(count)
        {
            entry.set(from as u32 | (limit as u32) << 16);
            count += 1;
        }
        if let Some(end) = list.get(count) {
            end.set(0);
        }
        allocator.room[class].set(((limit - live * each) << GRANULE_SHIFT) as u32);
        holes.block.set(self.space.block_addr(block));
        holes.next.set(list.as_ptr().cast::<u32>().wrapping_add(usize::from(count > 0)));
    }

    /// The next run of free cells in a block of `class` at or after granule `from`, as granules.
    #[inline(always)]
    fn free_cells(&self, block: u32, class: usize, from: usize) -> Option<(usize, usize)> {
        let words = Space::mark_words(self.space.marks(), block);
        // SAFETY: indexes below GRANULES / 64 are the block's mark words, which are committed.
        let word = |granule: usize| unsafe { *words.add(granule >> 6) };
        let (each, limit) = (CELL[class] as usize, COVERED[class] as usize);
        let mut first = from;
        while first < limit && word(first) >> (first & 63) & 1 != 0 {
            first += each;
        }
        if first >= limit {
            return None;
        }
        // The next mark bit, which is a cell's, ends the run.
        let mut end = first + each;
        while end < limit {
            let bits = word(end) >> (end & 63);
            if bits != 0 {
                end += bits.trailing_zeros() as usize;
                break;
            }
            end = (end | 63) + 1;
        }
        Some((first, end.min(limit)))
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

/// Zeroes what follows the header of a cell of `size` bytes.
///
/// # Safety
/// Memory of the heap that nothing refers to; `size` is a multiple of the granule, and not 0.
#[inline(always)]
unsafe fn zero_body(cell: usize, size: usize) {
    // SAFETY: by this function's contract.
    unsafe {
        ((cell + 8) as *mut u64).write(0);
        ((cell + GRANULE) as *mut u64).write_bytes(0, (size - GRANULE) / 8);
    }
}

/// [`zero_body`] for a size that is known at run time only.
///
/// # Safety
/// As [`zero_body`].
#[inline(always)]
unsafe fn zero_body_by_steps(cell: usize, size: usize) {
    // SAFETY: by this function's contract.
    unsafe {
        ((cell + 8) as *mut u64).write(0);
        if size > 256 {
            return ((cell + GRANULE) as *mut u64).write_bytes(0, (size - GRANULE) / 8);
        }
        let mut at = cell + GRANULE;
        while at < cell + size {
            // Volatile: else the compiler makes a call of the loop.
            (at as *mut u64).write_volatile(0);
            ((at + 8) as *mut u64).write_volatile(0);
            at += GRANULE;
        }
    }
}
