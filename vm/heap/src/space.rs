//! The reservation: blocks, their side metadata, and the way from any address to the cell that holds it.
//!
//! ```text
//! start                                 base                                        base + blocks * BLOCK
//! | free bitmap | block metas | marks A | marks B | cards |  block 0 | block 1 | ...
//! ```
//! Everything before `base` is committed along with the blocks it describes. Marks have one bit per 16 bytes, so that the
//! bit of a cell needs no knowledge of its block.

use std::cell::Cell;
use std::io;

use crate::classes::{CLASS_SIZES, CLASSES};
use crate::os;

pub(crate) const BLOCK_SHIFT: u32 = 15;
/// Bytes in a block.
pub(crate) const BLOCK: usize = 1 << BLOCK_SHIFT;
/// Bytes for each mark bit; every cell starts at a multiple of it.
pub(crate) const GRANULE: usize = 16;
pub(crate) const GRANULE_SHIFT: u32 = 4;
/// Granules in a block.
pub(crate) const GRANULES: usize = BLOCK / GRANULE;
/// Mark words (64 bits) of a block.
pub(crate) const MARK_WORDS: usize = GRANULES / 64;
/// Bytes of a card: 128 slots.
pub(crate) const CARD_SHIFT: u32 = 10;
/// Blocks of a large object that is given back to the system as soon as it is freed: 16 MiB.
const DISCARD_RUN: u32 = 512;
/// "No block" in the lists of blocks.
pub(crate) const NONE: u32 = u32::MAX;

/// Data is committed by this much at first, its metadata by `META_UNIT_BLOCKS`: both give multiples of 64 KiB.
const DATA_UNIT: usize = 1 << 20;
/// Beyond this a heap is big enough for huge pages, and is committed by `HUGE_UNIT`. Without them each access to a random
/// object misses the TLB too, which took half again as long (worse on virtual machines).
const HUGE_FROM: usize = 4 << 20;
const HUGE_UNIT: usize = 4 << 20;
const META_UNIT_BLOCKS: usize = (64 << 20) / BLOCK;

/// What a block is used for.
pub(crate) mod state {
    /// In the free list (below the high-water mark) or never used (above it).
    pub const FREE: u8 = 0;
    /// Cells of one size class.
    pub const SMALL: u8 = 1;
    /// The first block of a large object.
    pub const LARGE: u8 = 2;
    /// A further block of a large object; `run` is the index of its first.
    pub const TAIL: u8 = 3;
}

/// The side metadata of a block. All zero is a free, never used block.
#[repr(C)]
pub(crate) struct BlockMeta {
    /// See [`state`].
    pub state: Cell<u8>,
    /// Size class, of a small block.
    pub class: Cell<u8>,
    /// The memory may hold something other than zero where its present owner has not written.
    pub dirty: Cell<bool>,
    /// Full collections that have found the block free, up to 2.
    pub age: Cell<u8>,
    /// Size of the block's cells, or of the large object, in granules.
    pub granules: Cell<u32>,
    /// `2^24 / granules + 1`: granule index to cell index by multiplication, exact for the 2,048 granules of a block.
    pub recip: Cell<u32>,
    /// Small: cells that start below this offset are allocated, marked or not; the others only when marked.
    /// Large: 1 when allocated since the last collection.
    pub fresh: Cell<u32>,
    /// Marked cells at the last collection that looked at the block.
    pub live: Cell<u32>,
    /// Links of the list the block stands in. Only the free list and the list of young large objects use `prev`.
    pub next: Cell<u32>,
    pub prev: Cell<u32>,
    /// Large: number of blocks. Tail: index of the first block.
    pub run: Cell<u32>,
}

const META_BYTES: usize = size_of::<BlockMeta>();
const _: () = assert!(META_BYTES == 32);

/// The memory of one heap.
pub(crate) struct Space {
    start: usize,
    reserved: usize,
    base: usize,
    /// Blocks that fit into the reservation.
    capacity: usize,
    /// Blocks `0..used` are in use or free; those behind are untouched, or withdrawn (then zero, their marks arbitrary).
    used: Cell<usize>,
    committed: Cell<usize>,
    meta_committed: Cell<usize>,
    free_bits: *mut u64,
    metas: *const BlockMeta,
    marks: Cell<*mut u64>,
    spare_marks: Cell<*mut u64>,
    /// The bitmap that says, with `fresh`, which cells are allocated: `marks`, but the former marks during a full collection.
    alloc_marks: Cell<*mut u64>,
    cards: *mut u8,
    free_head: Cell<u32>,
    free_blocks: Cell<usize>,
    /// No free block has a smaller index.
    free_low: Cell<usize>,
}

