//! The storage of dicts: a compact ordered hash table in one heap cell, as CPython's.
//!
//! Behind the struct stand the *indices* (a power of two, 1, 2 or 4 bytes each: an entry's number plus one, 0 for
//! empty, all ones for deleted) and then the *entries* in order of insertion. An entry is (key, value) while all keys
//! are exact strings (their hashes are cached in them), else (key, value, hash). A deleted entry has no key.

use std::cell::Cell;

use crate::PyResult;
use crate::object::layout::DICT_TABLE;
use crate::object::{Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::types::str::PyStr;
use crate::value::{Slot, Value};

#[repr(C)]
pub struct PyDictTable {
    header: Header,
    /// log2 of the number of indices.
    log2: Cell<u8>,
    /// log2 of the bytes of an index.
    index_width: Cell<u8>,
    /// All keys are exact strings.
    strings: Cell<bool>,
    /// Entries ever used (deleted ones counted).
    filled: Cell<u32>,
    /// How many entries there is room for.
    room: Cell<u32>,
    /// Identifies this set of keys in this order, for inline caches; 0 while nobody asked. A change of keys clears it.
    version: Cell<u32>,
    data: [u64; 0],
}

// SAFETY: repr(C), header first; traced by its own function, for hashes may look like addresses.
unsafe impl HeapType for PyDictTable {
    const LAYOUT: LayoutId = DICT_TABLE;
}

/// What an index says.
pub enum Probe {
    Empty,
    Deleted,
    Entry(usize),
}

/// Most entries a table can hold.
const MAX_LOG2: u32 = 31;

impl PyDictTable {
    /// A table with room for `entries`.
    pub fn new(vm: &Vm, entries: usize, strings: bool) -> PyResult<Ref<PyDictTable>> {
        let mut log2 = 3;
        while (1usize << log2) * 2 / 3 < entries {
            log2 += 1;
            if log2 > MAX_LOG2 {
                return Err(vm.memory_error());
            }
        }
        let size = 1usize << log2;
        let room = size * 2 / 3;
        let index_width = if log2 < 8 {
            0
        } else if log2 < 16 {
            1
        } else {
            2
        };
        let words = (size << index_width) / 8 + room * if strings { 2 } else { 3 };
        let table: Ref<PyDictTable> =
            vm.alloc_sized(crate::types::shape::object, Some(size_of::<PyDictTable>() + words * 8))?;
        table.log2.set(log2 as u8);
        table.index_width.set(index_width);
        table.strings.set(strings);
        table.room.set(room as u32);
        Ok(table)
    }

    #[inline(always)]
    pub fn filled(&self) -> usize {
        self.filled.get() as usize
    }

    /// What CPython's `PyDictKeysObject` of this size takes.
    pub fn bytes(&self) -> usize {
        let stride = if self.strings.get() { 16 } else { 24 };
        32 + (1usize << self.log2.get() << self.index_width.get()) + self.room.get() as usize * stride
    }

    /// The first entry in use at or behind `from`; `filled` where there is none.
    pub fn first_used(&self, from: usize) -> usize {
        (from..self.filled()).find(|entry| self.key(*entry).is_some()).unwrap_or(self.filled())
    }

    #[inline(always)]
    pub fn has_room(&self) -> bool {
        self.filled.get() < self.room.get()
    }

    #[inline(always)]
    pub fn is_strings(&self) -> bool {
        self.strings.get()
    }

    #[inline(always)]
    fn mask(&self) -> usize {
        (1usize << self.log2.get()) - 1
    }

    /// The version of these keys; asked for, it stays until keys are added or taken away.
    pub fn version(&self, vm: &Vm) -> u32 {
        if self.version.get() == 0 {
            self.version.set(vm.next_keys_version());
        }
        self.version.get()
    }

    #[inline(always)]
    pub fn current_version(&self) -> u32 {
        self.version.get()
    }

    #[inline(always)]
    pub fn index_at(&self, i: usize) -> Probe {
        debug_assert!(i <= self.mask());
        let i = i & self.mask();
        let p = self.data.as_ptr();
        // SAFETY: `i` is masked to the number of indices, which stand right behind the struct.
        let raw = unsafe {
            match self.index_width.get() {
                0 => match *p.cast::<u8>().add(i) {
                    u8::MAX => return Probe::Deleted,
                    n => n as usize,
                },
                1 => match *p.cast::<u16>().add(i) {
                    u16::MAX => return Probe::Deleted,
                    n => n as usize,
                },
                _ => match *p.cast::<u32>().add(i) {
                    u32::MAX => return Probe::Deleted,
                    n => n as usize,
                },
            }
        };
        if raw == 0 { Probe::Empty } else { Probe::Entry(raw - 1) }
    }

    /// `entry + 1`, 0 for empty, all ones for deleted.
    fn set_index(&self, i: usize, raw: u32) {
        let i = i & self.mask();
        let p = self.data.as_ptr() as *mut u64;
        // SAFETY: as `index_at`.
        unsafe {
            match self.index_width.get() {
                0 => *p.cast::<u8>().add(i) = raw as u8,
                1 => *p.cast::<u16>().add(i) = raw as u16,
                _ => *p.cast::<u32>().add(i) = raw,
            }
        }
    }

    #[inline(always)]
    fn entry_ptr(&self, entry: usize) -> *mut u64 {
        let index_words = (1usize << self.log2.get() << self.index_width.get()) / 8;
        let stride = if self.strings.get() { 2 } else { 3 };
        // SAFETY: callers keep `entry` below `room`.
        unsafe { (self.data.as_ptr() as *mut u64).add(index_words + entry * stride) }
    }

    /// The addresses of the keys' version and of an entry's value, for compiled code.
    pub fn places(&self, entry: usize) -> (*const u32, *const Slot) {
        // SAFETY: of an entry with room only the address is taken.
        (self.version.as_ptr(), unsafe { self.entry_ptr(entry).cast::<Slot>().add(1) })
    }

    /// Key and value of an entry, unless it is deleted or out of range.
    #[inline(always)]
    pub fn entry(&self, entry: usize) -> Option<(Value, Value)> {
        if entry >= self.filled() {
            return None;
        }
        let p = self.entry_ptr(entry).cast::<Slot>();
        // SAFETY: a filled entry is two slots (and a hash).
        unsafe { Some(((*p)?, (*p.add(1))?)) }
    }

    #[inline(always)]
    pub fn key(&self, entry: usize) -> Slot {
        if entry >= self.filled() {
            return None;
        }
        // SAFETY: a filled entry starts with the key's slot.
        unsafe { *self.entry_ptr(entry).cast::<Slot>() }
    }

    /// The address of an entry's value, for inline caches. The entry is filled.
    #[inline(always)]
    pub fn value_ptr(&self, entry: usize) -> *mut Slot {
        // SAFETY: inside the cell, as `entry_ptr`.
        unsafe { self.entry_ptr(entry).add(1).cast::<Slot>() }
    }

    /// The hash of a filled entry's key.
    #[inline(always)]
    pub fn hash(&self, vm: &Vm, entry: usize) -> i64 {
        if self.strings.get() {
            return self.key(entry).and_then(Value::downcast::<PyStr>).map_or(0, |s| s.hash(vm));
        }
        // SAFETY: entries of this kind have a third word.
        unsafe { *self.entry_ptr(entry).add(2) as i64 }
    }

    /// The first index to probe for a hash, and the state to go on from.
    #[inline(always)]
    pub fn probe(&self, hash: i64) -> Prober {
        let mask = self.mask();
        Prober { at: hash as usize & mask, perturb: hash as u64, mask }
    }
}

impl Ref<PyDictTable> {
    #[inline(always)]
    pub fn set_value(self, entry: usize, value: Value) {
        if entry < self.filled() {
            // SAFETY: a filled entry of this table.
            unsafe { *self.value_ptr(entry) = Some(value) };
            self.obj().wrote();
        }
    }

    /// Leaves `gap` entries unused in a new table, which has room for them, before the first one.
    pub fn leave_gap(self, gap: usize) {
        debug_assert!(self.filled() == 0 && gap <= self.room.get() as usize);
        self.filled.set((gap as u32).min(self.room.get()));
    }

    /// Puts an entry, whose key is known not to be there, into an unused one that stands before all others. The key is
    /// an exact string if this is a table of strings.
    pub fn insert_at(self, entry: usize, hash: i64, key: Value, value: Value) {
        debug_assert!(entry < self.filled() && self.key(entry).is_none());
        if entry < self.filled() {
            self.fill(entry, hash, key, value);
        }
    }

    /// Appends an entry whose key is known not to be there. The caller has checked [`PyDictTable::has_room`], and that
    /// the key is an exact string if this is a table of strings.
    pub fn insert_new(self, hash: i64, key: Value, value: Value) {
        let entry = self.filled();
        debug_assert!(self.has_room());
        self.filled.set(entry as u32 + 1);
        self.fill(entry, hash, key, value);
    }

    #[inline(always)]
    fn fill(self, entry: usize, hash: i64, key: Value, value: Value) {
        let mut probe = self.probe(hash);
        while let Probe::Entry(_) = self.index_at(probe.at) {
            probe.advance();
        }
        self.set_index(probe.at, entry as u32 + 1);
        let p = self.entry_ptr(entry);
        // SAFETY: an entry for which there is room.
        unsafe {
            *p.cast::<Slot>() = Some(key);
            *p.add(1).cast::<Slot>() = Some(value);
            if !self.strings.get() {
                *p.add(2) = hash as u64;
            }
        }
        self.version.set(0);
        self.obj().wrote();
    }

    /// Forgets the entries from `end` on, all of which are deleted: taking items from the end one by one must not look
    /// at them again.
    pub fn forget_from(self, end: usize) {
        debug_assert!((end..self.filled()).all(|entry| self.key(entry).is_none()));
        if end < self.filled() {
            self.filled.set(end as u32);
        }
    }

    /// Deletes the entry that the index at `at` names.
    pub fn delete_at(self, at: usize, entry: usize) -> Slot {
        let (_, value) = self.entry(entry)?;
        self.set_index(at, u32::MAX);
        let p = self.entry_ptr(entry).cast::<Slot>();
        // SAFETY: a filled entry.
        unsafe {
            *p = None;
            *p.add(1) = None;
        }
        self.version.set(0);
        Some(value)
    }
}

/// CPython's probing sequence.
pub struct Prober {
    pub at: usize,
    perturb: u64,
    mask: usize,
}

impl Prober {
    #[inline(always)]
    pub fn advance(&mut self) {
        self.perturb >>= 5;
        self.at = self.at.wrapping_mul(5).wrapping_add(self.perturb as usize).wrapping_add(1) & self.mask;
    }
}

/// Traces keys and values.
pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let table: Ref<PyDictTable> = unsafe { Ref::from_ptr(obj) };
    for entry in 0..table.filled() {
        if let Some((key, value)) = table.entry(entry) {
            tracer.mark_value_word(key.bits());
            tracer.mark_value_word(value.bits());
        }
    }
}
