//! The heap object: configuration, registration, large objects, inspection.

use std::cell::{Cell, UnsafeCell};
use std::io;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::Duration;

use crate::alloc::Allocator;
use crate::classes::CLASSES;
use crate::header::{Header, Layout, LayoutId, Trace, flags};
use crate::os;
use crate::registry::{EphemeronTable, Ephemerons, Registries, WeakEntry};
use crate::space::{BLOCK, BLOCK_SHIFT, CARD_SHIFT, GRANULE, GRANULE_SHIFT, GRANULES, MARK_WORDS, NONE, Space, state};
use crate::tracer::Tracer;
use crate::{CollectionInfo, CollectionKind, OutOfMemory, Stats, Stress};

/// Large objects are sized in steps of this (a card).
const LARGE_STEP: usize = 1 << CARD_SHIFT;

/// How a heap is set up.
#[derive(Copy, Clone, Debug)]
pub struct Config {
    /// Address space to reserve; halved as often as the system refuses.
    pub reserve: usize,
    /// Bytes allocated between two minor collections; twice as many after one that had little to visit.
    pub nursery: usize,
    /// No full collection while less than this is live (unless asked for).
    pub min_threshold: usize,
    /// A full collection is due when this many times (in thousandths) what survived the last one is live, and as much again
    /// for a small heap, up to 16 MiB.
    pub growth_permille: usize,
    /// Most bytes in use, see [`Heap::set_limit`].
    pub limit: usize,
    /// Entries of the mark stack at most; for tests of its overflow.
    pub mark_stack_limit: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            reserve: 64 << 30,
            nursery: 4 << 20,
            min_threshold: 16 << 20,
            growth_permille: 1820,
            limit: usize::MAX,
            mark_stack_limit: usize::MAX,
        }
    }
}

/// What the runtime tells the collector.
pub trait Roots {
    /// Hands everything that the runtime holds outside the heap and the native stacks to the tracer: VM stacks, temporary
    /// roots, tables of interned or immortal objects. Native stacks of attached threads are the heap's business.
    ///
    /// # Safety
    /// Called by the collector only. Must not allocate from the heap nor change it.
    unsafe fn trace_roots(&self, tracer: &mut Tracer, kind: CollectionKind);

    /// After a collection. Must not allocate; may set the poll word, for finalizers and callbacks that are now pending.
    fn after_collection(&self, _info: &CollectionInfo) {}
}

/// Is shown what has died: see [`Heap::audited`].
pub type Audit<'a> = dyn FnMut(&[NonNull<Header>]) + 'a;

/// A garbage-collected heap.
///
/// Not `Sync`: all of it belongs to the thread that holds the GIL. A runtime that shares a heap between threads under its
/// GIL wraps it in a type of its own that says so.
pub struct Heap {
    pub(crate) space: Space,
    pub(crate) config: Config,
    layouts: UnsafeCell<Vec<Layout>>,
    pub(crate) roots: Cell<Option<*const dyn Roots>>,
    /// Attached allocators.
    pub(crate) allocators: Cell<*const Allocator>,
    /// Blocks that are at least half free, by class.
    pub(crate) partial: [Cell<u32>; CLASSES],
    /// Blocks with fewer free cells.
    pub(crate) dense: [Cell<u32>; CLASSES],
    /// Small blocks allocated from since the last collection.
    pub(crate) touched: Cell<u32>,
    /// Large objects allocated since the last collection.
    pub(crate) young_large: Cell<u32>,
    /// Old objects that were written to: to be traced by the next minor collection.
    pub(crate) remembered: UnsafeCell<Vec<NonNull<Header>>>,
    /// Old arrays with dirty cards.
    pub(crate) carded: UnsafeCell<Vec<NonNull<Header>>>,
    /// The remembered set is incomplete: the next collection must be full.
    pub(crate) force_full: Cell<bool>,
    pub(crate) registries: UnsafeCell<Registries>,
    pub(crate) mark_stack: Cell<Vec<u64>>,
    pub(crate) collecting: Cell<bool>,
    pub(crate) auto_full: Cell<bool>,
    /// See [`Heap::audited`]: valid while that runs.
    pub(crate) audit: Cell<Option<*mut Audit<'static>>>,
    pub(crate) requested: Cell<Option<CollectionKind>>,
    /// Bytes allocated since the last collection.
    pub(crate) since: Cell<usize>,
    /// Bytes of marked cells.
    pub(crate) old_bytes: Cell<usize>,
    pub(crate) external: Cell<usize>,
    pub(crate) threshold: Cell<usize>,
    /// Bytes to allocate until the next collection.
    pub(crate) due: Cell<usize>,
    limit: Cell<usize>,
    pub(crate) stats: Cell<Stats>,
    stress: Cell<Stress>,
    /// Allocations until one fails, plus the one itself; see [`Heap::fail_allocation`].
    until_failure: Cell<u64>,
}