fn layout_sizes(reserved: usize) -> [usize; 4] {
    let blocks = reserved >> BLOCK_SHIFT;
    let round = |bytes: usize| (bytes + 0xffff) & !0xffff;
    [
        round(blocks / 8 + 8),
        round(blocks * META_BYTES),
        round(blocks * MARK_WORDS * 8),
        round((blocks * BLOCK) >> CARD_SHIFT),
    ]
}

impl Space {
    /// Reserves `want` bytes, or half of that as often as needed, down to 1 MiB.
    pub(crate) fn new(want: usize, mut claim: impl FnMut(usize) -> bool) -> io::Result<Space> {
        let mut reserved = want.clamp(4 << 20, 1 << os::WINDOW_SHIFT).next_power_of_two();
        let start = loop {
            match os::reserve(reserved, &mut claim) {
                Ok(start) => break start,
                Err(error) if reserved <= 4 << 20 => return Err(error),
                Err(_) => reserved /= 2,
            }
        };
        let [bits, metas, marks, cards] = layout_sizes(reserved);
        let base = (start + bits + metas + 2 * marks + cards).next_multiple_of(os::HUGE_PAGE);
        // SAFETY: the free bitmap is the beginning of the fresh reservation, in units of 64 KiB.
        if !unsafe { os::commit(start, bits) } {
            let error = io::Error::last_os_error();
            // SAFETY: nothing refers to the reservation yet.
            unsafe { os::release(start, reserved) };
            return Err(error);
        }
        let marks_at = start + bits + metas;
        Ok(Space {
            start,
            reserved,
            base,
            capacity: (start + reserved - base) >> BLOCK_SHIFT,
            used: Cell::new(0),
            committed: Cell::new(0),
            meta_committed: Cell::new(0),
            free_bits: start as *mut u64,
            metas: (start + bits) as *const BlockMeta,
            marks: Cell::new(marks_at as *mut u64),
            spare_marks: Cell::new((marks_at + marks) as *mut u64),
            alloc_marks: Cell::new(marks_at as *mut u64),
            cards: (marks_at + 2 * marks) as *mut u8,
            free_head: Cell::new(NONE),
            free_blocks: Cell::new(0),
            free_low: Cell::new(0),
        })
    }

    pub(crate) fn base(&self) -> usize {
        self.base
    }

    /// Bytes from `base` to the end of the last block that may be in use.
    pub(crate) fn used_bytes(&self) -> usize {
        self.used.get() << BLOCK_SHIFT
    }

    pub(crate) fn used_blocks(&self) -> usize {
        self.used.get()
    }

    pub(crate) fn capacity_bytes(&self) -> usize {
        self.capacity << BLOCK_SHIFT
    }

    pub(crate) fn free_blocks(&self) -> usize {
        self.free_blocks.get()
    }

    /// The marks by which cells count as allocated: during a full collection those of the last one.
    pub(crate) fn alloc_marks(&self) -> *mut u64 {
        self.alloc_marks.get()
    }

    pub(crate) fn marks(&self) -> *mut u64 {
        self.marks.get()
    }

    pub(crate) fn cards(&self) -> *mut u8 {
        self.cards
    }

    pub(crate) fn metas(&self) -> *const BlockMeta {
        self.metas
    }

    /// # Safety
    /// `block < used_blocks()` (or within what the caller has just committed).
    #[inline(always)]
    pub(crate) unsafe fn meta(&self, block: u32) -> &BlockMeta {
        // SAFETY: the metas of used blocks are committed, and all-zero is a valid BlockMeta; only Cells are shared.
        unsafe { &*self.metas.add(block as usize) }
    }

    #[inline(always)]
    pub(crate) fn block_addr(&self, block: u32) -> usize {
        self.base + ((block as usize) << BLOCK_SHIFT)
    }

    /// Block index of an address, when it lies in a used block.
    #[inline(always)]
    pub(crate) fn block_of(&self, addr: usize) -> Option<u32> {
        let offset = addr.wrapping_sub(self.base);
        if offset < self.used_bytes() { Some((offset >> BLOCK_SHIFT) as u32) } else { None }
    }

