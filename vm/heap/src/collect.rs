//! Collections, phase by phase.

use std::ptr::NonNull;
use std::time::Instant;

use crate::header::{Header, flags};
use crate::heap::Heap;
use crate::registry::Registries;
use crate::space::{BLOCK, GRANULE, GRANULE_SHIFT, GRANULES, MARK_WORDS, NONE, Space, state};
use crate::stack::{self, CallSite};
use crate::tracer::Tracer;
use crate::{CollectionInfo, CollectionKind};

/// Most that is added to the threshold of full collections, whatever the growth.
const HEADROOM: usize = 16 << 20;

/// What a remembered object counts as in bytes that survived: its own line is far away, and so are those it refers to.
const REMEMBERED: usize = 64;

/// Calls the layout's `drop` of a dead cell.
///
/// # Safety
/// A cell registered with `HAS_DROP`, its content intact.
pub(crate) unsafe fn run_drop(heap: &Heap, cell: NonNull<Header>) {
    // SAFETY: by this function's contract.
    let header = unsafe { cell.as_ref() };
    if header.has(flags::HAS_DROP) {
        header.remove_flags(flags::HAS_DROP);
        if let Some(drop) = heap.layout(header.layout()).and_then(|layout| layout.drop) {
            // SAFETY: the function was registered for the cells of this layout.
            unsafe { drop(cell) };
        }
    }
}

impl Heap {
    /// Whether a collection is under way (a root callback or `drop` function is asking).
    pub fn is_collecting(&self) -> bool {
        self.collecting.get()
    }

    /// Collects: the young only, or everything.
    ///
    /// # Safety
    /// The calling thread holds the GIL and is attached; as for [`crate::Allocator::alloc`], every reference that is
    /// still needed is where the collector looks. Every other attached thread is inside
    /// [`crate::Allocator::with_published_stack`].
    pub unsafe fn collect(&self, kind: CollectionKind) {
        self.collect_here(kind);
    }

    pub(crate) fn collect_if_due(&self) {
        let stress = self.stress();
        let due = self.since.get() >= self.due.get();
        if !due && !stress.collect_every_slow_path {
            return;
        }
        let stats = self.stats.get();
        let full_due = self.auto_full.get() && self.live_bytes() >= self.threshold.get();
        // Under stress every 16th collection is full.
        let full = full_due || stress.collect_every_slow_path && (stats.minors + stats.fulls) % 16 == 15;
        self.collect_here(if full { CollectionKind::Full } else { CollectionKind::Minor });
    }

    /// The last resort before an allocation fails.
    pub(crate) fn collect_for_memory(&self) -> bool {
        self.collect_here(CollectionKind::Full);
        true
    }

    #[inline(never)]
    fn collect_here(&self, kind: CollectionKind) {
        if !self.collecting.replace(true) {
            stack::with_registers(|sp| self.collect_from(kind, sp, &[]));
        }
    }

    /// Collects, without regard to what the calling thread's native stack holds below a call site: stale words there keep
    /// nothing alive.
    ///
    /// # Safety
    /// As [`Heap::collect`]; of what the functions called from that site on hold, everything that is still needed is reachable
    /// from elsewhere.
    pub unsafe fn collect_above(&self, kind: CollectionKind, site: &CallSite) {
        if !self.collecting.replace(true) {
            self.collect_from(kind, site.sp, &site.registers);
        }
    }

    /// How much may be allocated until the next collection, after one that had so many bytes to visit: a pause is made of
    /// those, and where it was short a bigger nursery halves their number and lets more die.
    fn next_nursery(&self, visited: usize) -> usize {
        let nursery = self.config.nursery;
        if visited < nursery / 2 { nursery.saturating_mul(2) } else { nursery }
    }