impl std::fmt::Debug for Heap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heap")
            .field("base", &self.space.base())
            .field("stats", &self.stats.get())
            .finish_non_exhaustive()
    }
}

/// The heap in each window of 64 GiB of the address space: how the write barrier finds it.
static WINDOWS: [AtomicPtr<Heap>; 1 << 12] = [const { AtomicPtr::new(ptr::null_mut()) }; 1 << 12];

/// Stands in a window between the choice of its heap's address and the heap's completion.
const CLAIMED: *mut Heap = ptr::without_provenance_mut(1);

/// The heap that an address belongs to.
///
/// # Safety
/// That heap is not being torn down.
#[inline]
pub(crate) unsafe fn heap_of<'a>(addr: usize) -> Option<&'a Heap> {
    let heap = WINDOWS.get(addr >> os::WINDOW_SHIFT)?.load(Ordering::Acquire);
    // SAFETY: a window holds null, the mark of a claim, or a heap that removes itself before it goes.
    if heap == CLAIMED { None } else { unsafe { heap.as_ref() } }
}

impl Heap {
    /// A heap without layouts.
    pub fn new(config: Config) -> io::Result<Box<Heap>> {
        Heap::with_layouts(config, &[])
    }

    /// A heap whose first layouts are those given: their ids are their indexes.
    pub fn with_layouts(config: Config, layouts: &[Layout]) -> io::Result<Box<Heap>> {
        let mut claimed: Option<usize> = None;
        let release = |window: Option<usize>| {
            if let Some(slot) = window.and_then(|window| WINDOWS.get(window)) {
                slot.store(ptr::null_mut(), Ordering::Release);
            }
        };
        let space = Space::new(config.reserve, |window| {
            release(claimed.take());
            let Some(slot) = WINDOWS.get(window) else { return false };
            let free = slot.compare_exchange(ptr::null_mut(), CLAIMED, Ordering::AcqRel, Ordering::Relaxed).is_ok();
            if free {
                claimed = Some(window);
            }
            free
        });
        let space = match space {
            Ok(space) => space,
            Err(error) => {
                release(claimed);
                return Err(error);
            }
        };
        let heap = Box::new(Heap {
            space,
            config,
            layouts: UnsafeCell::new(layouts.to_vec()),
            roots: Cell::new(None),
            allocators: Cell::new(ptr::null()),
            partial: [const { Cell::new(NONE) }; CLASSES],
            dense: [const { Cell::new(NONE) }; CLASSES],
            touched: Cell::new(NONE),
            young_large: Cell::new(NONE),
            remembered: UnsafeCell::new(Vec::new()),
            carded: UnsafeCell::new(Vec::new()),
            force_full: Cell::new(false),
            registries: UnsafeCell::new(Registries::new()),
            mark_stack: Cell::new(Vec::with_capacity(1024)),
            collecting: Cell::new(false),
            auto_full: Cell::new(true),
            audit: Cell::new(None),
            requested: Cell::new(None),
            since: Cell::new(0),
            old_bytes: Cell::new(0),
            external: Cell::new(0),
            threshold: Cell::new(config.min_threshold),
            due: Cell::new(config.nursery),
            limit: Cell::new(config.limit),
            stats: Cell::new(Stats::default()),
            stress: Cell::new(Stress::default()),
            until_failure: Cell::new(u64::MAX),
        });
        if let Some(slot) = claimed.and_then(|window| WINDOWS.get(window)) {
            slot.store((&raw const *heap).cast_mut(), Ordering::Release);
        }
        Ok(heap)
    }