    /// The mark words of a block in the given bitmap.
    pub(crate) fn mark_words(bitmap: *mut u64, block: u32) -> *mut u64 {
        bitmap.wrapping_add(block as usize * MARK_WORDS)
    }

    /// The allocated cell that contains `addr`, anywhere inside it.
    #[inline]
    pub(crate) fn find_cell(&self, addr: usize) -> Option<usize> {
        let block = self.block_of(addr)?;
        // SAFETY: block_of answers used blocks only.
        let meta = unsafe { self.meta(block) };
        match meta.state.get() {
            state::SMALL => {
                let start = self.block_addr(block);
                let granules = meta.granules.get() as usize;
                let granule = (addr - start) >> GRANULE_SHIFT;
                let index = ((granule as u64 * u64::from(meta.recip.get())) >> 24) as usize;
                let cell = index * granules;
                if cell + granules > GRANULES {
                    return None;
                }
                let words = Space::mark_words(self.alloc_marks.get(), block);
                // SAFETY: `cell` is below GRANULES, so the word is one of the block's, which are committed.
                let marked = unsafe { *words.add(cell >> 6) } >> (cell & 63) & 1 != 0;
                if marked || cell * GRANULE < meta.fresh.get() as usize { Some(start + cell * GRANULE) } else { None }
            }
            state::LARGE => self.find_large(block, addr),
            state::TAIL => self.find_large(meta.run.get(), addr),
            _ => None,
        }
    }

    fn find_large(&self, head: u32, addr: usize) -> Option<usize> {
        // SAFETY: the head of a used tail block is used.
        let meta = unsafe { self.meta(head) };
        let start = self.block_addr(head);
        // SAFETY: the first mark word of a used block is committed.
        let marked = unsafe { *Space::mark_words(self.alloc_marks.get(), head) } & 1 != 0;
        let inside = addr - start < (meta.granules.get() as usize) << GRANULE_SHIFT;
        if inside && (marked || meta.fresh.get() != 0) { Some(start) } else { None }
    }

    /// Swaps the mark bitmaps and clears the new one: the beginning of a full collection.
    pub(crate) fn flip_marks(&self) {
        let old = self.marks.replace(self.spare_marks.get());
        self.spare_marks.set(old);
        self.alloc_marks.set(old);
        let mut block = 0;
        while block < self.used.get() as u32 {
            let words = Space::mark_words(self.marks.get(), block);
            // SAFETY: the block is used, so its metadata and marks are committed; no one holds a reference into them.
            unsafe {
                let meta = self.meta(block);
                match meta.state.get() {
                    state::SMALL => words.write_bytes(0, MARK_WORDS),
                    state::LARGE => {
                        *words = 0;
                        // The marks of the run's other blocks are never looked at, nor touched.
                        block += meta.run.get() - 1;
                    }
                    _ => {}
                }
            }
            block += 1;
        }
    }

    /// The end of a collection: what is allocated is what is marked.
    pub(crate) fn settle_marks(&self) {
        self.alloc_marks.set(self.marks.get());
    }

    fn commit_to(&self, blocks: usize) -> bool {
        if blocks > self.capacity {
            return false;
        }
        if blocks > self.meta_committed.get() {
            let from = self.meta_committed.get();
            let to = blocks.next_multiple_of(META_UNIT_BLOCKS);
            let marks = MARK_WORDS * 8;
            let parts = [
                (self.metas as usize, META_BYTES),
                (self.marks.get() as usize, marks),
                (self.spare_marks.get() as usize, marks),
                (self.cards as usize, BLOCK >> CARD_SHIFT),
            ];
            let total = self.reserved >> BLOCK_SHIFT;
            for (part, each) in parts {
                // A small reservation ends before the unit does; every part is rounded up to 64 KiB.
                let end = (to.min(total) * each).next_multiple_of(1 << 16);
                let begin = from * each;
                // SAFETY: the range lies within the part of the reservation set aside for this table.
                if begin < end && !unsafe { os::commit(part + begin, end - begin) } {
                    return false;
                }
            }
            self.meta_committed.set(to);
        }
        if blocks > self.committed.get() {
            let from = self.committed.get();
            let huge = blocks > HUGE_FROM / BLOCK;
            let unit = if huge { HUGE_UNIT } else { DATA_UNIT };
            let to = blocks.next_multiple_of(unit / BLOCK).min(self.capacity);
            let (start, size) = (self.base + (from << BLOCK_SHIFT), (to - from) << BLOCK_SHIFT);
            // SAFETY: blocks below the capacity lie in the reservation, behind all tables.
            if !unsafe { os::commit(start, size) } {
                return false;
            }
            if huge {
                // SAFETY: likewise.
                unsafe { os::advise_huge(start, size) };
            }
            self.committed.set(to);
        }
        true
    }