    fn collect_from(&self, kind: CollectionKind, sp: usize, registers: &[usize]) {
        let started = Instant::now();
        let kind = if self.force_full.get() { CollectionKind::Full } else { kind };
        let full = kind == CollectionKind::Full;
        self.for_each_allocator(|allocator| self.count_allocated(allocator.reset(&self.space)));
        let live_before = self.live_bytes() + self.since.get();
        if full {
            self.forget_remembered();
            self.space.flip_marks();
        }
        let mut tracer = Tracer::new(
            &self.space,
            self.layouts(),
            self.mark_stack.take(),
            self.config.mark_stack_limit,
            kind,
            self.stress().check,
        );
        let remembered = if full { 0 } else { self.trace_remembered(&mut tracer) };
        self.trace_stacks(&mut tracer, sp);
        registers.iter().for_each(|word| tracer.mark_conservative(*word as u64));
        tracer.drain();
        if let Some(roots) = self.roots.get() {
            // SAFETY: valid by the contract of `set_roots`, and this is the collector.
            unsafe { (*roots).trace_roots(&mut tracer, kind) };
        }
        // SAFETY: registry operations cannot run during a collection: the callbacks above must not call the heap.
        let registries = unsafe { &mut *self.registries.get() };
        for cell in registries.pending.iter().chain(&registries.cleared) {
            tracer.mark(*cell);
        }
        tracer.drain();
        ephemeron_fixpoint(registries, &mut tracer, full);
        clear_weaks(registries, &mut tracer, full);
        resurrect(registries, &mut tracer, full);
        self.bury(registries, &tracer, full);
        self.mark_stack.set(tracer.into_stack());
        if let Some(audit) = self.audit.get() {
            // SAFETY: `audited` is running, which has it borrowed exclusively.
            unsafe { (*audit)(&self.dead_cells()) };
        }
        if full {
            self.sweep_all();
        } else {
            self.sweep_touched();
        }
        self.space.settle_marks();
        let live = self.live_bytes();
        if full {
            // Small heaps get some headroom: what is in flight at minor collections becomes old and dies soon.
            let grown = (live / 1000).saturating_mul(self.config.growth_permille) + live.min(HEADROOM);
            self.threshold.set(grown.max(self.config.min_threshold));
        }
        let survived = live.saturating_sub(live_before - self.since.get());
        self.due.set(self.next_nursery(survived.saturating_add(remembered * REMEMBERED)));
        let pause = started.elapsed();
        self.finish_stats(kind, pause);
        self.since.set(0);
        self.collecting.set(false);
        if let Some(roots) = self.roots.get() {
            let info = CollectionInfo {
                kind,
                pause,
                live_bytes: live,
                freed_bytes: live_before.saturating_sub(live),
                poll_wanted: self.poll_wanted(),
            };
            // SAFETY: valid by the contract of `set_roots`.
            unsafe { (*roots).after_collection(&info) };
        }
    }

    /// Every attached thread's native stack. `sp` is where the collecting thread's begins to matter: below it is nothing, or
    /// nothing that counts.
    fn trace_stacks(&self, tracer: &mut Tracer, sp: usize) {
        // The collecting thread is the one that has not published its stack; should several not have, the one whose
        // stack we are on.
        let mut own = 0;
        self.for_each_allocator(|allocator| {
            let base = allocator.stack_base();
            if allocator.published() == 0 && base > sp && (own == 0 || base < own) {
                own = base;
            }
            let mut scan = |from: usize, to: usize| {
                // SAFETY: live stack memory between a published stack pointer and the stack's base.
                unsafe { tracer.mark_range_conservative(from as *const u64, to as *const u64) };
            };
            if allocator.published() != 0 && base > allocator.published() {
                scan(allocator.published(), base);
            }
            allocator.for_each_segment(scan);
        });
        if own != 0 {
            // SAFETY: the collecting thread's own stack, from its register dump to its base.
            unsafe { tracer.mark_range_conservative(sp as *const u64, own as *const u64) };
        }
    }