    /// Appends a layout. Fails when 65,536 exist, or without memory.
    pub fn register_layout(&self, layout: Layout) -> Result<LayoutId, OutOfMemory> {
        // SAFETY: the heap is used by one thread, and no reference into the table outlives a call (a collection, which
        // holds one, cannot call this: layouts' functions must not).
        let layouts = unsafe { &mut *self.layouts.get() };
        let id = u16::try_from(layouts.len()).map_err(|_| OutOfMemory)?;
        if self.collecting.get() {
            return Err(OutOfMemory);
        }
        layouts.try_reserve(1).map_err(|_| OutOfMemory)?;
        layouts.push(layout);
        Ok(LayoutId(id))
    }

    pub(crate) fn layouts(&self) -> &[Layout] {
        // SAFETY: the table only changes in `register_layout`, which no holder of this short borrow calls.
        unsafe { &*self.layouts.get() }
    }

    pub(crate) fn layout(&self, id: LayoutId) -> Option<&Layout> {
        self.layouts().get(id.0 as usize)
    }

    /// Sets where roots come from.
    ///
    /// # Safety
    /// `roots` stays valid until it is replaced, or the heap is dropped.
    pub unsafe fn set_roots(&self, roots: Option<*const dyn Roots>) {
        self.roots.set(roots);
    }

    /// Enters a thread: its allocator, and the highest address of its native stack (see [`crate::current_stack`]), or 0
    /// when none of its stack is to be scanned.
    ///
    /// # Safety
    /// The calling thread holds the GIL. The allocator stays where it is until [`Heap::detach_thread`], its own drop
    /// (with the GIL held), or the heap's.
    pub unsafe fn attach_thread(&self, allocator: &Allocator, stack_base: usize) {
        allocator.attach(self, stack_base);
        allocator.next.set(self.allocators.replace(allocator));
    }

    /// Leaves a thread: its allocator is no longer used.
    ///
    /// # Safety
    /// The calling thread holds the GIL; no reference on that thread's stack is needed any longer.
    pub unsafe fn detach_thread(&self, allocator: &Allocator) {
        self.count_allocated(allocator.reset(&self.space));
        let mut link = &self.allocators;
        // SAFETY: attached allocators stay valid by the contract of `attach_thread`.
        while let Some(this) = unsafe { link.get().as_ref() } {
            if ptr::eq(this, allocator) {
                link.set(this.next.get());
                break;
            }
            link = &this.next;
        }
        allocator.attach(ptr::null(), 0);
    }

    /// In the child after `fork()`: forgets every other thread.
    ///
    /// # Safety
    /// `current` is the allocator of the one thread that is left.
    pub unsafe fn after_fork_child(&self, current: &Allocator) {
        self.for_each_allocator(|allocator| {
            if !ptr::eq(allocator, current) {
                self.count_allocated(allocator.reset(&self.space));
                allocator.attach(ptr::null(), 0);
            }
        });
        current.next.set(ptr::null());
        self.allocators.set(current);
    }

    pub(crate) fn for_each_allocator(&self, mut f: impl FnMut(&Allocator)) {
        let mut next = self.allocators.get();
        // SAFETY: attached allocators stay valid by the contract of `attach_thread`.
        while let Some(this) = unsafe { next.as_ref() } {
            next = this.next.get();
            f(this);
        }
    }

    // ---- large objects ------------------------------------------------------------------------------------------------

    pub(crate) fn alloc_large(&self, size: usize, header: u64, zero: bool) -> Option<NonNull<Header>> {
        if self.collecting.get() || self.fails() || size > self.space.capacity_bytes().min(self.limit.get()) {
            return None;
        }
        let size = size.next_multiple_of(LARGE_STEP);
        self.count_allocated(size);
        self.collect_if_due();
        let head =
            self.take_large(size).or_else(|| if self.collect_for_memory() { self.take_large(size) } else { None })?;
        // SAFETY: the run is ours, and holds `size` bytes.
        unsafe {
            let meta = self.space.meta(head);
            meta.granules.set((size >> GRANULE_SHIFT) as u32);
            meta.fresh.set(1);
            let next = self.young_large.replace(head);
            meta.next.set(next);
            meta.prev.set(NONE);
            if next != NONE {
                self.space.meta(next).prev.set(head);
            }
            let cell = self.space.block_addr(head) as *mut Header;
            if zero {
                self.zero_range(cell as usize, cell as usize + size);
            }
            cell.write(Header::from_bits(header));
            let cell = NonNull::new_unchecked(cell);
            if matches!(self.layout(cell.as_ref().layout()), Some(Layout { trace: Trace::Words, .. })) {
                cell.as_ref().add_flags(flags::CARDS);
            }
            Some(cell)
        }
    }