    fn free_bit(&self, block: usize) -> bool {
        // SAFETY: the bitmap covers every block of the reservation and is committed as a whole.
        unsafe { *self.free_bits.add(block >> 6) >> (block & 63) & 1 != 0 }
    }

    fn set_free_bit(&self, block: usize, free: bool) {
        // SAFETY: as in `free_bit`; the GIL holder is the only writer.
        unsafe {
            let word = self.free_bits.add(block >> 6);
            let bit = 1 << (block & 63);
            *word = if free { *word | bit } else { *word & !bit };
        }
    }

    /// Takes one block out of the free list, or a new one. Its metadata but `dirty` is to be set by the caller.
    pub(crate) fn take_block(&self) -> Option<u32> {
        let head = self.free_head.get();
        if head != NONE {
            self.unlink_free(head);
            return Some(head);
        }
        let block = self.used.get();
        if !self.commit_to(block + 1) {
            return None;
        }
        self.used.set(block + 1);
        Some(block as u32)
    }

    fn unlink_free(&self, block: u32) {
        // SAFETY: blocks of the free list are used blocks, as are their neighbours in it.
        unsafe {
            let meta = self.meta(block);
            let (next, prev) = (meta.next.get(), meta.prev.get());
            if prev == NONE {
                self.free_head.set(next);
            } else {
                self.meta(prev).next.set(next);
            }
            if next != NONE {
                self.meta(next).prev.set(prev);
            }
        }
        self.set_free_bit(block as usize, false);
        self.free_blocks.set(self.free_blocks.get() - 1);
    }

    /// Puts a block on the free list. Its memory counts as dirty.
    pub(crate) fn give_block(&self, block: u32) {
        let head = self.free_head.get();
        // SAFETY: the caller owns this used block; the list's head is a used block.
        unsafe {
            let meta = self.meta(block);
            meta.state.set(state::FREE);
            meta.dirty.set(true);
            meta.age.set(0);
            meta.fresh.set(0);
            meta.live.set(0);
            meta.next.set(head);
            meta.prev.set(NONE);
            if head != NONE {
                self.meta(head).prev.set(block);
            }
        }
        self.free_head.set(block);
        self.set_free_bit(block as usize, true);
        self.free_blocks.set(self.free_blocks.get() + 1);
        self.free_low.set(self.free_low.get().min(block as usize));
    }

    /// First index at or after `from`, below `used`, whose free bit is `want`.
    fn next_free_bit(&self, from: usize, want: bool) -> usize {
        let used = self.used.get();
        let mut block = from;
        while block < used {
            // SAFETY: as in `free_bit`.
            let word = unsafe { *self.free_bits.add(block >> 6) };
            let word = if want { word } else { !word } >> (block & 63);
            if word != 0 {
                return (block + word.trailing_zeros() as usize).min(used);
            }
            block = (block | 63) + 1;
        }
        used
    }

    /// Takes a run of contiguous blocks: the first free run that is long enough, else at the end of what is in use.
    /// Sets their `state` and `run`; the other metadata is the caller's to set.
    pub(crate) fn take_run(&self, count: usize) -> Option<u32> {
        if count == 0 || count > self.capacity {
            return None;
        }
        let used = self.used.get();
        let mut first = if self.free_blocks.get() == 0 { used } else { self.next_free_bit(self.free_low.get(), true) };
        if self.free_blocks.get() != 0 {
            self.free_low.set(first);
        }
        let start = loop {
            if first >= used {
                break used;
            }
            let end = self.next_free_bit(first, false);
            if end - first >= count || end == used {
                break first;
            }
            first = self.next_free_bit(end, true);
        };
        if !self.extend_run(start as u32, start, count) {
            return None;
        }
        Some(start as u32)
    }

