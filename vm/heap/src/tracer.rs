//! Marking.
//!
//! The mark bit of a cell is set when it is reached, along with the header's `OLD`; cells with pointers then go on the mark
//! stack. Big cells are scanned in slices, so that the stack stays small. When the stack cannot grow, marking goes on
//! without it and later walks the heap again (`overflow`): nothing here aborts, and nothing recurses.

use std::ptr::NonNull;

use crate::CollectionKind;
use crate::header::{Header, Layout, LayoutId, OLD_WORD, Trace, flags};
use crate::space::{BLOCK_SHIFT, BlockMeta, GRANULE_SHIFT, GRANULES, MARK_WORDS, Space, state};

/// Slots of a big cell scanned before what was found in them is.
const SLICE: usize = 512;

/// Entries of the mark stack that are kept between collections.
const STACK_KEPT: usize = 64 << 10;

/// Cells whose cache lines are on their way. Power of two.
const AHEAD: usize = 8;

/// Asks for a cache line to be written to soon.
#[inline(always)]
pub(crate) fn prefetch(addr: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch has no effect but on time, whatever the address.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(addr as *const i8);
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: likewise.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{}]", in(reg) addr, options(nostack, readonly, preserves_flags));
    }
}

/// Tag bit of a stack entry: "all that this object refers to has been visited".
const EXIT: u64 = 1;

/// What stands in the queue of cells on their way where there is none: the header of an old leaf.
static IDLE: u64 = Header::bits_of(0, LayoutId(u16::MAX), 0) | OLD_WORD;

/// The mark stack while it is worked on.
struct Ends {
    floor: *mut u64,
    top: *mut u64,
    limit: *mut u64,
}

impl Ends {
    #[inline(always)]
    fn of(stack: &mut Vec<u64>) -> Ends {
        let floor = stack.as_mut_ptr();
        // SAFETY: within, or one past the end of, the vector's memory.
        unsafe { Ends { floor, top: floor.add(stack.len()), limit: floor.add(stack.capacity()) } }
    }

    #[inline(always)]
    fn store(&self, stack: &mut Vec<u64>) {
        // SAFETY: `top` stays between floor and limit, and what is below it has been written.
        unsafe { stack.set_len((self.top as usize - self.floor as usize) / 8) };
    }
}

/// Hands pointers to the collector, see [`crate::Roots`] and [`Trace::Custom`].
pub struct Tracer {
    base: usize,
    used: usize,
    marks: *mut u64,
    metas: *const BlockMeta,
    layouts: *const Layout,
    layout_count: usize,
    space: *const Space,
    stack: Vec<u64>,
    stack_limit: usize,
    /// What is left of big cells: (first, end) addresses.
    slices: Vec<(usize, usize)>,
    overflow: bool,
    /// Depth-first visit in which `mark` only pushes; see `visit_in_order`.
    ordered: bool,
    kind: CollectionKind,
    check: bool,
    /// The cell being scanned (0: none yet): named when a check fails.
    scanned: usize,
}

impl std::fmt::Debug for Tracer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tracer").field("kind", &self.kind).field("pending", &self.stack.len()).finish_non_exhaustive()
    }
}

impl Tracer {
    pub(crate) fn new(
        space: &Space,
        layouts: &[Layout],
        stack: Vec<u64>,
        stack_limit: usize,
        kind: CollectionKind,
        check: bool,
    ) -> Tracer {
        Tracer {
            base: space.base(),
            used: space.used_bytes(),
            marks: space.marks(),
            metas: space.metas(),
            layouts: layouts.as_ptr(),
            layout_count: layouts.len(),
            space,
            stack,
            stack_limit,
            slices: Vec::new(),
            overflow: false,
            ordered: false,
            kind,
            check,
            scanned: 0,
        }
    }

    /// The stack, to be kept for the next collection, unless it has grown out of proportion.
    pub(crate) fn into_stack(mut self) -> Vec<u64> {
        self.stack.shrink_to(STACK_KEPT);
        self.stack
    }

    /// Which collection this is. In a minor one, what is old and unchanged need not be traced.
    pub fn kind(&self) -> CollectionKind {
        self.kind
    }