    /// The dead are known: drops their entries in the registries, and calls the drop functions.
    fn bury(&self, registries: &mut Registries, tracer: &Tracer, full: bool) {
        registries.weaks.retain(full, |entry| tracer.is_marked(entry.cell));
        registries.weaks.settle();
        registries.finalizables.settle();
        for table in registries.ephemerons.iter_mut().flatten() {
            let alive = |key: usize| NonNull::new(key as *mut Header).is_some_and(|key| tracer.is_marked(key));
            if full {
                table.map.retain(|key, _| alive(*key));
            } else {
                for key in &table.young {
                    if !alive(*key) {
                        table.map.remove(key);
                    }
                }
            }
            table.young.clear();
        }
        registries.drops.retain(full, |cell| {
            let alive = tracer.is_marked(*cell);
            if !alive {
                // SAFETY: registered, dead, and not yet swept.
                unsafe { run_drop(self, *cell) };
            }
            alive
        });
        registries.drops.settle();
    }

    /// Counts the survivors of a small block, and enters it where it belongs. Answers the bytes that survived.
    fn sweep_block(&self, block: u32) -> usize {
        let words = Space::mark_words(self.space.marks(), block);
        let mut live = 0;
        for index in 0..MARK_WORDS {
            // SAFETY: the block's mark words are committed.
            live += unsafe { *words.add(index) }.count_ones() as usize;
        }
        // SAFETY: a used block.
        let meta = unsafe { self.space.meta(block) };
        let each = meta.granules.get() as usize;
        let cells = GRANULES / each;
        if self.stress().poison {
            self.poison_dead(block, each, words);
        }
        meta.fresh.set(0);
        meta.dirty.set(true);
        meta.live.set(live as u32);
        if live == 0 {
            self.space.give_block(block);
        } else {
            let class = meta.class.get() as usize;
            let free = cells - live.min(cells);
            if free * 2 >= cells {
                meta.next.set(self.partial[class].replace(block));
            } else if free * 8 >= cells {
                meta.next.set(self.dense[class].replace(block));
            }
        }
        live * each * GRANULE
    }

    fn poison_dead(&self, block: u32, each: usize, words: *const u64) {
        let start = self.space.block_addr(block);
        let mut granule = 0;
        while granule + each <= GRANULES {
            // SAFETY: one of the block's mark words.
            if unsafe { *words.add(granule >> 6) } >> (granule & 63) & 1 == 0 {
                self.poison(start + granule * GRANULE, each * GRANULE);
            }
            granule += each;
        }
    }

    /// After a minor collection: only blocks allocated from since the last one can have changed.
    fn sweep_touched(&self) {
        let mut old = self.old_bytes.get();
        let mut next = self.touched.replace(NONE);
        while next != NONE {
            let block = next;
            // SAFETY: blocks in the lists are used.
            let meta = unsafe { self.space.meta(block) };
            next = meta.next.get();
            let before = meta.live.get() as usize * ((meta.granules.get() as usize) << GRANULE_SHIFT);
            old = (old + self.sweep_block(block)).saturating_sub(before);
        }
        let mut next = self.young_large.replace(NONE);
        while next != NONE {
            // SAFETY: likewise.
            let meta = unsafe { self.space.meta(next) };
            let head = next;
            next = meta.next.get();
            old += self.sweep_large(head);
        }
        self.old_bytes.set(old);
    }

    /// Frees a large object that is not marked. Answers the bytes that survived.
    fn sweep_large(&self, head: u32) -> usize {
        // SAFETY: the head of a large object: a used block with committed mark words.
        let (meta, marked) = unsafe { (self.space.meta(head), *Space::mark_words(self.space.marks(), head) & 1 != 0) };
        let size = (meta.granules.get() as usize) << GRANULE_SHIFT;
        meta.fresh.set(0);
        if marked {
            return size;
        }
        self.poison(self.space.block_addr(head), size);
        self.space.give_run(head);
        0
    }

    /// After a full collection: all blocks, and the lists anew.
    fn sweep_all(&self) {
        for list in self.partial.iter().chain(&self.dense) {
            list.set(NONE);
        }
        self.touched.set(NONE);
        self.young_large.set(NONE);
        let mut old = 0;
        // From the end, so that the lists begin with the lowest addresses.
        for block in (0..self.space.used_blocks() as u32).rev() {
            // SAFETY: a used block.
            match unsafe { self.space.meta(block) }.state.get() {
                state::SMALL => old += self.sweep_block(block),
                state::LARGE => old += self.sweep_large(block),
                _ => {}
            }
        }
        self.old_bytes.set(old);
        self.space.release_idle();
    }
}