    /// Makes `[from, from + count)` part of the run at `head`: each must be free or never used (and then at the end).
    /// Nothing changes when memory for it cannot be had.
    fn extend_run(&self, head: u32, from: usize, count: usize) -> bool {
        let used = self.used.get();
        let Some(end) = from.checked_add(count) else { return false };
        if end > used {
            if !self.commit_to(end) {
                return false;
            }
            self.used.set(end);
        }
        for block in from..end {
            if block < used {
                self.unlink_free(block as u32);
            }
            // SAFETY: all blocks up to `end` are used now.
            let meta = unsafe { self.meta(block as u32) };
            meta.state.set(if block as u32 == head { state::LARGE } else { state::TAIL });
            meta.run.set(head);
        }
        // SAFETY: the head is a used block, and its marks are committed. A new run's head has no mark yet.
        unsafe {
            self.meta(head).run.set((end - head as usize) as u32);
            if from == head as usize {
                *Space::mark_words(self.marks.get(), head) = 0;
            }
        }
        true
    }

    /// Extends a run to `count` blocks when those behind it are free.
    pub(crate) fn grow_run(&self, head: u32, count: usize) -> bool {
        // SAFETY: `head` is a used block.
        let have = unsafe { self.meta(head) }.run.get() as usize;
        if count <= have {
            return true;
        }
        let from = head as usize + have;
        let Some(end) = (head as usize).checked_add(count) else { return false };
        let free_to = if from < self.used.get() { self.next_free_bit(from, false) } else { from };
        (free_to >= end || free_to == self.used.get()) && self.extend_run(head, from, count - have)
    }

    /// Frees a large object's blocks.
    pub(crate) fn give_run(&self, head: u32) {
        // SAFETY: `head` is the first block of a run of used blocks that the caller owns.
        unsafe {
            *Space::mark_words(self.marks.get(), head) &= !1;
            let count = self.meta(head).run.get();
            // Big ones go back to the system at once: their memory may never have been touched, and is not to be zeroed.
            let discarded = count >= DISCARD_RUN && os::discard(self.block_addr(head), (count as usize) << BLOCK_SHIFT);
            for block in (head..head + count).rev() {
                self.give_block(block);
                if discarded {
                    self.meta(block).dirty.set(false);
                    self.meta(block).age.set(2);
                }
            }
        }
    }

    /// Prepares a block just taken for cells of `class`.
    pub(crate) fn format(&self, block: u32, class: usize) {
        debug_assert!(class < CLASSES);
        // SAFETY: a block just taken is used, and its marks, which may be anything, are committed.
        unsafe {
            let meta = self.meta(block);
            let granules = CLASS_SIZES[class] >> GRANULE_SHIFT;
            meta.state.set(state::SMALL);
            meta.class.set(class as u8);
            meta.granules.set(granules);
            meta.recip.set((1 << 24) / granules + 1);
            Space::mark_words(self.marks.get(), block).write_bytes(0, MARK_WORDS);
            meta.fresh.set(0);
            meta.live.set(0);
        }
    }

    /// Gives the memory of blocks that two full collections have found free back to the system. Returns the bytes.
    pub(crate) fn release_idle(&self) -> usize {
        let used = self.used.get();
        let mut given = 0;
        let mut block = self.next_free_bit(0, true);
        while block < used {
            // SAFETY: `block` is below `used` throughout.
            let old = |block: usize| unsafe {
                let meta = self.meta(block as u32);
                meta.age.set((meta.age.get() + 1).min(2));
                meta.age.get() == 2 && meta.dirty.get()
            };
            let first = block;
            while block < used && self.free_bit(block) && old(block) {
                block += 1;
            }
            if block > first {
                // SAFETY: whole free blocks of the reservation; their content is needed by nobody.
                if unsafe { os::discard(self.block_addr(first as u32), (block - first) << BLOCK_SHIFT) } {
                    given += (block - first) << BLOCK_SHIFT;
                    for idle in first..block {
                        // SAFETY: as above.
                        unsafe { self.meta(idle as u32) }.dirty.set(false);
                    }
                }
            } else {
                block += 1;
            }
            block = self.next_free_bit(block, true);
        }
        self.shrink();
        given
    }

    /// Withdraws the end of what is in use, as far as it has been given back to the system.
    fn shrink(&self) {
        while let Some(last) = self.used.get().checked_sub(1)
            && self.free_bit(last)
        {
            // SAFETY: a used block.
            let meta = unsafe { self.meta(last as u32) };
            if meta.age.get() < 2 || meta.dirty.get() {
                return;
            }
            self.unlink_free(last as u32);
            self.used.set(last);
        }
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        // SAFETY: the heap that owns the space is going away; by its contract no cell is used any longer.
        unsafe { os::release(self.start, self.reserved) };
    }
}
