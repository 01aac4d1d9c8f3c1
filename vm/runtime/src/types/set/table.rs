//! The storage of sets: CPython's open addressing, so that the order of iteration is CPython's.
//!
//! One heap cell of `mask + 1` entries, each a key and its hash. An unused entry has no key and hash 0; a deleted one
//! (a *dummy*) has no key and hash -1, which is no object's hash.

use std::cell::Cell;

use crate::PyResult;
use crate::object::layout::SET_TABLE;
use crate::object::{Header, HeapType, LayoutId, Ref};
use crate::state::Vm;
use crate::value::{Slot, Value};

/// How many neighbours are probed before jumping.
pub const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;
pub const MIN_SIZE: usize = 8;
const DUMMY: i64 = -1;

#[repr(C)]
struct Entry {
    key: Cell<Slot>,
    hash: Cell<i64>,
}

#[repr(C)]
pub struct PySetTable {
    header: Header,
    mask: Cell<usize>,
    entries: [Entry; 0],
}

// SAFETY: repr(C), header first; traced by its own function, for hashes may look like addresses.
unsafe impl HeapType for PySetTable {
    const LAYOUT: LayoutId = SET_TABLE;
}

/// What stands at an index.
#[derive(Copy, Clone)]
pub enum State {
    Unused,
    Dummy,
    Active(Value, i64),
}

/// What a look at a table tells without asking keys whether they are equal.
pub enum Look {
    /// The very key is there, at this index.
    Here(usize),
    /// It is not there; it belongs into this unused entry.
    Absent(usize),
    /// A key with the same hash, or a dummy, is in the way.
    Ask,
}

impl PySetTable {
    /// Looks for a key, as far as that can be told at once.
    #[inline(always)]
    pub fn look(&self, key: Value, hash: i64) -> Look {
        let at = hash as usize & self.mask.get();
        // Mostly the first entry tells.
        if let Some(entry) = self.entries().get(at) {
            match entry.key.get() {
                Some(other) if other.same_bits(key) => return Look::Here(at),
                Some(_) if entry.hash.get() == hash => return Look::Ask,
                None if entry.hash.get() == 0 => return Look::Absent(at),
                _ => {}
            }
        }
        self.look_further(key, hash)
    }

    fn look_further(&self, key: Value, hash: i64) -> Look {
        let entries = self.entries();
        let mut probe = Probe::new(hash, self.mask.get());
        loop {
            let Some(entry) = entries.get(probe.at()) else { return Look::Ask };
            match entry.key.get() {
                Some(other) if other.same_bits(key) => return Look::Here(probe.at()),
                Some(_) if entry.hash.get() == hash => return Look::Ask,
                Some(_) => probe.advance(),
                None if entry.hash.get() == 0 => return Look::Absent(probe.at()),
                None => return Look::Ask,
            }
        }
    }

    /// A copy, dummies and all.
    pub fn copy(vm: &Vm, source: Ref<PySetTable>) -> PyResult<Ref<PySetTable>> {
        let size = source.mask.get() + 1;
        // SAFETY: what the tracer reads, the mask and the entries, is written here.
        let table: Ref<PySetTable> =
            unsafe { vm.alloc_unfilled(crate::types::shape::object, PySetTable::bytes(size)) }?;
        table.mask.set(size - 1);
        // SAFETY: both cells have `size` entries, and the new one is nobody else's.
        unsafe {
            std::ptr::copy_nonoverlapping(source.entries.as_ptr(), table.entries.as_ptr().cast_mut(), size);
        }
        Ok(table)
    }

    fn bytes(size: usize) -> Option<usize> {
        size.checked_mul(size_of::<Entry>())?.checked_add(size_of::<PySetTable>())
    }

    /// A table of `size` unused entries, a power of two.
    pub fn new(vm: &Vm, size: usize) -> PyResult<Ref<PySetTable>> {
        let table: Ref<PySetTable> = vm.alloc_sized(crate::types::shape::object, PySetTable::bytes(size))?;
        table.mask.set(size - 1);
        Ok(table)
    }

    #[inline(always)]
    pub fn mask(&self) -> usize {
        self.mask.get()
    }

    #[inline(always)]
    fn entries(&self) -> &[Entry] {
        // SAFETY: `mask + 1` entries follow the struct in its cell.
        unsafe { std::slice::from_raw_parts(self.entries.as_ptr(), self.mask.get() + 1) }
    }