    fn take_large(&self, size: usize) -> Option<u32> {
        let count = size.div_ceil(BLOCK);
        if self.within_limit(count << BLOCK_SHIFT) { self.space.take_run(count) } else { None }
    }

    /// Zeroes part of a large object, except where its blocks have never been written.
    ///
    /// # Safety
    /// The range lies in used blocks and holds nothing that is needed.
    unsafe fn zero_range(&self, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            let Some(block) = self.space.block_of(at) else { return };
            let end = to.min(self.space.block_addr(block) + BLOCK);
            // SAFETY: by this function's contract.
            unsafe {
                if self.space.meta(block).dirty.get() {
                    ptr::write_bytes(at as *mut u8, 0, end - at);
                }
            }
            at = end;
        }
    }

    fn head_of(&self, cell: NonNull<Header>) -> Option<(u32, u8)> {
        let block = self.space.block_of(cell.as_ptr() as usize)?;
        // SAFETY: block_of answers used blocks.
        Some((block, unsafe { self.space.meta(block) }.state.get()))
    }

    /// The usable bytes of a cell, header included. 0 for what is not in the heap.
    pub fn size_of_cell(&self, cell: NonNull<Header>) -> usize {
        match self.head_of(cell) {
            // SAFETY: as in `head_of`.
            Some((block, _)) => (unsafe { self.space.meta(block) }.granules.get() as usize) << GRANULE_SHIFT,
            None => 0,
        }
    }

    /// Makes a cell's usable size at least `new_size` without moving it, if that is possible. What is added is zero.
    ///
    /// # Safety
    /// An allocated cell of this heap.
    pub unsafe fn try_grow_in_place(&self, cell: NonNull<Header>, new_size: usize) -> bool {
        let old = self.size_of_cell(cell);
        if new_size <= old {
            return old != 0;
        }
        let Some((head, state::LARGE)) = self.head_of(cell) else { return false };
        if new_size > self.space.capacity_bytes() || self.collecting.get() {
            return false;
        }
        let new_size = new_size.next_multiple_of(LARGE_STEP);
        // SAFETY: the head of a large object.
        let meta = unsafe { self.space.meta(head) };
        let (have, want) = (meta.run.get() as usize, new_size.div_ceil(BLOCK));
        if want > have && !(self.within_limit((want - have) << BLOCK_SHIFT) && self.space.grow_run(head, want)) {
            return false;
        }
        let start = cell.as_ptr() as usize;
        // SAFETY: the bytes behind the old size belong to the run and hold nothing.
        unsafe { self.zero_range(start + old, start + new_size) };
        meta.granules.set((new_size >> GRANULE_SHIFT) as u32);
        if self.is_marked(cell) {
            self.old_bytes.set(self.old_bytes.get() + (new_size - old));
        }
        self.count_allocated(new_size - old);
        true
    }

    /// Frees a large object at once. A small one, or one with a finalizer, drop or weak reference, is left to the collector.
    ///
    /// # Safety
    /// An allocated cell of this heap to which nothing refers any more, except perhaps dead words on native stacks.
    pub unsafe fn free_now(&self, cell: NonNull<Header>) {
        let Some((head, state::LARGE)) = self.head_of(cell) else { return };
        // SAFETY: by this function's contract.
        let header = unsafe { cell.as_ref() };
        if self.collecting.get() || header.has(flags::HAS_FIN | flags::HAS_DROP | flags::HAS_WEAK) {
            return;
        }
        let size = self.size_of_cell(cell);
        // SAFETY: the head of a large object, and its neighbours in the list of young ones; the lists of remembered
        // objects are borrowed by nobody else.
        unsafe {
            let meta = self.space.meta(head);
            if meta.fresh.get() != 0 {
                let (next, prev) = (meta.next.get(), meta.prev.get());
                if prev == NONE {
                    self.young_large.set(next);
                } else {
                    self.space.meta(prev).next.set(next);
                }
                if next != NONE {
                    self.space.meta(next).prev.set(prev);
                }
                self.since.set(self.since.get().saturating_sub(size));
            } else {
                self.old_bytes.set(self.old_bytes.get().saturating_sub(size));
                if !header.has(flags::OLD) {
                    forget(&mut *self.remembered.get(), cell);
                }
                if header.has(flags::CARDS_DIRTY) {
                    forget(&mut *self.carded.get(), cell);
                    self.clear_cards(cell);
                }
            }
        }
        self.poison(cell.as_ptr() as usize, size);
        self.space.give_run(head);
    }

    pub(crate) fn poison(&self, start: usize, size: usize) {
        if self.stress.get().poison {
            // SAFETY: callers name memory of dead cells.
            unsafe { ptr::write_bytes(start as *mut u8, 0xdd, size) };
        }
    }

    // ---- inspection ---------------------------------------------------------------------------------------------------

    /// The allocated cell that a word points to or into, if there is one.
    pub fn is_cell(&self, word: u64) -> Option<NonNull<Header>> {
        self.sync();
        NonNull::new(self.space.find_cell(word as usize)? as *mut Header)
    }

    pub(crate) fn sync(&self) {
        self.for_each_allocator(|allocator| allocator.sync(&self.space));
    }

    /// Whether a cell survived a collection.
    pub(crate) fn is_marked(&self, cell: NonNull<Header>) -> bool {
        let granule = (cell.as_ptr() as usize - self.space.base()) >> GRANULE_SHIFT;
        // SAFETY: callers name cells of this heap, whose mark words are committed.
        unsafe { *self.space.marks().add(granule >> 6) >> (granule & 63) & 1 != 0 }
    }

    /// Calls `f` with every allocated cell: everything reachable, and what has died since the last collection of its
    /// kind. `f` must not allocate.
    pub fn for_each_cell(&self, f: impl FnMut(NonNull<Header>)) {
        self.sync();
        self.walk(self.space.marks(), f);
    }

    /// Calls `f` with every cell that is allocated by a bitmap of marks, or fresh.
    fn walk(&self, marks: *mut u64, mut f: impl FnMut(NonNull<Header>)) {
        for block in 0..self.space.used_blocks() as u32 {
            let start = self.space.block_addr(block);
            // SAFETY: a used block.
            let meta = unsafe { self.space.meta(block) };
            let each = match meta.state.get() {
                state::SMALL => meta.granules.get() as usize,
                state::LARGE => GRANULES,
                _ => continue,
            };
            let words = Space::mark_words(marks, block);
            let mut granule = 0;
            while granule + each <= GRANULES {
                // SAFETY: one of the MARK_WORDS words of the block.
                let marked = unsafe { *words.add(granule >> 6) } >> (granule & 63) & 1 != 0;
                if (marked || granule * GRANULE < meta.fresh.get() as usize)
                    && let Some(cell) = NonNull::new((start + granule * GRANULE) as *mut Header)
                {
                    f(cell);
                }
                granule += each;
            }
        }
    }

    /// Runs `f`; collections that it makes show their dead to `audit` before they are swept: all at once, with what was in
    /// them (but for what drop functions have freed). `audit` must not use the heap otherwise.
    pub fn audited<R>(&self, audit: &mut Audit<'_>, f: impl FnOnce() -> R) -> R {
        struct Reset<'a>(&'a Cell<Option<*mut Audit<'static>>>);
        impl Drop for Reset<'_> {
            fn drop(&mut self) {
                self.0.set(None);
            }
        }
        let audit: *mut Audit<'_> = audit;
        // SAFETY: only the lifetime changes; the guard below takes the pointer back before `audit` ends.
        self.audit.set(Some(unsafe { std::mem::transmute::<*mut Audit<'_>, *mut Audit<'static>>(audit) }));
        let _reset = Reset(&self.audit);
        f()
    }

    /// The cells that the collection under way has found dead: those of the old bitmap that are not in the new one, and fresh
    /// ones.
    pub(crate) fn dead_cells(&self) -> Vec<NonNull<Header>> {
        let mut dead = Vec::new();
        let mut found = |at: usize| {
            if let Some(cell) = NonNull::new(at as *mut Header)
                && dead.try_reserve(1).is_ok()
            {
                dead.push(cell);
            }
        };
        for block in 0..self.space.used_blocks() as u32 {
            let start = self.space.block_addr(block);
            // SAFETY: a used block.
            let meta = unsafe { self.space.meta(block) };
            // A large cell has the first bit of its first block.
            let (each, words, bits) = match meta.state.get() {
                state::SMALL => (meta.granules.get() as usize, MARK_WORDS, !0),
                state::LARGE => (GRANULES, 1, 1),
                _ => continue,
            };
            let (old, new) =
                (Space::mark_words(self.space.alloc_marks(), block), Space::mark_words(self.space.marks(), block));
            let fresh = (meta.fresh.get() as usize).div_ceil(GRANULE);
            for word in 0..words {
                // SAFETY: one of the MARK_WORDS words of the block, in either bitmap.
                let (old, new) = unsafe { (*old.add(word), *new.add(word)) };
                let mut gone = old & !new & bits;
                while gone != 0 {
                    let granule = word * 64 + gone.trailing_zeros() as usize;
                    if granule >= fresh {
                        found(start + granule * GRANULE);
                    }
                    gone &= gone - 1;
                }
            }
            for granule in (0..fresh).step_by(each).take_while(|granule| granule + each <= GRANULES) {
                // SAFETY: as above.
                let marked = unsafe { *new.add(granule >> 6) } >> (granule & 63) & 1 != 0;
                if !marked {
                    found(start + granule * GRANULE);
                }
            }
        }
        dead
    }

    /// Bytes in use: blocks that are not free, and what was reported as external.
    pub fn used_bytes(&self) -> usize {
        ((self.space.used_blocks() - self.space.free_blocks()) << BLOCK_SHIFT).saturating_add(self.external.get())
    }

    /// Bytes that survived their last collection, external memory included: the live size, but for garbage that only a full
    /// collection finds and for what was allocated since.
    pub fn live_bytes(&self) -> usize {
        self.old_bytes.get().saturating_add(self.external.get())
    }

    /// Address space that the heap may grow into.
    pub fn capacity_bytes(&self) -> usize {
        self.space.capacity_bytes()
    }

    /// The counters.
    pub fn stats(&self) -> Stats {
        let mut stats = self.stats.get();
        stats.live_bytes = self.live_bytes();
        stats.used_bytes = self.used_bytes();
        stats.allocated_bytes += self.since.get() as u64;
        stats
    }

    // ---- tuning -------------------------------------------------------------------------------------------------------

    /// The most bytes that may be in use ([`Heap::used_bytes`]); beyond it, allocations fail after a full collection.
    pub fn set_limit(&self, bytes: usize) {
        self.limit.set(bytes);
    }

    /// The limit set.
    pub fn limit(&self) -> usize {
        self.limit.get()
    }

    /// Whether full collections start by themselves (the default). Without them only the young are reclaimed, until memory
    /// runs out.
    pub fn set_auto_full(&self, on: bool) {
        self.auto_full.set(on);
    }

    /// Sets the stress mode.
    pub fn set_stress(&self, stress: Stress) {
        // Spans and lists of holes were made for the former mode.
        self.for_each_allocator(|allocator| self.count_allocated(allocator.reset(&self.space)));
        self.stress.set(stress);
    }

    /// For tests: from now on every allocation takes the slow path, and the `number`th fails as if there were no memory: that
    /// one only.
    pub fn fail_allocation(&self, number: u64) {
        self.set_stress(Stress { tiny_spans: true, ..self.stress.get() });
        self.until_failure.set(number);
    }

    /// How many allocations there have been since [`Heap::fail_allocation`]`(number)`, if none has failed.
    pub fn allocations_of(&self, number: u64) -> u64 {
        number.saturating_sub(self.until_failure.get())
    }

    /// Is this the allocation that is to fail?
    pub(crate) fn fails(&self) -> bool {
        let left = self.until_failure.get().wrapping_sub(1);
        self.until_failure.set(left);
        left == 0
    }

    pub(crate) fn stress(&self) -> Stress {
        self.stress.get()
    }

    /// Reports memory outside the heap that cells own (negative when it is freed): it counts towards triggers and limit.
    pub fn external(&self, delta: isize) {
        let old = self.external.get();
        self.external.set(old.saturating_add_signed(delta));
        if delta > 0 {
            self.count_allocated(delta.unsigned_abs());
        }
    }

    #[inline]
    pub(crate) fn count_allocated(&self, bytes: usize) {
        self.since.set(self.since.get().saturating_add(bytes));
    }

    // ---- death --------------------------------------------------------------------------------------------------------

    #[expect(clippy::mut_from_ref, reason = "interior mutability: the heap is used by one thread, see SAFETY")]
    fn registries(&self) -> &mut Registries {
        // SAFETY: one thread at a time; no borrow outlives the registry operation that took it, none of which calls out.
        unsafe { &mut *self.registries.get() }
    }

    /// Registers a weak reference: the word at `word_offset` bytes into `weak` holds the address of `target`, and will be 0
    /// once `target` is dead. The layout of `weak` must not trace that word. With `notify`, `weak` is then queued (see
    /// [`Heap::take_cleared_weaks`]) if it is itself alive.
    ///
    /// # Safety
    /// Both are allocated cells of this heap, and the word lies inside `weak`.
    pub unsafe fn weak_register(
        &self,
        weak: NonNull<Header>,
        word_offset: u32,
        target: NonNull<Header>,
        notify: bool,
    ) -> Result<(), OutOfMemory> {
        self.registries().weaks.push(WeakEntry { cell: weak, offset: word_offset, notify })?;
        // SAFETY: by this function's contract.
        unsafe { target.as_ref() }.add_flags(flags::HAS_WEAK);
        Ok(())
    }

    /// The weak cells whose targets have died since the last call, in no particular order. They are roots until they are
    /// taken; then the caller holds them where the collector looks.
    pub fn take_cleared_weaks(&self) -> Option<NonNull<Header>> {
        self.registries().cleared.pop()
    }

    /// Registers an object to be finalized: once, when it is found dead, it comes back by
    /// [`Heap::take_pending_finalizer`]. An object may be registered again after that.
    ///
    /// # Safety
    /// An allocated cell of this heap.
    pub unsafe fn register_finalizer(&self, cell: NonNull<Header>) -> Result<(), OutOfMemory> {
        // SAFETY: by this function's contract.
        let header = unsafe { cell.as_ref() };
        if !header.has(flags::HAS_FIN) {
            self.registries().finalizables.push(cell)?;
            header.add_flags(flags::HAS_FIN);
        }
        Ok(())
    }

    /// The object needs no finalizer any more: the next collection that looks at it forgets it.
    ///
    /// # Safety
    /// An allocated cell of this heap, which is neither registered again nor freed by [`Heap::free_now`].
    #[inline]
    pub unsafe fn unregister_finalizer(&self, cell: NonNull<Header>) {
        // SAFETY: by this function's contract.
        unsafe { cell.as_ref() }.remove_flags(flags::HAS_FIN);
    }

    /// The next dead object to finalize: referrers before what they refer to, where that is acyclic. It and all it refers
    /// to are intact; weak references to them have been cleared. It is a root until it is taken.
    pub fn take_pending_finalizer(&self) -> Option<NonNull<Header>> {
        self.registries().pending.pop()
    }

    /// At the program's end: everything that is registered comes back by [`Heap::take_pending_finalizer`], dead or not, what
    /// was registered first coming first. False if nothing was.
    pub fn finalize_everything(&self) -> bool {
        let super::registry::Registries { finalizables, pending, .. } = self.registries();
        let (old, young) = (std::mem::take(&mut finalizables.old), std::mem::take(&mut finalizables.young));
        if pending.try_reserve(old.len() + young.len()).is_err() {
            return false;
        }
        let before = pending.len();
        // It is taken from its end.
        for cell in young.into_iter().rev().chain(old.into_iter().rev()) {
            // SAFETY: what is registered is not swept before it was found dead and taken from there.
            let header = unsafe { cell.as_ref() };
            if header.has(flags::HAS_FIN) {
                header.remove_flags(flags::HAS_FIN);
                pending.push(cell);
            }
        }
        pending.len() > before
    }

    /// Whether [`Heap::take_pending_finalizer`] has something to give.
    pub fn has_pending_finalizers(&self) -> bool {
        !self.registries().pending.is_empty()
    }

    /// Registers an object for its layout's `drop`.
    ///
    /// # Safety
    /// An allocated cell of this heap, whose layout has a `drop`.
    pub unsafe fn register_drop(&self, cell: NonNull<Header>) -> Result<(), OutOfMemory> {
        // SAFETY: by this function's contract.
        let header = unsafe { cell.as_ref() };
        if !header.has(flags::HAS_DROP) {
            self.registries().drops.push(cell)?;
            header.add_flags(flags::HAS_DROP);
        }
        Ok(())
    }

    /// A new table of ephemerons.
    pub fn new_ephemeron_table(&self) -> Result<EphemeronTable, OutOfMemory> {
        let tables = &mut self.registries().ephemerons;
        if let Some(free) = tables.iter().position(Option::is_none) {
            tables[free] = Some(Ephemerons::default());
            return Ok(EphemeronTable(free as u32));
        }
        tables.try_reserve(1).map_err(|_| OutOfMemory)?;
        tables.push(Some(Ephemerons::default()));
        Ok(EphemeronTable((tables.len() - 1) as u32))
    }

    /// Drops a table of ephemerons.
    pub fn free_ephemeron_table(&self, table: EphemeronTable) {
        if let Some(slot) = self.registries().ephemerons.get_mut(table.0 as usize) {
            *slot = None;
        }
    }

    fn ephemerons(&self, table: EphemeronTable) -> Option<&mut Ephemerons> {
        self.registries().ephemerons.get_mut(table.0 as usize)?.as_mut()
    }

    /// Maps `key` to a word that [`Tracer::mark_value_word`] understands. The table does not keep the key alive; a live
    /// key keeps the value alive; the entry goes with the key.
    pub fn ephemeron_insert(&self, table: EphemeronTable, key: NonNull<Header>, value: u64) -> Result<(), OutOfMemory> {
        self.ephemerons(table).ok_or(OutOfMemory)?.insert(key.as_ptr() as usize, value)
    }

    /// The value of a key.
    pub fn ephemeron_get(&self, table: EphemeronTable, key: NonNull<Header>) -> Option<u64> {
        self.ephemerons(table)?.map.get(&(key.as_ptr() as usize)).copied()
    }

    /// Removes a key; answers its value.
    pub fn ephemeron_remove(&self, table: EphemeronTable, key: NonNull<Header>) -> Option<u64> {
        self.ephemerons(table)?.map.remove(&(key.as_ptr() as usize))
    }

    /// Number of entries.
    pub fn ephemeron_len(&self, table: EphemeronTable) -> usize {
        self.ephemerons(table).map_or(0, |table| table.map.len())
    }

    // ---- polling ------------------------------------------------------------------------------------------------------

    /// Asks for a collection at the next [`Heap::poll`].
    pub fn request_collection(&self, kind: CollectionKind) {
        if self.requested.get() != Some(CollectionKind::Full) {
            self.requested.set(Some(kind));
        }
    }

    /// Whether there is something to do at the next poll: a collection asked for, finalizers, cleared weak references.
    pub fn poll_wanted(&self) -> bool {
        let registries = self.registries();
        self.requested.get().is_some() || !registries.pending.is_empty() || !registries.cleared.is_empty()
    }

    /// Does the collection that was asked for, if one was.
    ///
    /// # Safety
    /// As [`Heap::collect`].
    pub unsafe fn poll(&self) {
        if let Some(kind) = self.requested.take() {
            // SAFETY: by this function's contract.
            unsafe { self.collect(kind) };
        }
    }

    pub(crate) fn finish_stats(&self, kind: CollectionKind, pause: Duration) {
        let mut stats = self.stats.get();
        match kind {
            CollectionKind::Minor => stats.minors += 1,
            CollectionKind::Full => stats.fulls += 1,
        }
        stats.pause_total += pause;
        stats.pause_max = stats.pause_max.max(pause);
        stats.pause_last = pause;
        stats.allocated_bytes += self.since.get() as u64;
        self.stats.set(stats);
    }
}

/// Removes an object from a list, searched from its end, where what was added last stands.
fn forget(list: &mut Vec<NonNull<Header>>, cell: NonNull<Header>) {
    if let Some(index) = list.iter().rposition(|other| *other == cell) {
        list.swap_remove(index);
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.collecting.set(true);
        let registries = self.registries.get_mut();
        let dead = registries.drops.young.drain(..).chain(registries.drops.old.drain(..));
        for cell in dead.collect::<Vec<_>>() {
            // SAFETY: registered cells that no collection has dropped are intact.
            unsafe { crate::collect::run_drop(self, cell) };
        }
        self.for_each_allocator(|allocator| {
            allocator.reset(&self.space);
            allocator.attach(ptr::null(), 0);
        });
        if let Some(slot) = WINDOWS.get(self.space.base() >> os::WINDOW_SHIFT) {
            slot.store(ptr::null_mut(), Ordering::Release);
        }
    }
}

const _: () = assert!(MARK_WORDS == 32);