    /// Marks a cell of this heap. Headers outside the heap (static objects) are ignored.
    #[inline]
    pub fn mark(&mut self, cell: NonNull<Header>) {
        self.mark_value_word(cell.as_ptr() as u64);
    }

    /// Marks what a word refers to, if it is the address of a cell's start; see [`Trace::Words`] for what else it may be.
    #[inline(always)]
    pub fn mark_value_word(&mut self, word: u64) {
        let offset = (word as usize).wrapping_sub(self.base);
        if offset < self.used {
            self.mark_offset(offset);
        }
    }

    #[inline(always)]
    fn mark_offset(&mut self, offset: usize) {
        let granule = offset >> GRANULE_SHIFT;
        let bit = 1 << (granule & 63);
        // SAFETY: `offset` is below the used bytes of the space, whose mark words are committed.
        let word = unsafe { &mut *self.marks.add(granule >> 6) };
        if *word & bit != 0 {
            return;
        }
        if self.check {
            self.check_start(offset);
        }
        if self.ordered {
            self.push((self.base + offset) as u64);
            return;
        }
        *word |= bit;
        // The header is not looked at yet: `drain` does, once it has come nearer.
        self.push((self.base + offset) as u64);
    }

    #[inline(always)]
    fn layout(&self, header: &Header) -> Trace {
        let id = header.layout().0 as usize;
        debug_assert!(id < self.layout_count);
        if id < self.layout_count {
            // SAFETY: in bounds of the heap's table, which does not change during a collection.
            unsafe { (*self.layouts.add(id)).trace }
        } else {
            Trace::Leaf
        }
    }

    /// In stress mode: a precise pointer must be the start of an allocated cell. Anything else is a bug of the runtime that
    /// would corrupt memory, so the process ends here, with a message for whoever runs the stress test.
    #[cold]
    #[inline(never)]
    fn check_start(&self, offset: usize) {
        // SAFETY: the space outlives the tracer.
        let found = unsafe { (*self.space).find_cell(self.base + offset) };
        if found != Some(self.base + offset) {
            // SAFETY: zero, or a cell that is being scanned.
            let owner = unsafe { (self.scanned as *const Header).as_ref() }.map(|h| (h.layout(), h.tag()));
            eprintln!(
                "brolga-heap: traced word {:#x} is no cell (inside {found:x?}); in or after cell {:#x} {owner:?}",
                self.base + offset,
                self.scanned
            );
            std::process::abort();
        }
    }

    /// Marks the cell that a word points into, wherever, if it points into one at all. For words that may be anything.
    #[inline]
    pub fn mark_conservative(&mut self, word: u64) {
        let offset = (word as usize).wrapping_sub(self.base);
        if offset < self.used {
            self.mark_inside(offset);
        }
    }

    #[inline(never)]
    fn mark_inside(&mut self, offset: usize) {
        // SAFETY: the space outlives the tracer.
        if let Some(cell) = unsafe { (*self.space).find_cell(self.base + offset) } {
            self.mark_offset(cell - self.base);
        }
    }

    /// [`Tracer::mark_value_word`] for every word of `[start, end)`.
    ///
    /// # Safety
    /// The range is 8-aligned and readable.
    pub unsafe fn mark_range_words(&mut self, start: *const u64, end: *const u64) {
        let mut at = start;
        while at < end {
            // SAFETY: by this function's contract.
            let word = unsafe { at.read() };
            self.mark_value_word(word);
            at = at.wrapping_add(1);
        }
    }

    /// [`Tracer::mark_conservative`] for every aligned word of `[start, end)`.
    ///
    /// # Safety
    /// The range is readable, its bounds rounded inwards to multiples of 8.
    pub unsafe fn mark_range_conservative(&mut self, start: *const u64, end: *const u64) {
        let mut at = (start as usize + 7) & !7;
        let end = end as usize & !7;
        while at < end {
            // SAFETY: by this function's contract. Volatile, because the range may be a live stack.
            let word = unsafe { (at as *const u64).read_volatile() };
            self.mark_conservative(word);
            at += 8;
        }
    }