    /// Is there an element of this hash that is `key`, or that `equals` says is equal? `None` where it says so.
    #[inline]
    pub fn contains_by(&self, hash: i64, key: Value, equals: impl Fn(Value) -> Option<bool>) -> Option<bool> {
        let entries = self.entries();
        let mut probe = Probe::new(hash, self.mask());
        while let Some(entry) = entries.get(probe.at()) {
            match (entry.key.get(), entry.hash.get()) {
                (Some(other), _) if other.same_bits(key) => return Some(true),
                (Some(other), h) if h == hash && equals(other)? => return Some(true),
                (None, 0) => return Some(false),
                _ => {}
            }
            probe.advance();
        }
        Some(false)
    }

    #[inline(always)]
    pub fn state(&self, i: usize) -> State {
        match self.entries().get(i) {
            Some(entry) => match (entry.key.get(), entry.hash.get()) {
                (Some(key), hash) => State::Active(key, hash),
                (None, 0) => State::Unused,
                (None, _) => State::Dummy,
            },
            None => State::Unused,
        }
    }

    /// The element at `i`, if there is one.
    #[inline(always)]
    pub fn key(&self, i: usize) -> Slot {
        self.entries().get(i).and_then(|e| e.key.get())
    }

    /// The element at or after `*position`, which is moved behind it.
    #[inline]
    pub fn next(&self, position: &mut usize) -> Option<(Value, i64)> {
        let entries = self.entries();
        let mut i = *position;
        while let Some(entry) = entries.get(i) {
            i += 1;
            if let Some(key) = entry.key.get() {
                *position = i;
                return Some((key, entry.hash.get()));
            }
        }
        *position = entries.len();
        None
    }

    /// The hashes of all entries, unused and deleted ones too.
    pub fn hashes(&self) -> impl Iterator<Item = i64> + '_ {
        self.entries().iter().map(|e| e.hash.get())
    }
}

impl Ref<PySetTable> {
    #[inline(always)]
    pub fn put(self, i: usize, key: Value, hash: i64) {
        if let Some(entry) = self.entries().get(i) {
            entry.key.set(Some(key));
            entry.hash.set(hash);
            self.obj().wrote();
        }
    }

    pub fn make_dummy(self, i: usize) {
        if let Some(entry) = self.entries().get(i) {
            entry.key.set(None);
            entry.hash.set(DUMMY);
        }
    }

    /// Puts the elements of another table into this one, which is fresh, large enough, and has none of them.
    pub fn fill_from(self, source: Ref<PySetTable>) {
        let entries = self.entries();
        for from in source.entries() {
            let Some(key) = from.key.get() else { continue };
            let hash = from.hash.get();
            let mut probe = Probe::new(hash, self.mask());
            // There is an unused entry, so this ends.
            while let Some(entry) = entries.get(probe.at()) {
                if entry.key.get().is_none() {
                    entry.key.set(Some(key));
                    entry.hash.set(hash);
                    break;
                }
                probe.advance();
            }
        }
        self.obj().wrote();
    }
}

/// The order in which entries are looked at for a hash.
pub struct Probe {
    start: usize,
    step: usize,
    steps: usize,
    perturb: u64,
    mask: usize,
}

impl Probe {
    #[inline(always)]
    pub fn new(hash: i64, mask: usize) -> Probe {
        let start = hash as usize & mask;
        Probe { start, step: 0, steps: Probe::linear(start, mask), perturb: hash as u64, mask }
    }

    #[inline(always)]
    fn linear(start: usize, mask: usize) -> usize {
        if start + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 }
    }

    #[inline(always)]
    pub fn at(&self) -> usize {
        self.start + self.step
    }

    #[inline(always)]
    pub fn advance(&mut self) {
        if self.step < self.steps {
            self.step += 1;
            return;
        }
        self.perturb >>= PERTURB_SHIFT;
        self.start = self.start.wrapping_mul(5).wrapping_add(1).wrapping_add(self.perturb as usize) & self.mask;
        self.step = 0;
        self.steps = Probe::linear(self.start, self.mask);
    }
}

/// Traces the elements.
pub(crate) unsafe fn trace(obj: std::ptr::NonNull<Header>, tracer: &mut brolga_heap::Tracer) {
    // SAFETY: the collector calls this for live cells of this layout.
    let table: Ref<PySetTable> = unsafe { Ref::from_ptr(obj) };
    for entry in table.entries() {
        if let Some(key) = entry.key.get() {
            tracer.mark_value_word(key.bits());
        }
    }
}