/// Marks the values of marked keys, until nothing changes.
fn ephemeron_fixpoint(registries: &mut Registries, tracer: &mut Tracer, full: bool) {
    if registries.ephemerons.iter().flatten().all(|table| table.map.is_empty()) {
        return;
    }
    loop {
        let mut found = false;
        for table in registries.ephemerons.iter().flatten() {
            let mut visit = |key: usize, value: u64| {
                let alive = NonNull::new(key as *mut Header).is_some_and(|key| tracer.is_marked(key));
                if alive && !tracer.is_marked_word(value) {
                    found = true;
                    tracer.mark_value_word(value);
                }
            };
            if full {
                for (key, value) in &table.map {
                    visit(*key, *value);
                }
            } else {
                for key in &table.young {
                    if let Some(value) = table.map.get(key) {
                        visit(*key, *value);
                    }
                }
            }
        }
        tracer.drain();
        if !found {
            return;
        }
    }
}

/// Clears the weak references to what is not marked now. What finalizers bring back later stays unreachable by them.
fn clear_weaks(registries: &mut Registries, tracer: &mut Tracer, full: bool) {
    let Registries { weaks, cleared, .. } = registries;
    weaks.retain(full, |entry| {
        // SAFETY: the weak cell may be dead, but nothing has been swept yet.
        let word = unsafe { &mut *entry.word() };
        if tracer.is_marked_word(*word) {
            return true;
        }
        if entry.notify && tracer.is_marked(entry.cell) {
            if cleared.try_reserve(1).is_err() {
                // Without memory to queue the death, put it off.
                tracer.mark_value_word(*word);
                return true;
            }
            cleared.push(entry.cell);
        }
        *word = 0;
        false
    });
    tracer.drain();
}

/// Brings the dead that have finalizers back, in order.
fn resurrect(registries: &mut Registries, tracer: &mut Tracer, full: bool) {
    let Registries { finalizables, pending, .. } = registries;
    // SAFETY: registered cells, dead or not, which are not swept yet.
    let registered = |cell: &mut NonNull<Header>| unsafe { cell.as_ref() }.has(flags::HAS_FIN);
    finalizables.retain(full, registered);
    let young = finalizables.young.iter();
    let old = if full { finalizables.old.as_slice() } else { &[] };
    let dead = old.iter().chain(young).filter(|cell| !tracer.is_marked(**cell)).count();
    if dead == 0 {
        return;
    }
    let (mut seeds, mut order) = (Vec::new(), Vec::new());
    if seeds.try_reserve_exact(dead).is_err()
        || order.try_reserve_exact(dead).is_err()
        || pending.try_reserve(dead).is_err()
    {
        // Without memory to queue them: they stay registered, and alive.
        for cell in old.iter().chain(finalizables.young.iter()) {
            tracer.mark(*cell);
        }
        tracer.drain();
        ephemeron_fixpoint(registries, tracer, full);
        return;
    }
    // Registration order: the old were registered before the young.
    seeds.extend(old.iter().chain(finalizables.young.iter()).copied().filter(|cell| !tracer.is_marked(*cell)));
    // SAFETY: registered cells that are not marked, nor swept; everything has been drained.
    let complete = unsafe { tracer.visit_in_order(&seeds, &mut order) };
    if !complete {
        for cell in &seeds {
            // SAFETY: as above.
            let header = unsafe { cell.as_ref() };
            if header.has(flags::HAS_FIN) && order.len() < order.capacity() {
                header.remove_flags(flags::HAS_FIN);
                order.push(*cell);
            }
            tracer.mark(*cell);
        }
    }
    tracer.drain();
    finalizables.retain(full, registered);
    // `order` has what is referred to first, and `pending` is taken from its end: what was pending before comes first.
    pending.extend_from_slice(&order);
    pending.rotate_right(order.len());
    ephemeron_fixpoint(registries, tracer, full);
}

const _: () = assert!(BLOCK == GRANULES * GRANULE);