    #[inline(always)]
    fn push(&mut self, entry: u64) {
        if self.stack.len() == self.stack.capacity() && !self.grow() {
            self.overflow = true;
            return;
        }
        // SAFETY: the length is below the capacity.
        unsafe {
            let length = self.stack.len();
            self.stack.as_mut_ptr().add(length).write(entry);
            self.stack.set_len(length + 1);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> bool {
        let length = self.stack.len();
        let more = length.max(2 * SLICE).min(self.stack_limit.saturating_sub(length));
        // Enough for any cell that is not scanned in slices, or the caller goes by single words.
        self.stack.capacity() < self.stack_limit
            && self.stack.try_reserve_exact(more).is_ok()
            && self.stack.capacity() - length >= SLICE
    }

    /// Marks everything reachable from what has been marked so far.
    pub(crate) fn drain(&mut self) {
        loop {
            self.drain_stack();
            if let Some((first, end)) = self.slices.pop() {
                let next = (first + SLICE * 8).min(end);
                if next < end {
                    // Never fails: the place was just vacated.
                    self.slices.push((next, end));
                }
                // SAFETY: a slice is part of a live cell's body.
                unsafe { self.mark_range_words(first as *const u64, next as *const u64) };
            } else if self.overflow {
                self.overflow = false;
                self.rescan();
            } else {
                return;
            }
        }
    }

    /// [`Tracer::drain`] when it is worth it: its queue works best when it is full.
    #[inline(always)]
    pub(crate) fn drain_if_long(&mut self) {
        if self.stack.len() >= 1024 {
            self.drain();
        }
    }

    /// Visits what is on the stack, and what that puts there. Cells go through a short queue on the way, from the request
    /// for their cache line to its arrival.
    ///
    /// This is where a collection spends its time, and in a nursery that fits into a cache it is the instructions that
    /// count: the ends of the stack stay in registers, and the queue is never empty but filled up with `IDLE`.
    fn drain_stack(&mut self) {
        if self.check {
            return self.drain_checked();
        }
        let (base, metas) = (self.base, self.metas);
        let idle = &raw const IDLE as u64;
        let mut ahead = [idle; AHEAD];
        let mut at = 0;
        // Idle turns since the stack was found empty.
        let mut quiet = 0;
        let mut stack = Ends::of(&mut self.stack);
        loop {
            let entry = if stack.top > stack.floor {
                quiet = 0;
                // SAFETY: the place below the top is in use.
                unsafe {
                    stack.top = stack.top.sub(1);
                    *stack.top
                }
            } else if quiet == AHEAD {
                break;
            } else {
                quiet += 1;
                idle
            };
            prefetch(entry as usize);
            let cell = std::mem::replace(&mut ahead[at], entry) as usize;
            at = (at + 1) % AHEAD;
            // SAFETY: only cells just marked are pushed (no exits outside the ordered visit); or it is `IDLE`,
            // which is not written, having `OLD`.
            let header = unsafe { &*(cell as *const Header) };
            let bits = header.bits();
            // Most are old in a full collection: their cache lines need not be written.
            if bits & OLD_WORD == 0 {
                header.set_bits(bits | OLD_WORD);
            }
            match self.layout(header) {
                Trace::Leaf => continue,
                Trace::Words => {}
                Trace::Custom(_) => {
                    stack.store(&mut self.stack);
                    // SAFETY: an allocated cell.
                    unsafe { self.scan(cell) };
                    stack = Ends::of(&mut self.stack);
                    continue;
                }
            }
            // SAFETY: the block of an allocated cell is in use.
            let bytes = unsafe { (*metas.add((cell - base) >> BLOCK_SHIFT)).granules.get() as usize } << GRANULE_SHIFT;
            // Room for an entry for each word, whether it turns out to be a new cell or not.
            if bytes > stack.limit as usize - stack.top as usize || bytes > SLICE * 8 {
                stack.store(&mut self.stack);
                // SAFETY: an allocated cell.
                unsafe { self.scan(cell) };
                stack = Ends::of(&mut self.stack);
                continue;
            }
            // SAFETY: the body of an allocated cell, and room for its words.
            unsafe { self.push_unmarked(&mut stack, cell, bytes) };
        }
        stack.store(&mut self.stack);
    }

    /// Marks and pushes what a cell's words refer to: the inner loop of marking.
    ///
    /// # Safety
    /// `cell` is the start of an allocated cell of that size, and the stack has room for as many entries as it has words.
    #[inline(always)]
    unsafe fn push_unmarked(&self, stack: &mut Ends, cell: usize, bytes: usize) {
        let (base, used, marks) = (self.base, self.used, self.marks);
        let mut top = stack.top;
        let mut from = cell + size_of::<Header>();
        while from < cell + bytes {
            // SAFETY: a word of the cell.
            let word = unsafe { *(from as *const usize) };
            from += 8;
            let offset = word.wrapping_sub(base);
            if offset < used {
                let granule = offset >> GRANULE_SHIFT;
                let bit = 1 << (granule & 63);
                // SAFETY: as in `mark_offset`; and there is room for an entry for each word.
                unsafe {
                    let mark = marks.add(granule >> 6);
                    if *mark & bit == 0 {
                        *mark |= bit;
                        *top = word as u64;
                        top = top.add(1);
                    }
                }
            }
        }
        stack.top = top;
    }

    /// [`Tracer::scan`] for what is mostly small and of words.
    ///
    /// # Safety
    /// As [`Tracer::scan`].
    #[inline(always)]
    pub(crate) unsafe fn scan_small(&mut self, cell: usize) {
        // SAFETY: by this function's contract.
        unsafe {
            if !self.check && matches!(self.layout(&*(cell as *const Header)), Trace::Words) {
                let block = (cell - self.base) >> BLOCK_SHIFT;
                let bytes = ((*self.metas.add(block)).granules.get() as usize) << GRANULE_SHIFT;
                if bytes <= SLICE * 8 && self.stack.capacity() - self.stack.len() >= bytes / 8 {
                    let mut stack = Ends::of(&mut self.stack);
                    self.push_unmarked(&mut stack, cell, bytes);
                    stack.store(&mut self.stack);
                    return;
                }
            }
            self.scan(cell);
        }
    }

    /// [`Tracer::drain_stack`] for the stress mode.
    #[cold]
    fn drain_checked(&mut self) {
        while let Some(cell) = self.stack.pop() {
            // SAFETY: only cells just marked are pushed.
            unsafe {
                (*(cell as *const Header)).add_flags(flags::OLD);
                self.scan(cell as usize);
            }
        }
    }

    /// Asks for the mark words of what a cell refers to by its first words.
    ///
    /// # Safety
    /// `cell` is the start of an allocated cell.
    #[inline(always)]
    pub(crate) unsafe fn prefetch_marks(&self, cell: usize) {
        for index in 1..5 {
            // Even a small cell can be read that far: it is followed by others, or by the block's end.
            let at = cell + index * 8;
            if at >> BLOCK_SHIFT != cell >> BLOCK_SHIFT {
                return;
            }
            // SAFETY: within the cell's block, all of which is committed.
            let offset = (unsafe { *(at as *const u64) } as usize).wrapping_sub(self.base);
            if offset < self.used {
                prefetch(self.marks.wrapping_add(offset >> (GRANULE_SHIFT + 6)) as usize);
            }
        }
    }

    /// Hands the contents of a marked cell on.
    ///
    /// # Safety
    /// `cell` is the start of an allocated cell.
    pub(crate) unsafe fn scan(&mut self, cell: usize) {
        self.scanned = cell;
        // SAFETY: by this function's contract.
        let header = unsafe { NonNull::new_unchecked(cell as *mut Header) };
        // SAFETY: likewise.
        match self.layout(unsafe { header.as_ref() }) {
            Trace::Leaf => {}
            Trace::Words => {
                // SAFETY: the block of an allocated cell is in use.
                let meta = unsafe { &*self.metas.add((cell - self.base) >> BLOCK_SHIFT) };
                let end = cell + ((meta.granules.get() as usize) << GRANULE_SHIFT);
                let first = cell + size_of::<Header>();
                if end - first > SLICE * 8 && !self.ordered && self.slices.try_reserve(1).is_ok() {
                    self.slices.push((first, end));
                } else {
                    // SAFETY: the body of an allocated cell.
                    unsafe { self.mark_range_words(first as *const u64, end as *const u64) };
                }
            }
            // SAFETY: the function was registered for the cells of this layout.
            Trace::Custom(trace) => unsafe { trace(header, self) },
        }
    }

    /// Traces every marked cell again: some that could not be pushed have not been. Each such pass marks something new or
    /// is the last.
    #[cold]
    fn rescan(&mut self) {
        for block in 0..self.used >> BLOCK_SHIFT {
            // SAFETY: blocks below `used` have committed metadata and marks.
            let meta = unsafe { &*self.metas.add(block) };
            let words = match meta.state.get() {
                state::SMALL => MARK_WORDS,
                state::LARGE => 1,
                _ => continue,
            };
            for index in 0..words {
                // SAFETY: likewise.
                let mut word = unsafe { *self.marks.add(block * MARK_WORDS + index) };
                while word != 0 {
                    let granule = block * GRANULES + index * 64 + word.trailing_zeros() as usize;
                    word &= word - 1;
                    let cell = self.base + (granule << GRANULE_SHIFT);
                    // SAFETY: mark bits stand at the starts of allocated cells only.
                    unsafe {
                        // Those that could not be pushed have not got it, and their next change would go unnoticed.
                        (*(cell as *const Header)).add_flags(flags::OLD);
                        self.scan(cell);
                    }
                }
            }
            // Keep the stack short: what it holds has its own rescan coming only if it overflows again.
            self.drain_stack();
        }
    }

    /// Whether a cell has been reached. Anything outside the heap always is.
    #[inline]
    pub fn is_marked(&self, cell: NonNull<Header>) -> bool {
        let offset = (cell.as_ptr() as usize).wrapping_sub(self.base);
        if offset >= self.used {
            return true;
        }
        let granule = offset >> GRANULE_SHIFT;
        // SAFETY: as in `mark_offset`.
        unsafe { *self.marks.add(granule >> 6) >> (granule & 63) & 1 != 0 }
    }

    /// [`Tracer::is_marked`] for a word; what is no address in the heap is marked.
    #[inline]
    pub fn is_marked_word(&self, word: u64) -> bool {
        NonNull::new(word as *mut Header).is_none_or(|cell| self.is_marked(cell))
    }

    /// Marks everything reachable from `seeds`, and appends the objects that carry `HAS_FIN` to `order`, clearing the flag,
    /// each *after* all that it refers to (cycles apart): a true depth-first visit. The caller has reserved the room.
    ///
    /// False when memory ran out on the way: then marking is complete after the next `drain`, but `order` is not.
    ///
    /// # Safety
    /// The seeds are allocated, unmarked cells, and everything marked so far has been drained.
    pub(crate) unsafe fn visit_in_order(
        &mut self,
        seeds: &[NonNull<Header>],
        order: &mut Vec<NonNull<Header>>,
    ) -> bool {
        self.ordered = true;
        for seed in seeds.iter().rev() {
            self.mark(*seed);
            while let Some(entry) = self.stack.pop() {
                // SAFETY: entries are addresses of allocated cells, tagged or not; never null.
                let cell = unsafe { NonNull::new_unchecked((entry & !EXIT) as *mut Header) };
                // SAFETY: likewise.
                let header = unsafe { cell.as_ref() };
                if entry & EXIT != 0 {
                    if header.has(flags::HAS_FIN) {
                        header.remove_flags(flags::HAS_FIN);
                        if order.len() < order.capacity() {
                            order.push(cell);
                        }
                    }
                    continue;
                }
                if self.is_marked(cell) {
                    continue;
                }
                let granule = (entry as usize - self.base) >> GRANULE_SHIFT;
                // SAFETY: as in `mark_offset`.
                unsafe { *self.marks.add(granule >> 6) |= 1 << (granule & 63) };
                header.add_flags(flags::OLD);
                if header.has(flags::HAS_FIN) {
                    self.push(entry | EXIT);
                }
                // SAFETY: an allocated cell, just marked.
                unsafe { self.scan(entry as usize) };
            }
        }
        self.ordered = false;
        !self.overflow
    }
}
